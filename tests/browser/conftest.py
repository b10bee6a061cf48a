"""A real Chromium on the running stack, as teachers and staff use it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
import requests
from browser.house import House, Somebody
from playwright.sync_api import Browser, expect, sync_playwright

from encore.store.store import Store, connect
from encore_airflow.stack import Stack

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = (
    "--no-sandbox",  # root has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # Looks up hosts of its maker at every start otherwise.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.live)
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.timeout(240))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """`ENCORE_CHROMIUM` or the first of `NAMES`. These tests are never left out because it is missing."""
    found = os.environ.get("ENCORE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.fail(f"No Chromium here ({', '.join(NAMES)}). On Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def school(stack: Stack, chromium: Browser) -> Iterator[House]:
    with connect(stack.dsn("encore"), "browser test") as connection:
        yield House(stack, Store(connection), chromium, [])


@pytest.fixture
def house(school: House) -> Iterator[House]:
    """All platforms in order, and nobody at a browser yet."""
    limits = {"tiktok_init_per_minute": 1000, "tiktok_creator_info_per_minute": 1000, "tiktok_posts_per_day": 1000}
    requests.put(f"{school.stack.simulator_url}/_sim/switches", json=limits, timeout=10).raise_for_status()
    yield school
    school.heal()
    school.store.connection.execute("UPDATE account SET paused_until = NULL, pause_reason = NULL")
    while school.opened:
        school.opened.pop().context.close()


@pytest.fixture(scope="session")
def written(school: House) -> str:
    """A campaign of Li's whose texts any test may change. It is never approved."""
    return school.campaign()


@pytest.fixture
def li(house: House) -> Somebody:
    return house.person("teacher-li")
