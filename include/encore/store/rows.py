"""What the statements give: the types of it are in `rows.pyi`, which only a type checker reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Row = TypeVar("Row")


class Statements:
    """A store's statements as its methods; a type checker knows each of them by name."""

    statement: Callable[[str], object]

    def __getattr__(self, name: str) -> object:
        return self.statement(name)


def there(row: Row | None) -> Row:
    """A row that must be there: it is locked, or another one refers to it."""
    assert row is not None
    return row
