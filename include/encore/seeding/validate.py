"""Rows to campaign facts, by the model that the form and the API use; what it refuses is said per cell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from encore.domain.campaign import RELATIVE, CampaignFacts
from encore.domain.job import Platform
from encore.seeding.table import COLUMNS, SURPLUS_CELLS, Row, Table

_SHOWN = 80
"""Characters of a refused value that are shown."""


@dataclass(frozen=True)
class Reject:
    """One cell that kept its row out. `row` counts as a spreadsheet does; `reason` is a sentence for a person."""

    row: int
    column: str
    value: str
    reason: str


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


def _input(row: Row) -> dict[str, Any]:
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
    reason = "The row has more cells than the table has columns; put a text that holds a comma in quotation marks."
    return Reject(row.number, "", _shown(row.cells[SURPLUS_CELLS]), reason)


def _repeated(row: Row, campaign: CampaignFacts, first: int) -> Reject:
    if campaign.campaign_id:
        reason = f"Row {first} has the same campaign_id; give each concert its own."
        return Reject(row.number, "campaign_id", _shown(campaign.campaign_id), reason)
    reason = f"Row {first} is the same concert: same teacher, title and time."
    return Reject(row.number, "concert_title", _shown(campaign.concert_title), reason)


def _rejects(row: Row, err: ValidationError) -> list[Reject]:
    found = field_problems(err)
    if any(column == "timezone" for column, _ in found) and RELATIVE.match(str(row.cells.get("concert_datetime", ""))):
        # Only for want of a zone could the relative date not be told; it is not wrong itself.
        found = [(column, reason) for column, reason in found if column != "concert_datetime"]
    return [Reject(row.number, column, _shown(row.cells.get(column, "")), reason) for column, reason in found]


def field_problems(err: ValidationError) -> list[tuple[str, str]]:
    """What `CampaignFacts` refuses, as the field's name ("" for the whole) and a sentence for a person, each once."""
    found: dict[tuple[str, str], None] = {}
    for detail in err.errors(include_url=False):
        column = str(detail["loc"][0]) if detail["loc"] else ""
        reason = _reason(detail)
        if not column:
            # A rule over several fields names the field in its message.
            named, _, rest = reason.partition(": ")
            field, _, part = named.partition(".")
            if rest and field in COLUMNS:
                column, reason = field, f"{part}: {rest}" if part else rest
        found[column, _sentence(reason)] = None
    return list(found)


def _reason(detail: Any) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "value_error":
        return str(context.get("error", detail["msg"]))
    if kind == "missing" or (kind == "string_type" and detail["input"] is None):
        return "Is missing."
    if kind in ("too_long", "string_too_long") and isinstance(detail["input"], str):
        return f"Is too long: {len(detail['input']):,} characters, at most {context['max_length']:,} are allowed."
    if kind.startswith("datetime") or kind == "timezone_aware":
        return "Is not a date and time; write it as 2027-03-14T19:30+01:00, or as +21d 19:30."
    if kind == "enum" and detail["loc"][0] == "platforms":
        return f"'{_shown(detail['input'])}' is not a platform; use {', '.join(Platform)}."
    if kind == "string_pattern_mismatch":
        return "May hold only letters, digits and . _ @ -, and must begin with a letter or digit."
    return f"{detail['msg']}."


def _sentence(reason: str) -> str:
    text = reason[:1].upper() + reason[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _shown(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
