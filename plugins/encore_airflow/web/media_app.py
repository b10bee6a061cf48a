"""The media app: where platforms fetch pictures and videos. The one anonymous route besides liveness.

An address is unguessable, made for one attempt of one job, and expires; who fetched it when is kept as evidence.
Whoever asks for much, or for what is not there, keeps only other askers waiting: it has connections and threads of its
own, and refuses when too many wait, when too many files are being sent, or when one address is asked for too often. A
file that nobody takes in time is broken off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from anyio import CapacityLimiter, move_on_after, to_thread
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import FileResponse
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from encore.errors import StoreUnavailableError
from encore.media.media_store import MediaStoreError
from encore_airflow.http.rate import Rates
from encore_airflow.http.surroundings import Surroundings, media_surroundings

ADDRESS = re.compile(r"([A-Za-z0-9_-]{32})(\.[a-z0-9]{1,5})?")
"""`wiring` makes addresses of 24 random bytes, and puts the file's suffix behind them."""

THREADS = 8
"""Askers that are answered at the same time."""

MOST_WAITING = 200
"""Askers for whom there is a place in the queue. A platform that is refused asks again."""


def create_media_app(within: Surroundings | None = None) -> FastAPI:
    """`within`: what surrounds it (of which it needs no person); Airflow's API server if left out."""
    within = within or media_surroundings()
    app = FastAPI(title="Encore media", docs_url=None, redoc_url=None, openapi_url=None)
    limit, rates, places = CapacityLimiter(THREADS), Rates(), Places()

    @app.api_route("/{name}", methods=["GET", "HEAD"])
    async def media(name: str, request: Request) -> FileResponse:
        address = ADDRESS.fullmatch(name)
        if address is None:
            raise _nothing()
        bounds = within.settings().media
        if limit.statistics().tasks_waiting >= MOST_WAITING or places.taken >= bounds.answers_at_once:
            raise _busy()
        if wait := rates.wait(address[1], bounds.fetches_per_minute, bounds.fetches_per_minute):
            raise _busy(429, wait)
        agent = request.headers.get("user-agent", "")[:200]
        path, mime = await to_thread.run_sync(_found, within, address[1], request.method, agent, limiter=limit)
        sent = BoundedFile(path, media_type=mime, headers={"Cache-Control": "private, no-store"})
        return sent.within(places, bounds.answers_at_once, bounds.answer_seconds)

    return app


@dataclass
class Places:
    """How many files are being sent."""

    taken: int = 0


class BoundedFile(FileResponse):
    """A file that takes one of `most` places while it is sent, and has so many seconds for that: a platform fetches it
    in a few, and who takes it in drops would keep a place for ever. Whoever finds no place is told to come again."""

    def within(self, places: Places, most: int, seconds: float) -> Self:
        self._places, self._most, self._seconds = places, most, seconds
        return self

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._places.taken >= self._most:
            return await Response(status_code=503, headers={"Retry-After": "5"})(scope, receive, send)
        self._places.taken += 1
        try:
            with move_on_after(self._seconds):  # the server closes the connection: what was sent is seen to be a part
                await super().__call__(scope, receive, send)
        finally:
            self._places.taken -= 1


def _found(within: Surroundings, token: str, method: str, agent: str) -> tuple[Path, str]:
    """The file at an address, and its type. No connection is held while a bucket gives it."""
    try:
        on = within.open_store("media app")
        row = on.fetch_media(token=token, now=within.now(), method=method, user_agent=agent)
        if row is None:
            raise _nothing()
        path = within.media_store(within.settings()).local_path(row.file, row.size_bytes)
    except (MediaStoreError, StoreUnavailableError):
        raise _busy() from None
    if not path.is_file():
        raise _nothing()
    return path, row.mime


def _nothing() -> HTTPException:
    return HTTPException(404)


def _busy(status: int = 503, seconds: int = 5) -> HTTPException:
    return HTTPException(status, headers={"Retry-After": str(seconds)})
