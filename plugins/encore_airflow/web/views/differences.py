"""What changed between two texts, word by word, so that a person sees it at a glance."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Any

from encore_airflow.web.views.posts import writer_of
from encore_airflow.web.visit import Visit

SAME, ADDED, REMOVED = "same", "added", "removed"
_PARTS = re.compile(r"[^\W\u3400-\u9fff]+|\s+|.", re.DOTALL)
"""Words, runs of space, and each other character (a Chinese one is a word of its own)."""


@dataclass(frozen=True)
class Piece:
    kind: str
    text: str


@dataclass(frozen=True)
class Version:
    row: Any
    writer: str
    pieces: tuple[Piece, ...]
    """The difference from the version before; of the first, the text itself."""


def difference(old: str, new: str) -> tuple[Piece, ...]:
    before, after = _PARTS.findall(old), _PARTS.findall(new)
    pieces = []
    for kind, from_old, to_old, from_new, to_new in difflib.SequenceMatcher(None, before, after, False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece(SAME, "".join(before[from_old:to_old])))
            continue
        if to_old > from_old:
            pieces.append(Piece(REMOVED, "".join(before[from_old:to_old])))
        if to_new > from_new:
            pieces.append(Piece(ADDED, "".join(after[from_new:to_new])))
    return tuple(pieces)


def versions(visit: Visit, rows: list[Any]) -> tuple[Version, ...]:
    """`rows`: newest first."""
    earlier = [row.content for row in rows[1:]] + [None]
    return tuple(
        Version(
            row, writer_of(visit, row.provenance),
            (Piece(SAME, row.content),) if before is None else difference(before, row.content),
        )
        for row, before in zip(rows, earlier, strict=True)
    )  # fmt: skip
