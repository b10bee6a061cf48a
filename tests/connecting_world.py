"""Somebody who connects accounts through the pages, at the platforms' look-alikes."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import psycopg
import requests
from cryptography.fernet import Fernet
from pages_client import Pages, seen

BACK = "https://school.test/encore/accounts/callback"
PLATFORM = {"tiktok": "tiktok", "instagram": "instagram", "facebook": "instagram"}


@dataclass
class Connects:
    """`role`: of who is signed in. `name`: the account with which they are signed in at the platform."""

    pages: Pages
    simulator: str
    way: str
    role: str = "owner"
    name: str = "li"
    changes: dict[str, Any] = field(default_factory=dict)
    back: str = BACK

    def begin(self, **fields: str) -> str:
        """The address that the page's link leads to."""
        answer = self.pages.send("/accounts/connect", {"way": self.way, **fields}, self.role)
        assert answer.status_code == 200, answer.text
        link = re.search(r'id="to-platform" href="([^"]+)"', answer.text)
        assert link, seen(answer)
        return html.unescape(link[1])

    def answers(self, address: str, decision: str = "allow", scopes: list[str] | None = None) -> dict[str, str]:
        """The query with which the platform sends the browser back."""
        asked = dict(parse_qsl(urlsplit(address).query))
        decide = urlsplit(address)._replace(query="").geturl().rstrip("/") + "/decide"
        form = [(name, value) for name, value in asked.items() if name != "scope"]
        form += [("scope", name) for name in (asked["scope"].split(",") if scopes is None else scopes)]
        form += [("account", self.name), ("decision", decision), *self.changes.items()]
        back = requests.post(decide, data=form, timeout=5, allow_redirects=False)
        assert back.status_code == 302, back.text
        where = urlsplit(back.headers["Location"])
        assert where._replace(query="", fragment="").geturl() == f"{self.back}/{self.way}"
        return dict(parse_qsl(where.query, keep_blank_values=True))

    def comes_back(self, answer: dict[str, str], role: str | None = None) -> Any:
        return self.pages("GET", f"/accounts/callback/{self.way}", role or self.role, params=answer)

    def found(self, decision: str = "allow", scopes: list[str] | None = None, **fields: str) -> Any:
        """The page that follows."""
        back = self.comes_back(self.answers(self.begin(**fields), decision, scopes))
        assert back.status_code == 303, seen(back)
        self.where = back.headers["location"].removeprefix("/encore")
        return self.pages("GET", self.where, self.role)

    def decides(self, decision: str = "keep", **changes: Any) -> Any:
        """On the page of `found`."""
        fields = self.pages.fields(self.where, self.role) | {"decision": decision} | changes
        return self.pages.send(self.where, fields, self.role)

    def connects(self, **fields: str) -> Any:
        self.found(**fields)
        kept = self.decides()
        assert kept.status_code == 303, seen(kept)
        return kept


class OverHttp:
    """The pages of a running stack, in place of those in this process."""

    def __init__(self, stack: Any) -> None:
        self.stack = stack
        self.pages = Pages(self, None)  # ty: ignore[invalid-argument-type]

    def request(self, method: str, path: str, *, follow_redirects: bool, **options: Any) -> requests.Response:
        return requests.request(
            method, self.stack.api_url + path, allow_redirects=follow_redirects, timeout=60, **options
        )

    def token(self, user: str) -> str:
        """What stands for the role of that user in `pages`."""
        asked = {"username": user, "password": self.stack.passwords[user]}
        return requests.post(f"{self.stack.api_url}/auth/token", json=asked, timeout=30).json()["access_token"]

    def somebody(self, user: str, way: str, name: str) -> Connects:
        made = Connects(self.pages, self.stack.simulator_url, way, self.token(user), name)
        made.back = f"{self.stack.api_url}/encore/accounts/callback"
        return made


def stored_logins(stack: Any) -> dict[str, dict[str, Any]]:
    """The connections that Encore has written, by name, decrypted with the stack's key; and as they lie there."""
    key = Fernet(json.loads(stack.layout.keys.read_text())["fernet_key"])
    opened = lambda text: key.decrypt(text.encode()).decode() if text else ""  # noqa: E731
    with psycopg.connect(stack.dsn("airflow")) as connection:
        rows = connection.execute(
            "SELECT conn_id, password, extra FROM connection WHERE conn_id LIKE 'encore\\_account\\_%%'"
            " OR conn_id LIKE 'encore\\_login\\_%%'", ()
        ).fetchall()  # fmt: skip
    return {
        name: {"password": opened(password), "extra": json.loads(opened(extra)), "as_it_lies_there": [password, extra]}
        for name, password, extra in rows
    }
