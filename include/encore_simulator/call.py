"""One request to a look-alike and the answer to it, free of the web framework."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, parse_qsl

from .media import fetch

if TYPE_CHECKING:
    from .faults import Fault
    from .world import World

JSON_TYPE = "application/json; charset=utf-8"


@dataclass
class Answer:
    """What goes back. `body` is JSON unless it is bytes."""

    body: Any = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = JSON_TYPE

    def payload(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()


class Refusal(Exception):
    """Raised by an operation that changed nothing; carries the answer that the platform would give."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class ClientGone(Exception):
    """The caller hung up while an operation that notices it (Xiaohongshu publish) was under way."""


@dataclass
class Call:
    """A request, read completely. `account` is what the token (or the path) claims, before any check."""

    world: World
    platform: str
    method: str
    path: str
    path_params: Mapping[str, str]
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    base_url: str
    received_at: datetime
    receive: Callable[[], Awaitable[Mapping[str, Any]]]
    operation: str = ""
    account: str = ""
    text: str = ""
    fault: Fault | None = None
    outlives_client: bool = False

    @property
    def now(self) -> datetime:
        return self.world.now()

    @property
    def media_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def bearer(self) -> str:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""

    @cached_property
    def json(self) -> Any:
        """The parsed body whatever its content type, None where it is no JSON; the operations judge that."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def fields(self) -> dict[str, Any]:
        """The JSON object sent, or an empty one."""
        return self.json if isinstance(self.json, dict) else {}

    @cached_property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def chosen(self, name: str) -> tuple[str, ...]:
        """Every value of a form's field that may come more than once."""
        return tuple(parse_qs(self.body.decode("utf-8", "replace")).get(name, ()))

    def value(self, switch: str) -> Any:
        return self.world.switches.value(switch, self.account)

    async def fetched(self, url: str, *, redirects: bool, limit: int) -> bytes:
        """The media behind `url`, or FetchError."""
        seconds = self.value("media_fetch_seconds")
        return await self.world.off_loop(fetch, url, seconds=seconds, redirects=redirects, limit=limit)

    def shape(self, post: Any) -> None:
        """Lets the faults that change a post (slow, stuck, failing, listed late) take hold of `post`."""
        for fault in self.world.faults.take_shaping(self):
            post.bend(fault.kind, fault.args, self.world)

    async def pause(self, seconds: float, *, abort: bool = False) -> None:
        """Waits; with `abort` a caller that hangs up meanwhile ends the operation here."""
        if not abort or self.outlives_client:
            await asyncio.sleep(seconds)
            return
        try:
            await asyncio.wait_for(self._hang_up(), timeout=max(seconds, 0.001))
        except TimeoutError:
            return
        raise ClientGone

    async def _hang_up(self) -> None:
        while (await self.receive())["type"] != "http.disconnect":
            pass


def no_text(call: Call) -> str:
    return ""


def always(call: Call) -> bool:
    return True


@dataclass(frozen=True)
class Operation:
    """One request of a platform's flow, by the name that faults use.

    `text_of` finds the text of the post that the request concerns; `when` chooses between operations that share a path;
    `sham` answers like a success without doing anything (fault `error_as_success`).
    """

    name: str
    method: str
    path: str
    summary: str
    handle: Callable[[Call], Awaitable[Answer]]
    text_of: Callable[[Call], str] = no_text
    when: Callable[[Call], bool] = always
    sham: Callable[[Call], Answer] | None = None
