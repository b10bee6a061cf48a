"""Requests for content on an idle stack, one at a time: how long a teacher waits for the drafts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bench.result import Result, distribution
from bench.stage import QUIET_SECONDS, Stage

TEACHER = "teacher-anna"
TEXTS = 10
"""Three moments on three platforms, and the flyer's text."""
WITHIN, GIVEN_UP_AFTER = 8.0, 120.0
LOOK_SECONDS = 0.1


def measure(on: Stage) -> Iterator[Result]:
    texts, pictures = [], []
    for number in range(on.asked.drafts):
        time.sleep(QUIET_SECONDS)
        campaign_id, asked_at = _request(on, number)
        texts.append(_seconds_until(on, "The texts", asked_at, lambda of=campaign_id: _texts(on, of) >= TEXTS))
        pictures.append(_seconds_until(on, "The flyer", asked_at, lambda of=campaign_id: _drawn(on, of)))
    yield Result(
        "drafts",
        f"{on.asked.drafts} requests for content, one at a time: from the teacher's request until the texts stand",
        "s",
        distribution(texts),
        texts,
        targets={"most": WITHIN},
    )
    yield Result("drawn", "Until the flyer and its video stand too", "s", distribution(pictures), pictures)


def _request(on: Stage, number: int) -> tuple[str, float]:
    facts = {
        "concert_title": f"Recital No. {number} on Request",
        "concert_datetime": (datetime.now(UTC) + timedelta(days=30)).isoformat(),
        "timezone": "Europe/Berlin",
        "venue_or_link": "Small Hall",
    }
    made = on.stack.api("POST", "/api/v1/campaigns", TEACHER, json=facts)
    made.raise_for_status()
    campaign_id = made.json()["campaign_id"]
    asked_at = time.monotonic()
    on.stack.api("POST", f"/api/v1/campaigns/{campaign_id}/generate", TEACHER).raise_for_status()
    return campaign_id, asked_at


def _seconds_until(on: Stage, what: str, asked_at: float, ready) -> float:
    on.wait(what, ready, seconds=GIVEN_UP_AFTER, every=LOOK_SECONDS)
    return time.monotonic() - asked_at


def _texts(on: Stage, campaign_id: str) -> int:
    return len(on.store.content_assets(campaign_id=campaign_id))


def _drawn(on: Stage, campaign_id: str) -> bool:
    """All pictures are stored in one transaction."""
    return bool(on.store.media_assets(campaign_id=campaign_id))
