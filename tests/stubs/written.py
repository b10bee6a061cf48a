"""The stub: a class for each shape of rows, and the statements as methods."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import psycopg
from aiosql.types import SQLOperationType
from stubs.described import Column, Description, Statement

from encore.store.store import QUERIES

STUB = Path(__file__).parents[2] / "include/encore/store/rows.pyi"

Shape = tuple[tuple[str, str], ...]

_HEAD = '''"""What the statements of `queries/` take and give. Made from them and the schema by `make stubs`.

A row has the name of its table, else that of the statement which gives it; one with all columns of a table and more is
the table's row and more, by name, not by position, and one with all of such a row and more is that one and more. A
column or parameter may be None where the schema lets it be NULL or nothing says that it is not. Only for a type
checker: at runtime there are no such classes.
"""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple, TypeVar

from encore.domain.json import Json

Row = TypeVar("Row")

def there(row: Row | None) -> Row: ...
'''


def stub(connection: psycopg.Connection, folder: Path = QUERIES) -> str:
    """The text of `rows.pyi` for the statements of `folder` and the schema of that database."""
    described = Description(connection, folder)
    statements = list(described.statements())
    names = _Names(statements, dict(described.tables()))
    text = "\n".join([_HEAD, *names.classes(), "class Statements:", *(_method(one, names) for one in statements)])
    ruff = [sys.executable, "-m", "ruff", "format", "--stdin-filename", "rows.pyi", "-"]
    return subprocess.run(ruff, input=text, capture_output=True, text=True, check=True).stdout


class _Names:
    """Which class stands for which shape."""

    def __init__(self, statements: Iterable[Statement], tables: dict[str, tuple[Column, ...]]) -> None:
        self._tables = tables
        self._columns: dict[Shape, tuple[Column, ...]] = {}
        givers: dict[Shape, list[str]] = {}
        for one in statements:
            if one.operation in _ROWS:
                self._columns.setdefault(_shape(one.columns), one.columns)
                givers.setdefault(_shape(one.columns), []).append(one.name)
        self._names = {_shape(columns): _camel(table) for table, columns in tables.items()}
        for shape, names in givers.items():
            alone = (
                f"only_{shape[0][0]}" if len(shape) == 1 else _singular(min(names, key=lambda name: (len(name), name)))
            )
            self._names.setdefault(shape, _camel(alone))

    def of(self, columns: tuple[Column, ...]) -> str:
        return self._names[_shape(columns)]

    def classes(self) -> Iterator[str]:
        tables = {shape: self._table(columns) for shape, columns in self._columns.items()}
        whole = {_shape(self._tables[table]): self._tables[table] for table in tables.values() if table}
        more = [*whole, *(shape for shape, table in tables.items() if table)]
        for shape in sorted({**self._columns, **whole}, key=lambda one: self._names[one]):
            base = max((one for one in more if set(one) < set(shape)), key=len, default=())
            own = [f"    {name}: {kind}" for name, kind in shape if (name, kind) not in base]
            yield "\n".join([f"class {self._names[shape]}({self._names[base] if base else 'NamedTuple'}):", *own, ""])

    def _table(self, columns: tuple[Column, ...]) -> str | None:
        """The table all of whose columns are among these, and others too."""
        shape = set(_shape(columns))
        for table in {one.table for one in columns} - {None}:
            if set(_shape(self._tables[table])) < shape:
                return table
        return None


_ROWS = {SQLOperationType.SELECT, SQLOperationType.SELECT_ONE}


def _method(one: Statement, names: _Names) -> str:
    given = ["self", *(["*"] if one.parameters else []), *(f"{name}: {kind}" for name, kind in one.parameters.items())]
    return f"    def {one.name}({', '.join(given)}) -> {_answer(one, names)}: ..."


def _answer(one: Statement, names: _Names) -> str:
    match one.operation:
        case SQLOperationType.SELECT:
            return f"list[{names.of(one.columns)}]"
        case SQLOperationType.SELECT_ONE:
            return names.of(one.columns) if one.always else f"{names.of(one.columns)} | None"
        case SQLOperationType.SELECT_VALUE:
            kind = one.columns[0].type.removesuffix(" | None")
            return kind if (one.always and kind == one.columns[0].type) or kind == "object" else f"{kind} | None"
        case _:
            return "int"


def _shape(columns: tuple[Column, ...]) -> Shape:
    return tuple((one.name, one.type) for one in columns)


def _camel(name: str) -> str:
    return "".join(part.title() for part in name.split("_"))


def _singular(name: str) -> str:
    """A row of `jobs_to_check` is one `job_to_check`; a verb, as in `posts_that_need_someone`, would have to follow."""
    return name if "_that_" in name else re.sub(r"(?<=ch)es(?=_|$)|(?<=[^s])s(?=_|$)", "", name, count=1)
