"""The phone that scans a code of the simulator's services, and what they do of what the real one does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import requests

from encore.platforms.contract import Credentials


@dataclass(frozen=True)
class FreeService:
    """One on which nobody is logged in, in the simulator at `url`."""

    url: str
    name: str

    @property
    def credentials(self) -> Credentials:
        return Credentials(self.name, f"{self.url}/xiaohongshu/{self.name}", token=f"sim-{self.name}")

    def switch(self, **values: Any) -> None:
        """As it begins with `xiaohongshu_`."""
        named = {f"xiaohongshu_{name}": value for name, value in values.items()}
        answer = requests.put(f"{self.url}/_sim/switches", params={"account": self.name}, json=named, timeout=5)
        assert answer.status_code == 200, answer.text

    def fault(self, operation: str, kind: str, times: int = 1, **args: Any) -> None:
        asked = {"platform": "xiaohongshu", "account": self.name, "operation": operation, "fault": kind, "times": times}
        answer = requests.post(f"{self.url}/_sim/faults", json={**asked, "args": args}, timeout=5)
        assert answer.status_code == 201, answer.text

    def asked(self, operation: str) -> int:
        """How often."""
        whose = {"platform": "xiaohongshu", "account": self.name}
        lines = requests.get(f"{self.url}/_sim/requests", params=whose, timeout=5).json()
        return [line["operation"] for line in lines].count(operation)

    def code(self) -> str:
        """Where the newest one leads."""
        state = requests.get(f"{self.url}/_sim/state", timeout=5).json()["xiaohongshu"]
        return self.url + state["logins"][self.name]["path"]

    def scan(self, account: str, code: str = "") -> int:
        """Scan it and confirm; the status of the answer: 410 for a code that is worthless."""
        answer = requests.post(code or self.code(), data={"account": account, "decision": "confirm"}, timeout=5)
        return answer.status_code

    def who(self) -> str | None:
        """Who is logged in."""
        data = requests.get(
            f"{self.credentials.base_url}/api/v1/login/status",
            headers={"Authorization": f"Bearer {self.credentials.token}"}, timeout=5,
        ).json()["data"]  # fmt: skip
        return data.get("username") if data["is_logged_in"] else None
