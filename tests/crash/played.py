"""What became of one play."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crash.points import Point, Rehearsal


@dataclass
class Played:
    """What the judge sees: the job's row, its ledger, the feed, and what has happened on the way."""

    point: Point
    job: Any
    ledger: list[Any]
    feed: list[dict[str, Any]]
    struck: bool
    """Whether the process was hit: a fault may end the attempt before the moment comes."""
    doubts: int
    """How often a person was asked."""
    untruths: list[str]
    rehearsal: Rehearsal
    story: list[str]
    planned: list[tuple[datetime, datetime]]
    """Since when it was planned for which second."""
    held: list[tuple[datetime, datetime]]
    """From when until when people had forbidden that it goes out."""
    met: bool
    """Whether the successor of a sleeping copy had come as far as it should before that one woke."""
