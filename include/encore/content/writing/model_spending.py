"""What the model that writes costs, call by call, in the database; and the month's budget, which no call may pass.

The most that a call may take is set aside before it is made, so that several at once do not pass the budget together.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from encore.domain.json import Json
from encore.settings import WriterSettings
from encore.store.store import Store

MILLION = 1_000_000


@dataclass(frozen=True)
class StoredMeter:
    """Implements `Meter`. Not for within a transaction: what is held must be seen by all at once."""

    store: Store
    settings: WriterSettings
    now: Callable[[], datetime]

    def hold(self, purpose: str, model: str, sent: int, received: int) -> int | None:
        now = self.now()
        month, price = month_of(now, self.settings), self._price(sent, received)
        with self.store.transaction():
            self.store.lock_model_uses()
            used = self.store.model_use_of_month(month=month, currency=self.settings.currency)
            if _passes(self.settings, used.tokens + sent + received, used.millionths + price):
                return None
            return self.store.put_model_use(
                month=month, now=now, purpose=purpose, model=model, sent=sent, received=received, millionths=price,
                currency=self._currency,
            )  # fmt: skip

    def settle(self, held: int, tokens: dict[str, int]) -> None:
        if not tokens:
            return  # nobody knows what it took: the most stays held
        sent, received = tokens.get("sent", 0), tokens.get("received", 0)
        self.store.settle_model_use(
            use_id=held, sent=sent, received=received, millionths=self._price(sent, received), now=self.now()
        )

    def release(self, held: int) -> None:
        self.store.release_model_use(use_id=held)

    def cost(self, tokens: dict[str, int]) -> Json:
        if not self._currency:
            return {}
        price = self._price(tokens.get("sent", 0), tokens.get("received", 0))
        return {"millionths": price, "currency": self._currency}

    @property
    def _currency(self) -> str:
        """ "" where nothing can be said in money."""
        return self.settings.currency if None not in (self.settings.price_in, self.settings.price_out) else ""

    def _price(self, sent: int, received: int) -> int:
        """In millionths: so much is one token at the price of a million."""
        return math.ceil(sent * (self.settings.price_in or 0) + received * (self.settings.price_out or 0))


def month_of(now: datetime, settings: WriterSettings) -> date:
    """The first day of the calendar month."""
    return now.astimezone(ZoneInfo(settings.month_zone)).date().replace(day=1)


def _passes(settings: WriterSettings, tokens: int, millionths: int) -> bool:
    if settings.monthly_tokens is not None and tokens > settings.monthly_tokens:
        return True
    return settings.monthly_budget is not None and millionths > settings.monthly_budget * MILLION
