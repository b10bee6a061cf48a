"""From Airflow's trigger form to a campaign."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from airflow.sdk import Param
from pydantic import ValidationError

from encore.campaigns.facts import put_campaign
from encore.domain.campaign import IDENTIFIER, CampaignFacts
from encore.domain.job import Platform
from encore.errors import NotFoundError, RefusedError
from encore.settings import Settings
from encore.store.store import Store

INSTANT = (
    r"^$|^\s*([0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?\s*(Z|[+-][0-9]{2}:?[0-9]{2})"
    r"|[+-][0-9]{1,4}\s*d\s+[0-9]{1,2}:[0-9]{2})\s*$"
)
"""With a UTC offset, or days from today; as `CampaignFacts` reads them, or nothing at all."""


def _text(name: str, title: str, description: str | None = None, **more: Any) -> Param:
    """A field that may stay empty. What the model limits by itself, Airflow refuses before there is a run."""
    told = CampaignFacts.model_json_schema()["properties"][name]
    rule = next((one for one in told.get("anyOf", ()) if one["type"] == "string"), told)
    limits = {"maxLength": rule["maxLength"]} if "maxLength" in rule else {}
    return Param(None, type=["null", "string"], title=title, description=description, **(limits | more))


# A scheduled DAG may have no param without a valid default, so every field may stay empty here, and the one
# pydantic model decides what they make together.
FIELDS: dict[str, Param] = {
    "campaign_id": _text(
        "campaign_id", "Campaign id", "Of an existing campaign (leave the rest empty then), or the id for a new one.",
        pattern=f"^$|{IDENTIFIER}",
    ),
    "teacher_id": _text("teacher_id", "Teacher", "Who owns the campaign.", pattern=f"^$|{IDENTIFIER}"),
    "concert_title": _text("concert_title", "Concert title"),
    "concert_datetime": _text(
        "concert_datetime", "Concert date and time",
        "With UTC offset: 2027-03-14T19:30+01:00. Or days from today in the zone below: +21d 19:30.", pattern=INSTANT,
    ),
    "timezone": _text(
        "timezone", "Time zone", "Such as Europe/Berlin.", enum=[None, *sorted(available_timezones())],
        values_display={"null": "Not chosen"},
    ),
    "venue_or_link": _text("venue_or_link", "Venue or link"),
    "student_highlights": _text("student_highlights", "Highlights (optional)", format="multiline"),
    "cta_link": _text("cta_link", "Link for tickets or sign-up (optional)", pattern=r"^$|^\s*https?://\S+\s*$"),
    "platforms": Param(
        None, type=["null", "array"], title="Platforms (empty: all)",
        items={"type": "string", "enum": [str(name) for name in Platform]}, examples=[str(name) for name in Platform],
    ),
}  # fmt: skip


def campaign_of_form(store: Store, settings: Settings, params: dict[str, Any], now: datetime) -> str | None:
    """The campaign that a filled-in form means, put in if it is new; None for an empty form.

    Raises `RefusedError` naming each wrong field.
    """
    given = {name: params.get(name) for name in FIELDS if params.get(name) not in (None, "", [])}
    if not given:
        return None
    if set(given) == {"campaign_id"}:
        if store.campaign(campaign_id=given["campaign_id"]) is None:
            raise NotFoundError(
                f"campaign_id: there is no campaign '{given['campaign_id']}'.", "Fill in the other fields to make it."
            )
        return given["campaign_id"]
    try:
        facts = CampaignFacts.model_validate(given, context={"now": now})
    except ValidationError as err:
        problems = [(".".join(map(str, e["loc"])), e["msg"].removeprefix("Value error, ")) for e in err.errors()]
        said = "; ".join(f"{name}: {message}" if name else message for name, message in problems)
        raise RefusedError(
            f"The form does not make a campaign: {said}.", "Trigger it again with this mended.", field=problems[0][0]
        ) from None
    return put_campaign(store, settings, facts, now)[0]
