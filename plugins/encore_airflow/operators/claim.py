"""Claim the publish jobs that are due."""

from __future__ import annotations

import time

from airflow.sdk import BaseOperator, Context


class ClaimDueJobsOperator(BaseOperator):
    """Claims what is due and returns one `{"job_id", "label"}` for each job, for `publish` to be mapped over. Woken a
    moment ahead, it waits for that moment.

    A second try of the same run returns the same list and claims nothing new, and so does clearing it.
    """

    def execute(self, context: Context) -> list[dict[str, str]]:
        from encore.publishing.claim import claim_due, time_until_due
        from encore_airflow import wiring

        run_id = f"{context['dag_run'].dag_id}/{context['run_id']}"
        with wiring.store(f"airflow {run_id}") as on:
            clock = wiring.clock(on)
            time.sleep(time_until_due(on, clock()).total_seconds())
            claimed = claim_due(on, wiring.settings(), run_id, clock())
        self.log.info("claimed %d due jobs", len(claimed))
        return [{"job_id": job.job_id, "label": job.label} for job in claimed]
