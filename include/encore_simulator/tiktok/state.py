"""What TikTok's look-alike remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .submissions import Submission


@dataclass
class TikTokState:
    """Submissions by publish_id and by upload id; `sent` are those whose media is complete, in order."""

    submissions: dict[str, Submission] = field(default_factory=dict)
    uploads: dict[str, Submission] = field(default_factory=dict)
    sent: list[Submission] = field(default_factory=list)
    refresh_generation: dict[str, int] = field(default_factory=dict)
    token_expires_at: dict[str, datetime] = field(default_factory=dict)
    revoked: set[str] = field(default_factory=set)

    def as_json(self, now: datetime) -> dict[str, Any]:
        return {
            "publish_ids": [submission.as_json(now) for submission in self.submissions.values()],
            "refresh_generation": self.refresh_generation,
            "revoked": sorted(self.revoked),
        }
