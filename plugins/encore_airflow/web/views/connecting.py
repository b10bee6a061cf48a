"""The pages on the way to a platform's login and back."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from fastapi.responses import Response

from encore.accounts.account_picture import keep_picture
from encore.accounts.connected import Way, may_look
from encore.accounts.connecting import DROPPED, KEPT, Begun, Connecting, found_in
from encore.accounts.disconnecting import Disconnecting
from encore.accounts.qr_connecting import end_all_over
from encore.domain.job import Platform
from encore.domain.json import Json
from encore.errors import EncoreError, MisconfiguredError, NotConnectedError, NotFoundError
from encore.platforms.loading import load_login
from encore.platforms.xiaohongshu.qr_login import QrLogin
from encore.store import rows
from encore.wire.call import Wire
from encore.words.sentence import Sentence, sentence_of
from encore_airflow.web.views.labels import account_label
from encore_airflow.web.visit import Visit

log = logging.getLogger(__name__)

WORTH_A_WORD = timedelta(hours=2)


@dataclass(frozen=True)
class FoundView:
    """An account that a login opens. `again`: the one here that it is; `objection`: why it cannot be kept, "" if it
    can; `without`: what will not work for want of a permission."""

    external_id: str
    label: str
    name: str
    again: str
    objection: str
    without: tuple[str, ...]


def connecting_of(visit: Visit) -> Connecting:
    within = visit.within
    return Connecting(
        visit.store, visit.settings, within.logins, within.app_of, within.site(visit.settings), lambda: visit.now,
        lambda row: ask_now(visit, row),
    )  # fmt: skip


def service_login(visit: Visit, conn_id: str) -> QrLogin:
    """What asks the service of Xiaohongshu's in that Airflow connection."""
    channel = visit.settings.platforms[Platform.XIAOHONGSHU]
    try:
        return QrLogin(channel, visit.within.xiaohongshu(conn_id), Wire(), visit.within.now)
    except MisconfiguredError as err:
        raise NotConnectedError(err.said, code=err.code) from err


def disconnecting_of(visit: Visit) -> Disconnecting:
    within = visit.within
    return Disconnecting(
        visit.store, visit.settings, within.logins, within.app_of, lambda row: within.login_of(visit.settings, row),
        lambda row: service_login(visit, row.conn_id).log_out(), lambda: visit.now,
    )  # fmt: skip


def end_codes_over(visit: Visit) -> None:
    """Logins by code that people began and did not end; their services are logged out."""
    end_all_over(visit.store, visit.within.now, lambda conn_id: service_login(visit, conn_id))


def way_page(visit: Visit, begun: Begun, renews: rows.Account | None, for_school: bool) -> Response:
    asked = [(visit.say(f"scope.{scope}"), needed) for scope, needed in begun.scopes.items()]
    return visit.page(
        "connect_way.html", way=begun.way, platform=begun.way.platform, address=begun.address, asked=asked,
        renews=account_label(renews) if renews else "", for_school=for_school, attempt_id=begun.attempt_id,
    )  # fmt: skip


def found_page(
    visit: Visit, connecting: Connecting, attempt: rows.LoginAttempt, err: EncoreError | None = None
) -> Response:
    found = [_found(visit, connecting, attempt, one) for one in found_in(attempt)]
    others = attempt.renews and attempt.renews not in [
        again.account for one in found_in(attempt) if (again := connecting.again(attempt, one))
    ]
    renews = visit.store.account(account=attempt.renews) if attempt.renews and others else None
    return visit.page(
        "connect_found.html", 422 if err else 200, attempt=attempt, platform=Way(attempt.way).platform, found=found,
        keepable=[one for one in found if not one.objection], renews=account_label(renews) if renews else "",
        wrong=visit.words.in_full(err.said) if err else "",
    )  # fmt: skip


def failed_page(visit: Visit, said: Sentence, way: str, status: int = 200) -> Response:
    """One sentence and one button; for staff also what the platform's app must know, to compare."""
    connecting = connecting_of(visit)
    known = way in visit.settings.logins
    return visit.page(
        "connect_failed.html", status, said=visit.words.in_full(said), way=way if known else "",
        platform=Way(way).platform if known else "",
        redirect_uri=connecting.redirect_uri(way) if known and visit.person.staff else "",
    )  # fmt: skip


def without(visit: Visit, way: str, scopes: Iterable[str]) -> tuple[str, ...]:
    """What does not work because its owner has not allowed it."""
    if way not in visit.settings.logins:
        return ()
    login = load_login(way, visit.settings, lambda: visit.now)
    missing = [scope for scope, needed in login.scopes.items() if not needed and scope not in scopes]
    return tuple(visit.say(f"scope_missing.{scope}") for scope in missing)


def after_keeping(visit: Visit, attempt: rows.LoginAttempt, accounts: Iterable[rows.Account]) -> None:
    """What is nice to have at once. Whatever fails here is done by keep_house, or can do without."""
    pictures = {found["external_id"]: found["avatar_url"] for found in found_in(attempt)}
    for account in accounts:
        keep_picture(visit.store, account.account, pictures.get(account.external_id or "", ""), visit.now)
        ask_now(visit, account)


def ask_now(visit: Visit, account: rows.Account) -> None:
    try:
        visit.within.ask_account(visit.settings, account)
    except EncoreError as err:
        log.warning("%s could not be asked: %s", account.account, err.message)


@dataclass(frozen=True)
class AttemptView:
    """How somebody's last way to a platform stands: on it, or ended with `said`."""

    attempt_id: str
    way: Way
    status: str
    said: str
    redirect_uri: str


def last_attempt(visit: Visit, connecting: Connecting) -> AttemptView | None:
    """None where it is no longer worth a word: kept, dropped, or long ago."""
    row = visit.store.last_login_attempt(person=visit.person.name, since=visit.now - WORTH_A_WORD)
    if row is None or row.status in (KEPT, DROPPED):
        return None
    said = visit.words.in_full(sentence_of(row.said)) if row.said else ""
    by_code = row.way in visit.settings.logins
    return AttemptView(
        row.attempt_id, Way(row.way), row.status, said, connecting.redirect_uri(row.way) if by_code else ""
    )


def picture_of(visit: Visit, account: str) -> Response:
    row = visit.store.account(account=account)
    kept = visit.store.account_picture(account=account) if row and may_look(visit.person, row) else None
    if kept is None:
        raise NotFoundError("connect.unknown_account", account=account)
    return Response(kept.content, media_type=kept.content_type, headers={"Cache-Control": "private, max-age=86400"})


def _found(visit: Visit, connecting: Connecting, attempt: rows.LoginAttempt, one: Json) -> FoundView:
    again, objection = connecting.again(attempt, one), connecting.objection(attempt, one)
    label = f"@{one['username']}" if one["username"] else one["name"] or one["external_id"]
    return FoundView(
        one["external_id"], label, one["name"] if one["name"] != one["username"] else "",
        again.account if again and again.active else "", visit.words.in_full(objection) if objection else "",
        without(visit, attempt.way, one["scopes"]),
    )  # fmt: skip
