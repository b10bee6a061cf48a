"""Hashtags that follow from a campaign's own words (`hashtags.yaml`); none is guessed."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from encore.content.facts.sheet import FactSheet
from encore.domain.chinese import simplified
from encore.domain.content import Language
from encore.domain.json import Json


@cache
def _table() -> Json:
    return yaml.safe_load(Path(__file__).with_name("hashtags.yaml").read_text(encoding="utf-8"))


def _said(word: str, text: str) -> bool:
    """Chinese writes no spaces, so a Chinese word may stand anywhere."""
    if word[0] >= "\u2e80":
        return word in text
    beginning = re.escape(word.rstrip("*"))
    return re.search(rf"\b{beginning}" + (r"" if word.endswith("*") else r"\b"), text) is not None


def _is_about(entry: Json, text: str) -> bool:
    for other in entry.get("but_not", ()):
        text = text.replace(other, " ")
    return any(_said(word, text) for word in entry["words"])


def hashtags(facts: FactSheet, language: Language, most: int) -> tuple[str, ...]:
    """At most `most` tags without `#`: one general tag, those of the facts, then more general ones."""
    table = _table()
    title = simplified(facts.title).lower()
    text = f"{title}\n{simplified(facts.highlights).lower()}"
    first, *general = table["always"][language]
    special = [entry[language] for entry in table["by_word"] if _is_about(entry, title if "season" in entry else text)]
    if facts.highlights:
        general += table["with_highlights"][language]
    return tuple(dict.fromkeys([first, *special, *general]))[:most]
