"""Addresses that are secrets themselves: they stand in no log."""

from __future__ import annotations

import re

_ROOT = r"(?:/(?!encore/|api/)[^/]+)*?"
"""Wherever Airflow is mounted."""
_SECRET = re.compile(rf"({_ROOT}/(?:media|encore/(?:invitation|lost-password|data-deletion))/).+", re.DOTALL)
_OURS = re.compile(r"/(?:media|encore|api/v1)(?:/|$)")


def told_path(path: str) -> str:
    """The path as a log may have it."""
    found = _SECRET.match(path)
    return f"{found[1]}…" if found else path


def told_query(path: str, query: str) -> str:
    """Of our own paths none: it holds codes of platforms, and what people search for."""
    return "" if _OURS.search(path) else query
