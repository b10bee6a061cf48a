"""A post whose account gives it up to another one: what a person decided about it goes along."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from encore.campaigns.binding import PLANS_OWN
from encore.domain.job import Action, JobState
from encore.store import rows


def given_up(
    jobs: Iterable[rows.PublishJob], platform: str, touchpoint: str, posting: Collection[str]
) -> list[rows.PublishJob]:
    """The same moment's posts on accounts through which the campaign does not post (any more)."""
    return [
        job for job in jobs
        if job.platform == platform and job.touchpoint == touchpoint and job.account not in posting
    ]  # fmt: skip


def live_through(others: Iterable[rows.PublishJob]) -> bool:
    """Whether one of these is live, or may be."""
    return any(
        job.state in (JobState.SUCCESS, JobState.RUNNING)
        or job.action_required == Action.CONFIRM_OUTCOME
        or job.handed_off_at is not None
        for job in others
    )


def moved_before(before: Iterable[rows.PublishJob]) -> rows.PublishJob | None:
    """One that loses its place just now, and whose time a person has chosen."""
    return next((job for job in before if _waits(job) and job.moved_at), None)


def stays_cancelled(before: Collection[rows.PublishJob], job: rows.PublishJob | None) -> bool:
    """Whether a person cancelled it where it was, after `job`, the row on the new account, was last right."""
    return not any(map(_waits, before)) and any(
        old.state == JobState.CANCELLED and old.error_code not in PLANS_OWN
        and (job is None or old.updated_at > job.updated_at)
        for old in before
    )  # fmt: skip


def _waits(job: rows.PublishJob) -> bool:
    return job.state == JobState.QUEUED and not job.handed_off_at
