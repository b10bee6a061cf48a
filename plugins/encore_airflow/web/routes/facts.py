"""A concert's facts, changed by the same form that made them."""

from __future__ import annotations

from fastapi import APIRouter

from encore.campaigns.facts import change_facts, facts_version
from encore.errors import OutdatedError, RefusedError, UsedUpError
from encore.store import rows
from encore_airflow.http.ids import CampaignId
from encore_airflow.http.statuses import status_of
from encore_airflow.web.views.facts_form import (
    FactsForm,
    facts_meant,
    form_of,
    form_sent,
    moments_ahead,
    pieces_kept,
    times_kept,
)
from encore_airflow.web.views.labels import FIELDS
from encore_airflow.web.views.speaking_form import speaks
from encore_airflow.web.visit import Form, Response, Visit, Visiting, text_of

router = APIRouter(prefix="/campaigns/{campaign_id}/facts")


@router.get("")
def ask(campaign_id: CampaignId, visit: Visiting) -> Response:
    campaign = visit.campaign(campaign_id)
    return _page(visit, campaign, form_of(visit, campaign), facts_version(campaign))


@router.post("")
def change(campaign_id: CampaignId, visit: Visiting, sent: Form) -> Response:
    """What somebody else changed meanwhile is shown beside what was typed; sent again, it is what stands."""
    campaign = visit.campaign(campaign_id)
    form = form_sent(visit, sent)
    form.values["teacher_id"] = campaign.teacher_id
    seen = text_of(sent, "version")
    try:
        given = facts_meant(form, campaign.teacher_id, visit.now)
        given["timeline"] |= times_kept(visit, campaign, form)
        given |= pieces_kept(campaign, form)
        done = change_facts(visit.store, visit.settings, campaign_id, given, seen, visit.now, visit.person)
    except OutdatedError as err:
        theirs = form_of(visit, visit.campaign(campaign_id))
        others = [
            (visit.say(FIELDS[name]), theirs.values[name])
            for name in form.values
            if theirs.values[name] != form.values[name]
        ]
        if theirs.speaking and form.speaking and theirs.speaking.meant != form.speaking.meant:
            languages, voice = speaks(visit, visit.campaign(campaign_id), theirs.platforms)
            others += [(visit.say(FIELDS["languages"]), " · ".join(languages)), (visit.say(FIELDS["voice"]), voice)]
        return _page(visit, campaign, form, facts_version(visit.campaign(campaign_id)), status_of(err), others)
    except (RefusedError, UsedUpError) as err:
        return _page(visit, campaign, form.refuse(visit, err), seen, status_of(err))
    if done.live_now_wrong:
        return visit.page("facts_changed.html", campaign=done.campaign, live=done.live_now_wrong)
    return visit.go(f"/campaigns/{campaign_id}")


def _page(
    visit: Visit,
    campaign: rows.Campaign,
    form: FactsForm,
    version: str,
    status: int = 200,
    others: list[tuple[str, str]] | None = None,
) -> Response:
    return visit.page(
        "facts.html", status, campaign=campaign, form=form, version=version, others=others or [],
        ahead=moments_ahead(visit, form),
    )  # fmt: skip
