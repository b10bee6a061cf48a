"""`python ran_by_airflow.py <what fails>`: a publish task as Airflow's own task runner runs it, in its own process,
with its log as that hands it on: one JSON object a line. The last line says what became of the task."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from airflow.sdk import DAG
from airflow.sdk.api.datamodels._generated import DagRun, TIRunContext
from airflow.sdk.execution_time import task_runner
from airflow.sdk.log import configure_logging, reset_logging

from encore import errors
from encore.words.sentence import sentence, verbatim
from encore_airflow import wiring
from encore_airflow.operators.publish import PublishOperator
from encore_airflow.retry import PublishingRetryPolicy

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NOBODY = UUID(int=1)


def refused() -> errors.PublishingError:
    return errors.ContentRejectedError(verbatim("Instagram refuses the picture."))


def tried_again() -> errors.PublishingError:
    error = errors.PlatformUnavailableError(verbatim("Instagram does not answer."))
    error.retry_in = timedelta(seconds=12)
    return error


def of_many() -> errors.PublishingError:
    told = [sentence("publishing.failed_one", post=f"instagram · {n}", job=f"j{n}", why="No.") for n in (1, 2)]
    for one in told:  # as the group does
        logging.getLogger("encore.publishing.group").error("%s", one)
    return errors.GroupFailedError(told, of=3)


def broken_rule() -> errors.EncoreError:
    return errors.ConflictError("rule.other", rule="some_check")


FAILS = {
    "refused": refused,
    "in doubt": lambda: errors.OutcomeUnknownError("publishing.not_confirmed"),
    "tried again": tried_again,
    "of many": of_many,
    "database": lambda: errors.StoreUnavailableError("store.broke_off", reason="gone"),
    "broken rule": broken_rule,
    "bug": lambda: ZeroDivisionError("division by zero"),
}


class Group:
    def __init__(self, name: str) -> None:
        self.name = name

    def publish(self, **_: Any) -> None:
        self.deeper()

    def deeper(self) -> None:
        raise FAILS[self.name]()


class Supervisor:
    """Takes what the runner reports."""

    socket = None

    def __init__(self) -> None:
        self.told: list[Any] = []

    def send(self, msg: Any) -> None:
        self.told.append(msg)


def main(name: str) -> None:
    reset_logging()
    configure_logging(json_output=True, output=sys.stdout.buffer, sending_to_supervisor=True)
    wiring.group = lambda *_, **__: Group(name)
    supervisor = Supervisor()
    task_runner.SUPERVISOR_COMMS = supervisor
    with DAG(dag_id="publish_due_jobs", schedule=None):
        task = PublishOperator(
            task_id="publish", group={"label": "instagram", "job_ids": ["j1"]}, retries=20,
            retry_policy=PublishingRetryPolicy(),
        )  # fmt: skip
    run = DagRun.model_construct(
        dag_id="publish_due_jobs", run_id="run-1", logical_date=None, run_after=NOW, conf=None,
        consumed_asset_events=[], partition_key=None, partition_date=None, team_name=None,
    )  # fmt: skip
    ti = task_runner.RuntimeTaskInstance.model_construct(
        id=NOBODY, task_id="publish", dag_id="publish_due_jobs", run_id="run-1", try_number=1, map_index=-1,
        dag_version_id=NOBODY, task=task, max_tries=20, start_date=NOW,
        _ti_context_from_server=TIRunContext.model_construct(
            dag_run=run, max_tries=20, should_retry=True, task_reschedule_count=0, next_method=None,
            xcom_keys_to_clear=[],
        ),
    )  # fmt: skip
    log = task_runner.structlog.get_logger(logger_name="task")
    context = ti.get_template_context()
    state, message, _ = task_runner.run(ti, context, log)
    delay = getattr(message, "retry_delay_seconds", None)
    print(json.dumps({"state": state.value, "delay": delay}), flush=True)


main(sys.argv[1])
