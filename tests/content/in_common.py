"""How much two texts have in common, and what of a text is its writer's own."""

from __future__ import annotations

import re
from collections.abc import Iterable

from encore.content.facts.sheet import FactSheet
from encore.content.writing.caption import Caption
from encore.content.writing.facts_said import rendered
from encore.content.writing.phrase_book import phrases
from encore.domain.content import Language

_HAN = "\u3400-\u9fff"
_WORD = re.compile(rf"[{_HAN}]|[^\W\d_{_HAN}]+(?:['’][^\W\d_]+)*|\d+")
_FACT_LINE = re.compile(r"^\s*(📅|📍|🗓️?|🕢|⏰|💻|when:|where:|termin:|ort:|[时時][间間]：|地[点點]：)", re.IGNORECASE)


def words(text: str) -> list[str]:
    """Words in lower case, of Chinese its characters; signs and emoji are none."""
    return [word.lower() for word in _WORD.findall(text)]


def longest_common(one: list[str], other: list[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(other) + 1)
    for word in one:
        before = 0
        for at, its in enumerate(other, 1):
            before, row[at] = row[at], before + 1 if word == its else max(row[at], row[at - 1])
    return row[-1]


def in_common(one: str, other: str) -> float:
    """The share of the shorter text that the longer one has too, in the same order."""
    first, second = words(one), words(other)
    return longest_common(first, second) / max(1, min(len(first), len(second)))


def own_words(text: str, facts: FactSheet, language: Language, *, titled: bool) -> str:
    """A caption without what every post of the concert has to say: its title (whole or cut off), lines of date, time,
    place and links, and hashtags."""
    caption = Caption.parse(text, titled=titled)
    said = rendered(facts, language)
    lines = [caption.title or "", *caption.body.split("\n")]
    ways = _ways_online(language)
    kept = "\n".join(line for line in lines if not _FACT_LINE.match(line) and line not in ways)
    titles = (said["quoted_title"], said["title"])
    facts_said = (*titles, said["when"], said["date"], said["time"], facts.venue, facts.link)
    for fact in sorted(filter(None, facts_said), key=len, reverse=True):
        kept = kept.replace(fact, " ")
    return _without_cut_title(kept, said["title"])


def _ways_online(language: Language) -> set[str]:
    """As the formal voice says them, which sets no sign in front."""
    by_form = (forms for moment in phrases(language)["watch"].values() for forms in moment.values())
    return {line.removeprefix("💻 ") for lines in by_form for line in lines}


def _without_cut_title(text: str, title: str) -> str:
    for end in range(len(title) - 1, 2, -1):
        text = text.replace(f"{title[:end]}…", " ")
    return text


def pairs_in_common(texts: Iterable[str]) -> list[float]:
    texts = list(texts)
    return [in_common(one, other) for at, one in enumerate(texts) for other in texts[at + 1 :]]
