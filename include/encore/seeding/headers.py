"""What people call the columns of a table of concerts, in English, Chinese and German."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml

from encore.domain.campaign import CampaignFacts
from encore.domain.chinese import simplified

COLUMNS = tuple(CampaignFacts.model_fields)
NEEDED = tuple(name for name, field in CampaignFacts.model_fields.items() if field.is_required())

DATE, TIME = "(date)", "(time)"
"""Two columns that are `concert_datetime` together."""
MEANINGS = (*COLUMNS, DATE, TIME)
"""All that a name may stand for."""

KNOWN: Mapping[str, Sequence[Sequence[str]]] = yaml.safe_load(
    Path(__file__).with_name("headers.yaml").read_text(encoding="utf-8")
)
"""Of each column its names, by language."""


def folded(name: str) -> str:
    """What two spellings of one name have in common: without case, width, spaces, marks and what is in brackets."""
    plain = simplified(unicodedata.normalize("NFKC", str(name)).casefold())
    return re.sub(r"[\W_]+", "", re.sub(r"\(.*?\)|\[.*?\]|【.*?】", "", plain))


_BY_NAME = {folded(column): column for column in COLUMNS} | {
    folded(name): column for column, languages in KNOWN.items() for names in languages for name in names
}


_NOT_FOR_OTHERS = re.compile(r"\bintern(al)?\b|\bpriva(te|t)\b|内部|內部", re.IGNORECASE)
_OF_A_CONCERT = re.compile("^(concert|event|performance|recital|konzert|veranstaltungs|演出|音乐会|活动)")
_OR = re.compile(r"[/|&+,、]|或|\bor\b|\boder\b|\band\b|\bund\b")


def column_of(name: str) -> str | None:
    """Of `Venue / link` that of the first part that is one; `Date/time` is both."""
    if _NOT_FOR_OTHERS.search(str(name)):
        return None
    if found := _known(name):
        return found
    parts = [found for part in _OR.split(str(name)) if (found := _known(part))]
    return "concert_datetime" if {DATE, TIME} <= set(parts) else next(iter(parts), None)


def _known(name: str) -> str | None:
    plain = folded(name)
    return _BY_NAME.get(plain) or _BY_NAME.get(_OF_A_CONCERT.sub("", plain))


def _is_own(name: str, column: str | None) -> bool:
    return column is not None and folded(name) == folded(column)


def columns_of(header: Sequence[str], chosen: Mapping[str, str] | None = None) -> list[str | None]:
    """The column that each name stands for, None for one that says nothing to Encore. `chosen`: by a person, by name as
    it stands in the table; "" leaves it out. Of two names for one column, the one that is Encore's own is it; `DATE`
    without `TIME`, and the other way round, is `concert_datetime`."""
    chosen = chosen or {}
    found: list[str | None] = [(chosen[name] or None) if name in chosen else column_of(name) for name in header]
    for at, name in enumerate(header):
        own = [other for other, column in enumerate(found) if column == found[at] and _is_own(header[other], column)]
        if found[at] and own and at not in own and name not in chosen:
            found[at] = None
    moments = [at for at, column in enumerate(found) if column == "concert_datetime"]
    if DATE in found and TIME not in found and len(moments) == 1 and header[moments[0]] not in chosen:
        at = moments[0]
        if not _is_own(header[at], "concert_datetime"):  # `Datum` and `Beginn`
            found[at] = TIME
    if "concert_datetime" in found:
        return [None if column in (DATE, TIME) else column for column in found]
    if DATE in found and TIME in found:
        return found
    return ["concert_datetime" if column in (DATE, TIME) else column for column in found]
