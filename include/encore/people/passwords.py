"""What a password and a user name must be."""

from __future__ import annotations

import re

from encore.domain.campaign import IDENTIFIER
from encore.errors import RefusedError

SHORTEST, LONGEST = 10, 200
LONGEST_NAME = 64
"""Of a user name, which is the `teacher_id` of campaigns."""


def require_password(password: str, name: str) -> None:
    """Raises `RefusedError`."""
    if len(password) < SHORTEST:
        raise RefusedError("password.too_short", field="password", n=SHORTEST)
    if len(password) > LONGEST:
        raise RefusedError("password.too_long", field="password", n=LONGEST)
    if password.casefold() == name.casefold() or not password.strip():
        raise RefusedError("password.is_name", field="password")


def require_name(name: str) -> None:
    """Raises `RefusedError`."""
    if len(name) > LONGEST_NAME or not re.match(IDENTIFIER, name):
        raise RefusedError("person.bad_name", field="name", n=LONGEST_NAME)
