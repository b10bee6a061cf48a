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


def column_of(name: str) -> str | None:
    return _BY_NAME.get(folded(name))


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
