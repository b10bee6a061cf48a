"""Traditional characters as simplified ones, sign by sign: for comparing, not for showing."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

_HAN = re.compile(r"[\u3400-\u9fff]")


def simplified(text: str) -> str:
    """As long as the text: a place in the one is the same place in the other."""
    if not _HAN.search(text):
        return text
    found = _simplifier().convert(text)
    return found if len(found) == len(text) else "".join(map(_simplified_sign, text))


@cache
def _simplified_sign(sign: str) -> str:
    found = _simplifier().convert(sign)
    return found if len(found) == 1 else sign


@cache
def _simplifier() -> OpenCC:
    from opencc import OpenCC  # reads its dictionaries, and no task that publishes needs it

    return OpenCC("t2s")
