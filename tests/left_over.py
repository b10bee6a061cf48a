"""What of another language stands in a text that is to be in one, and what is no language at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter

from encore.words import ENGLISH
from encore.words.catalogue import source


def fragments(text: str | tuple[str, ...]) -> Iterator[str]:
    """What stands between the values, where it is long enough to be told from a name."""
    for form in (text,) if isinstance(text, str) else text:
        yield from (
            part.strip() for part, *_ in Formatter().parse(form) if part and " " in part.strip() and len(part) > 9
        )


SENTENCES = [message for message in source() if message.context]
ENGLISH_TEXTS = sorted({part for message in SENTENCES for part in fragments(message.id)}, key=len)
KEY = re.compile("|".join(rf"\b{re.escape(message.context)}\b" for message in SENTENCES if message.context.count("_")))


def left_over(text: str, language: str) -> list[str]:
    """English texts, and keys, on a page of `language`."""
    found = KEY.findall(text)
    return found if language == ENGLISH else [*found, *(part for part in ENGLISH_TEXTS if part in text)]
