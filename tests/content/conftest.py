from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from encore.content.facts import FactSheet
from encore.domain.campaign import CampaignFacts

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
