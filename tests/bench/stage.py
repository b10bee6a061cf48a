"""The running stack that all parts of `make bench` are played on, one after another."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import requests
from bench.processor import Stretch, stretch
from chaos import school

from encore.settings import Settings, load_settings
from encore.store.store import Store, connect
from encore_airflow.stack import Stack, ports
from encore_airflow.stack.layout import PROJECT

LEFT_OUT = {"keep_house"}
"""It renews the tokens of 300 accounts in its first minutes, which would be measured along."""
LONGEST_IDLE_SECONDS = 240.0
"""Two of the publish DAG's own ticks, so that these are subtracted too."""
QUIET_SECONDS = 15.0
"""After which what was asked of a stack has died down."""
PLANNING_SECONDS = (45.0, 0.5)
"""The longest that planning may take: to begin with (a video is made), and for each post."""


@dataclass(frozen=True)
class Asked:
    """How much of everything. `seconds`: over which posts are spread."""

    posts: int = 200
    seconds: float = 600.0
    drafts: int = 10
    tasks: int = 100
    runs: int = 10
    rounds: int = 5
    seed: int = 1


SHORT = Asked(posts=12, seconds=60.0, drafts=2, tasks=24, runs=2, rounds=1)


@dataclass
class Stage:
    stack: Stack
    store: Store
    using: Settings
    asked: Asked

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
    def measured(self) -> Iterator[Stretch]:
        with stretch(self.stack.pids) as found:
            yield found

    def plan(self, posts: int, seconds: float) -> list[school.Planned]:
        """Posts at random moments of `seconds`, each of another account; returns a quiet while before the first."""
        at_first, each = PLANNING_SECONDS
        ahead = at_first + posts * each + QUIET_SECONDS
        begin = datetime.now(UTC) + timedelta(seconds=ahead)
        planned = school.plan_posts(self.store, self.using, posts, begin, seconds, self.asked.seed)
        left = (begin - datetime.now(UTC)).total_seconds() - QUIET_SECONDS
        assert left > 0, "Planning took too long for the time of the first post."
        time.sleep(left)
        return planned

    def airflow(self, method: str, path: str, **options: Any) -> Any:
        answer = self.stack.api(method, f"/api/v2{path}", "op", **options)
        answer.raise_for_status()
        return answer.json()

    def feed(self) -> list[dict[str, Any]]:
        """What the look-alikes have received and shown, once for each time."""
        return requests.get(f"{self.stack.simulator_url}/_sim/feed", timeout=60).json()

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
    environment = school.connections(f"http://{ports.HOST}:{reserved.number}")
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
