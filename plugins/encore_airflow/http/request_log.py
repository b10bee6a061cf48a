"""Gives each request an id, in its answer and in one log line: who asked what, how it ended, how long it took."""

from __future__ import annotations

import logging
import re
import time
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from encore_airflow.http.private_paths import told_path

log = logging.getLogger(__name__)

REQUEST_ID = "X-Request-Id"
_HARMLESS = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestLog:
    """A caller's own id is taken over if it is harmless. The query is not logged: people search for names;
    nor is an address that is a secret."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        given = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = given if _HARMLESS.fullmatch(given) else uuid4().hex
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        began, status = time.monotonic(), 500

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = request_id
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self.app(scope, receive, named)
        finally:
            person = state.get("person")
            log.info(
                "request %s: %s %s by %s: %d in %.0f ms", request_id, scope["method"], told_path(scope["path"]),
                person.name if person else "nobody", status, (time.monotonic() - began) * 1000,
            )  # fmt: skip
