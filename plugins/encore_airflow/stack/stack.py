"""The local stack as one object: start it, look into it, break it, stop it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from encore.domain.json import Json
from encore.settings import laid_over, load_settings
from encore_airflow.stack import keys, ports, simulated_world
from encore_airflow.stack.airflow_client import AirflowClient
from encore_airflow.stack.component import Component
from encore_airflow.stack.components import Components
from encore_airflow.stack.environment import stack_environment, write_for_shell
from encore_airflow.stack.guard import Guard
from encore_airflow.stack.interrupts import undisturbed
from encore_airflow.stack.layout import PROJECT, Layout
from encore_airflow.stack.postgres import EmbeddedPostgres
from encore_airflow.stack.readiness import AirflowHealth, wait_until
from encore_airflow.stack.run_lock import RunLock
from encore_airflow.stack.sessions import SessionRecord, end

if TYPE_CHECKING:
    import requests

_ENCORE = (sys.executable, "-m", "encore_airflow")
# Pictures are served from this machine, where the real platforms could not reach them.
_SIMULATOR = (*_ENCORE, "simulator", "--host", ports.HOST, "--switch", "local_media=true")
_AIRFLOW = (sys.executable, "-m", "airflow")
_AIRFLOW_DATABASE = (sys.executable, "-m", "encore_airflow.stack.airflow_database")
_AIRFLOW_COMPONENTS = {
    "api-server": (*_AIRFLOW, "api-server"),
    # Logs are read from the disk that all share, so nobody needs to serve them (on a port that could be taken).
    "scheduler": (*_AIRFLOW, "scheduler", "--skip-serve-logs"),
    "dag-processor": (*_AIRFLOW, "dag-processor"),
    "triggerer": (*_AIRFLOW, "triggerer", "--skip-serve-logs"),
}
_READY_SECONDS = 180.0
_GRACE_SECONDS = 5.0


class Stack:
    """PostgreSQL, the simulator and Airflow, with their state in `.run` under `root`.

    Also a context manager. The code that runs is this checkout's, whatever `root` is; two stacks with
    different roots can run at the same time. Components: `postgres`, `simulator`, `api-server`, `scheduler`,
    `dag-processor`, `triggerer`.
    """

    def __init__(
        self,
        root: Path = PROJECT,
        *,
        api_port: int | None = None,
        simulator_port: int | None = None,
        environment: Mapping[str, str] | None = None,
        settings: Json | None = None,
        fresh: bool = False,
        tell: Callable[[str], None] = print,
    ) -> None:
        """Ports left out are the usual ones, or the next free ones. `environment` overrides what the stack sets,
        `settings` is laid over Encore's settings. `fresh` forgets what an earlier stack has stored in `root`."""
        self.layout = Layout(root.resolve())
        self._asked = {"api-server": (ports.API_PORT, api_port), "simulator": (ports.SIMULATOR_PORT, simulator_port)}
        self._ports: dict[str, ports.ReservedPort] = {}
        self._overrides = dict(environment or {})
        self._settings = dict(settings or {})
        self._fresh = fresh
        self._tell = tell
        self._lock = RunLock(self.layout.lock)
        self._record = SessionRecord(self.layout.sessions)
        self._parts = Components(self._record)
        self._guard: Guard | None = None
        self._postgres = EmbeddedPostgres(self.layout, tell)

    # -- life ----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Return when all is healthy and every DAG is parsed; on any failure nothing is left running."""
        self.layout.make()
        self._lock.acquire()
        try:
            self._end_left_overs()
            if self._fresh:
                self.layout.clear()
            self._reserve_ports()
            self._write_settings()
            write_for_shell(self.environment(), self.layout.environment)
            self._guard = Guard(self.layout.sessions, self._lock.descriptor, self.environment())
            self._parts.add(self._postgres.component)
            with self._step("PostgreSQL"):
                self._launch("postgres")
                self._await("postgres")
            self._add("simulator", self._simulator())
            self._launch("simulator")
            with self._step("both databases"):
                self._migrate()
            for name, command in _AIRFLOW_COMPONENTS.items():
                self._add(name, command)
            # The scheduler comes last: its first tasks would need the API server, and take the cores from it.
            for name in ("api-server", "dag-processor", "triggerer"):
                self._launch(name)
            for name in ("simulator", "api-server"):
                with self._step(name):
                    self._await(name)
            self._launch("scheduler")
            for name in ("dag-processor", "triggerer", "scheduler"):
                with self._step(name):
                    self._await(name)
            with self._step("DAGs"):
                self.wait_until(self._dags_are_parsed, "The DAGs are")
        except BaseException:
            self.stop()
            raise

    def stop(self, grace: float = _GRACE_SECONDS) -> None:
        """End everything, running tasks too, PostgreSQL last. Safe to call at any time, also twice."""
        if not self._lock.held:
            return
        with undisturbed():
            others = [name for name in self._parts.names if name != "postgres"]
            for names in (others, [name for name in self._parts.names if name == "postgres"]):
                if stubborn := self._parts.end(names, grace):
                    self._tell(f"could not end process {', '.join(map(str, stubborn))}")
            self._parts = Components(self._record)
            for port in self._ports.values():
                port.release()
            if self._guard is not None:
                self._guard.dismiss()
                self._guard = None
            self._lock.release()

    def __enter__(self) -> Stack:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def check(self) -> None:
        """Raise `ComponentDiedError` if a component has ended that nobody killed through `kill`."""
        self._parts.check()

    def wait_until(self, ready: Callable[[], bool], what: str, timeout: float = _READY_SECONDS) -> None:
        """Poll `ready`. Raises `NotReadyError` ("`what` not ready after ...") or, at once, `ComponentDiedError`."""
        wait_until(ready, what, timeout=timeout, check=self.check)

    # -- breaking it ---------------------------------------------------------------------------------------

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL, *, whole_session: bool = False) -> None:
        """Send a signal to a component, or also to all it has started (a scheduler's tasks); do not wait."""
        self._parts.send(name, number, whole_session=whole_session)

    def restart(self, name: str, *, leave_survivors: bool = False) -> None:
        """Start a component (again) and wait until it is healthy.

        What an earlier start of it has left alive is ended first, or lives on beside the new one.
        """
        if not leave_survivors:
            self._parts.end([name], _GRACE_SECONDS)
        self._launch(name)
        self._await(name)

    def revive(self, *, wait: bool = True) -> list[str]:
        """Start again whatever has ended without `kill`, as a service manager would; returns what that was.

        Airflow's triggerer, for one, gives up when PostgreSQL goes away. While that is away nothing gets healthy:
        without `wait` it is left to itself.
        """
        dead = self._parts.dead
        for name in dead:
            self._parts.end([name], _GRACE_SECONDS)
            self._launch(name)
        for name in dead if wait else ():
            self._await(name)
        return dead

    @property
    def pids(self) -> dict[str, int]:
        """The process of each component that lives."""
        return self._parts.pids

    # -- looking into it -----------------------------------------------------------------------------------

    @property
    def api_url(self) -> str:
        return self._ports["api-server"].url

    @property
    def simulator_url(self) -> str:
        return self._ports["simulator"].url

    @property
    def passwords(self) -> dict[str, str]:
        return keys.passwords(self.layout.passwords)

    def environment(self) -> dict[str, str]:
        """What the components were started with: for `airflow` and `python -m encore_airflow` beside them."""
        own = stack_environment(self.layout, self._ports["api-server"].number, self._ports["simulator"].number)
        return own | self._overrides

    def airflow(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the `airflow` command. Raises `CalledProcessError`, with its output, unless `check` is false."""
        return subprocess.run(
            [*_AIRFLOW, *arguments], env=self.environment(), cwd=PROJECT, check=check, capture_output=True, text=True
        )

    def api(self, method: str, path: str, user: str | None = "admin", **options: Any) -> requests.Response:
        """Call the API server: `/api/v2/...` is Airflow's, `/api/v1/...` Encore's; options as in `requests`."""
        return self._client.request(method, path, user, **options)

    def dsn(self, database: str = "encore") -> str:
        return self._postgres.dsn(database)

    # -- parts of start ------------------------------------------------------------------------------------

    def _end_left_overs(self) -> None:
        if left := self._record.left_over():
            self._tell(f"ending {len(left)} processes that an earlier stack left here")
            end(left, _GRACE_SECONDS)

    def _reserve_ports(self) -> None:
        for name, (usual, asked) in self._asked.items():
            self._ports[name] = ports.reserve(asked, usual)
            if asked is None and self._ports[name].number != usual:
                self._tell(f"port {usual} is taken, using {self._ports[name].number}")
        self._client = AirflowClient(self.api_url, self.passwords)
        self._health = AirflowHealth(self._client)

    def _write_settings(self) -> None:
        overlay = simulated_world.settings(self.simulator_url, self.api_url, self.layout.run)
        overlay = laid_over(overlay, self._settings)
        text = yaml.safe_dump(overlay, sort_keys=False, allow_unicode=True)
        self.layout.settings.write_text(text, encoding="utf-8")

    def _simulator(self) -> tuple[str, ...]:
        switches = [f"{name}={json.dumps(value)}" for name, value in simulated_world.switches(self.api_url).items()]
        told = [part for switch in switches for part in ("--switch", switch)]
        return (*_SIMULATOR, "--port", str(self._ports["simulator"].number), *told)

    def _migrate(self) -> None:
        """Airflow's in a process of its own, Encore's here meanwhile."""
        from encore.accounts.configured import put_accounts
        from encore.store.schema import upgrade
        from encore.store.store import Store, connect

        airflow = self._add("airflow-migration", (*_AIRFLOW_DATABASE, "db", "migrate"))
        self._launch(airflow.name)
        upgrade(self.dsn("encore"))
        with connect(self.dsn("encore"), "local stack") as connection:
            put_accounts(Store(connection), load_settings(str(self.layout.settings)), datetime.now(UTC))
        while airflow.exit_status is None:
            time.sleep(0.05)
        if airflow.exit_status != 0:
            airflow.check()
        self._parts.end([airflow.name], grace=0)

    def _add(self, name: str, command: tuple[str, ...]) -> Component:
        log = self.layout.logs / f"{name}.log"
        return self._parts.add(Component(name, command, self.environment(), log, PROJECT))

    def _launch(self, name: str) -> None:
        if name == "postgres":
            self._postgres.prepare()
        elif name in self._ports:
            self._ports[name].release()
        self._parts.start(name)

    def _await(self, name: str) -> None:
        if name == "postgres":
            self._postgres.wait()
            return
        since = self._parts.started_at(name)
        ready = {
            "simulator": lambda: ports.answers(self._ports["simulator"].number),
            "api-server": self._health.answers,
        }.get(name, lambda: self._health.is_healthy(name, since))
        wait_until(ready, f"The {name} is", timeout=_READY_SECONDS, check=self._parts[name].check)

    def _dags_are_parsed(self) -> bool:
        folder = Path(self.environment()["AIRFLOW__CORE__DAGS_FOLDER"])
        return self._health.has_parsed(folder, self._parts.started_at("dag-processor"))

    @contextmanager
    def _step(self, what: str) -> Generator[None]:
        began = time.monotonic()
        yield
        self._tell(f"  {what:<15} ready after {time.monotonic() - began:4.1f} s")
