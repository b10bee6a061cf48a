"""What people say without stating anything: "a million thanks" counts nothing, and "feel free" promises no price."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN_FILLING, _HAN_FILLING = "x", "的"
"""Signs that no pattern takes for the beginning or the end of anything."""


def without_idioms(text: str) -> str:
    """As long as the text, with ordinary letters where an idiom stood."""
    return _idioms().sub(_filled, text)


def _filled(match: re.Match[str]) -> str:
    return (_HAN_FILLING if _HAN.match(match[0]) else _LATIN_FILLING) * len(match[0])


@cache
def _idioms() -> re.Pattern[str]:
    lines = Path(__file__).with_name("idioms.txt").read_text(encoding="utf-8").splitlines()
    found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    latin = "|".join(line for line in found if not _HAN.search(line))
    chinese = "|".join(line for line in found if _HAN.search(line))
    return re.compile(rf"(?<![\w-])(?:{latin})(?![\w])|{chinese}", re.IGNORECASE)
