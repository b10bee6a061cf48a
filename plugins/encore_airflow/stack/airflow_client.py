"""Calls to the running API server, as one of the stack's users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from encore.domain.json import Json

if TYPE_CHECKING:
    import requests

_TIMEOUT = 30


class AirflowClient:
    """Signs each user in once; a token that is no longer accepted is replaced."""

    def __init__(self, base_url: str, passwords: dict[str, str]) -> None:
        self._base_url = base_url
        self._passwords = passwords
        self._tokens: dict[str, str] = {}

    def request(self, method: str, path: str, user: str | None, **options: Any) -> requests.Response:
        """`options` are those of `requests.request`; with user None nobody is signed in."""
        response = self._send(method, path, user, options)
        if response.status_code == 401 and self._tokens.pop(user or "", None):
            response = self._send(method, path, user, options)
        return response

    def _send(self, method: str, path: str, user: str | None, options: Json) -> requests.Response:
        import requests

        headers = dict(options.get("headers") or {})
        if user is not None:
            headers["Authorization"] = f"Bearer {self._token(user)}"
        given: Json = {"timeout": _TIMEOUT, **options, "headers": headers}
        return requests.request(method, self._base_url + path, **given)

    def _token(self, user: str) -> str:
        import requests

        if user not in self._tokens:
            login = {"username": user, "password": self._passwords[user]}
            response = requests.post(f"{self._base_url}/auth/token", json=login, timeout=_TIMEOUT)
            response.raise_for_status()
            self._tokens[user] = response.json()["access_token"]
        return self._tokens[user]
