"""Names in Latin letters that a text binds to a part in the concert: who plays, who leads, by whom it is, where it is.

A word with a capital in free position states nothing: it may be where somebody's grandmother comes from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.latin_names import CAPITAL, NAME, core
from encore.content.facts.roles import part_around, sentence_around
from encore.content.facts.vocabulary import instruments
from encore.content.facts.word_lists import any_of, words

Known = Callable[[int, int], bool]
"""Whether the facts vouch for what stands at start:end."""

_INSTRUMENT = "|".join(
    sorted({re.escape(name) for one in instruments().entries for name in one.names if name.isascii()}, key=len)[::-1]
)
_ON_INSTRUMENT = rf"(?:,? on|,? playing)(?: the| her| his| solo)? (?i:{_INSTRUMENT})\b"
_AGED = r"(?:,? \(?(?:aged? )?\d{1,2}\)?,?)?"
_PEOPLE = (
    re.compile(rf"{NAME}{_AGED}(?: and [A-Z]\w+)?(?: (?:{any_of('acts')})|{_ON_INSTRUMENT})(?!\w)"),
    re.compile(rf"(?<!\w)(?:(?i:{any_of('parts')})|(?i:{_INSTRUMENT})),? {NAME}"),
    re.compile(rf"{NAME} (?:\(\d{{1,2}}\)|\((?:aged?|year|grade) \d{{1,2}}\))"),
    re.compile(rf"{NAME}['’]s (?:students|pupils|studio|class|singers|choir|playing|solo|performance)\b"),
    re.compile(rf"\b[Ww]ith (?:(?:Dr|Mr|Ms|Mrs|Prof)\.? {NAME}|(?P<full>{CAPITAL}[\w’-]+ {CAPITAL}[\w’-]+)(?=[.,!;:]|$))"),
    re.compile(rf"\bmit (?:Frau|Herrn) {NAME}|\b[Mm]it (?P<full>{CAPITAL}[\w’-]+ {CAPITAL}[\w’-]+) (?:an|am|auf)\b"),
)  # fmt: skip
_WORKS = (
    re.compile(rf"(?<!\w)(?:{any_of('works')})(?:[”\"“]?,? (?:by|von)| from) {NAME}(?! to\b| via\b)"),
    re.compile(rf"{NAME}(?:['’]s?|s)? (?:(?:famous|beautiful|beloved|great|first|second|third|last) )?(?:{any_of('forms')})(?!\w)"),
    re.compile(
        r"(?<!\w)(?:plays?|performs?|sings?|tackles|playing|performing|singing|spielt|spielen|singt|singen)"
        rf" (?:the |a |an |some |her |his |their |das |die |den |ein |eine )?{NAME}"
    ),
)  # fmt: skip
_OF_A_COMPOSER = re.compile(rf"(?:['’]s?|(?<=[a-zäöü])s) [“\"„]?(?P<name>{CAPITAL}[\w’'-]+(?: (?:{CAPITAL}|[a-z]{{2}} {CAPITAL})[\w’'-]+){{0,3}})")
_HOUSE = rf"(?:{any_of('venues')})"
_DE_HOUSE = "|".join(sorted(name.title() for name in words("de_venues")))
_PLACES = (
    re.compile(rf"(?<!\w)(?:@ ?|(?i:at|in|inside|into|to|the)(?: the| our)? )(?P<name>(?:{CAPITAL}[\w.’'-]* ){{1,4}}{_HOUSE})(?!\w)"),
    re.compile(rf"['’]s (?P<name>(?:{CAPITAL}[\w.’'-]* ){{1,2}}{_HOUSE})(?!\w)"),
    re.compile(rf"(?:^|(?<=[,|·•–—:\n] ))(?P<name>(?:{CAPITAL}[\w.’'-]* ){{1,4}}{_HOUSE})(?=\s?[.,!|·•–—\n]|$)", re.MULTILINE),
    re.compile(rf"\b(?:on|in|at|off|from|along) (?P<name>(?:{CAPITAL}[\w.’'-]+ ){{1,2}}(?:{any_of('streets')}))(?!\w)"),
    re.compile(rf"(?<!\w)(?:@ ?|(?:[Aa]t|[Ii]n|[Ii]nside)(?: the)? ){NAME}"),
    re.compile(rf"\b(?:[Vv]enue|[Ww]here|[Oo]rt|[Ll]ocation): {NAME}"),
    re.compile(
        rf"\b(?:[Ii]m|[Ii]n der|[Ii]n die|[Ii]ns|[Ii]n den|[Zz]ur|[Zz]um|[Vv]or der|[Aa]n der|[Ii]n unserem|[Ii]n unserer) (?:[a-zäöüß]+(?:en|er) )?"
        rf"(?P<name>(?:{CAPITAL}[\w-]+ )?(?:{CAPITAL}[\w-]*(?:{any_of('de_venues')})|{_DE_HOUSE})n?(?: {CAPITAL}[\w.-]+)?)(?!\w)"
    ),
    re.compile(rf"\b(?:[Ii]n der|[Aa]uf der|[Aa]m|[Ii]n die) (?P<name>{CAPITAL}[\wäöüß-]*(?:straße|strasse|gasse|platz|allee|weg))(?!\w)"),
)  # fmt: skip
_STRICT = 4
"""From this one on, what is no house by its writing is a place only where a time or an invitation stands beside it."""
_INVITES, _LIVES = (re.compile(any_of(name), re.IGNORECASE) for name in ("invites", "lives"))
_SPOKEN_OF = re.compile(r"\b(?:like|over|than|not|no|look|looking|laugh|smile|wave|from|way) (?:at |to |quite )?$", re.IGNORECASE)
_OTHER_SCRIPT = re.compile(r"\b(?:[Ww]ith|by) (?P<name>[\u0590-\u08ff\uac00-\ud7af]{2,30}(?: [\u0590-\u08ff\uac00-\ud7af]{2,30}){0,3})")


def bound_names(text: str, known: Known, says: Callable[[str], bool], moments: Iterable[Claim]) -> Iterator[Claim]:
    """What is bound and not `known`. `says`: whether the facts have a word; `moments`: the text's dates and times."""
    for match in _OTHER_SCRIPT.finditer(text):
        if not known(*match.span("name")):
            yield _claim(text, *match.span("name"))
    for pattern in (*_PEOPLE, *_WORKS):
        for match in pattern.finditer(text):
            yield from _unknown(text, match, known, says)
    moments = [(one.start, one.end) for one in moments]
    for at, pattern in enumerate(_PLACES):
        for match in pattern.finditer(text):
            if _is_of_this(text, match, moments, strictly=at >= _STRICT):
                yield from _unknown(text, match, known, says, whole=at < _STRICT or at > _STRICT + 1)


def _unknown(
    text: str, match: re.Match[str], known: Known, says: Callable[[str], bool], *, whole: bool = False
) -> Iterator[Claim]:
    span = match.span("name") if match["name"] else match.span("full")
    if whole:
        name = text[slice(*span)].split()[-1].lower()
        found = None if name in words("any_house") else span
        found = _without_article(text, *found) if found else None
    else:
        found = core(text, *span)
    if found and not known(*found) and not all(says(part) for part in _parts(text, *found)):
        yield _claim(text, *found)


def _without_article(text: str, start: int, end: int) -> tuple[int, int]:
    leading = re.match(r"(?:The|Our|A|Hello|Welcome|Join|In|At) (?=\S+ )", text[start:end])
    return (start + leading.end() if leading else start), end


def _parts(text: str, start: int, end: int) -> list[str]:
    return re.split(r"[\s-]+", text[start:end])


def _is_of_this(text: str, match: re.Match[str], moments: list[tuple[int, int]], *, strictly: bool) -> bool:
    start, end = match.span("name")
    if _SPOKEN_OF.search(text[max(0, match.start() - 16) : match.start()]) or text.startswith(("-", "'s", "’s"), end):
        return False
    first, last = sentence_around(text, start, end)
    if _LIVES.search(text, first, last):
        return False
    if not strictly:
        return True
    near = part_around(text, start, end)
    return any(near[0] - 2 <= moment[1] and moment[0] <= near[1] + 2 for moment in moments) or bool(
        _INVITES.search(text, first, last)
    )


def _claim(text: str, start: int, end: int) -> Claim:
    return Claim(FactKind.NAME, text[start:end], start, end, text[start:end].lower())
