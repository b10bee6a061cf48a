"""Cursors: an opaque text that says after which row the next page begins, whatever was added meanwhile."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from encore.errors import RefusedError

Row = TypeVar("Row")


@dataclass(frozen=True)
class Position:
    """Where a page ended: the sorted instant and the id of its last row."""

    at: datetime
    row_id: str

    def __str__(self) -> str:
        packed = json.dumps([self.at.isoformat(), self.row_id]).encode()
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")

    @classmethod
    def read(cls, cursor: str) -> Position:
        try:
            at, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            position = cls(datetime.fromisoformat(at), str(row_id))
            if position.at.tzinfo is None or "\0" in position.row_id:
                raise ValueError("not one of ours")
        except (ValueError, TypeError, binascii.Error, RecursionError):
            raise RefusedError("request.cursor", field="cursor") from None
        return position


def page_of(rows: list[Row], most: int) -> tuple[list[Row], list[Row]]:
    """Of up to `most + 1` rows those that are shown, and the last of them if more follow."""
    shown = rows[:most]
    return shown, shown[-1:] if len(rows) > most else []
