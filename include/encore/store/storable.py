"""The gate that every value passes before it is stored: what PostgreSQL cannot keep is replaced, not refused.

A platform's answer, a model's text or a header may hold NUL, half an emoji or a number that is none. The write would
fail, and with it the very record of what was said.
"""

from __future__ import annotations

import math

from psycopg.types.json import Jsonb

REPLACEMENT = "\ufffd"
"""What Unicode has for a character that cannot be shown."""


def storable_text(text: str) -> str:
    """`text` with U+FFFD for each NUL and each lone surrogate; two halves of one character that were sent apart are
    joined. Text that can be stored comes back as it is, the same object."""
    if text.isascii():
        return text.replace("\0", REPLACEMENT)  # gives the same object where there is none
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text.replace("\0", REPLACEMENT)


def storable_json(value: object) -> object:
    """The same through all of a JSON value, keys included; NaN and the infinities, which JSON does not have, become
    null."""
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {storable_text(key) if isinstance(key, str) else key: storable_json(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [storable_json(one) for one in value]
    return value


def storable(parameter: object) -> object:
    """A statement's parameter as the driver takes it: a dict as jsonb, a list as an array."""
    if isinstance(parameter, str):
        return storable_text(parameter)
    if isinstance(parameter, dict):
        return Jsonb(storable_json(parameter))
    if isinstance(parameter, list):
        return [storable_text(one) if isinstance(one, str) else one for one in parameter]
    return parameter
