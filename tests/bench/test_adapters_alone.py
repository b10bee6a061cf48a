"""The yardstick without Airflow, in small: it follows the adapters and whatever resolves what they are given."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from bench.alone import send, submissions
from bench.parts import adapters
from bench.processor import Stretch
from bench.stage import Asked, Stage
from chaos import school
from crash.crew import _served

from encore.accounts.configured import put_accounts
from encore.publishing import resolving
from encore.settings import laid_over, load_settings
from encore_airflow.stack import simulated_world
from encore_simulator import running

pytestmark = pytest.mark.slow

POSTS, ROUNDS = 3, 2


def test_each_post_goes_out_as_often_as_it_is_sent(store, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(adapters, "POSTS", POSTS)
    monkeypatch.setattr(adapters, "THREADS", 2)
    # The folder is served as it is, without Encore's addresses of a day.
    monkeypatch.setattr(
        resolving, "new_address", lambda _, media, job, row, now: f"{media.public_base_url}/{row['file']}"
    )
    with running(local_media=True) as simulator, _served(tmp_path) as address:
        world = laid_over(simulated_world.settings(simulator.url, "", tmp_path), school.settings())
        world["media"] = {"public_base_url": address, "directory": str(tmp_path)}
        (tmp_path / "config.yaml").write_text(yaml.safe_dump(world), encoding="utf-8")
        using = load_settings(str(tmp_path / "config.yaml"))
        put_accounts(store, using, datetime.now(UTC))
        stage = Stage(SimpleNamespace(pids={}, simulator_url=simulator.url), store, using, Asked(rounds=ROUNDS))
        stage.__dict__["idle"] = Stretch(1.0, {"scheduler": 0.0, "its tasks": 0.0})
        rate, processor = adapters.measure(stage)
        assert len(stage.feed()) == POSTS * ROUNDS
        # As the queue's workers are given them, which are other processes.
        for post in pickle.loads(pickle.dumps(submissions(stage, POSTS))):
            assert send(post).url
    assert rate.wrong == [] and rate.numbers["rate"] > 0
    assert processor.numbers["its tasks"] > 0
