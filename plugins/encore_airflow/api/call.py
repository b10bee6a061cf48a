"""One request as the API's routes see it, and how a write is answered."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse

from encore.store.idempotency import Answer, answered_once, answered_once_in_steps
from encore.store.idempotency import Request as Keyed
from encore.words.sentence import Words
from encore_airflow.http.context import Context, surrounding
from encore_airflow.http.language import language_of

REPLAYED = "Idempotency-Replayed"
_PART = "API"


@dataclass(frozen=True)
class Call(Context):
    """What a reading route gets. `words`: in the language that the caller asks for."""

    words: Words

    def answer(self, body: BaseModel, status: int = 200, **headers: str) -> Answer:
        """`headers`: with underscores for hyphens."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Answer(status, body.model_dump(mode="json", context=self.words), named)

    def reply(self, body: BaseModel, **headers: str) -> JSONResponse:
        """The answer of a reading route."""
        return _response(self.answer(body, 200, **headers))


@dataclass(frozen=True)
class WritingCall(Call):
    """What a route gets that changes something."""

    key: str | None
    fingerprint: str

    def once(self, do: Callable[[], Answer]) -> JSONResponse:
        """Do it, once for an `Idempotency-Key`, in one transaction with its answer."""
        if self.key is None:
            return _response(do())
        return _response(answered_once(self.store, self._keyed(self.key), do))

    def once_in_steps(self, do: Callable[[], Answer], also: str = "") -> JSONResponse:
        """The same for what waits for somebody else or touches many campaigns: in transactions of its own. `also`: what
        else tells this request from another (an upload)."""
        if self.key is None:
            return _response(do())
        return _response(answered_once_in_steps(self.store, self._keyed(self.key, also), do))

    def _keyed(self, key: str, also: str = "") -> Keyed:
        digest = hashlib.sha256(f"{self.fingerprint}\n{also}".encode()).hexdigest()
        return Keyed(self.person.name, key, digest, self.now)


def words_for(request: Request) -> Words:
    return Words(language_of(request.headers.get("accept-language", "")))


def _response(made: Answer) -> JSONResponse:
    headers = made.headers | ({REPLAYED: "true"} if made.replayed else {})
    return JSONResponse(made.body, made.status, headers)


def _reading(request: Request) -> Call:
    return Call(**surrounding(request, _PART), words=words_for(request))


async def _fingerprint(request: Request) -> str:
    """What makes two requests the same. A form's parts are told by its route, which has them already read."""
    form = request.headers.get("content-type", "").lower().startswith("multipart/")
    body = b"" if form else await request.body()
    matched = request.headers.get("if-match", "")
    return f"{request.method} {request.url.path}?{request.url.query} {matched} {hashlib.sha256(body).hexdigest()}"


def _writing(
    request: Request,
    fingerprint: Annotated[str, Depends(_fingerprint)],
    idempotency_key: Annotated[
        str | None,
        Header(max_length=200, pattern=r"^[!-~]+$", description="The same key and request again gets the same answer."),
    ] = None,
) -> WritingCall:
    return WritingCall(
        **surrounding(request, _PART), words=words_for(request), key=idempotency_key, fingerprint=fingerprint
    )


Reading = Annotated[Call, Depends(_reading)]
Writing = Annotated[WritingCall, Depends(_writing)]
