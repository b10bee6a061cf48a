"""Claim the publish jobs that are due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseOperator, Context

if TYPE_CHECKING:
    from encore.publishing.claim import ClaimedJob


class ClaimDueJobsOperator(BaseOperator):
    """Claims what is due, or will be in a moment, and returns one `{"job_id", "label"}` for each job, for `publish` to
    be mapped over.

    A second try of the same run returns the same list and claims nothing new, and so does clearing it.
    """

    def execute(self, context: Context) -> list[dict[str, str]]:
        from encore.publishing.claim import claim_due
        from encore.store.outlasting import outlasting
        from encore_airflow import wiring

        run_id = f"{context['dag_run'].dag_id}/{context['run_id']}"

        def once() -> list[ClaimedJob]:
            with wiring.store(f"airflow {run_id}") as on:
                return claim_due(on, wiring.settings(), run_id, wiring.clock(on)())

        claimed = outlasting(once)
        self.log.info("claimed %d due jobs", len(claimed))
        return [{"job_id": job.job_id, "label": job.label} for job in claimed]
