"""Who may use an account of the school's, and whether its posts wait for the approval of staff. Staff decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from encore.campaigns.access import Person
from encore.errors import ConflictError, ForbiddenError, NotFoundError
from encore.store import rows
from encore.store.store import Store


@dataclass(frozen=True)
class Giving:
    """`teachers`: user names, who alone may use it unless it is `for_all`. `staff_approves`: a post through it waits
    until staff have approved just what it carries."""

    for_all: bool
    teachers: frozenset[str]
    staff_approves: bool


def given_to(store: Store, person: Person, account: str) -> tuple[rows.Account, Giving]:
    """The account, and how it is given. Raises `ForbiddenError`, `NotFoundError`, and `ConflictError` for a teacher's
    own account, which is nobody else's."""
    if not person.staff:
        raise ForbiddenError("give.staff_only")
    row = store.account(account=account)
    if row is None or not row.active:
        raise NotFoundError("give.unknown_account", account=account)
    if row.owner is not None:
        raise ConflictError("give.not_schools", code="not_schools")
    teachers = frozenset(use.teacher for use in store.users_of_account(account=account))
    return row, Giving(row.for_all, teachers, row.staff_approves)


def given_accounts(store: Store) -> list[rows.Account]:
    """Of the school's those that are not for all."""
    return [row for row in store.accounts() if row.owner is None and not row.for_all]


def give(store: Store, person: Person, account: str, giving: Giving, now: datetime) -> bool:
    """Raises as `given_to`. From then on nothing goes out by what held before: every open campaign is made right
    before anything more of it is taken. False where that was so already."""
    with store.transaction():
        _, before = given_to(store, person, account)
        if giving == before:
            return False
        # The campaigns first: publishing locks them before the account.
        store.mark_open_campaigns(due_at=now, now=now)
        store.give_account(account=account, for_all=giving.for_all, staff_approves=giving.staff_approves)
        store.end_account_uses(account=account, teachers=sorted(giving.teachers))
        store.put_account_uses(accounts=[account], teachers=sorted(giving.teachers), who=person.name, now=now)
        return True
