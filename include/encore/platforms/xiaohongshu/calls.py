"""The REST contract of xiaohongshu-mcp, as far as posting needs it (docs/API.md and handlers_api.go of
https://github.com/xpzouying/xiaohongshu-mcp @6fb866a).

One process of it is one account. Success is HTTP 200 with `{"success": true, "data": ...}`, an error is
`{"error": "<Chinese>", "code": "<CODE>", "details": <anything>}` without `success`. Every request opens a browser with
the account's cookies, so that calls for one account must not overlap (`max_in_flight_per_account: 1`), and the work of
a request is cancelled midway when its caller hangs up (handlers use the request's context).
"""

from __future__ import annotations

import json as jsonlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from encore.domain.json import Json
from encore.platforms.contract import Credentials
from encore.platforms.error_table import ErrorTable, Stage
from encore.settings import PlatformSettings
from encore.wire.call import MalformedReplyError, Reply, Wire, WireError

ERRORS = ErrorTable.load("xiaohongshu")


@dataclass(frozen=True)
class OwnNote:
    """A note as the account's own page lists it; body and time are only in its detail."""

    note_id: str
    title: str
    xsec_token: str


@dataclass(frozen=True)
class NoteDetail:
    """`at` is None where the service does not tell a time."""

    body: str
    at: datetime | None


class Service:
    """The service of one account. Every method raises PublishingError as `errors.yaml` says."""

    def __init__(
        self, settings: PlatformSettings, credentials: Credentials, wire: Wire, clock: Callable[[], datetime]
    ) -> None:
        self.settings = settings
        self.base_url = (credentials.base_url or settings.base_url).rstrip("/")
        # The token is the operator's own AUTH_TOKEN of that instance; without one the service asks for none.
        self.headers = {"Authorization": f"Bearer {credentials.token}"} if credentials.token else {}
        self.wire = wire
        self.clock = clock

    def call(
        self,
        stage: Stage,
        method: str,
        route: str,
        *,
        params: Json | None = None,
        json: Json | None = None,
        seconds: float | None = None,
    ) -> object:
        if not self.base_url:
            raise ERRORS.error("encore_address_missing", stage="create")
        try:
            reply = self.wire.call(
                method,
                f"{self.base_url}/api/v1/{route}",
                seconds=seconds or self.settings.call_seconds,
                headers=self.headers,
                params=params,
                json=json,
            )
        except WireError as err:
            raise ERRORS.unanswered(err, stage) from err
        return data_of(reply, stage, self.clock())


class NoteService(Service):
    """What posting asks of it."""

    def is_logged_in(self) -> bool:
        """One look. False may also come from a slow page (PR 724)."""
        data = self.call("read", "GET", "login/status")
        if not isinstance(data, dict) or not isinstance(data.get("is_logged_in"), bool):
            raise ERRORS.unanswered(MalformedReplyError("login/status without is_logged_in"), "read")
        return data["is_logged_in"]

    def own_notes(self) -> list[OwnNote]:
        """The first page of the account's notes; how many and in which order is not documented."""
        data = self.call("read", "GET", "user/me", params={"tab": "note"})
        profile = data.get("data") if isinstance(data, dict) else None
        feeds = profile.get("feeds") if isinstance(profile, dict) else None
        # An account without notes has null here (a Go slice that was never made), a broken page has nothing.
        if not isinstance(profile, dict) or "feeds" not in profile or not isinstance(feeds, list | None):
            raise ERRORS.unanswered(MalformedReplyError("user/me without feeds"), "read")
        return [_own_note(item) for item in feeds or [] if isinstance(item, dict) and item.get("id")]

    def detail(self, note: OwnNote) -> NoteDetail:
        asked = {"feed_id": note.note_id, "xsec_token": note.xsec_token}
        data = self.call("read", "POST", "feeds/detail", json=asked)
        inner = data.get("data") if isinstance(data, dict) else None
        found = inner.get("note") if isinstance(inner, dict) else None
        if not isinstance(found, dict):
            raise ERRORS.unanswered(MalformedReplyError("feeds/detail without a note"), "read")
        return NoteDetail(str(found.get("desc") or ""), _instant(found.get("time")))

    def publish(self, route: str, note: Json) -> None:
        """`route` is publish or publish_video. Returning means only that the service believes it has published."""
        self.call("publish", "POST", route, json=note, seconds=self.settings.commit_seconds)


def data_of(reply: Reply, stage: Stage, now: datetime) -> object:
    """`data` of a successful answer; raises the PublishingError that any other answer means at `stage`."""
    try:
        content = reply.json()
        malformed = MalformedReplyError("an answer without success")
    except MalformedReplyError as err:
        content, malformed = {}, err
    if isinstance(content, dict) and reply.status == 200 and content.get("success") is True:
        return content.get("data")
    code = content.get("code") if isinstance(content, dict) and isinstance(content.get("error"), str) else None
    if reply.status < 400 and not code:
        raise ERRORS.unanswered(malformed, stage)
    # gin answers an unknown route in plain text, and a proxy in whatever it likes: then the status is all there is.
    if code is None and reply.status >= 500:
        code = "http_5xx"
    text = _text_of(content) if content else reply.text
    wait = reply.retry_after(now)
    raise ERRORS.error(code, text=text, status=reply.status, stage=stage, retry_after=wait, now=now)


def _text_of(content: object) -> str:
    """The error's words and `details`, which are a string, or after a panic whatever was thrown."""
    if not isinstance(content, dict):
        return ""
    details = content.get("details")
    words = details if isinstance(details, str | None) else jsonlib.dumps(details, ensure_ascii=False)
    return ": ".join(str(part) for part in (content.get("error"), words) if part)


def _own_note(item: Json) -> OwnNote:
    card = item.get("noteCard")
    title = card.get("displayTitle") if isinstance(card, dict) else None
    return OwnNote(str(item["id"]), str(title or ""), str(item.get("xsecToken") or ""))


def _instant(milliseconds: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC) if isinstance(milliseconds, int | float) else None
    except (ValueError, OverflowError, OSError):
        return None
