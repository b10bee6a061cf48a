"""One post: what a person decides about it, its package to post by hand, its history."""

from __future__ import annotations

import io
import tempfile
from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response as PlainResponse

from encore.campaigns import restoring
from encore.errors import EncoreError, RefusedError
from encore.posts import decisions, handoff
from encore.posts.moving import UntrueThenError, move_job
from encore.store import rows
from encore_airflow.http.ids import JobId
from encore_airflow.http.statuses import status_of
from encore_airflow.web.viewer_time import instant_of
from encore_airflow.web.views.campaign_page import campaign_page
from encore_airflow.web.views.history import job_history
from encore_airflow.web.views.package import packed_view
from encore_airflow.web.views.results import outcome
from encore_airflow.web.visit import Form, Response, Visit, Visiting, text_of

router = APIRouter(prefix="/jobs/{job_id}")


@router.get("")
def read(job_id: JobId, visit: Visiting) -> Response:
    return _page(visit, job_id)


@router.post("/retry")
def retry(job_id: JobId, visit: Visiting) -> Response:
    """Once, however often it is clicked."""
    job = visit.job(job_id)
    decisions.retry(visit.store, visit.settings, job_id, visit.now)
    return _done(visit, job)


@router.post("/cancel")
def cancel(job_id: JobId, visit: Visiting) -> Response:
    job = visit.job(job_id)
    decisions.cancel(visit.store, job_id, visit.now)
    return _done(visit, job)


@router.post("/uncancel")
def uncancel(job_id: JobId, visit: Visiting) -> Response:
    job = visit.job(job_id)
    restoring.undo_cancel(visit.store, visit.settings, job_id, visit.now)
    return _done(visit, job)


@router.post("/move")
def move(job_id: JobId, visit: Visiting, sent: Form) -> Response:
    """The time is on the clock that the page shows."""
    job = visit.job(job_id)
    zone = visit.clock.zone(job.timezone).key
    at, reread = text_of(sent, "at"), "reread" in sent
    try:
        move_job(visit.store, visit.settings, job_id, instant_of(at, zone, "at"), visit.now, reread=reread)
    except UntrueThenError as err:
        untrue = NotTrueThen(at, visit.words.in_full(err.said), err.asset_id)
        if visit.by_htmx:
            return visit.notice("parts/untrue_then.html", status_of(err), job=job, untrue=untrue)
        return _page(visit, job_id, status_of(err), untrue)
    return _done(visit, job)


@router.post("/live")
def confirm_live(job_id: JobId, visit: Visiting, sent: Form) -> Response:
    job = visit.job(job_id)
    link = text_of(sent, "link").strip()
    if not link:
        raise RefusedError("result.no_link", field="link")
    decisions.confirm_live(visit.store, visit.settings, job_id, link[:2000], visit.person.name, visit.now)
    return _done(visit, job)


@router.post("/not-live")
def confirm_not_live(job_id: JobId, visit: Visiting) -> Response:
    job = visit.job(job_id)
    decisions.confirm_not_live(visit.store, visit.settings, job_id, visit.person.name, visit.now)
    return _done(visit, job)


@router.get("/package")
def package(job_id: JobId, visit: Visiting) -> Response:
    """All files of the post in one."""
    visit.job(job_id)
    packed = handoff.package(visit.store, job_id)
    with tempfile.SpooledTemporaryFile(max_size=5_000_000) as out:
        handoff.write_zip(packed, visit.reads.language, visit.within.media_store(visit.settings), out)
        out.seek(0, io.SEEK_SET)
        content = out.read()
    headers = {"Content-Disposition": f'attachment; filename="{job_id}.zip"'}
    return PlainResponse(content, media_type="application/zip", headers=headers)


@router.get("/history")
def history(job_id: JobId, visit: Visiting) -> Response:
    job = visit.job(job_id)
    if not visit.by_htmx:
        return visit.go(f"/jobs/{job_id}")
    return visit.page("parts/history.html", campaign=job, entries=job_history(visit, job))


@dataclass(frozen=True)
class NotTrueThen:
    """A time that was chosen, and what of the post's text would not be true then."""

    at: str
    said: str
    asset_id: str


def _page(visit: Visit, job_id: str, status: int = 200, untrue: NotTrueThen | None = None) -> Response:
    job = visit.job(job_id)
    try:
        packed, wrong = packed_view(visit, job), ""
    except EncoreError as err:
        packed, wrong = None, visit.words.in_full(err.said)
    return visit.page(
        "job.html",
        status,
        job=job,
        outcome=outcome(visit, job),
        packed=packed,
        wrong=wrong,
        entries=job_history(visit, job),
        untrue=untrue,
    )


def _done(visit: Visit, job: rows.PublishJob) -> Response:
    if not visit.by_htmx:
        return visit.go(f"/campaigns/{job.campaign_id}#posts")
    return visit.page("parts/followed.html", page=campaign_page(visit, visit.campaign(job.campaign_id)))
