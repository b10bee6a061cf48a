"""What stands behind the bell, and how a person wants to be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from encore.domain.json import Json
from encore.notices.kinds import Kind
from encore.notices.letters import Item, items_of
from encore.notices.mail import MAIL
from encore.notices.people import Digest, Wishes, kinds_for, wishes_of
from encore_airflow.web.visit import Visit

MOST = 30
"""Notices of one page."""

_ICONS = {
    Kind.FAILED: "failed", Kind.MISSED: "failed", Kind.IN_DOUBT: "doubt", Kind.HAND_OFF: "hand",
    Kind.OUT_AT_LAST: "success", Kind.READY: "success", Kind.NEEDS_APPROVAL: "held", Kind.APPROVAL_LATE: "held",
    Kind.CALLED_OFF: "cancelled", Kind.DISCONNECTED: "failed", Kind.NOT_WRITTEN: "failed", Kind.AHEAD: "held",
    Kind.SYSTEM: "failed", Kind.STAFF_APPROVAL: "held",
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    item: Item
    kind: str
    at: datetime
    new: bool


@dataclass(frozen=True)
class AddressView:
    address_id: int
    shown: str
    error: str


def bell_page(visit: Visit, before: int | None) -> Json:
    row = visit.store.person(person=visit.person.name)
    seen = row.bell_seen_at if row else None
    found = visit.store.notices_of_person(
        person=visit.person.name, staff=visit.person.staff, before=before or 2**63 - 1, most=MOST + 1
    )
    zone = visit.clock.zone("UTC") if visit.reads.own_zone else None
    shown = found[:MOST]
    told = [
        Told(item, _ICONS[Kind(one.kind)], one.at, seen is None or one.at > seen)
        for one, item in zip(shown, items_of(visit.store, visit.words, shown, visit.now, zone), strict=True)
    ]
    addresses = visit.store.addresses_of(person=visit.person.name)
    return {
        "told": told,
        "older": found[MOST - 1].notice_id if len(found) > MOST else None,
        "first_page": before is None,
        "wishes": own_wishes(visit),
        "kinds": [(kind, visit.say(f"notice.kind.{kind}")) for kind in kinds_for(staff=visit.person.staff)],
        "digests": [(kind, visit.say(f"notice.wish_digest.{kind}")) for kind in Digest],
        "addresses": [
            AddressView(one.address_id, one.shown, visit.words.stored(one.error) if one.error else "")
            for one in addresses
        ],
        "mail_works": any(one.service == MAIL and not one.error for one in addresses),
        "tried": visit.request.query_params.get("tried") == "yes",
    }


def own_wishes(visit: Visit) -> Wishes:
    """As they have said; else in the language in which they read, on their browser's clock."""
    said = wishes_of(visit.store, visit.person.name)
    return said or Wishes(language=visit.reads.language, timezone=visit.reads.zone or "UTC")
