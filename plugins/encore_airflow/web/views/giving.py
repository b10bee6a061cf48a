"""Who may use an account of the school's: what the page shows, and what is read from its form."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import FormData

from encore.accounts.giving import Giving
from encore.errors import RefusedError
from encore.store import rows
from encore_airflow.web.views.labels import account_label
from encore_airflow.web.visit import Visit, text_of, texts_of

FOR_ALL, FOR_SOME = "all", "some"


@dataclass(frozen=True)
class Teacher:
    """Somebody who may be given the account; `there` is false for who has it and is not known (any more)."""

    name: str
    full_name: str
    given: bool
    there: bool


@dataclass(frozen=True)
class GivingPage:
    account: rows.Account
    label: str
    giving: Giving
    teachers: tuple[Teacher, ...]


def giving_page(visit: Visit, account: rows.Account, giving: Giving) -> GivingPage:
    there = {one.name: one.full_name or one.name for one in visit.within.people().members() if one.active}
    names = sorted({*there, *giving.teachers}, key=str.casefold)
    teachers = tuple(Teacher(name, there.get(name, name), name in giving.teachers, name in there) for name in names)
    return GivingPage(account, account_label(account), giving, teachers)


def giving_sent(visit: Visit, sent: FormData, before: Giving) -> Giving:
    """Raises `RefusedError` for somebody who is not there, and has not had it so far."""
    whom, teachers = text_of(sent, "whom"), frozenset(texts_of(sent, "teachers"))
    if whom not in (FOR_ALL, FOR_SOME):
        raise RefusedError("give.whom", field="whom")
    known = {one.name for one in visit.within.people().members() if one.active}
    if unknown := teachers - known - before.teachers:
        raise RefusedError("give.unknown_teacher", name=min(unknown), field="teachers")
    return Giving(whom == FOR_ALL, teachers, bool(text_of(sent, "staff_approves")))
