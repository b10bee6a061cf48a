"""Instruments, composers, pieces and places by all the names that people call them, English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from encore.content.facts.given_words import plain

_DATA = Path(__file__).with_name("lists")
PARTS = "parts"
"""The family of voices: soprano, tenor."""
_TAKES_S = re.compile(r"[a-zäöüáéíóúřčěž](?<![sxzß])$")
_KINDS = "(?:alt|sopran|tenor|bass|konzert|jazz)?"
"""Before the German name of an instrument, in one word."""
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Entry:
    """One thing. `names` as they are written; `family`: of what kind it is, `=family` for the kind itself."""

    names: tuple[str, ...]
    family: str = ""


@dataclass(frozen=True)
class Mention:
    """`entries`: what the name may mean, where several things are called by it."""

    entries: frozenset[Entry]
    start: int
    end: int


class Vocabulary:
    """`stems`: how German words for an entry begin, which are written in one: Blockflötenensemble.
    Trommelt alle zusammen is a verb, and lauter no lute."""

    def __init__(self, entries: tuple[Entry, ...], stems: dict[str, Entry] | None = None) -> None:
        self.entries = entries
        self._stems = stems or {}
        self._named: dict[str, set[Entry]] = {}
        for entry in entries:
            for name in entry.names:
                self._named.setdefault(plain(name), set()).add(entry)
        longest = sorted((name for entry in entries for name in entry.names), key=len, reverse=True)
        latin = "|".join(_pattern(name) for name in longest if not _HAN.search(name))
        beginnings = "|".join(sorted(self._stems, key=len, reverse=True))
        begun = rf"(?<!\w){_KINDS}(?P<stem>{beginnings})(?!t(?:e[nt]?)?\b|r\b)[a-zäöüß]*" if beginnings else ""
        chinese = "|".join(re.escape(name) for name in longest if _HAN.search(name))
        self._pattern = re.compile(
            "|".join(
                filter(
                    None,
                    (
                        rf"(?:(?<![\w-])|(?<={_HAN.pattern}))(?:{latin})"
                        rf"(?:(?![\w-])|(?=-[A-ZÄÖÜ])|(?={_HAN.pattern}))"
                        if latin
                        else "",
                        begun,
                        chinese,
                    ),
                )
            ),
            re.IGNORECASE,
        )

    def mentions(self, text: str) -> Iterator[Mention]:
        for match in self._pattern.finditer(text):
            if self._stems and (stem := match["stem"]):
                yield Mention(frozenset((self._stems[stem.lower()],)), *match.span())
                continue
            found = self._named.get(plain(match[0])) or self._named.get(plain(match[0]).replace(" ", "-"), set())
            yield Mention(frozenset(found), *match.span())

    @cached_property
    def chinese(self) -> str:
        """A regular expression for any Chinese name of them."""
        names = {name for entry in self.entries for name in entry.names if _HAN.search(name)}
        return "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))

    @cached_property
    def latin(self) -> str:
        """A regular expression for any of their names in Latin letters, with its capitals."""
        names = {name for entry in self.entries for name in entry.names if not _HAN.search(name)}
        stems = [f"{stem}[a-zäöüß]*" for stem in sorted(self._stems, key=lambda stem: (-len(stem), stem))]
        return f"(?:{'|'.join([*stems, *map(_pattern, sorted(names, key=lambda name: (-len(name), name)))])})"

    def of_name(self, name: str) -> frozenset[Entry]:
        return frozenset(self._named.get(plain(name), ()))


def _pattern(name: str) -> str:
    return re.escape(name).replace(r"\-", "[- ]").replace(r"\ ", r"\s").replace("'", "['’]")


@cache
def instruments() -> Vocabulary:
    entries = tuple(_in_columns("instruments.txt"))
    by_name = {entry.names[0]: entry for entry in entries}
    columns = (line.partition("|") for line in _lines("instruments_de.txt"))
    return Vocabulary(entries, {stem: by_name[name.strip()] for name, _, stems in columns for stem in stems.split()})


@cache
def composers() -> Vocabulary:
    """With the German genitive: Bachs."""
    return Vocabulary(
        tuple(
            Entry((*one.names, *(f"{name}s" for name in one.names if _TAKES_S.search(name))))
            for one in _in_columns("composers.txt")
        )
    )


@cache
def pieces() -> Vocabulary:
    return Vocabulary(tuple(_in_a_row("pieces.txt")))


@cache
def places() -> Vocabulary:
    return Vocabulary(tuple(_in_a_row("places.txt")))


@cache
def _written() -> tuple[tuple[frozenset[Entry], tuple[str, ...]], ...]:
    found = []
    for line in _lines("written.txt"):
        who, titles = line.split("|")
        writers = frozenset(entry for name in who.split() for entry in composers().of_name(name))
        found.append((writers, tuple(titles.split())))
    return tuple(found)


def writers_of(text: str) -> set[Entry]:
    """The composers of the well-known pieces that a simplified Chinese text names."""
    return {entry for who, titles in _written() if any(title in text for title in titles) for entry in who}


def _in_columns(name: str) -> Iterator[Entry]:
    for line in _lines(name):
        english, chinese, family = (*(column.strip() for column in line.split("|")), "")[:3]
        yield Entry((*(word for word in english.split() if word != "-"), *chinese.split()), family)


def _in_a_row(name: str) -> Iterator[Entry]:
    for line in _lines(name):
        yield Entry(tuple(part.strip() for part in line.split(";")))


def _lines(name: str) -> list[str]:
    lines = (_DATA / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]
