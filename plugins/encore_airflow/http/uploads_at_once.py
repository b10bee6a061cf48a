"""How many uploads this process takes at the same time: each lies on its disk while it comes and is worked on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from encore.words.sentence import Sentence, sentence
from encore_airflow.http.surroundings import Surroundings

OF_ALL = 4
"""So many times what one user may send, all of them may."""

COME_AGAIN = 10
"""Seconds after which it is worth another try."""


@dataclass(frozen=True)
class UploadsAtOnce:
    """Stands within the gate, which knows the person. `refuse`: the answer with a sentence and the seconds to wait.
    Only forms with files count; small ones of the same kind hold their place for a moment."""

    app: ASGIApp
    within: Surroundings
    refuse: Callable[[Request, Sentence, int], ASGIApp]
    _coming: Counter[str] = field(default_factory=Counter)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not _has_files(scope):
            return await self.app(scope, receive, send)
        person = scope.get("state", {}).get("person")
        name, most = person.name if person else "", self.within.settings().api.uploads_at_once
        # One event loop runs this, so that nobody comes between the count and the place.
        if self._coming[name] >= most or self._coming.total() >= OF_ALL * most:
            said = sentence("request.uploads_at_once", n=most)
            return await self.refuse(Request(scope), said, COME_AGAIN)(scope, receive, send)
        self._coming[name] += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self._coming[name] -= 1
            if not self._coming[name]:
                del self._coming[name]


def _has_files(scope: Scope) -> bool:
    return Headers(scope=scope).get("content-type", "").lower().startswith("multipart/form-data")
