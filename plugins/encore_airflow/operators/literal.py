"""A person's text inside a page that Airflow renders as Markdown: it is shown as it is written, and does nothing."""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\U000e0100-\U000e01ef]")
"""Letters and marks that are drawn as nothing at all."""


def literal(text: str) -> str:
    """A code block of Markdown that holds the text. Its fence is longer than any in the text, so that nothing in it
    ends the block; the language keeps its line breaks on Airflow's page."""
    fence = "`" * max(3, *(1 + len(run) for run in re.findall("`+", text)), 0)
    return f"{fence}text\n{visible(text)}\n{fence}"


def visible(text: str) -> str:
    """The text with a mark such as `⟨U+200B⟩` for each character that a reader would not see or that turns the others
    round. What joins an emoji out of several stays."""
    text = text.replace("\r\n", "\n")
    return "".join(
        f"⟨U+{ord(char):04X}⟩" if _is_unseen(char) and not _joins(text, at) else char for at, char in enumerate(text)
    )


def one_line(text: str) -> str:
    return visible(" ".join(text.split()))


def _is_unseen(char: str) -> bool:
    return (unicodedata.category(char) in _UNSEEN and char not in "\n\t") or bool(_BLANK.match(char))


def _joins(text: str, at: int) -> bool:
    around = text[at - 1 : at] + text[at + 1 : at + 2]
    return text[at] == "\u200d" and len(around) == 2 and all(_is_emoji(char) for char in around)


def _is_emoji(char: str) -> bool:
    return char == "\ufe0f" or unicodedata.category(char) in ("So", "Sk")
