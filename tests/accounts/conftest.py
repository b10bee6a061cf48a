"""The look-alike platforms, a token store of a few lines that remembers, and accounts as rows."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from encore.accounts.token_renewal import TokenStoreError
from encore.platforms.contract import Credentials
from encore.platforms.tokens import Token
from encore.words.sentence import verbatim
from encore_simulator import running


@dataclass
class FakeTokens:
    """Airflow's Variables: what was written, and how they fail."""

    values: dict[str, str] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    readable: bool = True
    refuse_writes_after: int | None = None
    shadow: str | None = None
    """What another secrets backend holds under every name."""

    def name(self, account: str) -> str:
        return f"encore_token_{account}"

    def read(self, account: str) -> str | None:
        if not self.readable:
            return None
        return self.shadow or self.values.get(account)

    def write(self, account: str, text: str) -> None:
        if self.refuse_writes_after is not None and len(self.written) >= self.refuse_writes_after:
            raise TokenStoreError(verbatim("read only"))
        self.written.append(text)
        self.values[account] = text


@dataclass(frozen=True)
class Lookalike:
    """The simulator's control API for one account."""

    url: str
    who: str

    def switch(self, **values: Any) -> None:
        answer = requests.put(f"{self.url}/_sim/switches", params={"account": self.who}, json=values, timeout=5)
        assert answer.status_code == 200, answer.text

    def fault(self, platform: str, operation: str, kind: str, times: int = 1, **args: Any) -> None:
        asked = {"platform": platform, "account": self.who, "operation": operation, "fault": kind, "times": times}
        answer = requests.post(f"{self.url}/_sim/faults", json={**asked, "args": args}, timeout=5)
        assert answer.status_code == 201, answer.text

    def operations(self, platform: str) -> list[str]:
        asked = {"platform": platform, "account": self.who}
        lines = requests.get(f"{self.url}/_sim/requests", params=asked, timeout=5).json()
        return [line["operation"] for line in lines]

    def login(self, account: str, platform: str, **secrets: str) -> tuple[Credentials, Token]:
        """The login and token that a connection of this account would hold."""
        refresh = {"refresh_token": f"simr-{self.who}-0"} if platform == "tiktok" else {}
        extra = {"client_key": "key", "client_secret": "client-secret", **refresh} if platform == "tiktok" else {}
        base_url = f"{self.url}/{platform}" + (f"/{self.who}" if platform == "xiaohongshu" else "")
        token = "" if platform == "xiaohongshu" else f"sim-{self.who}"
        user_id = f"ig-{self.who}" if platform == "instagram" else ""
        login = Credentials(account, base_url, user_id, token, {**extra, **secrets})
        return login, Token(token, **refresh)


_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def simulator_url() -> Iterator[str]:
    with running(local_media=True, processing_seconds=0.0, container_seconds=0.0) as started:
        yield started.url


@pytest.fixture
def lookalike(simulator_url: str) -> Lookalike:
    """An account there that no other test uses. The simulator takes trailing digits for a token's generation."""
    return Lookalike(simulator_url, f"h{next(_numbers)}x")


@pytest.fixture
def tokens() -> FakeTokens:
    return FakeTokens()
