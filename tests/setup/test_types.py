"""What the type checker of `make lint` sees (a route that asks a row for what it has not), and how little it cannot."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST = 24
"""`Any` in signatures and fields: what is handed on to a library as it is, and JSON whose form is looked at there."""


def said_nothing(source: str) -> Iterator[str]:
    """Each `Any` in the signature of a function or in a field of a class, as the line that it is in."""
    for node in ast.walk(ast.parse(source)):
        annotations: list[ast.expr | None] = []
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given = node.args
            every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
            annotations = [node.returns, *(one.annotation for one in every if one)]
        elif isinstance(node, ast.ClassDef):
            annotations = [one.annotation for one in node.body if isinstance(one, ast.AnnAssign)]
        for annotation in filter(None, annotations):
            for part in ast.walk(annotation):
                if isinstance(part, ast.Name) and part.id == "Any":
                    yield source.splitlines()[part.lineno - 1].strip()


def test_few_signatures_say_nothing_of_what_they_take():
    sources = [path for folder in ("include/encore", "plugins") for path in (ROOT / folder).rglob("*.py")]
    found = [line for path in sources for line in said_nothing(path.read_text(encoding="utf-8"))]
    assert len(found) <= MOST, "\n".join(found)


def test_every_any_is_counted():
    source = """
class Row:
    a: dict[str, Any]
    def of(self, b: Any, *c: Any, **d: list[Any]) -> Any:
        e: Any = 1
"""
    assert len(list(said_nothing(source))) == 5


ROUTE = """
from encore_airflow.web.visit import Visiting


def route(campaign_id: str, visit: Visiting) -> str:
    campaign = visit.campaign(campaign_id)
    jobs = visit.store.reports_of_campaign(campaign_id=campaign_id)
    return {shown}
"""


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """What the checker says of a route, one line for each mistake."""

    def check(shown: str) -> list[str]:
        folder = tmp_path_factory.mktemp("route")
        (folder / "route.py").write_text(ROUTE.format(shown=shown), encoding="utf-8")
        ours = [word for part in ("include", "plugins") for word in ("--extra-search-path", str(ROOT / part))]
        asked = [sys.executable, "-m", "ty", "check", "--python", sys.prefix, *ours, "--output-format", "concise"]
        done = subprocess.run([*asked, "route.py"], cwd=folder, capture_output=True, text=True, check=False)
        return [line for line in done.stdout.splitlines() if line.startswith("route.py")]

    return check


def test_a_route_that_asks_for_what_there_is_is_right(checked):
    assert checked("campaign.concert_title + jobs[0].touchpoint + (jobs[0].stop_reason or '')") == []


@pytest.mark.parametrize(
    ("shown", "named"),
    [
        ("campaign.concert_titel", "concert_titel"),
        ("jobs[0].concert_titel", "concert_titel"),
        ("[job.platfrom for job in jobs][0]", "platfrom"),
        ("visit.store.job(job_id='x').platform", "None"),
        ("str(visit.store.job(job_id='x', campaign='y'))", "campaign"),
        ("str(visit.store.jobb(job_id='x'))", "jobb"),
        ("jobs[0].stop_reason", "None"),
    ],
)
def test_a_mistake_in_a_route_is_told(checked, shown, named):
    [told] = checked(shown)
    assert named in told
