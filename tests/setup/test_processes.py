"""What a stack starts ends with it, however it ends. Without Airflow: stand-ins are quick."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from encore_airflow.stack.component import Component
from encore_airflow.stack.components import Components
from encore_airflow.stack.errors import ComponentDiedError, StackError, StackRunningError
from encore_airflow.stack.run_lock import RunLock
from encore_airflow.stack.sessions import SessionRecord, members

# Like Airflow's task processes: a child in a process group of its own, deaf to polite signals.
STUBBORN_CHILD = "trap '' TERM INT; set -m; sleep 300 & wait"


@pytest.fixture
def components(tmp_path: Path):
    made = Components(SessionRecord(tmp_path / "sessions.json"))
    yield made
    made.end(made.names, grace=0)


def _component(tmp_path: Path, script: str) -> Component:
    return Component("stand-in", ["/bin/bash", "-c", script], dict(os.environ), tmp_path / "log", tmp_path)


def _start(components: Components, tmp_path: Path, script: str) -> Component:
    part = components.add(_component(tmp_path, script))
    components.start(part.name)
    return part


def _eventually(true) -> bool:
    deadline = time.monotonic() + 10
    while not true() and time.monotonic() < deadline:
        time.sleep(0.05)
    return true()


def test_ending_a_component_ends_what_it_has_started(components: Components, tmp_path: Path) -> None:
    session = _start(components, tmp_path, STUBBORN_CHILD).sessions[0]
    assert _eventually(lambda: len(members(session)) == 2)
    assert components.end(["stand-in"], grace=0.2) == []
    assert members(session) == []


def test_what_a_killed_leader_leaves_is_ended_too(components: Components, tmp_path: Path) -> None:
    session = _start(components, tmp_path, STUBBORN_CHILD).sessions[0]
    assert _eventually(lambda: len(members(session)) == 2)
    components.send("stand-in", signal.SIGKILL, whole_session=False)
    assert _eventually(lambda: len(members(session)) == 1)
    components.check()  # it was meant to die
    components.end(["stand-in"], grace=0.2)
    assert members(session) == []


def test_a_component_that_dies_is_reported_with_its_last_words(components: Components, tmp_path: Path) -> None:
    _start(components, tmp_path, "echo no such database; exit 3")
    assert _eventually(lambda: components["stand-in"].exit_status == 3)
    with pytest.raises(ComponentDiedError, match=r"stand-in ended with status 3") as died:
        components.check()
    assert "no such database" in str(died.value)


def test_an_unknown_component_is_named(components: Components) -> None:
    with pytest.raises(StackError, match="no component 'worker'"):
        components["worker"]


def test_a_second_stack_in_the_same_place_is_refused(tmp_path: Path) -> None:
    first, second = RunLock(tmp_path / "lock"), RunLock(tmp_path / "lock")
    first.acquire()
    with pytest.raises(StackRunningError, match=f"process {os.getpid()}"):
        second.acquire()
    first.release()
    second.acquire()
    second.release()


def test_a_lock_file_left_behind_locks_nothing(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text("1\n", encoding="ascii")
    lock = RunLock(tmp_path / "lock")
    lock.acquire()
    lock.release()


def test_a_record_does_not_take_a_reused_process_number_for_its_own(tmp_path: Path) -> None:
    record = SessionRecord(tmp_path / "sessions.json")
    (tmp_path / "sessions.json").write_text(f'[{{"pid": {os.getpid()}, "signal": 15, "started": 1.0}}]', "utf-8")
    assert record.left_over() == {}


KILLED_STACK = """
import os, signal, sys
from pathlib import Path
from encore_airflow.stack.component import Component
from encore_airflow.stack.components import Components
from encore_airflow.stack.guard import Guard
from encore_airflow.stack.run_lock import RunLock
from encore_airflow.stack.sessions import SessionRecord

root = Path(sys.argv[1])
lock = RunLock(root / "lock")
lock.acquire()
parts = Components(SessionRecord(root / "sessions.json"))
guard = Guard(root / "sessions.json", lock.descriptor, os.environ)
parts.add(Component("stand-in", ["/bin/bash", "-c", "set -m; sleep 300 & wait"], os.environ, root / "log", root))
parts.start("stand-in")
print(parts.pids["stand-in"], flush=True)
signal.pause()
"""


def test_a_killed_stack_leaves_nothing(tmp_path: Path) -> None:
    killed = subprocess.Popen(
        [sys.executable, "-c", KILLED_STACK, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert killed.stdout is not None
    session = int(killed.stdout.readline())
    assert _eventually(lambda: len(members(session)) == 2)
    killed.kill()
    killed.wait()
    assert _eventually(lambda: not members(session))

    def is_free() -> bool:
        lock = RunLock(tmp_path / "lock")
        try:
            lock.acquire()
        except StackRunningError:
            return False
        lock.release()
        return True

    assert _eventually(is_free)
    assert not psutil.pid_exists(session) or psutil.Process(session).status() == psutil.STATUS_ZOMBIE
