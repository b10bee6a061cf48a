"""Whether what a Chinese text states is said of this concert: `zh_about.yaml` has the words by which people show it.

The facts decide whether a statement is right; here it is asked first whether it is one about the concert at all. A
composer in "the Mozart effect", ten o'clock at which a child still practised and the third cup of tea are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from encore.content.facts.awards import AWARDS
from encore.content.facts.claims import Claim, FactFinding, FactKind
from encore.content.facts.clauses import part_around, sentence_around
from encore.content.facts.name_runs import SURNAMES
from encore.content.facts.number_patterns import HAN
from encore.content.facts.price_patterns import FREE
from encore.content.facts.relative_days import Calendar, Coming, Span
from encore.content.facts.roles import AGE, COUNT, EDITION, MINUTES
from encore.content.facts.time_patterns import PartOfDay
from encore.content.facts.vocabulary import composers, instruments, places
from encore.content.facts.word_lists import any_of, words
from encore.domain.job import YAML_LOADER

_HAN = re.compile(rf"[{HAN}]")
_HERE = "¦"
"""Stands for the statement in the patterns of `zh_about.yaml`."""
_CLAUSE = re.compile(r"[.!?](?=\s|$)|[,;\n；，。！？~～｜|]|\s[-–—]+\s|——|[\U0001f300-\U0001faff\u2600-\u27bf]")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
_LATIN_RUN = re.compile(r"[A-Za-zÀ-ÿ’' -]+")
_PLAYS = re.compile(rf"{any_of('zh_does')}|\b(?:{any_of('does')})\b")
_BESIDE = 10
"""Signs of a name and a work, or an instrument, that stand side by side."""
_OPENS_WORK = ("《", "「", "『", "〈")
_OWNED_WORK = re.compile(r"[^《「『〈，。！？\n]{1,14}\s?的?\s?[《「『〈][^》」』〉]*")
"""贝多芬的《月光"""


_ENDS_AGES = re.compile(r"[\d一二两三四五六七八九十]岁?[-–—~～到至]$")
"""Before the older of two ages between which all are."""


@dataclass(frozen=True)
class _Subject:
    """`needs`: one of these has to be there; `unless`: none of these may. `wide`: in the whole sentence."""

    needs: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    wide: bool


def is_of_the_concert(claim: Claim | FactFinding, text: str) -> bool:
    """`text` in its comparable form. True also where no Chinese stands around the claim: that is for others to tell."""
    first, last = sentence_around(text, claim.start, claim.end)
    if not _HAN.search(text, first, last):
        return True
    if claim.kind == FactKind.PERFORMANCE:
        return (
            len(_LATIN_RUN.sub("x", claim.text)) <= _BESIDE
            or _OWNED_WORK.fullmatch(claim.text) is not None
            or _PLAYS.search(text, claim.start, claim.end + 4) is not None
        )
    if _is_mostly_latin(text[first:last]):
        return True
    subject = _subjects().get(_subject_of(claim, text))
    if subject is None:
        return True
    if not subject.wide:
        first, last = part_around(text, claim.start, claim.end, _CLAUSE)
    around = f"{text[first : claim.start]}{_HERE}{text[claim.end : last]}"
    if subject.unless and subject.unless.search(around):
        return False
    return subject.needs is None or subject.needs.search(around) is not None


def _is_mostly_latin(around: str) -> bool:
    """Lena Zhou 周乐娜 plays the piano 钢琴: the words that would show it are none of Chinese."""
    return len(_LATIN_WORD.findall(around)) > len(_HAN.findall(around))


def _subject_of(claim: Claim | FactFinding, text: str) -> str:
    said = getattr(claim, "value", None)
    role = getattr(claim, "role", "")
    if said == AWARDS:
        return AWARDS  # told long after it was won
    match claim.kind:
        case FactKind.DATE:
            return _of_day(said, claim.text)
        case FactKind.TIME:
            return "part of day" if isinstance(said, PartOfDay) else "time"
        case FactKind.PRICE:
            return "free" if said == FREE else "price"
        case FactKind.NUMBER:
            return "age" if isinstance(claim, FactFinding) else _of_number(role, claim.text, text, claim.start)
        case FactKind.NAME:
            return _of_name(claim, text)
        case FactKind.PLACE:
            if str(said).startswith("floor "):
                return "floor"
            if claim.text in words("zh_regions"):
                return "region"
            return "city" if places().of_name(claim.text) else "place"
    return str(claim.kind)


def _of_day(said: object, shown: str) -> str:
    if isinstance(said, Span):
        return "past" if said.most < 0 else "countdown" if re.search(r"[\d一二两三四五六七八九十]", shown) else "today"
    if isinstance(said, Calendar):
        if said.unit == "year":
            return said.unit
        return "past" if said.step < 0 else "day" if said.weekday is not None else "period"
    if isinstance(said, Coming):
        return "day"
    return "today" if isinstance(said, str) and said.startswith("今") else "day"


def _of_number(role: str, shown: str, text: str, start: int) -> str:
    if role == EDITION and re.search("届|季|周年", shown):
        return role  # nothing but an event has these
    if role.startswith(COUNT):
        return "count"
    if role == AGE and _ENDS_AGES.search(text[:start]):
        return "age range"
    return {AGE: "age", MINUTES: "minutes", EDITION: "time of many", "": "number"}.get(role, role)


def _of_name(claim: Claim | FactFinding, text: str) -> str:
    if text[max(0, claim.start - 1) : claim.start] in _OPENS_WORK and claim.start:
        return "work" if text[claim.start - 1] == "《" else "quoted"
    if composers().of_name(claim.text):
        return "composer"
    if instruments().of_name(claim.text):
        return "instrument"
    if _HAN.search(claim.text):
        return getattr(claim, "role", "") or "person"
    return "word" if re.fullmatch(r"[\w'’.]+", claim.text) else "latin name"


@cache
def _subjects() -> dict[str, _Subject]:
    rows = yaml.load(Path(__file__).with_name("zh_about.yaml").read_bytes(), YAML_LOADER)
    return {
        name: _Subject(_any(row.get("needs")), _any(row.get("unless")), row.get("wide", False))
        for name, row in rows.items()
    }


def _any(patterns: list[str] | None) -> re.Pattern[str] | None:
    if not patterns:
        return None
    return re.compile(
        "|".join(f"(?:{pattern})" for pattern in patterns)
        .replace("COMPOSER", composers().chinese)
        .replace("SURNAME", SURNAMES)
    )
