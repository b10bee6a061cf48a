"""Which accounts a campaign posts through, and which it could: what the form on its page shows."""

from __future__ import annotations

from dataclasses import dataclass

from encore.campaigns.choosing import Usable, usable_accounts
from encore.domain.job import Delivery
from encore.store import rows
from encore_airflow.web.views.labels import account_label
from encore_airflow.web.visit import Visit


@dataclass(frozen=True)
class Offered:
    """An account that the campaign may post through. `staff_approves`: its posts wait for staff."""

    account: str
    label: str
    own: bool
    by_hand: bool
    staff_approves: bool
    ticked: bool


@dataclass(frozen=True)
class OfPlatform:
    """`chosen`: whether a person has chosen here. `lost`: what was chosen and cannot be used any more."""

    platform: str
    field: str
    offered: tuple[Offered, ...]
    chosen: bool
    lost: tuple[str, ...]

    @property
    def open(self) -> bool:
        """Whether there is anything to choose, or to say."""
        return len(self.offered) > 1 or self.chosen


def offered_accounts(visit: Visit, campaign: rows.Campaign) -> tuple[OfPlatform, ...]:
    """The platforms on which there is a choice."""
    return tuple(one for one in all_accounts(visit, campaign) if one.open)


def all_accounts(visit: Visit, campaign: rows.Campaign) -> tuple[OfPlatform, ...]:
    """The same of every platform of the campaign."""
    return tuple(_of(visit, one) for one in usable_accounts(visit.store, campaign))


def _of(visit: Visit, usable: Usable) -> OfPlatform:
    offered = tuple(
        Offered(
            row.account, account_label(row), row.owner is not None, row.delivery == Delivery.HANDOFF,
            row.staff_approves, row.account in usable.posting,
        )
        for row in usable.accounts
    )  # fmt: skip
    lost = tuple(_name(visit, name) for name in usable.lost)
    return OfPlatform(usable.platform, f"accounts.{usable.platform}", offered, usable.chosen, lost)


def _name(visit: Visit, account: str) -> str:
    row = visit.store.account(account=account)
    return account_label(row) if row else account
