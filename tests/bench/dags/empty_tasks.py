"""What Airflow itself takes for the shape of `publish_due_jobs`, a task and a mapped task for each of what it returns,
all of them empty, in the same pools. `make bench` triggers it; it is no part of the product."""

from airflow.sdk import DAG, BaseOperator

from encore_airflow.pools import CLAIMS, PUBLISHING


class ListNumbers(BaseOperator):
    def execute(self, context):
        return list(range(context["params"]["tasks"]))


class DoNothing(BaseOperator):
    def __init__(self, *, number, **kwargs):
        super().__init__(**kwargs)

    def execute(self, context):
        return None


with DAG(
    dag_id="empty_tasks", schedule=None, catchup=False, max_active_tasks=500, params={"tasks": 1}, tags=["benchmark"]
) as dag:
    claim = ListNumbers(task_id="claim", pool=CLAIMS)
    DoNothing.partial(task_id="publish", pool=PUBLISHING).expand(number=claim.output)
