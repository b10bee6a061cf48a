"""Reads from a concert's facts who plays and what is played: the `Cast` by which texts are compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from encore.content.facts.cast import COMPOSER, DOES, GROUP, PERSON, PIECE, Cast
from encore.content.facts.fact_patterns import claims_of
from encore.content.facts.given_words import pinyin, plain
from encore.content.facts.latin_names import CAPITAL, is_ordinary
from encore.content.facts.name_runs import capitalized_runs
from encore.content.facts.number_patterns import HAN
from encore.content.facts.people_read import AGE, people_in, without_tool
from encore.content.facts.roles import AGE as STATED_AGE
from encore.content.facts.titles import Title, titles
from encore.content.facts.vocabulary import composers, instruments, pieces
from encore.content.facts.whose_age import whose_age
from encore.content.facts.word_lists import any_of, each_of, words
from encore.content.facts.zh_people import chinese_writers, meets, wrote_in_brackets

_QUOTED = re.compile(r"[《「『“„\"〈»](?P<name>[^》」』”“\"〉«\n]{1,60})[》」』”“\"〉«]")
_PLAYED_BEFORE = re.compile(rf"(?:{DOES}|['’]s?|\bin|\bfor|\bwith)\b[^.;]{{0,60}}$")
_ENSEMBLE = re.compile(rf"(?:{any_of('groups')})s?$|(?:乐团|合唱团|乐队)$", re.IGNORECASE)
_OF_WHICH = re.compile(r" (?:No\.?|Op\.?|Nr\.?|in [A-H]\b).*$|[之]?第[一二三四五六七八九十\d]+.*$")
"""French Suite No. 5 is the French Suite."""
_ARTICLE = re.compile(r"^(?:The|An?|De[rn]|Die|Das|L[ae]) (?=\w{4})")
_ONLY_A_FORM = re.compile(rf"(?:{_ARTICLE.pattern})?(?:{any_of('forms')})(?:satz)?", re.IGNORECASE)
_TITLED = re.compile(any_of("zh_titles") + "$")
_WRITTEN_BY = re.compile(
    rf"[”\"“»’']?,? (?:by|von) (?P<name>{CAPITAL}[\w’'-]*(?: (?:(?:van|von|de|of the) )?{CAPITAL}[\w’'-]*){{0,3}})"
)
_KEY = re.compile(r"[A-H][- ]?(?:flat|sharp|is|es|s)?[- ]?(?:major|minor|Dur|Moll)?")
_SURNAMES_READ_APART = {"沈": "Shen", "曾": "Zeng", "单": "Shan", "覃": "Qin", "查": "Zha", "解": "Xie", "仇": "Qiu"}
"""As a surname the sign is read otherwise than as a word."""
_SHARED_SURNAME = re.compile(rf" (?:and|&|und) {CAPITAL}[\w’'-]+ (?P<surname>{CAPITAL}[\w’'-]+)")
"""Ana and Lucia Romero."""
_BOTH = re.compile(r" (?:and|&|und) |[、和与及]")
_TWINS = re.compile(each_of("relations")["twins"], re.IGNORECASE)
_ENOUGH = 4
"""Letters of a given name in pinyin that stand for somebody alone."""


def cast_of(highlights: str) -> Cast:
    cast = Cast()
    found = ((one.start, one.end) for one in pieces().mentions(highlights))
    well_known = [span for span in found if " " in highlights[slice(*span)]]
    named = [
        one
        for one in titles(highlights)
        if (one.start, one.end) in well_known or not meets((one.start, one.end), well_known)
    ]
    named += [Title(highlights[slice(*span)], *span) for span in well_known if highlights[span[0]].isupper()]
    surely = [(one.start, one.end) for one in named if one.sure]
    for start, end in people_in(highlights, surely):
        _add_person(cast, highlights, start, end)
    _add_ages(cast, highlights)
    _add_writers(cast, highlights, named)
    for name in _pieces(highlights, cast, named):
        key = plain(name)
        cast.add(PIECE, name)
        cast.add(PIECE, _OF_WHICH.sub("", name), key)
        cast.add(PIECE, _ARTICLE.sub("", name), key)
        for read in _read_in_latin_letters(name):
            cast.add(PIECE, read, key)
            cast.readings.add(read)
        for entry in pieces().of_name(name):
            for other in entry.names:
                cast.add(PIECE, other, key)
    return cast


def _read_in_latin_letters(name: str) -> Iterator[str]:
    """广陵散 is Guangling San, and Guang Ling San."""
    if not re.fullmatch(rf"[{HAN}]{{2,4}}", name):
        return
    first, *others = (pinyin(sign) for sign in name)
    for spaces in product(("", " "), repeat=len(others)):
        yield first + "".join(space + sign for space, sign in zip(spaces, others, strict=True))


def _add_person(cast: Cast, highlights: str, start: int, end: int) -> None:
    name = highlights[start:end]
    if _ENSEMBLE.search(name):
        cast.add(GROUP, name, "everybody")
        return
    key = cast.key_of(highlights, start, end) or plain(name)
    for called in _also_called(name):
        cast.add(PERSON, called, key)
    if beside := _SHARED_SURNAME.match(highlights, end) if name.isalpha() else None:
        cast.add(PERSON, f"{name} {beside['surname']}", key)
    if re.fullmatch(rf"[{HAN}]{{2,3}}", name) and highlights.startswith("老师", end):
        cast.add(PERSON, f"{name[0]}老师", key)


def _add_ages(cast: Cast, highlights: str) -> None:
    """Also where somebody is named again: Mia Lund and Tom Orr play; Mia (19) plays The Swan."""
    people = [one for one in cast.mentions(highlights) if one.kind == PERSON]
    for claim in claims_of(highlights):
        if claim.role == STATED_AGE and (aged := whose_age(highlights, claim, people)):
            cast.ages.setdefault(aged.key, int(str(claim.value)))
    for at, one in enumerate(people):
        if age := AGE.match(highlights, one.end):
            cast.ages.setdefault(one.key, int(next(filter(None, age.groups()))))
            before = people[at - 1] if at else one
            around = highlights[max(0, before.start - 8) : age.end() + 4]
            if _BOTH.fullmatch(highlights, before.end, one.start) and _TWINS.search(around):
                cast.ages.setdefault(before.key, cast.ages[one.key])


def _also_called(name: str) -> Iterator[str]:
    """By the first name, without the surname, and in pinyin."""
    yield name
    parts = name.split()
    if len(parts) > 1 and parts[0].rstrip(".").lower() not in words("titles"):
        yield parts[0]
    if len(parts) == 2 and parts[0].rstrip(".").lower() in words("titles"):
        yield parts[1]
    if len(parts) == 3 and name.isascii():  # Chan Wing Yan, in the Cantonese order
        yield " ".join(parts[1:])
    if _TITLED.search(name):
        return
    if re.fullmatch(rf"[{HAN}]{{3}}", name):
        yield name[1:]
    if re.fullmatch(rf"[{HAN}]{{2,3}}", name):
        yield from _in_pinyin(name)


def _in_pinyin(name: str) -> Iterator[str]:
    surname = _SURNAMES_READ_APART.get(name[0]) or pinyin(name[0]).capitalize()
    given = pinyin(name[1:]).capitalize()
    yield from (f"{surname} {given}", f"{given} {surname}")
    if len(name) == 3 and pinyin(name[2])[:1] in ("a", "e", "o"):  # Ke'er
        yield f"{surname} {pinyin(name[1]).capitalize()}'{pinyin(name[2])}"
    if len(given) > _ENOUGH:
        yield given
    if name[0] == name[1]:
        yield f"{surname}{given.lower()}"


def _add_writers(cast: Cast, highlights: str, named: list[Title]) -> None:
    """Who wrote a piece, where the lists do not know the composer."""
    people = {name for name, (kind, _) in cast.names.items() if kind == PERSON}
    owners = {title.owner for title in named if title.owner} | _writers_after(highlights, named)
    for owner in sorted({*owners, *chinese_writers(highlights), *wrote_in_brackets(highlights)}):
        if plain(owner) in people or any(composers().mentions(owner)) or any(instruments().mentions(owner)):
            continue
        cast.add(COMPOSER, owner)
        last = owner.split()[-1]
        if last != owner and not is_ordinary(last):
            cast.add(COMPOSER, last, plain(owner))


def _writers_after(text: str, named: list[Title]) -> set[str]:
    """Moby Dick by Led Zeppelin."""
    after = (_WRITTEN_BY.match(text, title.end) for title in named)
    return {match["name"] for match in after if match}


def _is_a_tool(name: str) -> bool:
    return any((one.start, one.end) == (0, len(name)) for one in instruments().mentions(name))


def _pieces(text: str, cast: Cast, named: list[Title]) -> Iterator[str]:
    for match in _QUOTED.finditer(text):
        yield match["name"]
    taken = [(one.start, one.end) for one in cast.mentions(text) if one.kind in (PERSON, COMPOSER, GROUP)]
    for title in sorted(named, key=lambda one: one.start - one.end):
        no_title = (
            len(title.name) <= 3
            or is_ordinary(title.name)
            or _KEY.fullmatch(title.name)
            or _ONLY_A_FORM.fullmatch(title.name)
            or _is_a_tool(title.name)
            or (re.fullmatch(any_of("introduces"), title.name, re.IGNORECASE))
        )
        if not (no_title or meets((title.start, title.end), taken)):
            yield title.name
    for run in capitalized_runs(text):
        start, end = without_tool(text, run)
        known = [(one.start, one.end) for one in cast.mentions(text) if one.kind == PIECE]
        no_title = (
            any(instruments().mentions(text[start:end]))
            or meets((start, end), known)
            or re.fullmatch(any_of("introduces"), text[start:end], re.IGNORECASE)
        )
        if not (no_title or meets((start, end), taken)) and _PLAYED_BEFORE.search(text[:start]):
            yield text[start:end]
