"""The way to a platform's login and back, for an account that its owner connects.

What comes back is taken once, from the person who was sent, and in time. The account is named before it is kept. Until
then its tokens lie in Airflow's encrypted store under the attempt's name, and from then on under the account's own;
Encore's database knows that there are such, and what they allow.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from encore.accounts.connected import NewAccount, Origin, Way, connecting_alone, put_connected, require_new
from encore.accounts.login_store import LoginStore, StoredLogin
from encore.campaigns.access import Person
from encore.domain.job import Delivery
from encore.domain.json import Json
from encore.errors import (
    ConfigurationError,
    ConflictError,
    EncoreError,
    ForbiddenError,
    NotConnectedError,
    NotFoundError,
    RefusedError,
)
from encore.platforms.loading import load_login
from encore.platforms.login import App, FoundAccount, Login
from encore.platforms.tokens import KeptToken, Token
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store
from encore.words.sentence import Sentence, sentence

log = logging.getLogger(__name__)

WAY_THERE = timedelta(minutes=20)
"""How long somebody may take at the platform: with a password, a second factor, an app on another phone."""
TO_DECIDE = timedelta(minutes=30)
LEFT_FOR = timedelta(hours=1)
"""After which a login in the store that no account has is one that somebody left behind."""
LEFT_OVER = 20
"""How many attempts that are over are cleared away in one go."""

ASKED, DROPPED, FAILED, KEPT, SENT = "asked", "dropped", "failed", "kept", "sent"


@dataclass(frozen=True)
class Begun:
    """`address`: where the person's browser goes, a secret of theirs; `scopes`: what they will be asked to allow, and
    whether there is no posting without it."""

    attempt_id: str
    way: Way
    address: str = field(repr=False)
    scopes: Mapping[str, bool]


@dataclass(frozen=True)
class Connecting:
    """`app_of`: the app that an Airflow connection holds. `site`: where people have the pages, without a slash at its
    end. `clock` gives aware UTC. `ask`: what the platform says of an `account` row, noted with it."""

    store: Store
    settings: Settings
    kept: LoginStore
    app_of: Callable[[str], App | None]
    site: str
    clock: Callable[[], datetime]
    ask: Callable[[rows.Account], None]

    # There and back ----------------------------------------------------------------------------------------------

    def ways(self) -> tuple[Way, ...]:
        """Those whose app is there."""
        return tuple(Way(name) for name, section in self.settings.logins.items() if self.app_of(section.app_conn_id))

    def redirect_uri(self, way: str) -> str:
        """To be registered with the platform's app, letter by letter."""
        return redirect_address(self.site, way)

    def begin(self, person: Person, way: str, *, for_school: bool, renews: rows.Account | None = None) -> Begun:
        """`renews`: the account that is connected again, which the person may change."""
        if way not in self.settings.logins:
            raise RefusedError("connect.which_way", field="way")
        if for_school and not person.staff:
            raise ForbiddenError("connect.school_by_staff")
        app, login, now = self._app(way), load_login(way, self.settings, self.clock), self.clock()
        state, attempt_id = secrets.token_urlsafe(32), secrets.token_hex(8)
        verifier, redirect_uri = self.kept.seal(state), self.redirect_uri(way)
        address = login.address(app, redirect_uri=redirect_uri, state=state, verifier=verifier)
        self.store.put_login_attempt(
            attempt_id=attempt_id, state_sha256=_digest(state), person=person.name, way=way,
            owner=None if for_school else person.name, renews=renews.account if renews else None, service=None,
            redirect_uri=redirect_uri, now=now, ends_at=now + WAY_THERE,
        )  # fmt: skip
        return Begun(attempt_id, Way(way), address, login.scopes)

    def answered(self, person: Person, way: str, answer: Mapping[str, str]) -> str:
        """The platform has sent the person's browser back with this (decoded) query. Returns the attempt's id, which
        has failed with a sentence or asks now whether the account is kept.

        Raises `NotConnectedError` where nobody here is waiting for such an answer: a state that is unknown, another
        person's, used or over.
        """
        state = answer.get("state", "")
        taken = self.store.take_login_answer(
            state_sha256=_digest(state), person=person.name, way=way, now=self.clock()
        )  # fmt: skip
        if taken is None:
            raise self._not_taken(person, state)
        try:
            found = self._exchanged(taken, answer, self.kept.seal(state))
        except EncoreError as err:
            log.info("connecting by %s: %s", way, err.message)
            self._settle(taken.attempt_id, FAILED, err.said)
            return taken.attempt_id
        self._ask(taken, found)
        return taken.attempt_id

    def attempt(self, person: Person, attempt_id: str) -> rows.LoginAttempt:
        """One's own. Raises `NotFoundError`."""
        found = self.store.login_attempt(attempt_id=attempt_id)
        if found is None or found.person != person.name:
            raise NotFoundError("connect.unknown_attempt")
        return found

    # Kept, or not ------------------------------------------------------------------------------------------------

    def keep(self, person: Person, attempt_id: str, external_ids: Sequence[str]) -> tuple[rows.Account, ...]:
        """The accounts that were chosen of those found. The same again finds what was kept."""
        attempt = self.attempt(person, attempt_id)
        if attempt.status == KEPT:
            return tuple(filter(None, [self.store.account(account=attempt.account or "")]))
        if attempt.owner is None and not person.staff:
            raise ForbiddenError("connect.school_by_staff")
        pending = self.kept.read(_pending(attempt_id))
        chosen = [found for found in found_in(attempt) if found["external_id"] in external_ids]
        if not chosen:
            raise RefusedError("connect.choose_one", field="account")
        if attempt.status != ASKED or attempt.ends_at <= self.clock() or pending is None:
            raise ConflictError("connect.over", code="over")
        self._ask_unnamed(attempt)
        # Each time under names of its own: who presses twice takes nothing away from the first.
        new = {found["external_id"]: f"encore_account_{attempt_id}_{secrets.token_hex(4)}" for found in chosen}
        try:
            for found in chosen:
                self.kept.write(new[found["external_id"]], self._login(attempt, found, pending))
            accounts, replaced = self._put_all(attempt, chosen, new, pending)
        except (ConflictError, ConfigurationError):
            # Of anything else it is not known whether it was committed: then `clear_away` sees which login nobody has.
            self._forget_all(new.values())
            raise
        self._forget_all([*replaced, _pending(attempt_id)])
        return accounts

    def drop(self, person: Person, attempt_id: str) -> None:
        """The person does not want what was found, or does not go on."""
        attempt = self.attempt(person, attempt_id)
        if attempt.status in (ASKED, SENT):
            self._settle(attempt_id, DROPPED, None)

    def clear_away(self) -> None:
        """Attempts whose time is over, and what is left in the store of those that broke off."""
        named = {row.conn_id for row in self.store.accounts()}
        for conn_id in self.kept.written_before(self.clock() - LEFT_FOR):
            if conn_id not in named:
                self.kept.forget(conn_id)
        for attempt in self.store.login_attempts_over(now=self.clock(), most=LEFT_OVER):
            if attempt.way == Way.XIAOHONGSHU:
                continue  # its service must be logged out as well
            key = "connect.did_not_come_back" if attempt.status == SENT else "connect.not_decided"
            self._settle(attempt.attempt_id, FAILED, sentence(key, platform=Way(attempt.way).platform))

    def objection(self, attempt: rows.LoginAttempt, found: Json) -> Sentence | None:
        """Why an account that was found cannot be kept."""
        try:
            self._before(attempt, found)
        except ConflictError as err:
            return err.said
        return None

    def again(self, attempt: rows.LoginAttempt, found: Json) -> rows.Account | None:
        """The connected account that a found one is, if it is one."""
        return self.store.account_of_external(
            platform=Way(attempt.way).platform, external_id=found["external_id"]
        )  # fmt: skip

    # -------------------------------------------------------------------------------------------------------------

    def _app(self, way: str) -> App:
        section = self.settings.logins[way]
        app = self.app_of(section.app_conn_id)
        if app is None:
            raise RefusedError("connect.no_app", connection=section.app_conn_id, field="way")
        return app

    def _not_taken(self, person: Person, state: str) -> NotConnectedError:
        known = self.store.login_attempt_of_state(state_sha256=_digest(state))
        if known is None or known.person != person.name:
            return NotConnectedError("connect.not_begun_here", code="not_begun_here")
        return NotConnectedError("connect.answer_used", code="answer_used")

    def _exchanged(
        self, attempt: rows.LoginAttempt, answer: Mapping[str, str], verifier: str
    ) -> tuple[FoundAccount, ...]:
        login: Login = load_login(attempt.way, self.settings, self.clock)
        code = login.code_of(answer)
        return login.exchange(self._app(attempt.way), code, redirect_uri=attempt.redirect_uri, verifier=verifier)

    def _put_all(
        self, attempt: rows.LoginAttempt, chosen: Sequence[Json], conn_ids: Mapping[str, str], pending: StoredLogin
    ) -> tuple[tuple[rows.Account, ...], list[str]]:
        """The accounts, and the connections that nobody needs any more."""
        with self.store.transaction():
            connecting_alone(self.store, self.clock())
            attempt = rows.there(self.store.login_attempt_locked(attempt_id=attempt.attempt_id))
            if attempt.status == KEPT:
                kept = filter(None, [self.store.account(account=attempt.account or "")])
                return tuple(kept), list(conn_ids.values())
            if attempt.status != ASKED:
                raise ConflictError("connect.over", code="over")
            before = {found["external_id"]: self._before(attempt, found) for found in chosen}
            accounts = [self._put(attempt, found, conn_ids, before, pending) for found in chosen]
            self.store.settle_login_attempt(
                attempt_id=attempt.attempt_id, status=KEPT, now=self.clock(), said=None, account=accounts[0].account
            )
        return tuple(accounts), [known.conn_id for known in before.values() if known is not None and known.conn_id]

    def _forget_all(self, conn_ids: Iterable[str]) -> None:
        for conn_id in conn_ids:
            self.kept.forget(conn_id)

    def _ask_unnamed(self, attempt: rows.LoginAttempt) -> None:
        """Accounts of the settings whose names nobody has asked for: one of them might be the very one. Raises
        `ConflictError` where that cannot be told now."""
        for row in self._unnamed(attempt):
            self.ask(row)
        # One whose login is missing or refused posts nothing; preflight compares it once it works.
        dead = {one.account for one in self.store.open_findings() if one.action or one.code == "credentials_missing"}
        if unnamed := [row for row in self._unnamed(attempt) if row.account not in dead]:
            raise ConflictError("connect.settings_unnamed", account=unnamed[0].account, code="settings_unnamed")

    def _unnamed(self, attempt: rows.LoginAttempt) -> list[rows.Account]:
        return [
            row for row in self.store.accounts()
            if row.platform == Way(attempt.way).platform and row.origin == Origin.SETTINGS
            and row.delivery == Delivery.API and not row.health.get("state", {}).get("username")
        ]  # fmt: skip

    def _ask(self, attempt: rows.LoginAttempt, found: Iterable[FoundAccount]) -> None:
        found = list(found)
        tokens = {one.external_id: KeptToken(one.token, one.token.origin).to_json() for one in found}
        written = {"tokens": tokens, "written_at": self.clock().isoformat()}
        self.kept.write(_pending(attempt.attempt_id), StoredLogin("", "pending", written))
        named = [
            {
                "external_id": one.external_id, "username": one.username, "name": one.name,
                "avatar_url": one.avatar_url, "app_user_id": one.app_user_id, "scopes": list(one.token.scopes),
                "access_ends_at": one.access_ends_at and one.access_ends_at.isoformat(),
            }
            for one in found
        ]  # fmt: skip
        ends_at = self.clock() + TO_DECIDE
        asked = self.store.ask_login_attempt(attempt_id=attempt.attempt_id, found={"accounts": named}, ends_at=ends_at)
        if not asked:  # it was settled meanwhile
            self.kept.forget(_pending(attempt.attempt_id))

    def _before(self, attempt: rows.LoginAttempt, found: Json) -> rows.Account | None:
        """The account that is connected again. Raises `ConflictError` for one that is another's, or here in another
        way."""
        way = Way(attempt.way)
        platform = way.platform
        known = self.store.account_of_external(platform=platform, external_id=found["external_id"])
        if known is not None and known.active and known.owner != attempt.owner:
            raise ConflictError("connect.somebody_elses", code="somebody_elses")
        again = known if known is not None and known.origin == Origin.CONNECTED else None
        new = NewAccount(
            way, platform, attempt.owner, external_id=found["external_id"], username=found["username"]
        )  # fmt: skip
        require_new(self.store, new, again)
        return again

    def _login(self, attempt: rows.LoginAttempt, found: Json, pending: StoredLogin) -> StoredLogin:
        section, token = self.settings.logins[attempt.way], _token(pending, found)
        extra = {
            "user_id": found["external_id"],
            "refresh_token": token.refresh_token,
            "issued_at": _text(token.issued_at),
            "expires_at": _text(token.expires_at),
            "refresh_expires_at": _text(token.refresh_expires_at),
            "scopes": ",".join(token.scopes),
            # What renews the token belongs to the app. Instagram's own login needs nothing of it.
            "app": "" if attempt.way == Way.INSTAGRAM else section.app_conn_id,
            "written_at": self.clock().isoformat(),
        }
        return StoredLogin(section.base_url, token.access_token, {name: kept for name, kept in extra.items() if kept})

    def _put(
        self, attempt: rows.LoginAttempt, found: Json, conn_ids: Mapping[str, str],
        before: Mapping[str, rows.Account | None], pending: StoredLogin,
    ) -> rows.Account:  # fmt: skip
        way, external_id = Way(attempt.way), found["external_id"]
        ends = found.get("access_ends_at")
        new = NewAccount(
            way, way.platform, attempt.owner, conn_ids[external_id], external_id, found["app_user_id"] or None,
            found["username"], found["name"], scopes=tuple(found["scopes"]),
            access_ends_at=datetime.fromisoformat(ends) if ends else None,
        )  # fmt: skip
        known, token = before[external_id], _token(pending, found)
        account = put_connected(
            self.store, self.settings, new, known.account if known else None, attempt.person, self.clock()
        )
        # No `origin`: there is no later token than the one that was given.
        facts = {"expires_at": _text(token.expires_at), "ends_at": _text(token.ends_at), "scopes": list(token.scopes)}
        self.store.note_token(account=account.account, token=facts)
        return account

    def _settle(self, attempt_id: str, status: str, said: Sentence | None) -> None:
        self.kept.forget(_pending(attempt_id))
        stored = said.stored if said else None
        self.store.settle_login_attempt(
            attempt_id=attempt_id, status=status, now=self.clock(), said=stored, account=None
        )


def redirect_address(site: str, way: str) -> str:
    """To be registered with the platform's app, letter by letter."""
    return f"{site}/accounts/callback/{way}"


def found_in(attempt: rows.LoginAttempt) -> list[Json]:
    """The accounts that the login opens: external_id, username, name, avatar_url, app_user_id, scopes."""
    return attempt.found.get("accounts", [])


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


def _pending(attempt_id: str) -> str:
    return f"encore_login_{attempt_id}"


def _token(pending: StoredLogin, found: Json) -> Token:
    return KeptToken.from_json(pending.extra["tokens"][found["external_id"]]).token


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
