"""Airflow's settings and pools that matter to Encore, each with its reason.

`ANYWHERE` holds wherever Encore runs (a test holds `docker-compose.yaml` against it), `LAPTOP` adds what
suits one machine of two cores. What depends on a stack's own paths, ports and keys is in `environment.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from encore_airflow.pools import CLAIMS, EVERYTHING_ELSE, PUBLISHING


class Setting(NamedTuple):
    section: str
    option: str
    value: str
    reason: str

    @property
    def variable(self) -> str:
        return f"AIRFLOW__{self.section.upper()}__{self.option.upper()}"


class Pool(NamedTuple):
    name: str
    slots: int
    reason: str


POOLS = (
    Pool(PUBLISHING, 12, "the groups of two claims for three platforms; a slow one takes no slot from others"),
    Pool(CLAIMS, 2, "a claim finds a slot however many posts wait, and the next one while it ends"),
    Pool(EVERYTHING_ELSE, 6, "content and housekeeping; texts find a slot while others' pictures and videos are made"),
)
"""What they have at first; staff may change it, and it stays. Together they are `parallelism`: with more, tasks of one
would keep those of another waiting."""

ANYWHERE = (
    Setting("core", "executor", "LocalExecutor", "one machine; a bigger school sets CeleryExecutor, the DAGs stay"),
    Setting("core", "load_examples", "False", "staff should see Encore's DAGs only"),
    Setting("core", "dags_are_paused_at_creation", "False", "a paused publish DAG publishes nothing and says nothing"),
    Setting("core", "max_active_runs_per_dag", "500", "a run that waits for its review stays running"),
    Setting("core", "max_active_tasks_per_dag", "128", "a burst is bounded by parallelism, not by its DAG"),
    Setting("core", "parallelism", "20", "the slots of all pools; each is a process of the scheduler's, and a task's"),
    Setting("scheduler", "task_instance_heartbeat_timeout", "60", "a killed worker's task is run again after a minute"),
    Setting("scheduler", "orphaned_tasks_check_interval", "30", "so is what a killed scheduler had queued"),
    Setting("scheduler", "scheduler_idle_sleep_time", "0.25", "four idle steps lie between due and posted"),
    Setting(
        "workers", "execution_api_retries", "30", "a task outlives a minute without the API server or its database"
    ),
    Setting("workers", "execution_api_retry_wait_max", "3", "and goes on within seconds of their return"),
    Setting("workers", "max_failed_heartbeats", "3", "each of them tries for that minute"),
    Setting(
        "workers",
        "min_heartbeat_interval",
        "10",
        "a post that waits for its second asks the API server once, not twice",
    ),
    Setting("triggerer", "capacity", "2000", "each post that a platform still processes is a trigger"),
)

LAPTOP = (
    Setting("core", "hostname_callable", "socket.gethostname", "the default asks a name server, which may not answer"),
    Setting("dag_processor", "refresh_interval", "10", "a new DAG file is seen within seconds"),
    Setting("dag_processor", "min_file_process_interval", "300", "a changed file is parsed at once anyway"),
    Setting("dag_processor", "parsing_processes", "2", "one per core"),
    Setting("api", "workers", "1", "each costs half a gigabyte"),
    Setting("api", "instance_name", "Encore", "shown in the navigation"),
    Setting("logging", "colored_console_log", "False", "the logs are files"),
)


def variables(settings: Iterable[Setting]) -> dict[str, str]:
    """The settings as environment variables."""
    return {setting.variable: setting.value for setting in settings}
