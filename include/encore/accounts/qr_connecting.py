"""Connecting an account of Xiaohongshu by QR code: the browser of one of the school's services is logged in by whoever
scans the code that it shows. Whoever began it looks until somebody is logged in, and is asked whether that account is
kept (`qr_keeping`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property

from encore.accounts.connected import Way
from encore.accounts.qr_attempts import QrAttempts
from encore.accounts.qr_services import QrService, may_be, service_for, who_is_logged_in
from encore.campaigns.access import Person
from encore.domain.job import Platform
from encore.errors import ForbiddenError, NotConnectedError
from encore.platforms.xiaohongshu.qr_login import LoggedIn, QrLogin
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store
from encore.words.sentence import sentence

OpenLogin = Callable[[str], QrLogin]
"""What asks the service of that Airflow connection. Raises `NotConnectedError`, as its methods do."""


class QrConnecting:
    """What one person does."""

    def __init__(
        self, store: Store, settings: Settings, person: Person, clock: Callable[[], datetime], login: OpenLogin
    ) -> None:
        self.store = store
        self.settings = settings
        self.person = person
        self.login = login
        self.attempts = QrAttempts(store, person, clock)

    def begin(self, conn_id: str, owner: str | None, *, anew: bool = False) -> str:
        """Asks the service for a code; returns the id of the attempt, which says what the service refused. `owner`: of
        a new account, None for the school. `anew`: whoever is logged in there now is logged out first.

        Raises `InProgressError` while somebody else connects an account there.
        """
        service = service_for(self.store, self.settings, self.person, conn_id)
        if service.account is None and owner != self.person.name and not self.person.staff:
            raise ForbiddenError("connect.qr_not_for_others")
        owner = service.account.owner if service.account else owner
        attempt_id, new = self.attempts.open(service, owner)
        if new:
            try:
                self._ask_for_code(attempt_id, service, anew)
            except NotConnectedError as err:
                self.attempts.settle(attempt_id, "failed", err.said)
        return attempt_id

    def look(self, attempt_id: str) -> rows.LoginAttempt:
        """How it stands; asks the service whether somebody is logged in by now, unless that was just asked."""
        row = self.attempts.of(attempt_id)
        if row.settled_at is None and row.ends_at <= self.attempts.clock():
            end_over(self.attempts, row, self.login)
        elif row.status == "sent" and self.attempts.take_look(attempt_id, self._takes):
            self._look(row)
        return self.attempts.of(attempt_id)

    def drop(self, attempt_id: str) -> None:
        """Nothing is kept of it."""
        row = self.attempts.of(attempt_id)
        if self.attempts.settle(attempt_id, "dropped"):
            _log_out_again(self.attempts, row, self.login)

    @cached_property
    def _takes(self) -> timedelta:
        """Two calls, and a little."""
        return timedelta(seconds=2 * self.settings.platforms[Platform.XIAOHONGSHU].call_seconds + 5)

    def _ask_for_code(self, attempt_id: str, service: QrService, anew: bool) -> None:
        login = self.login(service.conn_id)
        code = login.qr_code()
        if code is None:
            if not self._log_out_first(attempt_id, service, anew):
                who = who_is_logged_in(login) or who_is_logged_in(login) or LoggedIn()
                self._found(self.attempts.of(attempt_id), who)
                return
            login.log_out()
            code = login.qr_code()
        if code is None:
            raise NotConnectedError("connect.qr_stays_logged_in", code="stays_logged_in")
        self.attempts.show(attempt_id, service, code)

    def _log_out_first(self, attempt_id: str, service: QrService, anew: bool) -> bool:
        """Somebody is logged in already. Whom another person has brought here without keeping them is nobody's to
        take: they are logged out. Whom nobody brought, staff may take; a teacher may go on where their own attempt was
        the last one, also after somebody has helped them at the service itself."""
        last = self.store.last_login_of_service(service=service.conn_id)
        brought = last is not None and not last.before_us
        mine = service.account is not None or self.person.staff or (brought and last.person == self.person.name)
        if anew and mine:
            return True
        if not brought or (service.account is not None and last.status == "kept"):
            self.store.note_login_before_us(attempt_id=attempt_id)
        if not mine and not brought:
            raise NotConnectedError("connect.qr_logged_in", code="logged_in")
        return not mine

    def _look(self, row: rows.LoginAttempt) -> None:
        try:
            who = who_is_logged_in(self.login(row.service or ""))
        except NotConnectedError as err:
            self.attempts.end_look(row.attempt_id, err.said)
            return
        self.attempts.end_look(row.attempt_id)
        if who is not None:
            self._found(row, who)

    def _found(self, row: rows.LoginAttempt, who: LoggedIn) -> None:
        account = self.store.account(account=row.renews) if row.renews else None
        if account is None or may_be(account, who):
            self.attempts.ask(row, who)
            return
        said = sentence("connect.qr_another", other=who.username or who.user_id, account=account.username or row.renews)
        if self.attempts.settle(row.attempt_id, "failed", said):
            _log_out_again(self.attempts, row, self.login)


def end_over(attempts: QrAttempts, row: rows.LoginAttempt, login: OpenLogin) -> None:
    """Its time is over, and nobody has decided."""
    if attempts.settle_over(row):
        _log_out_again(attempts, row, login)


def end_all_over(store: Store, clock: Callable[[], datetime], login: OpenLogin, most: int = 100) -> None:
    """Those that nobody looked at to the end."""
    for row in store.login_attempts_over(now=clock(), most=most):
        if row.way == Way.XIAOHONGSHU:
            end_over(QrAttempts(store, Person(row.person), clock), row, login)


def _log_out_again(attempts: QrAttempts, row: rows.LoginAttempt, login: OpenLogin) -> None:
    """Whoever scanned the code of an attempt that came to nothing, seen or not: neither shall the next one here be
    offered that account, nor another's posts go out through it. Who was logged in before stays so, and the right
    account of a service in use."""
    if attempts.shown(row.attempt_id).before_us or (row.renews and row.status == "asked"):
        return
    try:
        login(row.service or "").log_out()
    except NotConnectedError as err:
        attempts.end_look(row.attempt_id, sentence("connect.qr_not_logged_out", said=err.said))
