"""Every file and page that the documentation names is there."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from encore.accounts.app_check import WITH_CALLBACKS, callback_address
from encore.accounts.connecting import redirect_address
from encore.accounts.data_requests import Kind
from encore.platforms.loading import load_login
from encore.settings import load_settings

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


def test_the_page_on_connecting_says_what_the_code_asks_for() -> None:
    """Each app's connection, each permission that its login asks for, each address that its console must have."""
    text, settings = (ROOT / "include/docs/connect.md").read_text(encoding="utf-8"), load_settings()
    site = "https://concerts.school.example/encore"
    wanted = [f"{site}/accounts/callback/{way}" for way in settings.logins]
    assert wanted == [redirect_address(site, way) for way in settings.logins]
    wanted += [callback_address(site, way, kind) for way in WITH_CALLBACKS for kind in Kind]
    wanted += [section.app_conn_id for section in settings.logins.values()]
    wanted += [
        scope for way in settings.logins for scope in load_login(way, settings, lambda: datetime.now(UTC)).scopes
    ]
    assert [name for name in wanted if f"`{name}`" not in text] == []
