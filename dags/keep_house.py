"""Keep house: one task for each duty, every ten minutes.

`renew_tokens` renews logins before they end. `check_ahead` looks at what is to be published (is the login alive, is
there quota left, are text, media and approval fit?), tells what is amiss, and lets held posts go on once a login works
again. `name_posts` asks for the links of posts that are live without one. `forget_old_rows` removes what nothing needs
any more. None of them publishes anything; each may be run at any time.
"""

from datetime import timedelta

from airflow.sdk import DAG, CronTriggerTimetable, task

from encore_airflow.operators import house

with DAG(
    dag_id="keep_house",
    schedule=CronTriggerTimetable("*/10 * * * *", timezone="UTC"),
    catchup=False,
    max_active_runs=1,
    tags=["encore", "housekeeping"],
    doc_md=__doc__,
    # The next round is a retry; a duty that hangs on a platform must not hold it up.
    default_args={"retries": 1, "retry_delay": timedelta(seconds=30), "execution_timeout": timedelta(minutes=8)},
) as dag:
    renewed = task(house.renew_tokens)()
    renewed >> task(trigger_rule="all_done")(house.check_ahead)()
    renewed >> task(trigger_rule="all_done")(house.name_posts)()
    task(house.forget_old_rows)()
