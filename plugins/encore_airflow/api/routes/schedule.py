"""Approve and schedule a campaign; move or cancel all of it; its jobs."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse

from encore.campaigns.scheduling import schedule
from encore.domain.job import JobState
from encore.posts.moving import cancel_campaign, move_campaign
from encore_airflow.api.call import Answer, Reading, Writing
from encore_airflow.api.models.fields import Items
from encore_airflow.api.models.jobs import Finding, Job, Jobs
from encore_airflow.api.models.schedule import CancelledCampaign, NewTimes, Schedule, ScheduleRequest
from encore_airflow.api.openapi import refusals
from encore_airflow.api.preconditions import IfMatch, require_one, version_of
from encore_airflow.http.ids import CampaignId

router = APIRouter(prefix="/campaigns/{campaign_id}", tags=["schedule"])


@router.post("/schedule", response_model=Schedule, responses=refusals(404, 409, 412, 428))
def approve_and_schedule(
    campaign_id: CampaignId, wanted: ScheduleRequest, call: Writing, if_match: IfMatch = None
) -> JSONResponse:
    """Approve exactly the content that was seen, and plan its posts. Repeated, it finds the first."""
    seen = wanted.content_sha256 or version_of(if_match)
    require_one(None, seen)

    def do() -> Answer:
        call.campaign(campaign_id)
        done = schedule(
            call.store, call.settings, campaign_id, call.person.name, seen or "", wanted.choices(), call.now,
            by_staff=call.person.staff,
        )  # fmt: skip
        reports = call.store.reports_of_campaign(campaign_id=campaign_id)
        return call.answer(Schedule.of(done.approval, reports, done.notes, call.now))

    return call.once(do)


@router.get("/jobs", response_model=Jobs, responses=refusals(404))
def jobs(campaign_id: CampaignId, call: Reading, state: JobState | None = None) -> JSONResponse:
    """The state of each of the campaign's posts, and what was found to be amiss with those that wait."""
    call.campaign(campaign_id)
    rows = call.store.reports_of_campaign(campaign_id=campaign_id)
    return call.reply(
        Jobs(
            items=[Job.of(row, call.now) for row in rows if state in (None, row.state)],
            findings=[Finding.of(row) for row in call.store.findings_of_campaign(campaign_id=campaign_id)],
        )
    )


@router.post("/reschedule", response_model=Items[Job], responses=refusals(404, 409))
def reschedule(campaign_id: CampaignId, wanted: NewTimes, call: Writing) -> JSONResponse:
    """Give all posts of a touchpoint that have not gone out another time."""

    def do() -> Answer:
        call.campaign(campaign_id)
        moved = move_campaign(call.store, call.settings, campaign_id, wanted.times, call.now, reread=wanted.reread)
        return call.answer(Items[Job](items=[Job.of(call.job(job.job_id), call.now) for job in moved]))

    return call.once(do)


@router.post("/cancel", response_model=CancelledCampaign, responses=refusals(404))
def cancel(campaign_id: CampaignId, call: Writing) -> JSONResponse:
    """Take back every post that has not gone out, and the approval. Repeated, it changes nothing more."""
    call.campaign(campaign_id)
    done = cancel_campaign(call.store, call.settings, campaign_id, call.now)
    rows = call.store.reports_of_campaign(campaign_id=campaign_id)
    return call.reply(CancelledCampaign(jobs=[Job.of(row, call.now) for row in rows], notes=list(done.notes)))
