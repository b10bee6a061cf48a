"""Keys and passwords of the local stack: made once, kept in files that only their owner may read."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

USERS = {"admin": "ADMIN", "op": "OP", "teacher-li": "", "teacher-anna": ""}
"""User and role in Airflow's simple auth manager. A teacher has none: every role there reads all runs."""


def airflow_keys(path: Path) -> dict[str, str]:
    """`fernet_key`, `secret_key` and `jwt_secret`; the same as long as `path` exists."""
    return _kept(
        path,
        {
            "fernet_key": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "secret_key": lambda: secrets.token_hex(32),
            "jwt_secret": lambda: secrets.token_hex(32),
        },
    )


def passwords(path: Path) -> dict[str, str]:
    """A password for each of `USERS`, in the file format that the simple auth manager reads."""
    return _kept(path, {user: lambda: secrets.token_urlsafe(9) for user in USERS})


def _kept(path: Path, wanted: dict[str, Callable[[], str]]) -> dict[str, str]:
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    missing = {name: make() for name, make in wanted.items() if name not in kept}
    if missing:
        kept |= missing
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(kept, file)
        draft.replace(path)
    return kept
