"""Seed campaigns from a table: the valid rows are put in, the others reported, and nothing is done twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import LiteralString, cast

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.rows import dict_row
from psycopg.types.datetime import DateLoader, TimestampLoader, TimestamptzLoader

from encore.campaigns.access import Person
from encore.campaigns.facts import INSERTED, UNCHANGED, UPDATED, put_campaign
from encore.campaigns.requests import BY_TEACHER, request_generation
from encore.domain.campaign import CampaignFacts
from encore.domain.json import Json
from encore.domain.written import Order
from encore.errors import ConflictError, RefusedError, UsedUpError, first_line
from encore.seeding.grid import table_of
from encore.seeding.table import Table
from encore.seeding.validate import Reject, validate
from encore.settings import Settings
from encore.store.store import Store
from encore.words.sentence import sentence


@dataclass(frozen=True)
class Seeded:
    """What became of a table. `counts`: rows by `inserted`, `updated`, `unchanged`; `requested`: campaign ids whose
    content was asked for."""

    counts: Counter[str] = field(default_factory=Counter)
    requested: tuple[str, ...] = ()
    rejects: tuple[Reject, ...] = ()
    surplus_columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        kinds = (INSERTED, UPDATED, UNCHANGED)
        said = ", ".join(f"{self.counts[kind]} {kind}" for kind in kinds)
        bad = len({reject.row for reject in self.rejects})
        return f"{said}, {bad} rejected" + (
            f"; generation requested for {len(self.requested)}" if self.requested else ""
        )


@dataclass(frozen=True)
class Generate:
    """Ask for the content of what was seeded, in the name of `requested_by`."""

    requested_by: str
    review: str = BY_TEACHER
    privacy: dict[str, str] = field(default_factory=dict)


def rows_of_teacher(table: Table, teacher_id: str) -> tuple[Table, list[Reject]]:
    """The rows of one teacher, for a person who may put in no other's, and the rejects for the rest."""
    said = sentence("table.of_another_teacher", teacher=teacher_id)
    own, others = [], []
    for row in table.rows:
        named = str(row.cells.get("teacher_id", "")).strip()
        if named == teacher_id:
            own.append(row)
        else:
            others.append(Reject(row.number, "teacher_id", named[:80], said))
    return replace(table, rows=tuple(own)), others


def seed(
    store: Store,
    settings: Settings,
    table: Table,
    now: datetime,
    generate: Generate | None = None,
    by: Person | None = None,
    order: Order | None = None,
) -> Seeded:
    """Put the valid rows in, each in a transaction of its own, so that a bad one takes no good one with it. `by`: in
    whose day what is new counts, if in anybody's; what a day does not allow is rejected. `order`: as `validate`.

    Content is asked for only where the facts are new: a second run of the same table changes and requests nothing.
    """
    facts, rejects = validate(table, now, order)
    counts: Counter[str] = Counter()
    requested = []
    for campaign in facts:
        try:
            campaign_id, became = put_campaign(store, settings, campaign, now, by, request_texts=generate is None)
        except (RefusedError, ConflictError, UsedUpError) as err:
            column = getattr(err, "field", None) or "campaign_id"
            rejects.append(Reject(_row(table, campaign), column, campaign.identity, err.said))
            continue
        counts[became] += 1
        if generate and (became != UNCHANGED or not store.content_assets(campaign_id=campaign_id)):
            try:
                request_generation(
                    store, settings, campaign_id, generate.requested_by, now,
                    review=generate.review, privacy=generate.privacy, by=by,
                )  # fmt: skip
            except UsedUpError as err:  # the campaign is in
                rejects.append(Reject(_row(table, campaign), "generate", campaign.identity, err.said))
                continue
            requested.append(campaign_id)
    return Seeded(counts, tuple(requested), tuple(rejects), table.surplus_columns)


def _row(table: Table, campaign: CampaignFacts) -> int:
    """The number of the row that gave a campaign its id (0: the id was made of its facts)."""
    named = (row.number for row in table.rows if str(row.cells.get("campaign_id", "")).strip() == campaign.identity)
    return next(named, 0)


def _or_text(loader: type[Loader]) -> type[Loader]:
    """What Python has no value for (`infinity`, a year before the first) as its text, which its own row is refused
    for."""

    class OrText(loader):  # ty: ignore[unsupported-base] -- one of psycopg's
        def load(self, data: Buffer) -> object:
            try:
                return super().load(data)
            except psycopg.DataError:
                return bytes(data).decode()

    return OrText


_LOADERS = {
    "timestamptz": _or_text(TimestamptzLoader),
    "timestamp": _or_text(TimestampLoader),
    "date": _or_text(DateLoader),
}


def read_postgres(dsn: str, query: str) -> Table:
    """The rows of a SELECT in a school's own database. The session is read-only and ends after a minute.

    Raises `RefusedError`, naming the field, if the query cannot be run or lacks a column.
    """
    try:
        options = "-c default_transaction_read_only=on -c statement_timeout=60000"
        with psycopg.Connection[Json].connect(
            dsn, options=options, connect_timeout=10, row_factory=dict_row
        ) as connection:
            for kind, loader in _LOADERS.items():
                connection.adapters.register_loader(kind, loader)
            records = connection.execute(cast("LiteralString", query)).fetchall()
    except psycopg.OperationalError as err:
        raise RefusedError("table.database_unreachable", reason=first_line(err), field="conn_id") from None
    except psycopg.Error as err:
        raise RefusedError("table.query_fails", reason=first_line(err), field="query") from None
    return table_of(records)
