"""The running stack that all parts of `make bench` are played on, one after another."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
import requests
from bench.processor import Stretch, stretch
from chaos import school

from encore.domain.job import Platform
from encore.settings import Settings, load_settings
from encore.store.store import Store, connect
from encore_airflow.stack import Stack, ports
from encore_airflow.stack.layout import PROJECT

LEFT_OUT = {"keep_house"}
"""It renews the tokens of 300 accounts in its first minutes, which would be measured along. `renew_logins` does so
before anything is published; then they last for a day."""
LONGEST_IDLE_SECONDS = 240.0
"""Two of the publish DAG's own ticks, so that these are subtracted too."""
QUIET_SECONDS = 15.0
"""After which what was asked of a stack has died down."""
PLANNING_SECONDS = (45.0, 0.5)
"""The longest that planning may take: to begin with (a video is made), and for each post."""
RUN_SECONDS = 1200.0
LOOK_SECONDS = 1.0
AT_ONCE = {"processing_seconds": 0.0, "container_seconds": 0.0, "publish_seconds": 0.0}
"""Where work is measured, and not for how long a look-alike makes believe that it works. Its limits stay strict."""
TOO_MANY = 429


@dataclass(frozen=True)
class Asked:
    """How much of everything. `seconds`: over which posts are spread; `steady`: for so many there is one each;
    `rush` and `processing`: posts due at one second, `minute` for how many seconds a platform processes these."""

    posts: int = 200
    seconds: float = 600.0
    drafts: int = 10
    tasks: int = 100
    runs: int = 10
    rounds: int = 5
    steady: int = 600
    processing: int = 1000
    minute: float = 60.0
    rush: int = 1000
    seed: int = 1


SHORT = Asked(
    posts=12, seconds=60.0, drafts=2, tasks=24, runs=2, rounds=1, steady=20, processing=12, minute=60.0, rush=36
)


@dataclass
class Stage:
    stack: Stack
    store: Store
    using: Settings
    asked: Asked
    renewed: bool = False
    """Whether every login was renewed once, as `keep_house` does it."""

    @cached_property
    def idle(self) -> Stretch:
        """What the stack takes while nothing is asked of it. To be asked for before a part begins."""
        seconds = min(self.asked.seconds, LONGEST_IDLE_SECONDS)
        print(f"  the idle stack is watched for {seconds:.0f} s", flush=True)
        time.sleep(QUIET_SECONDS)
        with self.measured() as found:
            time.sleep(seconds)
        return found

    @contextmanager
    def measured(self, others: Mapping[str, int] | None = None) -> Iterator[Stretch]:
        """`others`: what runs beside the stack, as `stretch` wants it."""
        with stretch({**self.stack.pids, **(others or {})}) as found:
            yield found

    def plan(
        self,
        after: Sequence[float],
        platforms: Sequence[Platform] = tuple(Platform),
        teachers: Sequence[int] = range(school.TEACHERS),
    ) -> tuple[list[school.Planned], float]:
        """A post for each of `after`, so many seconds after a round second, of all these accounts in turn. Returns them
        with the seconds that planning took, a quiet while before that second."""
        self._renew_logins()
        at_first, each = PLANNING_SECONDS
        ahead = at_first + len(after) * each + QUIET_SECONDS
        begin = (datetime.now(UTC) + timedelta(seconds=ahead)).replace(microsecond=0)
        moments, began = [begin + timedelta(seconds=one) for one in after], time.monotonic()
        planned = school.plan_at(self.store, self.using, moments, platforms, teachers)
        took, left = time.monotonic() - began, (begin - datetime.now(UTC)).total_seconds() - QUIET_SECONDS
        assert left > 0, "Planning took too long for the time of the first post."
        time.sleep(left)
        return planned, took

    def _renew_logins(self) -> None:
        if not self.renewed:
            print("  all logins are renewed", flush=True)
            self.run("renew_logins", {})
            self.renewed = True

    def await_end(self, planned: Sequence[school.Planned], seconds: float) -> None:
        """Until none of these posts is open any more, or so many seconds after the last one's time: what is missing
        then is told job by job."""
        last = max(one.scheduled_at for one in planned)
        time.sleep(max(0.0, (last - datetime.now(UTC)).total_seconds()))
        with suppress(TimeoutError):
            self.wait("The last post", lambda: not self._open(planned), seconds=seconds, every=LOOK_SECONDS)
        time.sleep(QUIET_SECONDS)

    def _open(self, planned: Sequence[school.Planned]) -> bool:
        """By one statement, since it is asked again and again while others work."""
        asked = "SELECT 1 FROM publish_job WHERE job_id = ANY(%s) AND state IN ('queued', 'running') LIMIT 1"
        found = self.store.connection.execute(asked, [[one.job_id for one in planned]])
        return found.fetchone() is not None

    def run(self, dag_id: str, conf: Mapping[str, Any]) -> tuple[float, str]:
        """Trigger a run and wait for its success; returns when it was triggered."""
        triggered = datetime.now(UTC).timestamp()
        made = self.airflow("POST", f"/dags/{dag_id}/dagRuns", json={"logical_date": None, "conf": conf})
        path = f"/dags/{dag_id}/dagRuns/{made['dag_run_id']}"
        self.wait(dag_id, lambda: self.airflow("GET", path)["state"] == "success", seconds=RUN_SECONDS, every=1)
        return triggered, made["dag_run_id"]

    def airflow(self, method: str, path: str, **options: Any) -> Any:
        answer = self.stack.api(method, f"/api/v2{path}", "op", **options)
        answer.raise_for_status()
        return answer.json()

    def feed(self) -> list[dict[str, Any]]:
        """What the look-alikes have received and shown, once for each time."""
        return requests.get(f"{self.stack.simulator_url}/_sim/feed", timeout=60).json()

    def request_log(self, since: datetime, **of: str) -> list[dict[str, Any]]:
        """What the look-alikes were asked from then on, by platform or operation."""
        found = requests.get(f"{self.stack.simulator_url}/_sim/requests", params=of, timeout=60).json()
        return [one for one in found if datetime.fromisoformat(one["at"]) >= since]

    def held(self, pool: str) -> int:
        """How many slots of one of Airflow's pools are taken now."""
        asked = "SELECT count(*) FROM task_instance WHERE pool = %s AND state IN ('running', 'queued')"
        with psycopg.connect(self.stack.dsn("airflow")) as connection:
            return connection.execute(asked, [pool]).fetchone()[0]

    @contextmanager
    def switched(self, **values: Any) -> Iterator[None]:
        """The look-alikes behave like this for a while."""
        self._switch(values)
        yield
        self._switch(dict.fromkeys(values))

    def _switch(self, values: dict[str, Any]) -> None:
        requests.put(f"{self.stack.simulator_url}/_sim/switches", json=values, timeout=10).raise_for_status()

    def wait(self, what: str, ready: Callable[[], Any], *, seconds: float, every: float) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            self.stack.check()
            if time.monotonic() > deadline:
                raise TimeoutError(f"{what} did not come within {seconds:.0f} s")
            time.sleep(every)


@contextmanager
def set_up(asked: Asked) -> Iterator[Stage]:
    root = Path(tempfile.mkdtemp(prefix="encore-bench-"))
    # The accounts' connections name the simulator's address before the stack is made.
    reserved = ports.reserve(None, ports.SIMULATOR_PORT)
    reserved.release()
    environment = school.connections(f"http://{ports.HOST}:{reserved.number}", renewable=True)
    environment["AIRFLOW__CORE__DAGS_FOLDER"] = str(_dags(root / "dags"))
    stack = Stack(root, settings=school.settings(), simulator_port=reserved.number, environment=environment)
    try:
        with stack, connect(stack.dsn("encore"), "benchmark") as connection:
            yield Stage(stack, Store(connection), load_settings(str(stack.layout.settings)), asked)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _dags(folder: Path) -> Path:
    """The product's, but for some, and those that are there to be measured beside them."""
    folder.mkdir()
    for file in (*(PROJECT / "dags").glob("*.py"), *(Path(__file__).parent / "dags").glob("*.py")):
        if file.stem not in LEFT_OUT:
            shutil.copy(file, folder)
    return folder
