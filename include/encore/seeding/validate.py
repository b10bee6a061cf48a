"""Rows to campaign facts, by the model that the form and the API use; what it refuses is said per cell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from encore.domain.campaign import RELATIVE, CampaignFacts
from encore.domain.json import Json
from encore.seeding.table import SURPLUS_CELLS, Row, Table
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


def validate(table: Table | Iterable[Row], now: datetime) -> tuple[list[CampaignFacts], list[Reject]]:
    """The rows that are campaigns, in their order, and what is wrong with the others, every cell of them.

    Of rows with the same identity the first valid one is taken. `now` (aware) resolves relative dates and tells
    which concerts are over.
    """
    rows = table.rows if isinstance(table, Table) else table
    campaigns: list[CampaignFacts] = []
    rejects: list[Reject] = []
    taken: dict[str, int] = {}
    for row in rows:
        if SURPLUS_CELLS in row.cells:
            rejects.append(_too_many_cells(row))
            continue
        try:
            campaign = CampaignFacts.model_validate(_input(row), context={"now": now})
        except ValidationError as err:
            rejects += _rejects(row, err)
            continue
        if first := taken.get(campaign.identity):
            rejects.append(_repeated(row, campaign, first))
            continue
        taken[campaign.identity] = row.number
        campaigns.append(campaign)
    return campaigns, rejects


def _input(row: Row) -> Json:
    """Cells as the model takes them: lists are written `tiktok;instagram` in a cell, a timeline as JSON."""
    cells = dict(row.cells)
    platforms = cells.get("platforms")
    if isinstance(platforms, str):
        cells["platforms"] = list(dict.fromkeys(re.findall(r"[^\s;,|]+", platforms.lower().strip("{}"))))
    timeline = cells.get("timeline")
    if isinstance(timeline, str):
        try:
            cells["timeline"] = json.loads(timeline)
        except ValueError:
            pass  # left as text, which the model refuses with the cell's name
    return cells


def _too_many_cells(row: Row) -> Reject:
    return Reject(row.number, "", shown(row.cells[SURPLUS_CELLS]), sentence("table.too_many_cells"))


def _repeated(row: Row, campaign: CampaignFacts, first: int) -> Reject:
    column = "campaign_id" if campaign.campaign_id else "concert_title"
    return Reject(row.number, column, shown(getattr(campaign, column)), sentence(f"table.same_{column}", row=first))


def _rejects(row: Row, err: ValidationError) -> list[Reject]:
    found = field_problems(err)
    if any(column == "timezone" for column, _ in found) and RELATIVE.match(str(row.cells.get("concert_datetime", ""))):
        # Only for want of a zone could the relative date not be told; it is not wrong itself.
        found = [(column, said) for column, said in found if column != "concert_datetime"]
    return [Reject(row.number, column, shown(row.cells.get(column, "")), said) for column, said in found]
