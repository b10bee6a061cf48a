"""Keys and passwords of the local stack."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from encore_airflow.stack import keys


def test_keys_are_made_once_and_closed_to_others(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    made = keys.airflow_keys(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.airflow_keys(path) == made
    assert set(made) == {"fernet_key", "secret_key", "jwt_secret"}


def test_a_user_added_later_gets_a_password_and_the_others_keep_theirs(tmp_path: Path) -> None:
    path = tmp_path / "passwords.json"
    path.write_text(json.dumps({"admin": "kept"}), encoding="utf-8")
    made = keys.passwords(path)
    assert made["admin"] == "kept"
    assert set(made) == set(keys.USERS)
    assert len(set(made.values())) == len(made)


def test_teachers_have_no_role_in_airflow() -> None:
    assert {user for user, role in keys.USERS.items() if not role} == {"teacher-li", "teacher-anna"}
