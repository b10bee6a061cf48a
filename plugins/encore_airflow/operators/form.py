"""Between Airflow's forms and campaigns: the trigger form's fields in, the review's text out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from airflow.sdk import Param
from pydantic import ValidationError

from encore import campaigns
from encore.domain.campaign import CampaignFacts
from encore.domain.job import Platform
from encore.errors import NotFoundError, RefusedError
from encore.fact_review import unsupported_facts
from encore.settings import Settings
from encore.store.store import Store
from encore_airflow.pages_address import PAGES

# A scheduled DAG may have no param without a valid default, so every field may stay empty here, and the one
# pydantic model decides.
FIELDS: dict[str, Param] = {
    "campaign_id": Param(
        None, type=["null", "string"], title="Campaign id",
        description="Of an existing campaign (leave the rest empty then), or the id for a new one.",
    ),
    "teacher_id": Param(None, type=["null", "string"], title="Teacher", description="Who owns the campaign."),
    "concert_title": Param(None, type=["null", "string"], title="Concert title"),
    "concert_datetime": Param(
        None, type=["null", "string"], title="Concert date and time",
        description="With UTC offset: 2027-03-14T19:30+01:00. Or days from today in the zone below: +21d 19:30.",
    ),
    "timezone": Param(None, type=["null", "string"], title="Time zone", description="Such as Europe/Berlin."),
    "venue_or_link": Param(None, type=["null", "string"], title="Venue or link"),
    "student_highlights": Param(None, type=["null", "string"], title="Highlights (optional)", format="multiline"),
    "cta_link": Param(None, type=["null", "string"], title="Link for tickets or sign-up (optional)"),
    "platforms": Param(
        None, type=["null", "array"], title="Platforms (empty: all)", items={"type": "string"},
        examples=[str(name) for name in Platform],
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
    return campaigns.put_campaign(store, settings, facts, now)[0]


def review_text(shown: campaigns.Reviewed, server: str = "") -> str:
    """Everything that is up for approval, as Markdown. `server`: the address of Airflow's API server."""
    campaign = shown.campaign
    lines = [
        f"**{campaign.concert_title}**, {campaign.concert_datetime:%Y-%m-%d %H:%M} UTC, {campaign.venue_or_link}",
        f"[See the flyer, and each post as it will look]({server}{PAGES}/campaigns/{campaign.campaign_id})",
    ]
    for row in shown.texts:
        name = " · ".join(filter(None, (row.platform, (row.touchpoint or "flyer").replace("_", " "), row.language)))
        quoted = "\n".join(f"> {line}  " for line in row.content.splitlines())
        lines.append(f"### {name} (version {row.version})\n{quoted}")
    media = ", ".join(f"{row.platform} {row.kind} {row.width}x{row.height}" for row in shown.media)
    lines.append(f"With: {media}.")
    if unsupported := unsupported_facts(shown):
        lines.append("### Not in the concert's facts")
        lines.append("Reject, and correct the text or the facts; or check each of these, and say below that you have:")
        lines += [f"* {fact.finding.message} (In {fact.asset_id}, version {fact.version}.)" for fact in unsupported]
    return "\n\n".join(lines)
