"""docker-compose.yaml, read as Docker would: there is no Docker engine where the tests run."""

from __future__ import annotations

import argparse
import json
import re
import shlex
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import airflow_local_settings
from encore_airflow import cli
from encore_airflow.commands import simulator
from encore_airflow.stack import airflow_settings, simulated_world
from encore_simulator import running

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yaml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
ENVIRONMENT = {name: service.get("environment", {}) for name, service in SERVICES.items()}
AIRFLOW_SERVICES = [name for name, service in SERVICES.items() if service["image"] == "encore-airflow"]
SECRETS = {"POSTGRES_PASSWORD", "AIRFLOW_DB_PASSWORD", "ENCORE_DB_PASSWORD", "ADMIN_PASSWORD"} | {
    "FERNET_KEY",
    "API_SECRET_KEY",
    "JWT_SECRET",
}


def test_it_follows_the_compose_specification() -> None:
    schema = json.loads(Path(__file__).with_name("compose-spec.json").read_text(encoding="utf-8"))
    jsonschema.Draft201909Validator.check_schema(schema)
    assert [error.message for error in jsonschema.Draft201909Validator(schema).iter_errors(COMPOSE)] == []


def test_it_has_every_part() -> None:
    assert set(SERVICES) == {
        *("postgres", "airflow-init", "airflow-apiserver", "airflow-scheduler", "airflow-dag-processor"),
        *("airflow-triggerer", "simulator", "simulator-accounts"),
    }
    assert {name for name, service in SERVICES.items() if "profiles" in service} == {"simulator", "simulator-accounts"}


def test_what_keeps_running_has_a_health_check() -> None:
    assert {name for name, service in SERVICES.items() if "healthcheck" not in service} == {
        name for name, service in SERVICES.items() if service.get("restart") == "no"
    }


@pytest.mark.parametrize("name", AIRFLOW_SERVICES)
def test_nothing_starts_before_the_databases_are_ready(name: str) -> None:
    awaited = {other: how["condition"] for other, how in SERVICES[name]["depends_on"].items()}
    ready = {"postgres": "service_healthy"}
    if name != "airflow-init":
        ready["airflow-init"] = "service_completed_successfully"
    assert awaited == ready


# -- variables ---------------------------------------------------------------------------------------------


@cache
def _fab_options() -> set[str]:
    from airflow.providers.fab.get_provider_info import get_provider_info

    sections = get_provider_info()["config"]
    return {f"AIRFLOW__{s.upper()}__{o.upper()}" for s, section in sections.items() for o in section["options"]}


def _airflow_options() -> set[str]:
    package = find_spec("airflow")
    assert package is not None and package.origin is not None
    listed = yaml.safe_load(
        Path(package.origin).with_name("config_templates").joinpath("config.yml").read_text("utf-8")
    )
    return {f"AIRFLOW__{s.upper()}__{o.upper()}" for s, section in listed.items() for o in section["options"]}


def _read_by_encore() -> set[str]:
    """Names that the code, or a file that a service runs, reads from its environment."""
    files = [*ROOT.glob("include/**/*.py"), *ROOT.glob("plugins/**/*.py"), *ROOT.glob(".docker/*.sh")]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files) + TEXT.replace("$$", "$")
    by_python = re.findall(r"""environ(?:\.get\(|\[)\s*["'](\w+)["']""", text)
    return {*by_python, *re.findall(r'"\$(\w+)"', text)}


def _read_by_airflow_connections() -> set[str]:
    from encore.settings import load_settings
    from encore_airflow import credentials

    conn_ids = {credentials.ENCORE_DB, *(account.conn_id for account in load_settings().accounts)}
    return {f"AIRFLOW_CONN_{conn_id.upper()}" for conn_id in conn_ids}


@pytest.mark.parametrize("name", AIRFLOW_SERVICES)
def test_every_variable_is_read_by_somebody(name: str) -> None:
    python = {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE"}
    known = _airflow_options() | _fab_options() | _read_by_encore() | _read_by_airflow_connections() | python
    assert set(ENVIRONMENT[name]) - known == set()


def test_every_variable_of_postgres_is_read_by_somebody() -> None:
    image = {"POSTGRES_PASSWORD", "POSTGRES_USER"}
    assert set(ENVIRONMENT["postgres"]) - image - _read_by_encore() == set()


@pytest.mark.parametrize("name", AIRFLOW_SERVICES)
def test_settings_are_those_of_the_local_stack(name: str) -> None:
    wanted = airflow_settings.variables(airflow_settings.ANYWHERE)
    assert {variable: ENVIRONMENT[name].get(variable) for variable in wanted} == wanted


def test_packages_are_in_the_image_never_installed_at_start() -> None:
    assert "_PIP_ADDITIONAL_REQUIREMENTS" not in TEXT
    assert "requirements.txt" in (ROOT / ".docker/Dockerfile").read_text(encoding="utf-8")


# -- .env --------------------------------------------------------------------------------------------------


def _example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_example_names_what_the_compose_file_asks_for() -> None:
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", TEXT))
    assert set(_example()) == asked


def test_no_secret_has_a_default() -> None:
    optional = set(re.findall(r"(?<!\$)\$\{(\w+)(?!\w*:\?)", TEXT))
    assert optional & SECRETS == set()
    assert {name for name, value in _example().items() if not value} == SECRETS


def test_every_variable_is_explained() -> None:
    paragraphs = (ROOT / ".env.example").read_text(encoding="utf-8").strip().split("\n\n")
    assert [paragraph for paragraph in paragraphs if not paragraph.startswith("#")] == []


# -- files and commands ------------------------------------------------------------------------------------


def _mounts(service: dict[str, Any]) -> dict[str, str]:
    """Path in the container -> path in the checkout, defaults filled in; named volumes left out."""
    plain = [re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", volume) for volume in service.get("volumes", [])]
    return {volume.split(":")[1]: volume.split(":")[0] for volume in plain if volume.startswith(".")}


@pytest.mark.parametrize("name", SERVICES)
def test_what_is_mounted_is_in_the_checkout_and_read_only(name: str) -> None:
    assert [path for path in _mounts(SERVICES[name]).values() if not (ROOT / path).exists()] == []
    assert [v for v in SERVICES[name].get("volumes", []) if v.startswith((".", "$")) and not v.endswith(":ro")] == []


def test_the_code_is_mounted_where_python_and_airflow_look() -> None:
    service = SERVICES["airflow-scheduler"]
    mounts, environment = _mounts(service), service["environment"]
    assert [mounts[entry] for entry in environment["PYTHONPATH"].split(":")] == ["./include", "./plugins"]
    assert mounts["/opt/airflow/dags"] == "./dags"  # the image's AIRFLOW_HOME
    assert environment["ENCORE_CONFIG"] in mounts


def test_the_image_is_the_pinned_airflow() -> None:
    pinned = re.search(r"^apache-airflow==(\S+)", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    image = re.search(r"^FROM apache/airflow:slim-(\S+)-python3\.12$", (ROOT / ".docker/Dockerfile").read_text(), re.M)
    assert pinned and image and image[1] == pinned[1]


@pytest.mark.parametrize("name", ["settings.yaml", "demo-settings.yaml"])
def test_the_settings_files_are_valid(name: str) -> None:
    from encore.settings import load_settings

    assert load_settings(str(ROOT / ".docker" / name)).media.directory == "/opt/airflow/encore/media"


def test_the_demo_is_told_what_the_local_stack_is_told() -> None:
    simulator = "http://simulator:8090"
    settings = simulated_world.settings(
        simulator, "http://airflow-apiserver:8080", Path("/opt/airflow/encore"), shown_at="http://localhost:8090"
    )
    assert yaml.safe_load((ROOT / ".docker/demo-settings.yaml").read_text("utf-8")) == settings
    connections = json.loads((ROOT / ".docker/demo-connections.json").read_text("utf-8"))
    assert connections == simulated_world.connections(simulator)


def test_one_can_connect_accounts_in_the_demo() -> None:
    """The look-alikes' logins know where the pages are, as in the local stack; their links open in a browser."""
    command = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", SERVICES["simulator"]["command"])
    parser = argparse.ArgumentParser()
    simulator.add_arguments(parser)
    told = parser.parse_args(shlex.split(command)[4:])
    switches = dict(simulator._switch(text) for text in told.switch)
    with running(**switches):  # takes each of them
        pass
    assert switches.pop("public_url") == "http://localhost:8090" and switches.pop("local_media") is True
    wanted = simulated_world.switches("http://localhost:8080")
    assert switches == {name: [one for one in addresses if "localhost" in one] for name, addresses in wanted.items()}


def _commands() -> list[str]:
    lines: list[str] = []
    for service in (SERVICES[name] for name in AIRFLOW_SERVICES):
        command = service["command"]
        lines += [command] if isinstance(command, str) else command[-1].replace("\\\n", "").splitlines()
        check = service.get("healthcheck", {}).get("test", [])
        lines += [check[1]] if check[:1] == ["CMD-SHELL"] else []
    return [line.strip() for line in lines]


def test_the_databases_are_migrated_in_order_before_anything_starts() -> None:
    """Encore's command makes the pools in Airflow's database too."""
    lines = SERVICES["airflow-init"]["command"][-1].splitlines()
    assert lines[:2] == ["airflow db migrate", "python -m encore_airflow migrate"]


def test_tasks_are_forked_from_what_has_imported_encore() -> None:
    """Airflow imports `airflow_local_settings` from there, which tells the process by its first argument."""
    mounts, environment = _mounts(SERVICES["airflow-scheduler"]), ENVIRONMENT["airflow-scheduler"]
    settings = [ROOT / mounts[entry] / "airflow_local_settings.py" for entry in environment["PYTHONPATH"].split(":")]
    assert [path.exists() for path in settings] == [False, True]
    assert airflow_local_settings.forks_tasks(["airflow", *SERVICES["airflow-scheduler"]["command"].split()])


def test_a_deploy_leaves_a_request_that_is_under_way_time_to_be_answered() -> None:
    assert SERVICES["airflow-scheduler"]["stop_grace_period"] == "1m"


def test_encores_commands_exist() -> None:
    used = re.findall(r"python -m encore_airflow (\S+)", "\n".join(_commands()))
    assert set(used) == {"migrate", "simulator"} <= set(cli.command_names())


@pytest.mark.slow
def test_airflows_commands_exist(tmp_path: Path) -> None:
    """Airflow's own parser takes each of them, options included. In a process of its own: it is slow to import."""
    lines = [line.removeprefix("airflow ") for line in _commands() if "encore_airflow" not in line]
    code = """
import json, shlex, sys
from airflow.cli.cli_parser import get_parser
for line in json.load(sys.stdin):
    get_parser().parse_args(shlex.split(line))
"""
    manager = SERVICES["airflow-init"]["environment"]["AIRFLOW__CORE__AUTH_MANAGER"]
    parsed = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(lines),
        env={"AIRFLOW__CORE__AUTH_MANAGER": manager, "AIRFLOW_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert parsed.returncode == 0, parsed.stderr[-2000:]
    assert {"db", "users", "api-server", "scheduler", "dag-processor", "triggerer", "jobs", "connections"} == {
        line.split()[0] for line in lines
    }
