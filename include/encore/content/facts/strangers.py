"""People whom a text names and the facts do not: a performer's first name with another surname, somebody by a title
only, and who is said to have written a piece of the programme."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from encore.content.facts.bound_names import Known, name_claim
from encore.content.facts.cast import COMPOSER, GROUP, PERSON, PIECE, Cast, Mention
from encore.content.facts.claims import Claim
from encore.content.facts.clauses import sentence_around
from encore.content.facts.latin_names import CAPITAL, core, is_ordinary
from encore.content.facts.name_runs import DAY, NEAR, WORK
from encore.content.facts.number_patterns import HAN
from encore.content.facts.titles import TITLE
from encore.content.facts.vocabulary import composers, instruments
from encore.content.facts.word_lists import any_of

_NO_LETTER = rf"(?<![^\W{HAN}])"
_SURNAME = rf"{CAPITAL}[’']?{CAPITAL}?[a-zà-ÿ][a-zà-ÿA-Z’-]+"
_TITLED = re.compile(
    rf"{_NO_LETTER}(?:Mrs?|Ms|Miss|Frau|Herrn?|Dr|Prof(?:essor)?)\.? (?P<name>{_SURNAME}(?: {_SURNAME})?)"
)
_PLAYS = re.compile(
    rf"\b(?:{any_of('acts')}|accompan\w+|teach\w+|class|studio|pupils|students|Klasse|Leitung|begleit\w+|host\w*|judg\w+|present\w*|introduc\w+|conduct\w*|emcees?|moder\w+)|{any_of('zh_does')}"
)
_NAME = rf"{CAPITAL}[\w-]+(?: (?:(?:van|von|de|da|di) )?{CAPITAL}[\w-]+){{0,2}}"
_OWNER_BEFORE = re.compile(rf"{_NO_LETTER}(?P<name>{_NAME})(?:['’]s?|\s?的)\s?(?:famous |own )?[“\"„»《〈]?$")
_OWNS = re.compile(rf"(?:['’]s?|(?<=s)) [“\"„»]?{TITLE}")
_OWNER_AFTER = re.compile(rf"[”\"“»«]? (?:by|von) (?P<name>{_NAME})")
_WROTE_BEFORE = re.compile(
    rf"(?:^|(?<![{HAN}])|(?<=[唱弹奏拉吹由是]))(?P<name>[{HAN}·]{{2,6}}?)(?:作|谱|写|创)(?:曲|作)?的《$"
)
_WROTE_AFTER = re.compile(
    rf"》(?:的?作曲[者家]?(?:是|[:：])|是|由|[（(])(?P<name>[{HAN}·]{{2,4}}?)(?:(?:作|谱)?曲|作的|写的|谱写|创作)"
)


def strangers(text: str, cast: Cast, known: Known) -> Iterator[Claim]:
    yield from _with_another_surname(text, cast, known)
    yield from _titled(text, known)
    mentions = cast.mentions(text)
    yield from _owners(text, mentions, known)
    yield from _other_works(text, mentions, known)
    yield from _wrote(text, mentions, known)


def _with_another_surname(text: str, cast: Cast, known: Known) -> Iterator[Claim]:
    """Brenda Ackroyd, where the facts have Brenda Ashworth."""
    full = [name.split() for name, (kind, _) in cast.names.items() if kind == PERSON and name.count(" ") == 1]
    first = sorted({one[0] for one in full if one[0].isalpha() and len(one[0]) > 2})
    if not first:
        return
    surnames = {part for one in full for part in one}
    pattern = re.compile(
        rf"(?<!['’-]){_NO_LETTER}(?i:{'|'.join(map(re.escape, first))}) (?P<last>{_SURNAME})(?![^\W{HAN}])"
    )
    for match in pattern.finditer(text):
        last = re.sub(r"['’]s?$", "", match["last"])
        start, end = match.start("last"), match.start("last") + len(last)
        named = any(start < one.end and one.start < end for one in cast.mentions(text))
        no_name = is_ordinary(last) or DAY.fullmatch(last) or _is_a_tool(last) or named
        if not (no_name or last.lower() in surnames or known(start, end)) and text[match.start()].isupper():
            yield replace(name_claim(text, match.start(), end), role=NEAR)


def _is_a_tool(word: str) -> bool:
    """Also a German one in one word: Tenorblockflöte."""
    starts = range(len(word) - 4) if len(word) > 9 else (0,)
    return any(any(instruments().mentions(word[at:])) for at in starts)


def _titled(text: str, known: Known) -> Iterator[Claim]:
    for match in _TITLED.finditer(text):
        start, end = match.span("name")
        here = slice(*sentence_around(text, start, end))
        if any(composers().mentions(match["name"])) or is_ordinary(match["name"]) or not _PLAYS.search(text[here]):
            continue
        last = match["name"].split()[-1]
        if not known(start, end) and not known(end - len(last), end):
            yield name_claim(text, match.start(), end)


def _owners(text: str, mentions: Iterable[Mention], known: Known) -> Iterator[Claim]:
    """Willie Nelson's Folsom Prison Blues, where the facts name somebody else or nobody."""
    found = list(mentions)
    named = [one for one in found if one.kind in (PERSON, COMPOSER, GROUP)]
    for piece in (one for one in found if one.kind == PIECE):
        before = _OWNER_BEFORE.search(text, max(0, piece.start - 50), piece.start)
        for match in filter(None, (before, _OWNER_AFTER.match(text, piece.end))):
            owner = core(text, *match.span("name")) or _in_one_word(text, match)
            if owner is None or known(*owner) or any(one.start < owner[1] and owner[0] < one.end for one in named):
                continue
            if not re.search(rf"[{HAN}]", text[slice(*owner)]):
                yield name_claim(text, *owner)


def _wrote(text: str, mentions: Iterable[Mention], known: Known) -> Iterator[Claim]:
    """谷建芬作曲的《大海啊》."""
    for piece in (one for one in mentions if one.kind == PIECE):
        before = _WROTE_BEFORE.search(text, max(0, piece.start - 16), piece.start)
        for match in filter(None, (before, _WROTE_AFTER.match(text, piece.end))):
            if not known(*match.span("name")):
                yield name_claim(text, *match.span("name"))


def _in_one_word(text: str, match: re.Match[str]) -> tuple[int, int] | None:
    """Moby Dick by Rush: an ordinary word that ends what is said."""
    last = match.re is _OWNER_AFTER and re.match(r"[.,;!?)]|$", text[match.end() :])
    return match.span("name") if last and not DAY.fullmatch(match["name"]) else None


def _other_works(text: str, mentions: Iterable[Mention], known: Known) -> Iterator[Claim]:
    """Herbie Hancock's Watermelon Man, where the facts have his Chameleon."""
    for one in mentions:
        match = _OWNS.match(text, one.end) if one.kind == COMPOSER else None
        if match is None or composers().of_name(text[one.start : one.end]):
            continue
        start = match.start("title")
        if not any(known(start, start + word.end()) for word in re.finditer(r"[\w’'-]+", match["title"])):
            yield replace(name_claim(text, *match.span("title")), role=WORK)
