"""The trigger form: what cannot be a campaign is refused before there is a run."""

from __future__ import annotations

import pytest
from airflow.sdk.exceptions import ParamValidationError
from campaign_fixtures import NOW

from encore.errors import RefusedError
from encore_airflow.operators.form import FIELDS, campaign_of_form

FORM = {
    "teacher_id": "teacher-li",
    "concert_title": "Spring Recital",
    "concert_datetime": "+21d 19:30",
    "timezone": "Europe/Berlin",
    "venue_or_link": "Small Hall",
}


@pytest.mark.parametrize("name", FIELDS)
def test_every_field_may_stay_empty(name):
    assert FIELDS[name].resolve() is None and FIELDS[name].resolve(None) is None


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("concert_datetime", "tomorrow 7pm"),
        ("concert_datetime", "2027-03-14"),
        ("concert_datetime", "21d 19:30"),
        ("concert_datetime", "+21d"),
        ("concert_datetime", "2027-03-14T19:30+01:00 or later"),
        ("concert_datetime", 1805049000),
        ("timezone", "Europe/Berln"),
        ("timezone", "CET time"),
        ("teacher_id", "Ms Li"),
        ("teacher_id", "x" * 65),
        ("campaign_id", "../etc"),
        ("concert_title", "x" * 201),
        ("cta_link", "tickets.example"),
        ("cta_link", "javascript:alert(1)"),
        ("platforms", ["myspace"]),
        ("platforms", "tiktok"),
        ("languages", "klingon"),
        ("languages", "en+en"),
        ("voice", "grumpy"),
    ],
)
def test_nonsense_is_refused(name, given):
    with pytest.raises(ParamValidationError):
        FIELDS[name].resolve(given)


@pytest.mark.parametrize(
    "given",
    [
        "2027-03-14 19:30",
        "2027-03-14T19:30+01:00",
        "2027-03-14 19:30:00+0100",
        "2027-03-14T18:30Z",
        "+21d 19:30",
        " +2d 9:05 ",
        "",
    ],
)
def test_whatever_the_model_reads_as_an_instant_is_taken(store, settings, given):
    assert FIELDS["concert_datetime"].resolve(given) == given
    if given:
        assert campaign_of_form(store, settings, FORM | {"concert_datetime": given}, NOW)


def test_an_instant_in_the_right_form_may_still_be_refused_by_the_model(store, settings):
    given = "2027-13-41T29:30+01:00"
    assert FIELDS["concert_datetime"].resolve(given) == given
    with pytest.raises(RefusedError, match="concert_datetime"):
        campaign_of_form(store, settings, FORM | {"concert_datetime": given}, NOW)


def test_the_dag_refuses_it_as_airflow_s_api_asks(tmp_path, monkeypatch):
    """`POST /dagRuns` makes a run of the serialized DAG's params, and answers 400 for what they refuse."""
    import sys
    from pathlib import Path

    from airflow.serialization.serialized_objects import DagSerialization

    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "dags"))
    import generate_campaign

    sys.modules.pop("generate_campaign")
    dag = DagSerialization.from_dict(DagSerialization.to_dict(generate_campaign.dag))
    dag.params.deep_merge(FORM).validate()
    with pytest.raises(Exception, match="concert_datetime"):
        dag.params.deep_merge(FORM | {"concert_datetime": "tomorrow 7pm"}).validate()


def test_languages_and_voice_are_chosen_and_stay_where_a_form_says_nothing(store, settings, concerts):
    given = FORM | {"languages": "zh+en", "voice": "playful"}
    assert [FIELDS[name].resolve(given[name]) for name in ("languages", "voice")] == ["zh+en", "playful"]
    campaign_id = campaign_of_form(store, settings, given, NOW)
    assert campaign_of_form(store, settings, FORM, NOW) == campaign_id
    row = store.campaign(campaign_id=campaign_id)
    assert (row.languages, row.voice) == ({"all": ["zh", "en"]}, "playful")
    concerts.write(campaign_id)
    campaign_of_form(store, settings, FORM | {"languages": "en"}, NOW)
    assert store.open_generation_request(campaign_id=campaign_id) is None, "the run that the form began makes them"


def test_more_about_the_concert_becomes_its_details(store, settings):
    more = {
        "doors_open": "19:00", "ends": "", "duration_minutes": "90", "admission_free": True, "prices": None,
        "booking_deadline": "2026-12-01", "pieces": "Minuet (Petzold): Mia, piano\nNocturne",
    }  # fmt: skip
    for name, value in more.items():
        assert FIELDS[name].resolve(value) == value
    campaign_id = campaign_of_form(store, settings, FORM | more, NOW)
    assert campaign_id and store.campaign(campaign_id=campaign_id).details == {
        "doors_open": "19:00", "duration_minutes": 90, "admission_free": True, "booking_deadline": "2026-12-01",
        "pieces": [{"piece": "Minuet", "composer": "Petzold", "performers": "Mia", "instrument": "piano"},
                   {"piece": "Nocturne"}],
    }  # fmt: skip


def test_a_switch_that_is_off_is_an_empty_field(store, settings):
    assert campaign_of_form(store, settings, {"admission_free": False, "prices": ""}, NOW) is None


def test_a_bad_detail_is_told_by_name(store, settings):
    with pytest.raises(RefusedError) as refused:
        campaign_of_form(store, settings, FORM | {"doors_open": "20:00"}, NOW)
    assert refused.value.field == "doors_open" and "19:30" in str(refused.value.said)
