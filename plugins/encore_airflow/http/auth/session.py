"""Airflow's own session: a signed token in a cookie, set and ended just as Airflow does it, with any auth manager.

Source: airflow.api_fastapi.core_api.routes.public.auth and the login routes of both auth managers (3.3.2; FAB 3.10.2).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response

if TYPE_CHECKING:
    from airflow.api_fastapi.auth.managers.base_auth_manager import BaseAuthManager

FLASKS = "session"
"""The cookie that FAB's own pages keep beside it."""


class AirflowSession:
    """What `People` says of sessions."""

    asks_password = False
    keeps = False

    @property
    def manager(self) -> BaseAuthManager:
        from airflow.api_fastapi.app import get_auth_manager

        return get_auth_manager()

    def is_staff(self, token: str) -> bool:
        """To be called where routes run that are no coroutines: the auth manager reads tokens in one."""
        from anyio import from_thread

        from encore_airflow.http.signed_in import person_of

        return person_of(from_thread.run(self.manager.get_user_from_token, token)).staff

    def begin(self, request: Request, answer: Response, token: str) -> None:
        from airflow.api_fastapi.app import get_cookie_path
        from airflow.api_fastapi.auth.managers.base_auth_manager import COOKIE_NAME_JWT_TOKEN

        answer.set_cookie(
            COOKIE_NAME_JWT_TOKEN, token, path=get_cookie_path(), secure=_is_secure(request), httponly=True,
            samesite="lax",
        )  # fmt: skip

    def end(self, request: Request, answer: Response) -> None:
        from airflow.api_fastapi.app import get_cookie_path
        from airflow.api_fastapi.auth.managers.base_auth_manager import COOKIE_NAME_JWT_TOKEN

        if token := request.cookies.get(COOKIE_NAME_JWT_TOKEN):
            self.manager.revoke_token(token)
        for name in (COOKIE_NAME_JWT_TOKEN, FLASKS):
            for path in {get_cookie_path(), "/"}:  # an older Airflow set it there
                answer.delete_cookie(name, path=path, secure=_is_secure(request), httponly=True, samesite="lax")


def _is_secure(request: Request) -> bool:
    from airflow.configuration import conf

    return request.base_url.scheme == "https" or bool(conf.get("api", "ssl_cert", fallback=""))
