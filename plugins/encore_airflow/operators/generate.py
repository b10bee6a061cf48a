"""The steps of content generation that are more than one call."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from airflow.sdk import BaseOperator, Context
from airflow.sdk.exceptions import AirflowSkipException

from encore.domain.json import Json
from encore_airflow.told_failure import told_failure

if TYPE_CHECKING:
    from encore.campaigns.requests import Turn

log = logging.getLogger(__name__)


def run_id_of(context: Context) -> str:
    return f"{context['dag_run'].dag_id}/{context['run_id']}"


@contextmanager
def turn_of(context: Context, request: Json) -> Generator[Turn]:
    """The run's turn on a request, `{"request_id", "label"}`. Once another run has it, the task ends as skipped; when
    it fails, its log ends with the sentence about that."""
    from encore.campaigns.requests import Turn
    from encore.errors import LostRequestError

    with told_failure(log):
        try:
            yield Turn(request["request_id"], run_id_of(context))
        except LostRequestError as err:
            raise AirflowSkipException(err.message) from None


class ClaimGenerationRequestsOperator(BaseOperator):
    """Takes up what was requested: by this run's form if it is filled in, else what waits in the database.

    Returns one `{"request_id", "label"}` for each. Fails, naming the field, for a form that does not make a campaign;
    by `RefusalRetryPolicy` without a retry.
    """

    def execute(self, context: Context) -> list[Json]:
        from encore.campaigns import requests as generation_requests
        from encore_airflow import wiring
        from encore_airflow.operators.form import campaign_of_form

        run_id = run_id_of(context)
        staff = getattr(context["dag_run"], "triggering_user_name", None) or "staff in Airflow"
        with told_failure(self.log), wiring.store(f"airflow {run_id} ({staff})") as on:
            now = wiring.clock(on)()
            campaign_id = campaign_of_form(on, wiring.settings(), context["params"], now)
            if campaign_id:
                generation_requests.request_from_form(on, wiring.settings(), campaign_id, staff, run_id, now)
            claimed = generation_requests.claim_requests(on, wiring.settings(), run_id, now) if not campaign_id else [
                generation_requests.ClaimedRequest(row.request_id, row.concert_title)
                for row in on.generation_requests_of_run(run_id=run_id)
            ]  # fmt: skip
        return [{"request_id": row.request_id, "label": row.label} for row in claimed]
