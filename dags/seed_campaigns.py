"""Seed campaigns from a CSV or from a school's own PostgreSQL database.

**Trigger** it with the form. Every row is checked like the API's input; good rows are put in, bad ones are written
to a rejects file with row, column and reason, and then the run ends failed. A second run of the same table changes
nothing. Content is generated only if asked for.
"""

from airflow.sdk import DAG

from encore_airflow.operators.seed import FIELDS, SeedCampaignsOperator
from encore_airflow.retry import RefusalRetryPolicy

with DAG(
    dag_id="seed_campaigns",
    schedule=None,
    catchup=False,
    tags=["encore", "campaigns"],
    doc_md=__doc__,
    params=FIELDS,
    default_args={"retries": 1, "retry_policy": RefusalRetryPolicy()},
) as dag:
    SeedCampaignsOperator(task_id="seed")
