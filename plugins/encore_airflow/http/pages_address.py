"""`/encore` leads to `/encore/`: a mounted app begins at the slash, and without it Airflow's own pages would answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PAGES = "/encore"


class PagesAddress:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        root = scope.get("root_path", "")
        if scope["type"] != "http" or scope["path"].removeprefix(root) != PAGES:
            return await self.app(scope, receive, send)
        from starlette.responses import RedirectResponse

        return await RedirectResponse(f"{root}{PAGES}/", 307)(scope, receive, send)
