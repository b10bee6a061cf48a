"""Tell people: put what they are to be told into messages, and send those.

Runs every few minutes, and at once when there is something to tell. It also looks for what falls due by the clock (an
approval that is late) and for what is amiss with Encore itself. A message that was sent when this died, and not noted
down, is sent again under the same Message-ID. May be run at any time.
"""

from datetime import timedelta

from airflow.sdk import DAG, Asset, AssetOrTimeSchedule, AssetWatcher, CronTriggerTimetable, task

from encore_airflow.operators import house
from encore_airflow.triggers.wake import NoticesTrigger

notices = Asset("encore_notices", watchers=[AssetWatcher(name="notices", trigger=NoticesTrigger())])

with DAG(
    dag_id="send_notices",
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("*/5 * * * *", timezone="UTC"), assets=[notices]),
    catchup=False,
    max_active_runs=1,
    tags=["encore", "housekeeping"],
    doc_md=__doc__,
    default_args={"retries": 1, "retry_delay": timedelta(seconds=30), "execution_timeout": timedelta(minutes=8)},
) as dag:
    task(house.send_notices)()
