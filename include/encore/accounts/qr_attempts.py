"""Attempts to log a service in by QR code, in the database. One is open at a time for each service, since a second code
would end the first (`one_login_of_a_service`); only whoever began one sees any of it."""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from encore.accounts.connected import Way
from encore.accounts.qr_services import QrService, external_id
from encore.campaigns.access import Person
from encore.domain.json import Json
from encore.errors import ConflictError, InProgressError, NotFoundError
from encore.platforms.xiaohongshu.qr_login import CODE_LASTS, LoggedIn, QrCode
from encore.publishing.ending import DISCONNECTED, UNTIL_A_PERSON_ACTS
from encore.store import rows
from encore.store.store import Store
from encore.words.sentence import Sentence, sentence

DECIDED_WITHIN = timedelta(minutes=10)
CODE_COMES_WITHIN = timedelta(minutes=2)
"""So long whoever begins a second time has pressed twice, and the code of the first is on its way."""
LOOK_EVERY = timedelta(seconds=5)


@dataclass(frozen=True)
class QrAttempts:
    """Of one person. `clock` gives aware UTC: between two steps a service is asked, which takes long."""

    store: Store
    person: Person
    clock: Callable[[], datetime]

    def open(self, service: QrService, owner: str | None) -> tuple[str, bool]:
        """The id, and whether it is a new one. Raises `InProgressError` while somebody else is at it."""
        now, attempt_id = self.clock(), f"q-{secrets.token_hex(12)}"
        try:
            with self.store.transaction():
                before = self.store.open_login_of_service(service=service.conn_id)
                if before is not None and self._stays(before, now):
                    return before.attempt_id, False
                self.store.put_login_attempt(
                    attempt_id=attempt_id, state_sha256=None, person=self.person.name, way=Way.XIAOHONGSHU, owner=owner,
                    renews=service.account.account if service.account else None, service=service.conn_id,
                    redirect_uri="", now=now, ends_at=now + CODE_LASTS,
                )  # fmt: skip
                self.store.put_qr_login(attempt_id=attempt_id, now=now)
        except ConflictError as err:
            if err.said.values.get("rule") != "one_login_of_a_service":
                raise
            raise InProgressError("connect.qr_wait", n=_minutes(CODE_LASTS)) from err
        return attempt_id, True

    def of(self, attempt_id: str) -> rows.LoginAttempt:
        """Raises `NotFoundError` for another person's, too."""
        row = self.store.login_attempt(attempt_id=attempt_id)
        if row is None or row.way != Way.XIAOHONGSHU or row.person != self.person.name:
            raise NotFoundError("connect.qr_unknown")
        return row

    def shown(self, attempt_id: str) -> rows.QrLogin:
        return rows.there(self.store.qr_login(attempt_id=attempt_id))

    def show(self, attempt_id: str, service: QrService, code: QrCode) -> None:
        now = self.clock()
        with self.store.transaction():
            if not self.store.end_login_attempt_at(attempt_id=attempt_id, ends_at=now + code.lasts):
                return
            self.store.show_qr_code(
                attempt_id=attempt_id, picture=code.picture, content_type=code.content_type, now=now
            )
            if service.account is not None:
                # Whoever scans it may be another: nothing is posted there until the right one is kept.
                self.store.pause_account(
                    account=service.account.account, until=UNTIL_A_PERSON_ACTS, reason=DISCONNECTED
                )

    def ask(self, row: rows.LoginAttempt, who: LoggedIn) -> None:
        """Whether the account that is logged in shall be kept."""
        known = bool(who.user_id or who.username)
        found: Json = {
            "external_id": external_id(row.service or "", who.user_id, who.username) if known else "",
            "username": who.username,
            "name": who.username,
        }
        with self.store.transaction():
            ends_at = self.clock() + DECIDED_WITHIN
            self.store.ask_login_attempt(attempt_id=row.attempt_id, found={"accounts": [found]}, ends_at=ends_at)
            self.store.forget_qr_code(attempt_id=row.attempt_id)

    def take_look(self, attempt_id: str, takes: timedelta) -> bool:
        """Whether the service may be asked now: every five seconds, by one at a time. `takes`: the longest it may."""
        now = self.clock()
        taken = self.store.take_qr_look(attempt_id=attempt_id, now=now, since=now - LOOK_EVERY, until=now + takes)
        return taken is not None

    def end_look(self, attempt_id: str, trouble: Sentence | None = None) -> None:
        self.store.end_qr_look(attempt_id=attempt_id, now=self.clock(), trouble=trouble.stored if trouble else None)

    def settle(self, attempt_id: str, status: str, said: Sentence | None = None, account: str | None = None) -> bool:
        """kept, dropped or failed; False where it was settled before."""
        with self.store.transaction():
            self.store.forget_qr_code(attempt_id=attempt_id)
            return bool(
                self.store.settle_login_attempt(
                    attempt_id=attempt_id, status=status, now=self.clock(), said=said.stored if said else None,
                    account=account,
                )
            )  # fmt: skip

    def settle_over(self, row: rows.LoginAttempt) -> bool:
        """Its time is over."""
        said = sentence("connect.qr_not_decided" if row.status == "asked" else "connect.qr_over")
        return self.settle(row.attempt_id, "failed", said)

    def _stays(self, before: rows.LoginAttempt, now: datetime) -> bool:
        """Whether the open attempt is the one that was just begun, whose code is on its way; else it makes way."""
        if before.ends_at <= now:
            self.settle_over(before)
            return False
        if before.person != self.person.name:
            raise InProgressError("connect.qr_wait", n=_minutes(before.ends_at - now))
        shown = self.shown(before.attempt_id)
        if before.status == "sent" and shown.picture is None and now - before.began_at < CODE_COMES_WITHIN:
            return True
        self.settle(before.attempt_id, "dropped", sentence("connect.qr_replaced"))
        return False


def found_by(row: rows.LoginAttempt) -> Json:
    """Who is logged in, as `ask` has noted it; empty before."""
    return row.found["accounts"][0] if row.found else {}


def _minutes(left: timedelta) -> int:
    return math.ceil(left.total_seconds() / 60)
