"""Names in Latin letters that a text binds to a part in the concert: who plays, who leads, by whom it is, what it is.

A word with a capital in free position states nothing: it may be where somebody's grandmother comes from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.latin_names import CAPITAL, NAME, core, is_ordinary
from encore.content.facts.name_runs import WORK
from encore.content.facts.titles import TITLE, is_surely_one
from encore.content.facts.vocabulary import instruments
from encore.content.facts.word_lists import any_of

Known = Callable[[int, int], bool]
"""Whether the facts vouch for what stands at start:end."""
Says = Callable[[str], bool]
"""Whether the facts have a word."""

_INSTRUMENTS = sorted(
    (re.escape(name) for one in instruments().entries for name in one.names if name.isascii()), key=len
)
_INSTRUMENT = "|".join(reversed(_INSTRUMENTS))
_ON_INSTRUMENT = rf"(?:,? on|,? playing)(?: the| her| his| solo)? (?i:{_INSTRUMENT})\b"
_AGED = r"(?:,? \(?(?:aged? )?\d{1,2}\)?,?)?"
_UP = rf"{CAPITAL}[\w.’-]+"
_FULL = rf"(?P<full>{CAPITAL}[\w’-]+ {CAPITAL}[\w’-]+)"
_ONES = r"(?:students|pupils|studio|class|singers|choir|playing|solo|performance)\b"
_PEOPLE = (
    re.compile(rf"{NAME}{_AGED}(?: and [A-Z]\w+)?(?: (?:{any_of('acts')})|{_ON_INSTRUMENT})(?!\w)"),
    re.compile(rf"(?<!\w)(?:(?i:{any_of('parts')})|(?i:{_INSTRUMENT})),? {NAME}"),
    re.compile(rf"(?<!\w)(?i:{any_of('parts')}),? {_UP}(?: {_UP}){{0,3}}(?:,| and| &| und) {NAME}"),
    re.compile(rf"{NAME} (?:\(\d{{1,2}}\)|\((?:aged?|year|grade) \d{{1,2}}\))"),
    re.compile(rf"{NAME}['’]s {_ONES}"),
    re.compile(rf"\b[Hh]ear {NAME}(?= and\b|[,.!]| on\b| (?:play|sing|perform)\b)"),
    re.compile(rf"\b[Ww]ith (?:(?:Dr|Mr|Ms|Mrs|Prof)\.? {NAME}|{_FULL}(?=[.,!;:]|$))"),
    re.compile(rf"\bmit (?:Frau|Herrn) {NAME}|\b[Mm]it {_FULL} (?:an|am|auf)\b"),
)
_ARTICLE = re.compile(
    r"\b(?:the|our|an?|der|die|das|den|dem|am|im|beim|vom|zum|zur"
    r"|(?:ein|dies|jen|jed|welch|manch|kein|mein|dein|sein|ihr|unser|euer|eur)(?:e[mnrs]?)?)\s*$",
    re.IGNORECASE,
)
"""Before a single word it makes a thing of it, not somebody."""
_OF = r"(?:['’]s?|s)? (?:(?:famous|beautiful|beloved|great|first|second|third|last) )?"
_DOES_A_WORK = rf"(?<!\w)(?:{any_of('does_a_work')})"
_WORKS = (
    re.compile(rf"(?<!\w)(?:{any_of('works')})(?:[”\"“]?,? (?:by|von)| from) {NAME}(?! to\b| via\b)"),
    re.compile(rf"{NAME}{_OF}(?:{any_of('forms')})(?!\w)"),
    re.compile(rf"{_DOES_A_WORK} (?:the |a |an |some |her |his |their |das |die |den |ein |eine )?{NAME}"),
)
_PLAYED_TITLE = re.compile(rf"{_DOES_A_WORK} (?:the |a |an )?{TITLE}")
_TITLE_AFTER_COLON = re.compile(rf"{_DOES_A_WORK}\b[^.!?:\n]{{0,60}}: {TITLE}(?=[.,;!]|$)", re.MULTILINE)
_NEXT_TITLE = re.compile(rf"[”\"“»]?(?:, and|,| and| &| und) (?:the |a )?[“\"„«]?{TITLE}")
_ENDS_LIST = re.compile(r"[”\"“»]?(?:[.!;\n]|$)")
_OTHER_LETTERS = r"[\u0590-\u08ff\uac00-\ud7af]{2,30}"
_OTHER_SCRIPT = re.compile(rf"\b(?:[Ww]ith|by) (?P<name>{_OTHER_LETTERS}(?: {_OTHER_LETTERS}){{0,3}})")
"""Scripts without capitals: Arabic, Hebrew, hangul."""


def bound_names(text: str, known: Known, says: Says) -> Iterator[Claim]:
    """Who takes part and what is played that the facts do not name."""
    for match in _OTHER_SCRIPT.finditer(text):
        if not known(*match.span("name")):
            yield name_claim(text, *match.span("name"))
    for pattern in _PEOPLE:
        for match in pattern.finditer(text):
            start, end = match.span("name") if match["name"] else match.span("full")
            found = core(text, start, end)
            if found and not _is_a_thing(text, start, *found):
                yield from unknown(text, *found, known, says)
    for pattern in _WORKS:
        for match in pattern.finditer(text):
            if found := core(text, *match.span("name")):
                yield from (replace(one, role=WORK) for one in unknown(text, *found, known, says))
    yield from _whole_titles(text, known, says)


def _whole_titles(text: str, known: Known, says: Says) -> Iterator[Claim]:
    """What ordinary words name, in capitals after a verb of playing: When I'm Sixty-Four."""
    played = [*_PLAYED_TITLE.finditer(text), *_TITLE_AFTER_COLON.finditer(text)]
    for match in (*played, *(other for one in played for other in _next_titles(text, one))):
        words = re.findall(rf"{CAPITAL}[\w’'-]*", match["title"])
        strange = [word for word in words if not says(word)]
        named = len(words) > 2 or is_surely_one(match["title"]) or not all(map(is_ordinary, words))
        if len(words) > 1 and strange and named and not (known(*match.span("title")) or _is_spanned(match, known)):
            yield replace(name_claim(text, *match.span("title")), role=WORK)


def _next_titles(text: str, match: re.Match[str]) -> Iterator[re.Match[str]]:
    """Carol of the Bells and Let It Snow."""
    while found := _NEXT_TITLE.match(text, match.end("title")):
        match = found
        if is_surely_one(match["title"]) or _ENDS_LIST.match(text, match.end("title")):
            yield match


def _is_spanned(title: re.Match[str], known: Known) -> bool:
    """Whether it is a known name and words after it that people write with capitals."""
    at, words = title.start("title"), list(re.finditer(rf"{CAPITAL}[\w-]*", title["title"]))
    runs = ((one, other) for first, one in enumerate(words) for other in words[first + (first > 0) :])
    return any(known(at + one.start(), at + other.end()) for one, other in runs)


def unknown(text: str, start: int, end: int, known: Known, says: Says) -> Iterator[Claim]:
    """A claim for what is not known as a whole, nor word by word."""
    parts = re.split(r"(?:['’]s)?[\s-]+", text[start:end])
    if not (known(start, end) or all(says(part) or (is_ordinary(part) and "-" in text[start:end]) for part in parts)):
        yield name_claim(text, start, end)


def name_claim(text: str, start: int, end: int) -> Claim:
    return Claim(FactKind.NAME, text[start:end], start, end, text[start:end].lower())


def _is_a_thing(text: str, before: int, start: int, end: int) -> bool:
    article = _ARTICLE.search(text[max(0, before - 12) : before]) or _ARTICLE.search(text[before:start])
    return " " not in text[start:end] and article is not None
