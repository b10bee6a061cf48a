"""The buttons on a publish task: which one each task pays for, and where they lead."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from airflow import plugins_manager
from airflow.models.taskinstancekey import TaskInstanceKey
from airflow.sdk import DAG
from airflow.serialization.serialized_objects import DagSerialization

from encore_airflow.operators.publish import LivePostLink, PostsLink, PublishOperator
from encore_plugin import EncorePlugin

RUN = "asset_triggered__2026-11-23T12:00:00+00:00_a&b"


@pytest.fixture(params=["mapped", "single"])
def task(request, monkeypatch):
    """As the API server reads it, with what the plugin adds."""
    monkeypatch.setattr(plugins_manager, "get_operator_extra_links", lambda: EncorePlugin.operator_extra_links)
    with DAG("publish_due_jobs", schedule=None) as dag:
        if request.param == "mapped":
            PublishOperator.partial(task_id="publish").expand(group=[{"label": "x", "job_ids": ["j1"]}])
        else:
            PublishOperator(task_id="publish", group={"label": "x", "job_ids": ["j1"]})
    return DagSerialization.from_dict(DagSerialization.to_dict(dag)).get_task("publish")


def link(task, map_index: int) -> str:
    return task.get_extra_links(TaskInstanceKey("publish_due_jobs", "publish", RUN, 1, map_index), PostsLink.name)


def test_only_the_live_post_is_pushed_by_the_task_itself():
    assert [type(one) for one in PublishOperator.operator_extra_links] == [LivePostLink]


def test_the_api_server_offers_both(task):
    assert list(task.extra_links) == ["Live post", "Posts of this task"]


@pytest.mark.parametrize(("map_index", "group"), [(0, {"group": ["0"]}), (11, {"group": ["11"]}), (-1, {})])
def test_it_leads_to_the_posts_of_the_tasks_group(task, map_index, group):
    address = urlsplit(link(task, map_index))
    assert (address.scheme, address.netloc, address.path) == ("", "", "/encore/run")
    assert parse_qs(address.query) == {"run_id": [f"publish_due_jobs/{RUN}"], **group}


def test_it_begins_where_airflow_is_served():
    key = TaskInstanceKey("publish_due_jobs", "publish", RUN)
    assert PostsLink("/airflow").get_link(None, ti_key=key).startswith("/airflow/encore/run?run_id=")
