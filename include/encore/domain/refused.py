"""How a validator says what it refuses: by a key of the catalogue, since what a person reads is said elsewhere."""

from __future__ import annotations

from typing import LiteralString

from pydantic_core import PydanticCustomError


def refused(key: LiteralString, /, **values: object) -> PydanticCustomError:
    """To be raised; pydantic's `errors()` give `key` as the type and `values` as the context."""
    return PydanticCustomError(key, key, values)
