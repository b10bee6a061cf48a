"""The stack, its look-alike platforms, and the people who come to it, each with a browser of their own."""

from __future__ import annotations

import itertools
import os
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import requests
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from encore.store.store import Store
from encore_airflow.stack import Stack

BERLIN = "Europe/Berlin"
SCREENSHOTS = os.environ.get("ENCORE_SCREENSHOTS")
MADE_WITHIN = 60_000
"""Milliseconds until texts stand and posts are out, on two busy cores."""

# Another beginning each time, for a stack on which they have run before.
_numbers = itertools.count(secrets.randbelow(10**6))


@dataclass
class Somebody:
    """A person at a browser of their own. `wrong`: what the browser complained of, which no page may make it do."""

    name: str
    context: BrowserContext
    page: Page
    base: str
    wrong: list[str]

    def go(self, path: str = "/") -> None:
        self.page.goto(f"{self.base}/encore{path}")

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(f"{self.base}/encore").partition("?")[0]

    @property
    def complaints(self) -> list[str]:
        """What a page has done wrong; not the refusals (422, 409, 412) that a test has asked for."""
        told_of_refusals = ("Failed to load resource", "Response Status Error Code")  # by Chromium, by htmx
        return [said for said in self.wrong if not said.startswith(told_of_refusals)]

    def picture(self, name: str) -> None:
        """A screenshot in the folder for them, if there is one."""
        if SCREENSHOTS:
            self.page.wait_for_load_state()
            Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{SCREENSHOTS}/{name}.png", full_page=True)

    def another_tab(self) -> Page:
        return self.context.new_page()

    def button(self, name: str, inside: Locator | None = None) -> Locator:
        return (inside or self.page).get_by_role("button", name=name, exact=True)

    def link(self, name: str, inside: Locator | None = None) -> Locator:
        return (inside or self.page).get_by_role("link", name=name, exact=True)


@dataclass
class House:
    """`opened`: everybody who has come."""

    stack: Stack
    store: Store
    browser: Browser
    opened: list[Somebody]

    def person(self, name: str, signed_in: bool = True, **context: Any) -> Somebody:
        """`context`: how their browser is (`viewport`, `color_scheme`, `locale` ...)."""
        given = {"timezone_id": BERLIN, "locale": "en-GB", "viewport": {"width": 1200, "height": 900}, **context}
        made = self.browser.new_context(**given)
        if signed_in:
            token = requests.post(
                f"{self.stack.api_url}/auth/token",
                json={"username": name, "password": self.stack.passwords[name]},
                timeout=30,  # the first one of a stack
            ).json()["access_token"]
            cookie = {"name": "_token", "value": token, "url": self.stack.api_url, "httpOnly": True, "sameSite": "Lax"}
            made.add_cookies([cookie])
        somebody = Somebody(name, made, made.new_page(), self.stack.api_url, [])
        made.on("weberror", lambda error: somebody.wrong.append(str(error.error)))
        made.on("console", lambda message: message.type == "error" and somebody.wrong.append(message.text))
        self.opened.append(somebody)
        return somebody

    # Campaigns -----------------------------------------------------------------------------------------------

    def title(self, what: str = "Evening") -> str:
        """One that no other test has."""
        return f"{what} No. {next(_numbers)} of Live Music"

    def campaign(self, teacher: str = "teacher-li", written: bool = True, **facts: Any) -> str:
        """Put in by the API, with its content made unless it shall not be `written`; returns its id."""
        given = {
            "concert_title": self.title(),
            "concert_datetime": concert_time().isoformat(),
            "timezone": BERLIN,
            "venue_or_link": "Small Hall",
            **facts,
        }
        made = self.stack.api("POST", "/api/v1/campaigns", teacher, json=given)
        assert made.status_code == 201, made.text
        campaign_id = made.json()["campaign_id"]
        if not written:
            return campaign_id
        asked = self.stack.api("POST", f"/api/v1/campaigns/{campaign_id}/generate", teacher)
        assert asked.status_code == 202, asked.text
        self.wait_until_written(campaign_id)
        return campaign_id

    def wait_until_written(self, campaign_id: str, requests: int = 1) -> None:
        """Until so many requests for content were made and have ended."""
        ended = "SELECT FROM generation_request WHERE campaign_id = %s AND state = 'done'"
        self.stack.wait_until(
            lambda: self.store.connection.execute(ended, (campaign_id,)).rowcount >= requests,
            f"The content of {campaign_id} is",
            timeout=90,
        )

    def jobs(self, campaign_id: str) -> list[Any]:
        return [job for job in self.store.report() if job.campaign_id == campaign_id]

    def caption(self, campaign_id: str, platform: str = "instagram", touchpoint: str = "announcement") -> Any:
        """The caption in the language in which that platform is posted to."""
        language = "zh" if platform == "xiaohongshu" else "en"
        assets = self.store.content_assets(campaign_id=campaign_id)
        wanted = ("caption", platform, touchpoint, language)
        return next(row for row in assets if (row.asset_type, row.platform, row.touchpoint, row.language) == wanted)

    def approve(self, campaign_id: str, teacher: str = "teacher-li") -> None:
        path = f"/api/v1/campaigns/{campaign_id}"
        seen = self.stack.api("GET", f"{path}/content", teacher).json()["content_sha256"]
        choices = {"privacy": {"tiktok": "PUBLIC_TO_EVERYONE"}, "confirmations": ["tiktok_music_usage"]}
        answer = self.stack.api("POST", f"{path}/schedule", teacher, json={"content_sha256": seen, **choices})
        assert answer.ok, answer.text

    # The platforms -------------------------------------------------------------------------------------------

    def fault(self, **fault: Any) -> None:
        requests.post(f"{self.stack.simulator_url}/_sim/faults", json=fault, timeout=10).raise_for_status()

    def heal(self) -> None:
        requests.delete(f"{self.stack.simulator_url}/_sim/faults", timeout=10).raise_for_status()

    def feed(self, title: str) -> list[Any]:
        posts = requests.get(f"{self.stack.simulator_url}/_sim/feed", timeout=10).json()
        return [post for post in posts if title in f"{post['title']} {post['text']}"]


def concert_time(days: int = 21) -> datetime:
    """Half past seven in the evening, on the concert's clock."""
    day = datetime.now(ZoneInfo(BERLIN)) + timedelta(days=days)
    return day.replace(hour=19, minute=30, second=0, microsecond=0)
