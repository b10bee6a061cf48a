"""What TikTok's look-alike remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..dialogs import Codes
from .submissions import Submission


@dataclass(frozen=True)
class Grant:
    """What a person allowed an app in the dialog."""

    client: str
    scopes: tuple[str, ...]


@dataclass
class TikTokState:
    """Submissions by publish_id and by upload id; `sent` are those whose media is complete, in order.

    `grants` are those of a pair of tokens, by account and generation: a pair that no dialog gave has none.
    `consents` are what an account allows an app without being asked again, by client key and account.
    """

    submissions: dict[str, Submission] = field(default_factory=dict)
    uploads: dict[str, Submission] = field(default_factory=dict)
    sent: list[Submission] = field(default_factory=list)
    refresh_generation: dict[str, int] = field(default_factory=dict)
    used_refresh_tokens: set[str] = field(default_factory=set)
    token_expires_at: dict[str, datetime] = field(default_factory=dict)
    revoked: dict[str, int] = field(default_factory=dict)
    codes: Codes = field(default_factory=Codes)
    grants: dict[tuple[str, int], Grant] = field(default_factory=dict)
    consents: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    sandbox_users: set[str] = field(default_factory=set)

    def seen(self, account: str, generation: int) -> None:
        self.refresh_generation[account] = max(generation, self.refresh_generation.get(account, 0))

    def next_generation(self, account: str) -> int:
        self.refresh_generation[account] = self.refresh_generation.get(account, 0) + 1
        return self.refresh_generation[account]

    def is_revoked(self, account: str, generation: int) -> bool:
        return generation <= self.revoked.get(account, -1)

    def revoke(self, account: str, generation: int) -> None:
        self.seen(account, generation)
        self.revoked[account] = self.refresh_generation[account]
        for client, name in list(self.consents):
            if name == account:
                del self.consents[client, name]

    def as_json(self, now: datetime) -> dict[str, Any]:
        return {
            "publish_ids": [submission.as_json(now) for submission in self.submissions.values()],
            "refresh_generation": self.refresh_generation,
            "revoked": sorted(self.revoked),
            "logins": [
                {"account": account, "generation": generation, "client_key": grant.client, "scopes": grant.scopes}
                for (account, generation), grant in self.grants.items()
            ],
        }
