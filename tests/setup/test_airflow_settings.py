"""Airflow knows every setting that the local stack gives it."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from encore.domain.job import Platform
from encore.settings import load_settings
from encore_airflow.pools import PUBLISHING
from encore_airflow.stack import airflow_settings, simulated_world
from encore_airflow.stack.environment import stack_environment
from encore_airflow.stack.layout import Layout


@pytest.fixture(scope="module")
def known() -> set[str]:
    """`AIRFLOW__SECTION__OPTION` for each option that Airflow documents."""
    package = find_spec("airflow")
    assert package is not None and package.origin is not None
    listed = yaml.safe_load(
        Path(package.origin).with_name("config_templates").joinpath("config.yml").read_text("utf-8")
    )
    return {f"AIRFLOW__{s.upper()}__{o.upper()}" for s, section in listed.items() for o in section["options"]}


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("AIRFLOW__CORE__EXECUTOR", "CeleryExecutor")
    monkeypatch.setenv("AIRFLOW_CONN_SCHOOL", "postgres://somewhere")
    monkeypatch.setenv("PGHOST", "somewhere")
    monkeypatch.setenv("NO_PROXY", "example.org")
    (tmp_path / ".run").mkdir()
    return stack_environment(Layout(tmp_path), 8080, 8090)


def test_every_setting_is_an_option_of_airflow(environment: dict[str, str], known: set[str]) -> None:
    unknown = {name for name in environment if name.startswith("AIRFLOW__")} - known
    assert unknown == set()


def test_every_setting_has_its_reason_and_stands_once() -> None:
    settings = (*airflow_settings.ANYWHERE, *airflow_settings.LAPTOP)
    assert all(setting.reason for setting in settings)
    assert len({setting.variable for setting in settings}) == len(settings)


def test_the_pools_together_are_what_runs_at_once() -> None:
    [parallelism] = [setting for setting in airflow_settings.ANYWHERE if setting.option == "parallelism"]
    assert sum(pool.slots for pool in airflow_settings.POOLS) == int(parallelism.value)
    assert all(pool.slots > 0 and pool.reason for pool in airflow_settings.POOLS)


def test_each_platform_has_slots_for_all_its_groups() -> None:
    """So that a slow one takes none from the others."""
    [slots] = [pool.slots for pool in airflow_settings.POOLS if pool.name == PUBLISHING]
    assert slots == len(Platform) * load_settings().publishing.most_groups


def test_the_users_own_airflow_and_postgresql_do_not_leak_in(environment: dict[str, str]) -> None:
    assert environment["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert "AIRFLOW_CONN_SCHOOL" not in environment
    assert "PGHOST" not in environment


def test_a_proxy_is_not_asked_for_our_own_addresses(environment: dict[str, str]) -> None:
    assert set(environment["no_proxy"].split(",")) == {"127.0.0.1", "localhost", "example.org"}


def test_connections_are_given_for_the_database_each_account_and_app(
    environment: dict[str, str], tmp_path: Path
) -> None:
    overlay = tmp_path / "config.yaml"
    overlay.write_text(yaml.safe_dump(simulated_world.settings("http://simulator", "http://api", tmp_path)), "utf-8")
    using = load_settings(str(overlay))
    wanted = {"encore_db", *(account.conn_id for account in using.accounts), *using.xiaohongshu_services}
    wanted |= {section.app_conn_id for section in using.logins.values()}
    assert {name for name in environment if name.startswith("AIRFLOW_CONN_")} == {
        f"AIRFLOW_CONN_{conn_id.upper()}" for conn_id in wanted
    }


def test_both_source_folders_are_importable(environment: dict[str, str]) -> None:
    assert [Path(entry).name for entry in environment["PYTHONPATH"].split(os.pathsep)] == ["include", "plugins"]
