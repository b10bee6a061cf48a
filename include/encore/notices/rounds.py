"""A round of telling: notices become messages, and messages are sent, each at least once and under one id.

What is sent and not yet noted down when the process dies is sent again, with the same Message-ID.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import uuid4

from encore.notices.letters import Letter, letter
from encore.notices.mail import NotSentError
from encore.notices.people import Wishes
from encore.store import rows
from encore.store.store import Store

log = logging.getLogger(__name__)

MOST = 1000
"""Notices, or digests, that one transaction puts into messages."""

TAKEN_FOR = timedelta(minutes=3)
"""Longer than a try to send may last; after it another takes the message."""

TRIES, FIRST_PAUSE, LONGEST_PAUSE = 8, timedelta(minutes=1), timedelta(hours=1)
"""Of one message: some three hours."""


class Post(Protocol):
    """Hands a letter with its id, and when it was made, to an address. Raises `NotSentError`."""

    def __call__(self, address: rows.PersonAddress, letter: Letter, message_id: str, made_at: datetime, /) -> None: ...


@dataclass
class Told:
    notices: int = 0
    messages: int = 0
    arrived: int = 0
    failed: int = 0


def tell(store: Store, post: Post, site: str, clock: Callable[[], datetime]) -> Told:
    """Whatever is due by now. `site`: the address of the pages, without a slash at its end."""
    told = Told()
    while put := put_into_messages(store, clock()):
        told.notices += put
    put_digests(store, clock())
    while (message := store.take_message(now=clock(), taken_until=clock() + TAKEN_FOR)) is not None:
        told.messages += 1
        if _sent(store, post, site, message, clock):
            told.arrived += 1
        else:
            told.failed += 1
    return told


def put_into_messages(store: Store, now: datetime) -> int:
    """One message for each address of each person who wants any of them; in their quiet hours it waits, and what comes
    meanwhile goes with it. Returns how many notices that were, whoever wanted them."""
    with store.transaction():
        notices = store.notices_to_tell(now=now, most=MOST)
        if not notices:
            return 0
        names = sorted({one.recipient for one in notices if one.recipient})
        people = store.people_to_tell(names=names, staff=any(one.recipient is None for one in notices))
        by_address: dict[int, list[int]] = defaultdict(list)
        waits: dict[int, datetime] = {}
        for row in people:
            wishes = Wishes.of(row)
            mine = [one for one in notices if one.recipient == row.person or (one.recipient is None and row.staff)]
            if wanted := [one.notice_id for one in mine if one.asks and one.kind not in wishes.unwanted]:
                by_address[row.address_id] += wanted
                waits[row.address_id] = wishes.quiet_until(now) or now
        for address_id, notice_ids in by_address.items():
            _put(store, address_id, notice_ids, waits[address_id], now)
        store.note_told(notice_ids=[one.notice_id for one in notices], now=now)
    return len(notices)


def _put(store: Store, address_id: int, notice_ids: list[int], send_at: datetime, now: datetime) -> None:
    message_id = store.waiting_message(address_id=address_id, now=now) if send_at > now else None
    if message_id is None:
        message_id = str(uuid4())
        store.put_message(message_id=message_id, address_id=address_id, digest=None, send_at=send_at, now=now)
    store.put_message_notices(message_id=str(message_id), notice_ids=notice_ids)


def put_digests(store: Store, now: datetime) -> None:
    with store.transaction():
        for row in store.digests_due(now=now, most=MOST):
            wishes = Wishes.of(row)
            for address in store.addresses_of(person=row.person):
                store.put_message(
                    message_id=str(uuid4()), address_id=address.address_id, digest=wishes.digest, send_at=now, now=now
                )
            store.note_digest(person=row.person, digest_due_at=wishes.next_digest(now))


def _sent(store: Store, post: Post, site: str, message: rows.TakeMessage, clock: Callable[[], datetime]) -> bool:
    address = rows.there(store.address(address_id=message.address_id))
    person = rows.there(store.person(person=address.person))
    said = letter(store, message, Wishes.of(person), person.person, site, clock())
    if not said.items:  # a digest of nothing
        store.end_message(message_id=message.message_id, arrived=None, now=clock())
        return True
    try:
        post(address, said, message.message_id, message.made_at)
    except NotSentError as err:
        _not_sent(store, message, address, err, clock())
        return False
    store.end_message(message_id=message.message_id, arrived=True, now=clock())
    store.note_address_works(address_id=address.address_id)
    return True


def _not_sent(
    store: Store, message: rows.TakeMessage, address: rows.PersonAddress, error: NotSentError, now: datetime
) -> None:
    log.warning("message %s to %s of %s: %s", message.message_id, address.service, address.person, error)
    store.note_address_fails(address_id=address.address_id, error=error.said.stored, now=now)
    if error.final or message.tries >= TRIES:
        store.end_message(message_id=message.message_id, arrived=False, now=now)
    else:
        pause = min(FIRST_PAUSE * 2 ** (message.tries - 1), LONGEST_PAUSE)
        store.put_off_message(message_id=message.message_id, send_at=now + pause)
