"""Accounts and their allowances. An account exists because a token names it; nothing is registered first.

`sim-school` is the account `school`; so is `sim-school-3`, the third token of that account after refreshes. An account
name therefore never ends in a hyphen and digits.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from datetime import datetime, timedelta

_ACCESS = re.compile(r"sim-(?P<account>[A-Za-z0-9_.\-]*?[A-Za-z0-9_.])(?:-(?P<generation>\d+))?")
_REFRESH = re.compile(r"simr-(?P<account>[A-Za-z0-9_.\-]*?[A-Za-z0-9_.])-(?P<generation>\d+)")
DAY = timedelta(hours=24)


def read_access_token(token: str) -> tuple[str, int] | None:
    """Account and generation (0 for the first token), or None for a token the simulator would never give."""
    found = _ACCESS.fullmatch(token)
    return (found["account"], int(found["generation"] or 0)) if found else None


def read_refresh_token(token: str) -> tuple[str, int] | None:
    found = _REFRESH.fullmatch(token)
    return (found["account"], int(found["generation"])) if found else None


def account_of_token(token: str) -> str:
    found = read_access_token(token)
    return found[0] if found else ""


class Allowance:
    """Counts what happened in a sliding window, per key; an event refused is not counted."""

    def __init__(self) -> None:
        self._seen: dict[tuple, list[datetime]] = defaultdict(list)

    def used(self, key: tuple, now: datetime, window: timedelta) -> int:
        seen = self._seen[key]
        del seen[: bisect_right(seen, now - window)]
        return len(seen)

    def spend(self, key: tuple, now: datetime, window: timedelta, limit: int) -> bool:
        """True and counted if `limit` (0: none) allows one more."""
        if limit and self.used(key, now, window) >= limit:
            return False
        self._seen[key].append(now)
        return True

    def free_in(self, key: tuple, now: datetime, window: timedelta) -> float:
        """Seconds until the oldest counted event leaves the window."""
        seen = self._seen[key]
        return max((seen[0] + window - now).total_seconds(), 0.0) if seen else 0.0

    def give_back(self, key: tuple) -> None:
        if self._seen[key]:
            self._seen[key].pop()
