"""Concerts from a file: a table with a header of field names, or YAML or JSON with one mapping or a list of them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import yaml
from pydantic import ValidationError

from encore.domain.campaign import CampaignFacts
from encore.domain.json import Json
from encore.errors import InvalidFactsError, RefusedError, first_line
from encore.seeding.validate import validate
from encore.words.problems import field_problems

NOBODY = "teacher"
"""`teacher_id` where a file of one's own concerts leaves it out."""


def read_concerts(path: Path, now: datetime) -> list[CampaignFacts]:
    """Raises `RefusedError` naming the concert and the field that is wrong, `OSError` for a file that is not there."""
    if path.suffix.lower() in (".csv", ".tsv", ".xlsx", ".ics"):
        return _of_table(path, now)
    try:
        # JSON is YAML. Dates stay text, for the one model that decides what a date is.
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as err:
        raise RefusedError("concerts.unreadable", path=str(path), reason=first_line(err), field="campaign") from None
    concerts = content if isinstance(content, list) else [content]
    if not concerts or not all(isinstance(concert, dict) for concert in concerts):
        raise RefusedError("concerts.none", path=str(path), field="campaign")
    return [_concert(concert, number, now) for number, concert in enumerate(concerts, 1)]


def _concert(given: Json, number: int, now: datetime) -> CampaignFacts:
    try:
        return CampaignFacts.model_validate({"teacher_id": NOBODY, **given}, context={"now": now})
    except ValidationError as err:
        wrong = InvalidFactsError(field_problems(err))
        raise RefusedError("concerts.wrong_concert", n=number, problems=wrong.said, field=wrong.field) from None


def _of_table(path: Path, now: datetime) -> list[CampaignFacts]:
    from encore.seeding.read_table import read_table

    campaigns, rejects = validate(read_table(path), now)
    if rejects:
        wrong = [one.told for one in rejects[:10]]
        raise RefusedError("concerts.wrong_rows", path=str(path), problems=wrong, field=rejects[0].column or None)
    return campaigns
