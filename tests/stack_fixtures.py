"""The whole stack for the tests marked `live`: started once a session, when the first of them asks for it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from encore_airflow.stack import Stack, simulated_world
from encore_airflow.stack.sessions import members

# Posts are due within seconds of their approval.
SETTINGS = {
    "timelines": {
        "demo": {
            "announcement": {"after_approval": 0},
            "reminder": {"after_approval": 2},
            "day_of": {"after_approval": 4},
        }
    },
    "timeline": "demo",
    # What Anna posts on Instagram and Xiaohongshu is posted by hand.
    "accounts": [
        {**account, "delivery": "handoff"} if account["account"] == "instagram-anna" else account
        for account in [
            *simulated_world.settings("", "", Path())["accounts"],
            {
                "account": "xiaohongshu-anna",
                "platform": "xiaohongshu",
                "owner": "teacher-anna",
                "delivery": "handoff",
                "conn_id": "encore_xiaohongshu_school",
            },
        ]
    ],
    "generation": {"auto_approve": True},
    "platforms": {"tiktok": {"watch_seconds": 4, "begins_per_minute": 1000}, "instagram": {"watch_seconds": 4}},
}


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Healthy, with every DAG parsed, in a directory of its own. Afterwards no process of it may be left."""
    # Not below pytest's own folder, which another test run beside this one closes to PostgreSQL's user.
    root = Path(tempfile.mkdtemp(prefix="encore-stack-"))
    running = Stack(root, settings=SETTINGS)
    running.start()
    try:
        yield running
    finally:
        sessions = list(running.pids.values())
        running.stop()
    shutil.rmtree(root, ignore_errors=True)
    assert [member for session in sessions for member in members(session)] == []
