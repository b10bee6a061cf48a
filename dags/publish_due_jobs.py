"""Publish what is due: claim the due jobs, then one mapped task for each group of them.

Runs every few minutes, and at once when a job falls due. A group is of one platform: a single post, or all that fall
due together. A failed post makes its task and run red: clear the task to try what failed again (it never posts a second
time), or let the teacher decide on the campaign's page.
"""

from datetime import timedelta

from airflow.sdk import DAG, Asset, AssetOrTimeSchedule, AssetWatcher, CronTriggerTimetable

from encore_airflow.operators.claim import ClaimDueJobsOperator
from encore_airflow.operators.publish import PublishOperator
from encore_airflow.pools import CLAIMS, PUBLISHING
from encore_airflow.retry import PublishingRetryPolicy
from encore_airflow.triggers.wake import DueJobsTrigger

due_jobs = Asset("encore_due_jobs", watchers=[AssetWatcher(name="due_jobs", trigger=DueJobsTrigger())])

with DAG(
    dag_id="publish_due_jobs",
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("*/2 * * * *", timezone="UTC"), assets=[due_jobs]),
    catchup=False,
    max_active_runs=500,  # a run stays open while its posts wait for a retry or are being processed
    max_active_tasks=500,
    tags=["encore", "publishing"],
    doc_md=__doc__,
    default_args={"retries": 2, "retry_delay": timedelta(seconds=10)},
) as dag:
    claim_due = ClaimDueJobsOperator(task_id="claim_due", pool=CLAIMS)

    publish = PublishOperator.partial(
        task_id="publish",
        pool=PUBLISHING,
        do_xcom_push=False,
        # How often is decided by the job's own max_attempts; this only has to be more.
        retries=20,
        retry_policy=PublishingRetryPolicy(),
        map_index_template="{{ task.group['label'] }}",
    ).expand(group=claim_due.output)

    claim_due >> publish
