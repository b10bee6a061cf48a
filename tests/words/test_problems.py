"""What the facts' model refuses is said in sentences of ours; nobody reads the words of a library."""

from __future__ import annotations

from datetime import UTC, datetime, time
from uuid import UUID

import pytest
from pydantic import BaseModel, Field, ValidationError

from encore.domain.campaign import CampaignFacts
from encore.words.problems import field_problems

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
ROW = {
    "teacher_id": "teacher-anna",
    "concert_title": "Spring Recital",
    "concert_datetime": "2027-04-14T19:30+02:00",
    "timezone": "Europe/Berlin",
    "venue_or_link": "Kleiner Saal",
}


def found(**changes) -> list[tuple[str, str]]:
    with pytest.raises(ValidationError) as refused:
        CampaignFacts.model_validate(ROW | changes, context={"now": NOW})
    return [(field, said.key) for field, said in field_problems(refused.value)]


@pytest.mark.parametrize(
    ("field", "value", "key"),
    [
        ("concert_title", " ", "missing"),
        ("concert_title", 7, "no_text"),
        ("concert_title", "x" * 201, "too_long"),
        ("teacher_id", "a b", "no_identifier"),
        ("concert_datetime", "soon", "no_moment"),
        ("concert_datetime", [], "no_moment"),
        ("platforms", [], "none_given"),
        ("platforms", "tiktok", "no_list"),
        ("platforms", ["tiktok", "myspace"], "no_choice"),
        ("timeline", "never", "no_mapping"),
        ("timeline", {"encore": "skip"}, "no_choice"),
        ("timeline", {"reminder": "soon"}, "no_timeline_moment"),
        ("timeline", {"reminder": 7}, "no_text"),
        ("colour", "red", "unknown_field"),
    ],
)
def test_each_is_said_by_a_key(field, value, key):
    assert found(**{field: value}) == [(field, f"input.{key}")]


class Bounded(BaseModel):
    flag: bool = True
    share: float = Field(1, gt=0, lt=2)
    count: int = Field(3, ge=1, le=5)
    at: time = time(19)
    code: str = Field("ab", min_length=2, pattern="^[a-z]+$")
    inner: CampaignFacts | None = None
    day: UUID | None = None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"flag": "perhaps"}, "Must be true or false."),
        ({"share": "x"}, "Is not a number."),
        ({"share": 0}, "Must be more than 0.0."),
        ({"share": 2}, "Must be less than 2.0."),
        ({"count": "x"}, "Is not a whole number."),
        ({"count": 0}, "Must be at least 1."),
        ({"count": 6}, "Must be at most 5."),
        ({"at": "late"}, "Is not a time of day; write it as 19:30."),
        ({"code": "a"}, "Is too short: at least 2 characters are needed."),
        ({"code": "A1"}, "Does not have the right form."),
        ({"inner": 3}, "Is not a mapping of names to values."),
        ({"day": "x"}, "Is not valid."),
    ],
)
def test_no_word_of_the_library_is_left(given, said):
    with pytest.raises(ValidationError) as refused:
        Bounded.model_validate(given)
    assert [str(one) for _, one in field_problems(refused.value)] == [said]


def test_all_that_is_wrong_is_told_at_once_and_each_once():
    told = found(
        concert_datetime="2020-01-01T10:00Z", cta_link="x", platforms=["tiktok", "a", "a"], timeline={"day_of": "x"}
    )
    assert told == [
        ("concert_datetime", "input.concert_over"),
        ("cta_link", "input.no_address"),
        ("platforms", "input.no_choice"),
        ("timeline", "input.no_timeline_moment"),
    ]
