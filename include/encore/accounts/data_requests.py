"""What a person asks through Meta: that we lose their account (deauthorize), or forget it as well (deletion).

What stays of a forgotten account is its row without a word of its owner, because the posts that the school has made
through it are the school's; its name in Encore, which those posts are kept by; and a SHA-256 of what the platform calls
it, for as long as a concert could have something posted twice. The ids are numbers, so that somebody with this database
and much patience could find out which it was. That is why it ends (`ACCOUNT_KNOWN`).
"""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from encore.accounts.connected import give_up
from encore.accounts.login_store import LoginStore
from encore.domain.json import Json
from encore.errors import NotFoundError
from encore.platforms.instagram.signed_request import SignedRequest
from encore.store import rows
from encore.store.store import Store

log = logging.getLogger(__name__)

META = "Meta"
"""Who disconnects."""
NOT_TOLD = datetime.fromtimestamp(0, UTC)
"""`issued_at` of a request that does not say when it was made."""
CLOCKS_DIFFER = timedelta(seconds=30)
AT_ONCE = 20

ACCOUNT_KNOWN = timedelta(days=400)
"""After a concert: a timeline has moments up to a year after it."""


class Kind(StrEnum):
    DEAUTHORIZE = "deauthorize"
    DELETION = "deletion"


_HOW = {Kind.DEAUTHORIZE: "connect.how_deauthorized", Kind.DELETION: "connect.how_deleted"}


@dataclass(frozen=True)
class DataRequests:
    """`kept`: where logins are kept. `clock` gives aware UTC."""

    store: Store
    kept: LoginStore
    clock: Callable[[], datetime]

    def take(self, kind: Kind, app: str, request: SignedRequest) -> rows.DataRequest:
        """A request whose signature was found right, carried out. The same again answers with the same code and
        changes nothing: by then its person may have connected the account anew. One that does not say when it was made
        cannot be told from a second one, and is carried out each time. `app`: instagram or facebook."""
        asked = {
            "kind": kind, "app": app, "user_sha256": hashlib.sha256(request.user_id.encode()).hexdigest(),
            "issued_at": request.issued_at or NOT_TOLD,
        }  # fmt: skip
        self.store.put_data_request(**asked, confirmation_code=secrets.token_hex(10), now=self.clock())
        found = rows.there(self.store.data_request_asked(**asked))
        if found.done_at is None or request.issued_at is None:
            self._carry_out(found)
        return self.of(found.confirmation_code)

    def of(self, confirmation_code: str) -> rows.DataRequest:
        """Raises `NotFoundError`."""
        found = self.store.data_request(confirmation_code=confirmation_code)
        if found is None:
            raise NotFoundError("data_request.unknown")
        return found

    def finish(self) -> None:
        """Those that something broke off."""
        for found in self.store.open_data_requests(most=AT_ONCE):
            self._carry_out(found)

    def _carry_out(self, found: rows.DataRequest) -> None:
        """May break off anywhere and be done again: whom it is about is looked up by what is forgotten last."""
        now, until = self.clock(), found.issued_at + CLOCKS_DIFFER
        of_user = {
            "app": found.app, "user_sha256": found.user_sha256, "until": now if found.issued_at == NOT_TOLD else until
        }  # fmt: skip
        with self.store.transaction():
            accounts = self.store.accounts_of_app_user(**of_user)
            for account in accounts:
                give_up(self.store, account, _HOW[Kind(found.kind)], META, now)
        for account in accounts:
            self.kept.forget(account.conn_id)
            self.kept.forget_renewed(account.account)
        if found.kind == Kind.DELETION:
            self._forget([account.account for account in accounts], of_user, now)
        self.store.settle_data_request(
            confirmation_code=found.confirmation_code, accounts=len(accounts), now=now
        )  # fmt: skip
        log.info("%s asked for by %s of %s: %d accounts", found.kind, META, found.app, len(accounts))

    def _forget(self, accounts: list[str], of_user: Json, now: datetime) -> None:
        with self.store.transaction():
            for account in accounts:
                self.store.forget_account_picture(account=account, until=of_user["until"])
                self.store.forget_account_owner(account=account, until=of_user["until"])
            self.store.forget_found_accounts(**of_user, now=now)
