"""Rows to campaign facts, by the model that the form and the API use; what it refuses is said per cell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from encore.domain.campaign import RELATIVE, CampaignFacts
from encore.domain.job import Platform
from encore.domain.json import Json
from encore.domain.speaking import EVERYWHERE
from encore.domain.written import Order, readings, tidy
from encore.seeding.table import SURPLUS_CELLS, Row, Table
from encore.seeding.text_encoding import UNREADABLE
from encore.words.problems import field_problems, shown
from encore.words.sentence import Sentence, of_field, sentence


@dataclass(frozen=True)
class Reject:
    """One cell that kept its row out, and `said` why. `row` counts as a spreadsheet does."""

    row: int
    column: str
    value: str
    said: Sentence

    @property
    def told(self) -> Sentence:
        """With where it is."""
        return sentence("table.row", row=self.row, said=of_field(self.column, self.said))


def order_of(rows: Iterable[Row]) -> tuple[Order | None, int]:
    """Which comes first in this table where day and month could be swapped, and the number of the first row that
    decides it: one that can be read in one way alone. None where no row decides, or two of them differ."""
    decided: dict[Order, int] = {}
    for row in rows:
        found = readings(str(row.cells.get("concert_datetime", "")))
        if len(found) == 1 and found[0].order:
            decided.setdefault(found[0].order, row.number)
    return next(iter(decided.items())) if len(decided) == 1 else (None, 0)


@dataclass(frozen=True)
class ReadRow:
    """A row and the campaign that it is, or why it is none."""

    row: Row
    campaign: CampaignFacts | None
    rejects: tuple[Reject, ...] = ()


def read_rows(rows: Sequence[Row], now: datetime, order: Order | None = None) -> list[ReadRow]:
    """Each row in its order. Of rows with the same identity the first valid one is taken. `now` (aware) resolves
    relative dates and tells which concerts are over. `order`: of day and month, as a person says; else as the rows
    tell."""
    context = {"now": now, "order": order or order_of(rows)[0]}
    found: list[ReadRow] = []
    taken: dict[str, int] = {}
    for row in rows:
        if SURPLUS_CELLS in row.cells:
            found.append(ReadRow(row, None, (_too_many_cells(row),)))
            continue
        if unreadable := [name for name, cell in row.cells.items() if UNREADABLE in str(cell)]:
            found.append(ReadRow(row, None, tuple(_unreadable(row, name) for name in unreadable)))
            continue
        try:
            campaign = CampaignFacts.model_validate(_input(row), context=context)
        except ValidationError as err:
            found.append(ReadRow(row, None, tuple(_rejects(row, err))))
            continue
        if first := taken.get(campaign.identity):
            found.append(ReadRow(row, None, (_repeated(row, campaign, first),)))
            continue
        taken[campaign.identity] = row.number
        found.append(ReadRow(row, campaign))
    return found


def validate(
    table: Table | Iterable[Row], now: datetime, order: Order | None = None
) -> tuple[list[CampaignFacts], list[Reject]]:
    """The rows that are campaigns, in their order, and what is wrong with the others, every cell of them."""
    found = read_rows(table.rows if isinstance(table, Table) else list(table), now, order)
    campaigns = [one.campaign for one in found if one.campaign]
    return campaigns, [reject for one in found for reject in one.rejects]


def _input(row: Row) -> Json:
    """Cells as the model takes them: lists are written `tiktok;instagram` in a cell, a timeline as JSON."""
    cells = dict(row.cells)
    platforms = cells.get("platforms")
    if isinstance(platforms, str):
        cells["platforms"] = platforms_in(platforms)
    languages = cells.get("languages")
    if isinstance(languages, str) and not languages.startswith("{"):  # `小红书: zh; TikTok: en`
        cells["languages"] = _PLATFORM_OF.sub(lambda name: _named(name[0]), languages)
    timeline = cells.get("timeline")
    if isinstance(timeline, str):
        try:
            cells["timeline"] = json.loads(timeline)
        except ValueError:
            pass  # left as text, which the model refuses with the cell's name
    return cells


_CALLED = {
    Platform.TIKTOK: ("tiktok", "tik tok", "tt", "抖音国际版"),
    Platform.XIAOHONGSHU: (
        "xiaohongshu", "小红书", "小紅書", "红书", "xhs", "rednote", "red note", "red", "little red book",
    ),
    Platform.INSTAGRAM: ("instagram", "insta", "ig", "照片墙"),
}  # fmt: skip
_ALL = {"all", "allthree", "allplatforms", "alle", "alledrei", "全部", "所有", "所有平台"}
_BY_NAME = {name.replace(" ", ""): str(platform) for platform, names in _CALLED.items() for name in names}


_PLATFORM_OF = re.compile(r"[^:：=;；\n]+(?=[:：=])")


def _named(text: str) -> str:
    """The platform that a name stands for."""
    found = platforms_in(text)
    return found[0] if len(found) == 1 else EVERYWHERE if len(found) == len(Platform) else text


def platforms_in(text: str) -> list[str]:
    """What a cell names, each once: `TikTok、小红书`, `ig + tiktok`. What is no platform stays as it is."""
    plain = re.sub(r"\b(?:and|und)\b|[和与及]", ";", tidy(text).casefold().strip("{}[]"))
    if re.sub(r"\s", "", plain) in _ALL:
        return [str(platform) for platform in Platform]
    plain = re.sub(r"tik tok|red note|little red book", lambda found: found[0].replace(" ", ""), plain)
    named = re.findall(r"[^\s;,|/、+&@\"'()]+", plain)
    return list(dict.fromkeys(_BY_NAME.get(name, name) for name in named))


def _too_many_cells(row: Row) -> Reject:
    return Reject(row.number, "", shown(row.cells[SURPLUS_CELLS]), sentence("table.too_many_cells"))


def _unreadable(row: Row, column: str) -> Reject:
    return Reject(row.number, column, shown(row.cells[column]), sentence("table.unreadable_sign"))


def _repeated(row: Row, campaign: CampaignFacts, first: int) -> Reject:
    column = "campaign_id" if campaign.campaign_id else "concert_title"
    return Reject(row.number, column, shown(getattr(campaign, column)), sentence(f"table.same_{column}", row=first))


def _rejects(row: Row, err: ValidationError) -> list[Reject]:
    found = field_problems(err)
    moment = str(row.cells.get("concert_datetime", ""))
    if any(column == "timezone" for column, _ in found) and (RELATIVE.match(moment) or readings(moment)):
        # Only for want of a zone could the moment not be told; it is not wrong itself.
        found = [(column, said) for column, said in found if column != "concert_datetime"]
    return [Reject(row.number, column, shown(row.cells.get(column, "")), said) for column, said in found]
