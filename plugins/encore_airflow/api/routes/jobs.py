"""One publish job: read it, retry, cancel, move, and say what became of it."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter
from starlette.responses import JSONResponse

from encore.campaigns import restoring
from encore.posts import decisions
from encore.posts.moving import move_job
from encore_airflow.api.call import Answer, Call, Reading, Writing, WritingCall
from encore_airflow.api.models.jobs import Entry, HandedOff, Job, JobAudit, NewTime, Outcome
from encore_airflow.api.openapi import refusals
from encore_airflow.http.ids import JobId

router = APIRouter(prefix="/jobs/{job_id}", tags=["jobs"])


@router.get("", response_model=Job, responses=refusals(404))
def read(job_id: JobId, call: Reading) -> JSONResponse:
    """How one post stands, and who must act."""
    return call.reply(_job(job_id, call))


@router.post("/retry", response_model=Job, responses=refusals(404, 409))
def retry(job_id: JobId, call: Writing) -> JSONResponse:
    """Put a failed job back into the queue, once however often it is asked for.

    Refused (409, `code` says why) where a person must act first: `confirm_outcome`, `reconnect_account`.
    """
    return _decided(job_id, call, lambda: decisions.retry(call.store, call.settings, job_id, call.now))


@router.post("/cancel", response_model=Job, responses=refusals(404, 409))
def cancel(job_id: JobId, call: Writing) -> JSONResponse:
    """Take one post back. Repeated, it changes nothing more; while it is being sent it may be too late (409)."""
    call.job(job_id)
    # Not under the key's transaction: what is too late to cancel now is noted all the same, should it not go out.
    decisions.cancel(call.store, job_id, call.now)
    return call.reply(_job(job_id, call))


@router.post("/uncancel", response_model=Job, responses=refusals(404, 409))
def uncancel(job_id: JobId, call: Writing) -> JSONResponse:
    """Take a cancel back; also of a post that was left out because the same is live through another account."""
    return _decided(job_id, call, lambda: restoring.undo_cancel(call.store, call.settings, job_id, call.now))


@router.patch("", response_model=Job, responses=refusals(404, 409))
def move(job_id: JobId, wanted: NewTime, call: Writing) -> JSONResponse:
    """Let a post go out at another time: one that was not sent yet, or one that failed or was cancelled."""
    at, reread = wanted.scheduled_at, wanted.reread
    return _decided(job_id, call, lambda: move_job(call.store, call.settings, job_id, at, call.now, reread=reread))


@router.post("/outcome", response_model=Job, responses=refusals(404, 409))
def confirm_outcome(job_id: JobId, seen: Outcome, call: Writing) -> JSONResponse:
    """End the doubt about a post: it is live (with its link), or it is not and goes back into the queue."""
    if seen.live:
        return _is_live(job_id, call, seen)
    return _decided(
        job_id, call, lambda: decisions.confirm_not_live(call.store, call.settings, job_id, call.person.name, call.now)
    )


@router.post("/handoff", response_model=Job, responses=refusals(404, 409))
def confirm_handoff(job_id: JobId, posted: HandedOff, call: Writing) -> JSONResponse:
    """Confirm a post that you made by hand, with its link."""
    return _is_live(job_id, call, posted)


@router.get("/audit", response_model=JobAudit, responses=refusals(404))
def audit(job_id: JobId, call: Reading) -> JSONResponse:
    """Every change of the job with who made it, and each attempt step by step."""
    call.job(job_id)
    entries = [Entry.of(row) for row in call.store.ledger(job_id=job_id)]
    return call.reply(JobAudit.model_validate({"events": call.store.job_events(job_id=job_id), "attempts": entries}))


def _is_live(job_id: str, call: WritingCall, told: Outcome | HandedOff) -> JSONResponse:
    return _decided(
        job_id,
        call,
        lambda: decisions.confirm_live(
            call.store, call.settings, job_id, told.link or "", call.person.name, call.now, told.external_post_id
        ),
    )


def _decided(job_id: str, call: WritingCall, decide: Callable[[], object]) -> JSONResponse:
    """What is decided about a job, for whoever may see it; the answer is the job as it stands then."""

    def do() -> Answer:
        call.job(job_id)
        decide()
        return call.answer(_job(job_id, call))

    return call.once(do)


def _job(job_id: str, call: Call) -> Job:
    return Job.of(call.job(job_id), call.now)
