"""Generate a campaign's content, have it reviewed, and plan its posts.

Runs when content was requested (API, pages, seeding), and by hand: **Trigger**, then fill in the concert, or give
the `campaign_id` of an existing campaign. Triggered by hand, it waits for an approval here (**Required actions**) or on
the campaign's page, whichever comes first; otherwise the teacher approves on that page. Nothing is ever approved by a
timeout, and nothing is made twice.
"""

from datetime import timedelta
from functools import partial

from airflow.sdk import DAG, Asset, AssetOrTimeSchedule, AssetWatcher, CronTriggerTimetable, task, task_group

from encore_airflow.operators.form import FIELDS
from encore_airflow.operators.generate import ClaimGenerationRequestsOperator
from encore_airflow.operators.generate_steps import draw_flyer, note_failure, plan_jobs, write_content
from encore_airflow.operators.review import ReviewContentOperator
from encore_airflow.retry import RefusalRetryPolicy, WritingRetryPolicy
from encore_airflow.triggers.wake import GenerationRequestsTrigger

requests = Asset(
    "encore_generation_requests",
    watchers=[AssetWatcher(name="generation_requests", trigger=GenerationRequestsTrigger())],
)
every_few_minutes = CronTriggerTimetable("*/5 * * * *", timezone="UTC")

with DAG(
    dag_id="generate_campaign",
    schedule=AssetOrTimeSchedule(timetable=every_few_minutes, assets=[requests]),
    catchup=False,
    max_active_runs=500,  # a run that waits for a review stays open
    max_active_tasks=100,
    tags=["encore", "content"],
    doc_md=__doc__,
    params=FIELDS,
    default_args={
        "retries": 2,
        "retry_delay": timedelta(seconds=15),
        "retry_exponential_backoff": True,
        "on_failure_callback": note_failure,
        # A campaign that has begun is finished before another begins, and who takes up requests waits for neither.
        "weight_rule": "absolute",
    },
) as dag:
    step = partial(task, map_index_template="{{ task.op_kwargs['request']['label'] }}")

    @task_group
    def campaign(request):
        # The model that writes may ask to wait, or be away for an hour.
        written = step(write_content, retries=10, retry_policy=WritingRetryPolicy(), priority_weight=1)(request=request)
        drawn = step(draw_flyer, priority_weight=2)(request=request)
        reviewed = ReviewContentOperator(
            task_id="review", request=request, retries=0, priority_weight=3,
            map_index_template="{{ task.request['label'] }}",
        )  # fmt: skip
        planned = step(plan_jobs, priority_weight=4)(request=request)
        written >> drawn >> reviewed >> planned

    claim_requests = ClaimGenerationRequestsOperator(
        task_id="claim_requests", retry_policy=RefusalRetryPolicy(), priority_weight=5
    )
    campaign.expand(request=claim_requests.output)
