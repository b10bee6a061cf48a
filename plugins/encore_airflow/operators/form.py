"""From Airflow's trigger form to a campaign."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import available_timezones

from airflow.sdk import Param

from encore.campaigns.facts import put_campaign, read_facts
from encore.domain.campaign import IDENTIFIER, CampaignFacts
from encore.domain.content import Voice
from encore.domain.details import DETAILS
from encore.domain.job import Platform
from encore.domain.json import Json
from encore.domain.speaking import choices, code
from encore.errors import InvalidFactsError, NotFoundError, RefusedError
from encore.settings import Settings
from encore.store.store import Store
from encore.words.sentence import sentence
from encore_airflow.operators.fields import WORDS, field, no_choice

INSTANT = (
    r"^$|^\s*([0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?\s*(Z|[+-][0-9]{2}:?[0-9]{2})?"
    r"|[+-][0-9]{1,4}\s*d\s+[0-9]{1,2}:[0-9]{2})\s*$"
)
"""On the clock of the zone or with a UTC offset, or days from today; as `CampaignFacts` reads them, or nothing."""


def _text(name: str, **more: object) -> Param:
    """A field that may stay empty. What the model limits by itself, Airflow refuses before there is a run."""
    told = CampaignFacts.model_json_schema()["properties"][name]
    rule = next((one for one in told.get("anyOf", ()) if one["type"] == "string"), told)
    limits: Json = {"maxLength": rule["maxLength"], **more} if "maxLength" in rule else more
    return field(sentence(f"form.{name}"), type=["null", "string"], **limits)


def _choice(name: str, values: list[str]) -> Param:
    return field(sentence(f"form.{name}"), type=["null", "string"], enum=[None, *values], values_display=no_choice())


def _detail(name: str) -> Param:
    more: Json = {"section": WORDS.say("facts.more")}
    if name == "admission_free":
        return field(sentence("column.admission_free"), type=["null", "boolean"], **more)
    lines = {"format": "multiline"} if name == "pieces" else {}
    return field(sentence(f"column.{name}"), type=["null", "string"], **lines, **more)


# A scheduled DAG may have no param without a valid default, so every field may stay empty here, and the one
# pydantic model decides what they make together.
FIELDS: dict[str, Param] = {
    "campaign_id": _text("campaign_id", pattern=f"^$|{IDENTIFIER}"),
    "teacher_id": _text("teacher_id", pattern=f"^$|{IDENTIFIER}"),
    "concert_title": _text("concert_title"),
    "concert_datetime": _text("concert_datetime", pattern=INSTANT),
    "timezone": _text("timezone", enum=[None, *sorted(available_timezones())], values_display=no_choice()),
    "venue_or_link": _text("venue_or_link"),
    "student_highlights": _text("student_highlights", format="multiline"),
    "cta_link": _text("cta_link", pattern=r"^$|^\s*https?://\S+\s*$"),
    "platforms": field(
        sentence("form.platforms"),
        type=["null", "array"],
        items={"type": "string", "enum": [str(name) for name in Platform]},
        examples=[str(name) for name in Platform],
    ),
    "languages": _choice("languages", [code(spoken) for spoken in choices()]),
    "voice": _choice("voice", [str(voice) for voice in Voice]),
    **{name: _detail(name) for name in DETAILS},
}


def campaign_of_form(store: Store, settings: Settings, params: Json, now: datetime) -> str | None:
    """The campaign that a filled-in form means, put in if it is new; None for an empty form.

    Raises `RefusedError` naming each wrong field.
    """
    given: Json = {name: params.get(name) for name in FIELDS if params.get(name) not in (None, "", [], False)}
    if not given:
        return None
    if set(given) == {"campaign_id"}:
        if store.campaign(campaign_id=given["campaign_id"]) is None:
            raise NotFoundError("form.unknown_campaign", campaign=given["campaign_id"])
        return given["campaign_id"]
    try:
        facts = read_facts(given, now)
    except InvalidFactsError as err:
        raise RefusedError("form.no_campaign", problems=err.said, field=err.field) from None
    return put_campaign(store, settings, facts, now, request_texts=False)[0]
