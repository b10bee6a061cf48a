"""What changed between two texts, word by word, so that a person sees it at a glance."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from encore.store import rows
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
    row: rows.ContentRevision
    writer: str
    pieces: tuple[Piece, ...]
    """The difference from the version before; of the first, the text itself."""


def difference(old: str, new: str) -> tuple[Piece, ...]:
    pieces = []
    for same, before, after in _readable(_aligned(_PARTS.findall(old), _PARTS.findall(new))):
        if same:
            pieces.append(Piece(SAME, before))
            continue
        if before:
            pieces.append(Piece(REMOVED, before))
        if after:
            pieces.append(Piece(ADDED, after))
    return tuple(pieces)


_Run = tuple[bool, str, str]
"""Whether it is the same in both; the old text; the new one."""


def _aligned(before: list[str], after: list[str]) -> list[_Run]:
    steps = difflib.SequenceMatcher(None, before, after, False).get_opcodes()
    return [
        (kind == "equal", "".join(before[from_old:to_old]), "".join(after[from_new:to_new]))
        for kind, from_old, to_old, from_new, to_new in steps
    ]


def _readable(runs: list[_Run]) -> list[_Run]:
    """Without scraps in common (a space, a "the") that are shorter than what changed on either side: a new sentence
    reads as one, not as every word of it crossed with a word of the old."""
    found: list[_Run] = []
    for run in runs:
        found.append(run)
        while len(found) > 2 and found[-2][0] and all(len(found[-2][1]) <= _size(found[at]) for at in (-3, -1)):
            *found, left, scrap, right = found
            found.append((False, left[1] + scrap[1] + right[1], left[2] + scrap[2] + right[2]))
    return found


def _size(run: _Run) -> int:
    return max(map(len, run[1:]))


def versions(visit: Visit, revisions: list[rows.ContentRevision]) -> tuple[Version, ...]:
    """`revisions`: newest first."""
    earlier = [row.content for row in revisions[1:]] + [None]
    return tuple(
        Version(
            row, writer_of(visit, row.provenance),
            (Piece(SAME, row.content),) if before is None else difference(before, row.content),
        )
        for row, before in zip(revisions, earlier, strict=True)
    )  # fmt: skip
