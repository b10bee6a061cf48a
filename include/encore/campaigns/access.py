"""Who may see what: a teacher their own campaigns, staff all of them. The API and the pages both ask here."""

from __future__ import annotations

from dataclasses import dataclass

from encore.errors import ForbiddenError, NotFoundError
from encore.store import rows
from encore.store.store import Store


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in. `name` is the user name, and the `teacher_id` of a teacher's campaigns."""

    name: str
    staff: bool = False
    """Op or Admin in Airflow, who could clear any publish task anyway."""

    def may_see(self, campaign: rows.Campaign | rows.Report) -> bool:
        return self.staff or campaign.teacher_id == self.name


def campaign_of(store: Store, person: Person, campaign_id: str) -> rows.Campaign:
    """The campaign's row. Raises `NotFoundError` also for a stranger's, whose very existence is nobody's business."""
    campaign = store.campaign(campaign_id=campaign_id)
    if campaign is None or not person.may_see(campaign):
        raise NotFoundError("campaign.unknown", campaign=campaign_id)
    return campaign


def job_of(store: Store, person: Person, job_id: str) -> rows.Report:
    """The job as `report_of_job` gives it. Raises `NotFoundError`, also for one of a stranger's campaign."""
    job = store.report_of_job(job_id=job_id)
    if job is None or not person.may_see(job):
        raise NotFoundError("job.unknown", job=job_id)
    return job


def teacher_for(person: Person, teacher_id: str | None) -> str:
    """Whose campaign a person may create: a teacher's own, which may be left out; staff name any teacher."""
    if person.staff or teacher_id in (None, person.name):
        return teacher_id or person.name
    raise ForbiddenError("campaign.of_others")
