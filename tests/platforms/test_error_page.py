"""include/docs/platform-errors.md is made from the tables."""

from __future__ import annotations

from pathlib import Path

from encore.domain.job import Platform
from encore.platforms.error_page import error_page
from encore.platforms.error_table import ErrorTable
from encore.words.sentence import Words

PAGE = Path(__file__).parents[2] / "include" / "docs" / "platform-errors.md"


def test_the_page_is_that_of_the_tables():
    said = "out of date: python -m encore_airflow known-errors > include/docs/platform-errors.md"
    assert PAGE.read_text(encoding="utf-8") == error_page(), said


def test_every_row_is_on_it():
    page = error_page()
    for platform in Platform:
        for row in ErrorTable.load(platform).rows:
            said = Words("en").say(row.key, platform=platform)
            assert f"| {row.code} |" in page and said.replace("|", "\\|") in page
