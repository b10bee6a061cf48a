from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from chat_model import Model, running_model

from encore.content.facts.sheet import FactSheet
from encore.domain.campaign import CampaignFacts
from encore.seeding.read_csv import read_csv
from encore.seeding.samples import CONCERTS
from encore.seeding.validate import validate

sys.path.append(str(Path(__file__).parent))  # concerts_made_up.py

RECITAL = {
    "campaign_id": "spring",
    "teacher_id": "teacher-anna",
    "concert_title": "Spring Recital",
    "concert_datetime": "2027-03-14T19:30+01:00",
    "timezone": "Europe/Berlin",
    "venue_or_link": "Kleiner Saal, Berlin",
    "student_highlights": "Mia (9) plays Bach on the piano.",
    "cta_link": "https://school.example/spring",
}


@pytest.fixture(scope="session")
def campaign() -> Callable[..., CampaignFacts]:
    """A valid campaign with some of its fields changed."""
    return lambda **changes: CampaignFacts.model_validate({**RECITAL, **changes})


@pytest.fixture(scope="session")
def fact_sheet(campaign: Callable[..., CampaignFacts]) -> Callable[..., FactSheet]:
    def sheet(**changes: Any) -> FactSheet:
        return FactSheet.of(campaign(**changes))

    return sheet


@pytest.fixture(scope="session")
def sample_sheets() -> list[FactSheet]:
    """The concerts that come with Encore."""
    campaigns, _ = validate(read_csv(CONCERTS), datetime(2026, 11, 23, 12, tzinfo=UTC))
    return [FactSheet.of(campaign) for campaign in campaigns]


@pytest.fixture(scope="module")
def _model() -> Iterator[Model]:
    with running_model() as model:
        yield model


@pytest.fixture
def model(_model: Model) -> Model:
    """The look-alike chat, to be told how to answer."""
    _model.reset()
    return _model


@pytest.fixture
def facts(fact_sheet: Callable[..., FactSheet]) -> FactSheet:
    return fact_sheet(student_highlights="Mia (9) plays Bach on the piano. 王小雨演奏《夜曲》。")
