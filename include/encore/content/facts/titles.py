"""Where a concert's facts name a piece in Latin letters: capitalized words after what announces one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from encore.content.facts.latin_names import CAPITAL
from encore.content.facts.name_runs import DAY
from encore.content.facts.number_patterns import HAN
from encore.content.facts.vocabulary import composers, instruments
from encore.content.facts.word_lists import any_of, words

_WORD = rf"(?!{DAY.pattern}\b){CAPITAL}[\w’'-]*"
_SMALL = r"(?:(?:a|an|the|of|in|on|for|to|me|my|is|it|der|die|das|den|de|du|la|le|d['’])\s){0,3}"
_SMALL_ONE = r"(?:a|an|the|of|in|on|for|to|me|my|is|it) "
TITLE = rf"(?P<title>{_WORD}(?: {_SMALL}(?:No\. ?\d+|Op\. ?\d+|{_WORD}))*(?: (?:major|minor))?)"
"""Dream a Little Dream of Me; Arabesque; Rhapsody in G minor. Also a person's name: the surroundings tell."""
_NAME = rf"{CAPITAL}[\w-]+(?: (?:(?:van|von|de|da|di) )?{CAPITAL}[\w-]+){{0,3}}"
_OWNED = re.compile(
    rf"(?<![\w'‘“\"„])(?P<owner>{_NAME})(?P<apostrophe>['’])?(?(apostrophe)s?|(?<=[a-zäöü]s))"
    rf" (?:famous |beautiful )?[“\"„]?{TITLE}"
)
"""Neal Hefti's Splanky; Bruckners Locus iste."""
_CUES = (
    re.compile(rf"\b(?:{any_of('announces_a_title')}) (?:the |a |den |die |das )?{TITLE}"),
    re.compile(rf"{TITLE}[”\"“»]? (?:by|von) (?={composers().latin}\b)"),
    re.compile(rf"\b{composers().latin}[,:] [“\"„»]?{TITLE}"),
    re.compile(rf"\b(?i:{instruments().latin})(?: solo| part)? in(?: the)? [“\"„]?{TITLE}"),
    re.compile(rf"\b(?:with|mit) (?P<title>{_WORD} {_SMALL_ONE}{_WORD})"),
    re.compile(rf"\) (?:in(?: the)?|die|den|das|der) {TITLE}"),
    re.compile(rf"[：:][{HAN}]{{2,6}} {TITLE}"),
)
_AFTER_COLON = (
    re.compile(rf"(?:{CAPITAL}[\w-]+|\)|\d|\b[a-z]+): {TITLE}(?=[.;,(]|$)", re.MULTILINE),
    re.compile(rf"\b(?:{any_of('all_together')}): (?P<title>{CAPITAL}[^.,;:\n]{{2,50}})(?=[.,;\n]|$)"),
)
"""Also where a name may stand."""


@dataclass(frozen=True)
class Title:
    """`owner`: who is said to have written it, or to play it. `sure`: no name of a person stands there."""

    name: str
    start: int
    end: int
    owner: str = ""
    sure: bool = True


def titles(text: str) -> Iterator[Title]:
    """A title may come more than once, by each cue."""
    for match in _OWNED.finditer(text):
        if match["apostrophe"] or composers().of_name(match["owner"]):
            yield Title(match["title"], *match.span("title"), match["owner"])
    for cue in _CUES:
        for match in cue.finditer(text):
            yield Title(match["title"], *match.span("title"))
    for cue in _AFTER_COLON:
        for match in cue.finditer(text):
            yield Title(
                match["title"],
                *match.span("title"),
                sure=is_surely_one(match["title"]) and " in " not in match["title"],
            )


def tongue(text: str) -> str:
    """Which language its small words are of; "" where that is not plain."""
    said = re.findall(r"[a-zäöüß]+", text.lower())
    english, german = (sum(word in words(name) for word in said) for name in ("small_in_english", "small_in_german"))
    return "" if english == german else "en" if english > german else "de"


def is_surely_one(name: str) -> bool:
    """Whether its small words are those of a title and of nobody's name: Dream a Little Dream of Me."""
    return re.search(r"\s(?:a|an|the|of|in|on|for|to|me|my|is|it)\s", name) is not None
