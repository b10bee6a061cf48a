"""What tasks are forked from has imported and read what they need, and has opened nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

LOOK = """
import json, os, sys, threading
sys.argv = {arguments!r}
files = set(os.listdir("/proc/self/fd"))
import airflow_local_settings
opened = [name for name in os.listdir("/proc/self/fd") if name not in files]
told = {{"airflow": "airflow" in sys.modules, "threads": threading.active_count(), "opened": opened}}
before = set(sys.modules)
if os.fork() == 0:
    {child}
    new = sorted(name for name in set(sys.modules) - before if name.split(".")[0] in {ours!r})
    print(json.dumps(told | {{"new": new, "exported": airflow_local_settings.__all__}}), flush=True)
    os._exit(0)
os.wait()
"""
TASK = (
    "import encore.publishing.publisher, encore.publishing.claim, encore.publishing.resolving; "
    "from encore.platforms.tiktok import adapter; from encore.platforms.instagram import adapter; "
    "from encore.platforms.xiaohongshu import adapter; from encore.store.store import statements; statements()"
)
HEAVY = ("encore", "psycopg", "aiosql", "pydantic", "requests", "urllib3", "yaml")


def start(*arguments: str, child: str = TASK, **environment: str) -> dict:
    code = LOOK.format(arguments=["airflow", *arguments], child=child, ours=HEAVY)
    paths = f"{ROOT / 'include'}:{ROOT / 'plugins'}"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env={"PYTHONPATH": paths, "PATH": "", "HOME": "/", **environment},
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1]) | {"said": done.stderr}


@pytest.mark.parametrize("arguments", [("scheduler",), ("celery", "worker", "--concurrency", "8")])
def test_what_tasks_are_forked_from_has_all_that_they_import(arguments):
    found = start(*arguments)
    assert found["new"] == [] and found["said"] == ""


def test_nothing_is_opened_before_the_fork():
    found = start("scheduler")
    assert (found["threads"], found["opened"]) == (1, [])
    assert found["airflow"] is False, "Airflow is being set up itself then"


@pytest.mark.parametrize("arguments", [("api-server",), ("dag-processor",), ("triggerer",), ("celery", "flower"), ()])
def test_every_other_process_imports_nothing(arguments):
    assert "encore.publishing.publisher" in start(*arguments)["new"]


def test_nothing_is_handed_to_airflow_as_a_setting():
    assert start("scheduler")["exported"] == []


def test_what_is_wrong_with_the_settings_stops_no_scheduler(tmp_path):
    found = start("scheduler", ENCORE_CONFIG=str(tmp_path / "missing.yaml"))
    assert "missing.yaml" in found["said"] and "Encore was not imported" in found["said"]
