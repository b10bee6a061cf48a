"""Every file and page that the documentation names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "include/docs").glob("*.md"))]
EXAMPLE = "bilibili"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"\b(?:include|plugins|dags|tests)/[\w./-]*\w/?", text)
    linked = [link for link in re.findall(r"\]\(([^)#]+)", text) if "://" not in link]
    missing = [name for name in named if EXAMPLE not in name and not (ROOT / name).exists()]
    assert missing + [link for link in linked if not (page.parent / link).exists()] == []
