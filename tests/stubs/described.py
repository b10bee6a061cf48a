"""What each statement takes and gives, as PostgreSQL describes it once it is prepared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from aiosql.types import SQLOperationType
from psycopg.pq import ExecStatus
from stubs.parsed import Parsed, Schema

from encore.store.store import QUERIES, statements

_PYTHON = {
    "text": "str",
    "bool": "bool",
    "int4": "int",
    "int8": "int",
    "float8": "float",
    "date": "date",
    "timestamptz": "datetime",
    "time": "time",
    "interval": "timedelta",
    "bytea": "bytes",
    "jsonb": "Json",
}
_MOMENT = "now"
"""The parameter that always is an instant, which PostgreSQL cannot tell where it is added to another one."""


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    table: str | None
    """Whose column it is; None for an expression."""


@dataclass(frozen=True)
class Statement:
    name: str
    operation: SQLOperationType
    parameters: dict[str, str]
    columns: tuple[Column, ...]
    always: bool
    """Whether it gives a row, whatever is stored."""


class Description:
    """The statements of `folder` against the schema of the database behind `connection`."""

    def __init__(self, connection: psycopg.Connection, folder: Path = QUERIES) -> None:
        self._connection = connection
        self._named = statements(folder)
        asked = connection.execute(
            "SELECT c.oid, c.relname, a.attnum, a.attname, a.attnotnull FROM pg_class c "
            "JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relnamespace = 'public'::regnamespace "
            "AND c.relkind IN ('r', 'v') AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum"
        ).fetchall()
        self._columns = {(oid, number): (table, not_null) for oid, table, number, _, not_null in asked}
        self._schema: Schema = {}
        for _, table, _, column, not_null in asked:
            self._schema.setdefault(table, {})[column] = not_null

    def statements(self) -> Iterator[Statement]:
        for name in sorted(self._named.available_queries):
            if not name.endswith("_cursor"):
                yield self._statement(name)

    def tables(self) -> Iterator[tuple[str, tuple[Column, ...]]]:
        """Each with its columns, in their order."""
        for table in self._schema:
            yield table, self._prepared(f"SELECT * FROM {table}", [])[1]

    def _statement(self, name: str) -> Statement:
        named = getattr(self._named, name)
        parameters: list[str] = []

        def numbered(match: re.Match[str]) -> str:
            if match[1] not in parameters:
                parameters.append(match[1])
            return f"${parameters.index(match[1]) + 1}"

        sql = re.sub(r"%\((\w+)\)s", numbered, named.sql).replace("%%", "%")
        types, columns = self._prepared(sql, parameters, named.__doc__ or "")
        always = Parsed(sql, self._schema).always_gives_a_row
        return Statement(name, named.operation, dict(zip(parameters, types, strict=True)), columns, always)

    def _prepared(self, sql: str, parameters: Sequence[str], comment: str = "") -> tuple[list[str], tuple[Column, ...]]:
        """The types of its parameters, and its columns. `comment`: what a person says of it, the last word on NULL."""
        parsed = Parsed(sql, self._schema)
        server, types = self._connection.pgconn, self._connection.adapters.types
        instant = types["timestamptz"].oid
        hints = [instant if name == _MOMENT else 0 for name in parameters]
        prepared = server.prepare(b"", sql.encode(), hints)
        if prepared.status != ExecStatus.COMMAND_OK:
            raise ValueError(f"{sql}\n{prepared.error_message.decode()}")
        told = server.describe_prepared(b"")

        def python(oid: int) -> str:
            known = types.get(oid)
            one = _PYTHON.get(known.name, "object") if known else "object"
            return f"list[{one}]" if known and oid == known.array_oid else one

        never_null, may_be_null = _named(comment, "Never null"), _named(comment, "May be null")

        def column(number: int) -> Column:
            name = (told.fname(number) or b"").decode()
            table, not_null = self._columns.get((told.ftable(number), told.ftablecol(number)), (None, False))
            kind = python(told.ftype(number))
            if kind == "Json" and parsed.gives_objects(name):
                kind = "list[Json]"
            sure = not_null and not parsed.may_leave_out(table) if table else parsed.never_null(name)
            return Column(name, kind if sure or name in never_null else f"{kind} | None", table)

        def given(number: int, name: str) -> str:
            optional = name in may_be_null or (number + 1 in parsed.parameters_that_may_be_null and name != _MOMENT)
            return python(told.param_type(number)) + (" | None" if optional else "")

        types_given = [given(number, name) for number, name in enumerate(parameters)]
        return types_given, tuple(column(number) for number in range(told.nfields))


def _named(comment: str, what: str) -> list[str]:
    said = re.search(rf"{what}: ([\w, ]+)\.", comment)
    return said[1].split(", ") if said else []
