"""Claim the publish jobs that are due."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow.sdk import BaseOperator, Context

from encore.domain.json import Json
from encore_airflow.told_failure import told_failure

if TYPE_CHECKING:
    from encore.publishing.claim import ClaimedGroup


WOKEN = "asset_triggered"
"""`run_type` of a run that the wake has started."""


class ClaimDueJobsOperator(BaseOperator):
    """Claims what is due, or will be in a moment, and returns one `{"label", "job_ids"}` for each group, for `publish`
    to be mapped over.

    A second try of the same run returns the same list and claims nothing new, and so does clearing it. Runs that no due
    post has woken send Encore's figures as well.
    """

    def execute(self, context: Context) -> list[Json]:
        from encore.publishing.claim import claim_groups
        from encore.store.outlasting import outlasting
        from encore_airflow import metrics, wiring

        run_id = f"{context['dag_run'].dag_id}/{context['run_id']}"

        def once() -> list[ClaimedGroup]:
            with wiring.store(f"airflow {run_id}") as on:
                return claim_groups(on, wiring.settings(), run_id, wiring.clock(on)())

        with told_failure(self.log):
            claimed = outlasting(once)
        self.log.info("claimed %d due jobs in %d groups", sum(len(group.job_ids) for group in claimed), len(claimed))
        with metrics.harmless():
            if metrics.are_wanted() and context["dag_run"].run_type != WOKEN:
                with wiring.store(f"airflow {run_id}") as on:
                    metrics.send_figures(on, wiring.clock(on)())
        return [{"label": group.label, "job_ids": list(group.job_ids)} for group in claimed]
