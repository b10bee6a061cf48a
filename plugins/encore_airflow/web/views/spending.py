"""What the model that writes has cost, month by month, and what is left of this month's budget."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_skeleton
from babel.numbers import format_decimal

from encore.content.writing.model_spending import MILLION, month_of
from encore.store import rows
from encore_airflow.web.views.making import money
from encore_airflow.web.visit import Visit

MONTHS = 12


@dataclass(frozen=True)
class Month:
    name: str
    calls: str
    sent: str
    received: str
    cost: str


@dataclass(frozen=True)
class Spending:
    """`said`: of this month's budget and of calls whose price nobody told."""

    months: tuple[Month, ...]
    said: tuple[str, ...]


def spending(visit: Visit) -> Spending:
    this = month_of(visit.now, visit.settings.writer)
    since = (this - timedelta(days=30 * MONTHS)).replace(day=1)
    found = visit.store.model_use_by_month(since=since)
    said = [*_budget(visit, [row for row in found if row.month == this])]
    if held := sum(row.held for row in found):
        said.append(visit.say("operations.model_held", n=held))
    return Spending(tuple(_month(visit, row) for row in found), tuple(said))


def _month(visit: Visit, row: rows.ModelUseByMonth) -> Month:
    number = [format_decimal(value, locale=visit.clock.locale) for value in (row.calls, row.sent, row.received)]
    cost = money(visit, row.millionths, row.currency) if row.currency else "–"
    return Month(_name(visit, row.month), *number, cost)


def _name(visit: Visit, month: date) -> str:
    return format_skeleton("yMMMM", month, locale=visit.clock.locale)


def _budget(visit: Visit, used: list[rows.ModelUseByMonth]) -> list[str]:
    """Of money and of tokens, whichever is set."""
    settings, said = visit.settings.writer, []
    if settings.monthly_budget is not None:
        budget = round(settings.monthly_budget * MILLION)
        left = budget - sum(row.millionths for row in used if row.currency == settings.currency)
        told = {"most": money(visit, budget, settings.currency), "left": money(visit, max(left, 0), settings.currency)}
        said.append(visit.say("operations.model_budget", **told))
    if settings.monthly_tokens is not None:
        left = settings.monthly_tokens - sum(row.sent + row.received for row in used)
        said.append(visit.say("operations.model_tokens_budget", most=settings.monthly_tokens, left=max(left, 0)))
    return [*said, visit.say("operations.model_stops")] if said else []
