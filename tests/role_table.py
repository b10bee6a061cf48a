"""The documentation's table of who may do what, and a request that is in order for each of its rows."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from campaign_fixtures import Campaigns
from PIL import Image

from encore.domain.job import Action, JobState
from encore.media.media_store import MediaStore
from encore.store.store import Store

DOCUMENT = Path(__file__).parents[1] / "include" / "docs" / "api.md"
ROLES = ("anonymous", "stranger", "owner", "op", "admin")
OWNER = "teacher-li"

_ROW = re.compile(r"^\| (GET|POST|PUT|PATCH|DELETE) \| `([^`]+)` \|(.+)\|$", re.MULTILINE)
TABLE = {
    (method, path): dict(zip(ROLES, map(int, cells.split("|")), strict=True))
    for method, path, cells in _ROW.findall(DOCUMENT.read_text(encoding="utf-8"))
}
_IMPORT = b"teacher_id,concert_title,concert_datetime,timezone,venue_or_link\n"
_STOPPED = "stopped-school"
_LINK = "https://www.instagram.com/p/abc/"


@dataclass
class RequestsInOrder:
    """Makes a new campaign of `OWNER` for each request, in the state that the route needs.

    `ask` sends a request as the owner and returns the answer's JSON. `now` is the time of whoever answers; no post of
    these campaigns is due by then.
    """

    store: Store
    concerts: Campaigns
    media: MediaStore
    ask: Callable[..., Any]
    now: datetime
    made: int = field(default=0)

    def prepare(self, method: str, path: str) -> tuple[str, dict[str, Any]]:
        """The path with its ids filled in, and the options of `requests.request`."""
        self.made += 1
        title = f"No. {self.made} {self.now:%M%S%f}"
        later = {name: (self.now + timedelta(days=number)).isoformat() for name, number in _DAYS.items()}
        campaign_id = self.concerts.planned(
            self.now, concert_title=title, platforms=["instagram"], timeline=later, teacher_id=OWNER
        )
        job = self.concerts.jobs(campaign_id)[0]
        content = self.ask("GET", f"/campaigns/{campaign_id}/content")
        asset, media = content["assets"][0], content["media"][0]
        self._arrange(method, path, campaign_id, job.job_id, media)
        ids = {"campaign_id": campaign_id, "job_id": job.job_id, "asset_id": asset["asset_id"]}
        if "stop" in path:
            ids["stop_id"] = self._stopped()
        options = self._options(method, path, title, content, asset)
        return path.format(**ids, media_id=media["media_id"]), options

    def _stopped(self) -> int:
        """A stop of an account that nobody posts through, so that nothing else waits for it."""
        self.store.put_account(
            account=_STOPPED, platform="instagram", conn_id="none", owner="nobody", max_in_flight=1, delivery="api"
        )
        self.store.retire_account(account=_STOPPED)
        return self.store.put_stop(scope="account", name=_STOPPED, reason="", who="test", now=self.now).stop_id

    def _arrange(self, method: str, path: str, campaign_id: str, job_id: str, media: dict[str, Any]) -> None:
        if path.endswith("/outcome"):
            put_job_in_state(self.store, job_id, "failed", "confirm_outcome")
        elif path.endswith("/handoff"):
            put_job_in_state(self.store, job_id, "queued", "post_by_hand")
        elif path.endswith("/uncancel"):
            put_job_in_state(self.store, job_id, "cancelled")
        elif path.endswith("/retry"):
            put_job_in_state(self.store, job_id, "failed")
        elif path.endswith("/generation"):
            self.ask("POST", f"/campaigns/{campaign_id}/generate")
        elif (method, "{media_id}" in path) == ("GET", True):
            self.media.put(Path(__file__), f"instagram.{media['kind']}")

    def _options(
        self, method: str, path: str, title: str, content: dict[str, Any], asset: dict[str, Any]
    ) -> dict[str, Any]:
        in_two_days = (self.now + timedelta(days=2)).isoformat()
        edit = {"asset_id": asset["asset_id"], "version": asset["version"], "content": "Come!"}
        return {
            ("POST", "/campaigns"): {"json": {**self._facts(), "concert_title": f"New {title}"}},
            ("PATCH", "/campaigns/{campaign_id}"): {"json": {"venue_or_link": "Great Hall"}},
            ("PATCH", "/campaigns/{campaign_id}/content"): {"json": {"assets": [edit]}},
            ("POST", "/campaigns/{campaign_id}/schedule"): {"json": {"content_sha256": content["content_sha256"]}},
            ("POST", "/campaigns/{campaign_id}/reschedule"): {"json": {"times": {"reminder": in_two_days}}},
            ("POST", "/campaigns/{campaign_id}/media"): {"files": {"file": ("p.jpg", _picture())}},
            ("PATCH", "/campaigns/{campaign_id}/media/{media_id}"): {"json": {"consent_on_file": True}},
            ("PATCH", "/jobs/{job_id}"): {"json": {"scheduled_at": in_two_days}},
            ("POST", "/jobs/{job_id}/outcome"): {"json": {"live": True, "link": _LINK}},
            ("POST", "/jobs/{job_id}/handoff"): {"json": {"link": _LINK}},
            ("POST", "/campaigns/{campaign_id}/off"): {"json": {"how": "put_off"}},
            ("POST", "/stops"): {"json": {"scope": "account", "name": _STOPPED}},
            ("POST", "/imports"): {"files": {"file": ("c.csv", _IMPORT)}},
        }.get((method, path), {})

    def _facts(self) -> dict[str, Any]:
        return {
            "concert_datetime": (self.now + timedelta(days=20)).isoformat(),
            "timezone": "Europe/Berlin",
            "venue_or_link": "Small Hall",
        }


_DAYS = {"announcement": 1, "reminder": 3, "day_of": 5}


STATES = [
    *((state, None) for state in JobState),
    *(("queued", action) for action in (Action.APPROVE_CONTENT, Action.POST_BY_HAND)),
    *(("failed", action) for action in (Action.RECONNECT_ACCOUNT, Action.FIX_CONTENT, Action.CONFIRM_OUTCOME)),
]
"""Of a job, each with what it may want of a person."""


def put_job_in_state(
    store: Store, job_id: str, state: str, action: str | None = None, code: str = "platform_unavailable"
) -> None:
    """Put a job into any state, whatever the state table says."""
    store.connection.execute("ALTER TABLE publish_job DISABLE TRIGGER legal_transition")
    store.connection.execute(
        "UPDATE publish_job SET state = %(state)s, action_required = %(action)s, claimed_by = 'r', "
        "lease_expires_at = now(), "
        "error_code = CASE WHEN %(state)s = 'failed' THEN %(code)s END, "
        "error_message = CASE WHEN %(state)s = 'failed' THEN 'It failed.' END, "
        "delivery = CASE WHEN %(action)s = 'post_by_hand' THEN 'handoff' ELSE delivery END, "
        "external_url = CASE WHEN %(state)s = 'success' THEN 'https://platform.test/1' END WHERE job_id = %(job)s",
        {"state": state, "action": action, "code": code, "job": job_id},
    )
    store.connection.execute("ALTER TABLE publish_job ENABLE TRIGGER legal_transition")


def _picture() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (1080, 1350), "navy").save(made, "JPEG")
    return made.getvalue()
