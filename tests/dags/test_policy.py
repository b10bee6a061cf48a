"""What holds for every DAG, for the plugin folder and for the imports that each publish task pays."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import Template

from encore_airflow.pools import CLAIMS, EVERYTHING_ELSE, PUBLISHING
from encore_airflow.stack.airflow_settings import POOLS

ROOT = Path(__file__).parents[2]
DAG_FILES = sorted((ROOT / "dags").glob("*.py"))


@pytest.fixture(scope="module")
def dags(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIRFLOW_HOME", str(tmp_path_factory.mktemp("airflow")))
        patch.setenv("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
        from airflow.dag_processing.dagbag import DagBag

        bag = DagBag(str(ROOT / "dags"), collect_dags=False)
        bag.collect_dags(str(ROOT / "dags"))
    assert bag.import_errors == {}
    return bag.dags


def test_a_dag_is_named_like_its_file(dags):
    assert sorted(dags) == [path.stem for path in DAG_FILES]


def test_every_dag_has_tags_docs_retries_and_no_catchup(dags):
    for dag in dags.values():
        assert "encore" in dag.tags and dag.doc_md, dag.dag_id
        assert dag.catchup is False, dag.dag_id
        for task in dag.tasks:
            # A person's answer is not to be asked for twice because of an error after it.
            assert task.retries > 0 or task.task_id.endswith("review"), task.task_id


def test_every_dag_can_be_serialized(dags):
    from airflow.serialization.serialized_objects import DagSerialization

    for dag in dags.values():
        assert DagSerialization.from_dict(DagSerialization.to_dict(dag)).dag_id == dag.dag_id


def test_publish_maps_over_the_claim_with_the_publishers_delays(dags):
    from encore_airflow.retry import PublishingRetryPolicy

    publish = dags["publish_due_jobs"].get_task("publish")
    assert isinstance(publish.partial_kwargs["retry_policy"], PublishingRetryPolicy)
    assert dags["publish_due_jobs"].max_active_runs == dags["generate_campaign"].max_active_runs == 500


def test_every_task_is_in_a_pool_that_is_made(dags):
    found = {f"{dag.dag_id}.{task.task_id}": task.pool for dag in dags.values() for task in dag.tasks}
    assert found.pop("publish_due_jobs.claim_due") == CLAIMS
    assert found.pop("publish_due_jobs.publish") == PUBLISHING
    assert set(found.values()) == {EVERYTHING_ELSE}
    assert {CLAIMS, PUBLISHING, EVERYTHING_ELSE} == {pool.name for pool in POOLS}


def test_writing_waits_for_a_model_as_long_as_it_asked(dags):
    from encore_airflow.retry import WritingRetryPolicy

    write = dags["generate_campaign"].get_task("campaign.write_content")
    assert isinstance(write.retry_policy, WritingRetryPolicy) and write.retries >= 10


def test_a_campaign_that_has_begun_is_finished_before_another_begins(dags):
    dag = dags["generate_campaign"]
    steps = [f"campaign.{step}" for step in ("write_content", "draw_flyer", "review", "plan_jobs")]
    weights = [dag.get_task(step).priority_weight for step in (*steps, "claim_requests")]
    assert weights == sorted(set(weights))
    assert {task.weight_rule for task in dag.tasks} == {"absolute"}


def test_there_is_a_slot_for_whoever_comes_while_others_campaigns_are_worked_on():
    from encore.settings import load_settings

    [slots] = [pool.slots for pool in POOLS if pool.name == EVERYTHING_ELSE]
    assert load_settings().generation.at_once < slots


def test_each_step_of_a_campaign_bears_the_label_of_its_request(dags):
    request = {"request_id": 1, "label": "Spring Recital"}
    tasks = dags["generate_campaign"].task_group.get_child_by_label("campaign").children
    assert list(tasks) == [f"campaign.{step}" for step in ("write_content", "draw_flyer", "review", "plan_jobs")]
    for name, task in tasks.items():
        given = {"request": request}
        shown = SimpleNamespace(**given if name.endswith("review") else {"op_kwargs": given})
        assert Template(task.map_index_template).render(task=shown) == "Spring Recital"
    assert dags["generate_campaign"].get_task("claim_requests").map_index_template is None


@pytest.mark.parametrize("path", DAG_FILES, ids=lambda path: path.stem)
def test_a_dag_file_is_a_graph(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 80
    defined = [node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    bodies = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.For | ast.While | ast.Try)]
    assert len(defined) <= 1 and bodies == [], "work belongs to an operator"


def test_the_plugin_scan_finds_one_file():
    """The scanner runs every other .py under plugins/ by its bare name, which once replaced a standard module."""
    from airflow.utils.file import find_path_from_directory

    found = [Path(path) for path in find_path_from_directory(str(ROOT / "plugins"), ".airflowignore")]
    assert [path.name for path in found if path.suffix == ".py"] == ["encore_plugin.py"]


@pytest.mark.parametrize("path", sorted((ROOT / "include").rglob("*.py")), ids=lambda path: path.stem)
def test_include_imports_no_airflow(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        assert not [name for name in names if name.split(".")[0] in ("airflow", "encore_airflow")]


def test_a_publish_task_imports_nothing_heavy():
    """Each task process imports its DAG file and all that publishing needs; these cost from 0.3 to 1.7 seconds."""
    code = """
import sys, airflow.sdk
before = set(sys.modules)
sys.path.insert(0, "dags")
import publish_due_jobs
from encore_airflow import wiring
import encore.publishing.publisher, encore.publishing.resolving, encore.accounts.logins
import encore.platforms.tiktok.adapter, encore.platforms.instagram.adapter, encore.platforms.xiaohongshu.adapter
heavy = {"pandas", "openai", "numpy", "PIL", "av", "fastapi", "starlette", "jinja2.ext", "alembic",
         "encore_airflow.stack", "airflow.providers.postgres.hooks.postgres", "airflow.models"}
print(",".join(sorted(heavy & (set(sys.modules) - before))))
"""
    environment = {"PYTHONPATH": "include:plugins", "PATH": "", "AIRFLOW_HOME": "/nonexistent", "HOME": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip().splitlines()[-1:] in ([], [""]), done.stdout
