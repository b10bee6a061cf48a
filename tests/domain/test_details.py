"""What else may be given of a concert: as people write it, what is refused and why, and what it changes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace

import pytest
from pydantic import ValidationError

from encore.domain.campaign import CampaignFacts, facts_sha256, stored_facts, told_facts, told_sha256
from encore.domain.details import DETAILS, as_typed
from encore.domain.programme import ProgrammeEntry, lines_of
from encore.words.problems import field_problems

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
ROW = {
    "teacher_id": "teacher-anna",
    "concert_title": "Spring Recital",
    "concert_datetime": "2027-04-14T19:30+02:00",
    "timezone": "Europe/Berlin",
    "venue_or_link": "Kleiner Saal",
    "student_highlights": "Mia plays Bach",
    "cta_link": "https://school.example",
}


def facts(**changes) -> CampaignFacts:
    return CampaignFacts.model_validate({**ROW, **changes}, context={"now": NOW})


def row(campaign: CampaignFacts) -> SimpleNamespace:
    return SimpleNamespace(**campaign.model_dump(exclude=set(DETAILS)), details=campaign.details)


def test_a_concert_without_them_keeps_its_digests():
    """Those of a version that knew none of them."""
    assert facts().details == {}
    assert facts_sha256(facts()) == "3b76f204fd0976bf9ffd66ddaa0ee19eca2671bae1bd26879f1c359b2797f719"
    assert told_sha256(row(facts())) == "5e8b235f96dcae7c656f7aa4c7168803d12c6a8abe7cf2c8d1af69c4fea96a9e"
    blank = facts(**{**dict.fromkeys(DETAILS), "doors_open": " ", "pieces": [], "admission_free": False})
    assert blank == facts() and facts_sha256(blank) == facts_sha256(facts())


@pytest.mark.parametrize(
    ("name", "value"),
    [("doors_open", "19:00"), ("admission_free", True), ("pieces", "Minuet"), ("booking_deadline", "2027-04-10")],
)
def test_each_changes_what_is_told_and_is_read_back(name, value):
    given = facts(**{name: value})
    assert set(given.details) == {name} and facts_sha256(given) != facts_sha256(facts())
    assert told_sha256(row(given)) != told_sha256(row(facts())) and name in told_facts(row(given))
    assert stored_facts(row(given)) == given
    newer = SimpleNamespace(**{**vars(row(given)), "details": {**given.details, "of_a_newer_version": 1}})
    assert stored_facts(newer) == given
    assert facts(**{name: as_typed(given.details)[name]}) == given


@pytest.mark.parametrize(
    ("name", "given", "read"),
    [
        ("doors_open", "19:00", time(19)), ("doors_open", "7 pm", time(19)), ("doors_open", "19.00 Uhr", time(19)),
        ("doors_open", "晚上七点", time(19)), ("doors_open", "19:00:30", time(19)), ("doors_open", time(19), time(19)),
        ("doors_open", "2027-04-14T17:00:00Z", time(19)),
        ("ends", "0:30", time(0, 30)), ("ends", "21:45", time(21, 45)),
        ("duration_minutes", 90, 90), ("duration_minutes", "90", 90), ("duration_minutes", "1h30", 90),
        ("duration_minutes", "1:30", 90), ("duration_minutes", "1,5 Std.", 90), ("duration_minutes", "90分钟", 90),
        ("duration_minutes", timedelta(minutes=90), 90),
        ("admission_free", "ja", True), ("admission_free", "否", False),
        ("admission_free", "yes", True), ("booking_deadline", "10.4.2027", date(2027, 4, 10)),
        ("booking_deadline", "April 10, 2027", date(2027, 4, 10)), ("booking_deadline", "+14d", date(2027, 3, 15)),
        ("booking_deadline", "2027年4月10日", date(2027, 4, 10)), ("booking_deadline", "2027-04-14", date(2027, 4, 14)),
        ("booking_deadline", "2027-04-09T22:30:00Z", date(2027, 4, 10)),
        ("booking_deadline", date(2027, 4, 1), date(2027, 4, 1)),
        ("booking_phone", "+49 (0)30 123-4567", "+49 (0)30 123-4567"),
        ("booking_url", "school.example/book", "https://school.example/book"),
        ("streamed_at", "on our channel", "on our channel"), ("prices", " €12,\n children  €6 ", "€12, children €6"),
    ],
)  # fmt: skip
def test_as_people_write_it(name, given, read):
    assert getattr(facts(**{name: given}), name) == read


@pytest.mark.parametrize(
    ("changes", "field", "key"),
    [
        ({"doors_open": "20:00"}, "doors_open", "input.doors_after_start"),
        ({"doors_open": "12:00"}, "doors_open", "input.doors_after_start"),
        ({"doors_open": "early"}, "doors_open", "input.no_time_of_day"),
        ({"doors_open": True}, "doors_open", "input.no_time_of_day"),
        ({"ends": "19:30"}, "ends", "input.ends_before_start"),
        ({"ends": "18:00"}, "ends", "input.ends_before_start"),
        ({"ends": "21:00", "duration_minutes": 90}, "duration_minutes", "input.end_and_length"),
        ({"duration_minutes": "long"}, "duration_minutes", "input.no_length"),
        ({"duration_minutes": 0}, "duration_minutes", "input.at_least"),
        ({"duration_minutes": "13 h"}, "duration_minutes", "input.at_most"),
        ({"admission_free": "perhaps"}, "admission_free", "input.no_yes_or_no"),
        ({"admission_free": True, "prices": "€12"}, "prices", "input.free_with_prices"),
        ({"prices": "=1+1"}, "prices", "input.formula"),
        ({"prices": "x" * 301}, "prices", "input.too_long"),
        ({"booking_url": "javascript:alert(1)"}, "booking_url", "input.no_address"),
        ({"booking_url": "at the office"}, "booking_url", "input.no_address"),
        ({"streamed_at": "javascript:alert(1)"}, "streamed_at", "input.no_address"),
        ({"booking_deadline": "2027-04-15"}, "booking_deadline", "input.deadline_after_concert"),
        ({"booking_deadline": "soon"}, "booking_deadline", "input.no_date"),
        ({"booking_deadline": "3/4/2027"}, "booking_deadline", "input.two_dates"),
        ({"booking_phone": "ask Anna"}, "booking_phone", "input.no_phone"),
        ({"pieces": "Minuet\n(): Mia"}, "pieces", "input.no_piece"),
        ({"pieces": "[half a list"}, "pieces", "input.no_programme"),
        ({"pieces": [{"piece": "Minuet", "key": "G"}]}, "pieces", "input.unknown_field"),
        ({"pieces": [{"composer": "Bach"}]}, "pieces", "input.missing"),
        ({"pieces": "\n".join(f"Piece {n}" for n in range(61))}, "pieces", "input.too_many"),
        ({"door": "19:00"}, "door", "input.unknown_field"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(changes, field, key):
    with pytest.raises(ValidationError) as refused:
        facts(**changes)
    assert (field, key) in [(name, said.key) for name, said in field_problems(refused.value)]


def test_a_time_that_was_wrong_itself_is_no_reason_to_refuse_the_others():
    with pytest.raises(ValidationError) as refused:
        facts(concert_datetime="soon", timezone="Mars", doors_open="19:00", booking_deadline="2027-04-10")
    assert {name for name, _ in field_problems(refused.value)} <= {"concert_datetime", "timezone"}


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ("Minuet (Petzold): Mia, piano", "Minuet|Petzold|Mia|piano"),
        ("- Minuet (Petzold): Mia, piano", "Minuet|Petzold|Mia|piano"),
        ("3. Minuet (Petzold) – Mia, piano.", "Minuet|Petzold|Mia|piano"),
        ("Minuet", "Minuet|||"),
        ("Minuet: Mia, Tom", "Minuet||Mia, Tom|"),
        ("Minuet: Mia, Tom, Klavier vierhändig", "Minuet||Mia, Tom|Klavier vierhändig"),
        ("Minuet: piano", "Minuet|||piano"),
        ("Songs: Book 1 (Schubert): Ida, voice", "Songs: Book 1|Schubert|Ida|voice"),
        ("《月光》（德彪西）：陈子墨，钢琴", "《月光》|德彪西|陈子墨|钢琴"),
        ("Trio (Haydn): Mia, violin; Tom, cello", "Trio|Haydn|Mia, violin; Tom, cello|"),
    ],
)
def test_a_piece_is_read_from_its_line(line, entry):
    (read,) = facts(pieces=line).pieces
    names = ("piece", "composer", "performers", "instrument")
    assert read == ProgrammeEntry(**dict(zip(names, entry.split("|"), strict=True)))
    assert facts(pieces=lines_of((read,))).pieces == (read,)


def test_pieces_stand_on_lines_or_between_semicolons_or_in_json():
    lines = facts(pieces="Minuet (Petzold): Mia\n\nNocturne: Tom, cello\n").pieces
    assert facts(pieces="Minuet (Petzold): Mia; Nocturne: Tom, cello").pieces == lines
    in_json = json.dumps([{"piece": "Minuet", "composer": "Petzold", "performers": "Mia"}, {"piece": "Nocturne"}])
    assert facts(pieces=in_json).pieces == facts(pieces="Minuet (Petzold): Mia\nNocturne").pieces
    assert len(facts(pieces="Minuet; Nocturne; Waltz").pieces) == 3
