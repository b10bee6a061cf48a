"""What the type checker is told of the rows is what PostgreSQL gives for the statements of today."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from stubs.written import STUB, stub

from encore.store.store import QUERIES


@pytest.fixture
def changed(tmp_path, store):
    """What the stub would be with another text in the statements."""

    def made(file: str, was: str, is_now: str) -> str:
        folder = Path(shutil.copytree(QUERIES, tmp_path / "queries"))
        text = (folder / file).read_text(encoding="utf-8")
        assert was in text
        (folder / file).write_text(text.replace(was, is_now), encoding="utf-8")
        return stub(store.connection, folder)

    return made


def test_the_stub_is_of_today(store):
    assert stub(store.connection) == STUB.read_text(encoding="utf-8"), "run `make stubs`"


def test_another_column_is_another_stub(changed):
    was = "SELECT content, why_not, tokens FROM model_answer"
    made = changed("generation.sql", was, "SELECT content, why_not, at FROM model_answer")
    assert "class ModelAnswer(NamedTuple):\n    content: str\n    why_not: str\n    at: datetime\n" in made


def test_another_schema_is_another_stub(store):
    store.connection.execute("ALTER TABLE stop ADD COLUMN seen integer")
    assert "    ended_by: str | None\n    seen: int | None\n" in stub(store.connection)


@pytest.mark.parametrize(
    ("was", "is_now", "said"),
    [
        ("a.conn_id, a.health", "a.owner AS conn_id, a.health", "    conn_id: str | None\n"),
        ("JOIN channel h ON", "LEFT JOIN channel h ON", "    by_api: bool\n"),
        ("JOIN account a USING", "LEFT JOIN account a USING", "    by_api: bool | None\n"),
    ],
)
def test_what_may_be_missing_may_be_none(changed, was, is_now, said):
    assert said in changed("publishing.sql", was, is_now)


def test_a_row_of_a_table_and_more_is_one_of_the_table():
    text = STUB.read_text(encoding="utf-8")
    assert "class Report(PublishJob):\n    concert_title: str\n" in text
    assert "    def report_of_job(self, *, job_id: str) -> Report | None: ..." in text
    assert "    def reports_of_campaign(self, *, campaign_id: str) -> list[Report]: ..." in text
