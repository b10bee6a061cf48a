"""How much a request may send, counted while it comes, whatever it says of its length."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from encore.words.sentence import Sentence, sentence
from encore_airflow.http.surroundings import Surroundings
from encore_airflow.http.whole_number import whole_number


@dataclass(frozen=True)
class BodyLimit:
    """`refuse`: the answer to a request that says itself that it is too large, with the sentence for a person."""

    app: ASGIApp
    within: Surroundings
    refuse: Callable[[Request, Sentence], ASGIApp]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = Headers(scope=scope)
        most = self._most(headers.get("content-type", ""))
        said = sentence("request.too_large", kilobytes=most // 1000)
        declared = whole_number(headers.get("content-length", "0"), most=10**40)
        if declared is not None and declared > most:
            return await self.refuse(Request(scope), said)(scope, receive, send)
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise HTTPException(413, said)  # ty: ignore[invalid-argument-type]  told by `said_of`
            return message

        await self.app(scope, counted, send)

    def _most(self, content_type: str) -> int:
        """Only forms carry files; the frame around a file gets a little room."""
        limits = self.within.settings().api
        if content_type.lower().startswith("multipart/form-data"):
            return limits.upload_megabytes * 1_000_000 + 10_000
        return limits.body_kilobytes * 1000
