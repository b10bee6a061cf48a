"""A file of concerts that its owner looks at, mends and then puts in."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from encore.domain.json import Json
from encore.domain.written import Order
from encore.errors import NotFoundError
from encore.seeding.grid import Grid, header_in, table_in
from encore.seeding.headers import COLUMNS
from encore.seeding.read_table import grid_of_content
from encore.seeding.table import Row, Table
from encore.store.store import Store


@dataclass(frozen=True)
class Draft:
    """`timezone`: of the rows that name none. `columns`: which column a name of the header stands for, `order`,
    `encoding`: where its owner has said so; `teachers`: which user is meant by what the table calls a teacher.
    `mended`: cells that they changed, by row and column; "" is a cell that is blank."""

    draft_id: str
    name: str
    content: bytes
    timezone: str = ""
    columns: Mapping[str, str] | None = None
    teachers: Mapping[str, str] = field(default_factory=dict)
    order: Order | None = None
    encoding: str | None = None
    mended: Mapping[int, Mapping[str, str]] | None = None

    @cached_property
    def grid(self) -> Grid:
        """Raises `RefusedError` for what is no table."""
        return grid_of_content(self.content, self.encoding)

    @property
    def header(self) -> list[tuple[str, str | None]]:
        return header_in(self.grid, self.columns)

    def table(self, otherwise: Mapping[str, str]) -> Table:
        """As mended. `otherwise`: as `table_in`. Raises `RefusedError` where a column is missing."""
        zone = {"timezone": self.timezone} if self.timezone else {}
        found = table_in(self.grid, {**otherwise, **zone}, self.columns)
        return replace(found, rows=tuple(self._mended(row) for row in found.rows))

    def _mended(self, row: Row) -> Row:
        changes = (self.mended or {}).get(row.number, {})
        cells = {**row.cells, **{name: value for name, value in changes.items() if name in COLUMNS}}
        called = str(cells.get("teacher_id", ""))
        cells["teacher_id"] = self.teachers.get(called, called)
        return Row(row.number, {name: value for name, value in cells.items() if value != ""})


def put_draft(store: Store, person: str, name: str, content: bytes, timezone: str, now: datetime) -> str:
    """Returns its id."""
    draft = Draft(secrets.token_urlsafe(12), name, content, timezone)
    _ = draft.grid  # what is no table at all is refused now
    store.put_import_draft(
        draft_id=draft.draft_id, person=person, now=now, name=name[:200], content=content, reading=_reading(draft)
    )
    return draft.draft_id


def draft_of(store: Store, person: str, draft_id: str) -> Draft:
    """Raises `NotFoundError`, also for another person's."""
    row = store.import_draft(draft_id=draft_id, person=person)
    if row is None:
        raise NotFoundError("import.gone")
    order = row.reading.get("order")
    return Draft(
        row.draft_id, row.name, row.content, row.reading.get("timezone", ""), row.reading.get("columns"),
        row.reading.get("teachers", {}),
        Order(order) if order in list(Order) else None, row.reading.get("encoding"),
        {int(number): cells for number, cells in row.mended.items()},
    )  # fmt: skip


def change_draft(store: Store, person: str, draft: Draft) -> None:
    store.change_import_draft(
        draft_id=draft.draft_id, person=person, reading=_reading(draft),
        mended={str(number): dict(cells) for number, cells in (draft.mended or {}).items()},
    )  # fmt: skip


def _reading(draft: Draft) -> Json:
    told = {
        "timezone": draft.timezone,
        "columns": dict(draft.columns or {}),
        "teachers": dict(draft.teachers),
        "order": draft.order,
        "encoding": draft.encoding,
    }
    return {name: value for name, value in told.items() if value}
