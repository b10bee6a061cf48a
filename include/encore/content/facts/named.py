"""Names in a text by the lists of what people know: another name for what the facts name, and what they do not name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.clauses import sentence_around
from encore.content.facts.comparable import comparable
from encore.content.facts.given import Given
from encore.content.facts.latin_names import CAPITAL, is_ordinary
from encore.content.facts.name_runs import WORK
from encore.content.facts.number_patterns import HAN
from encore.content.facts.told import is_story
from encore.content.facts.vocabulary import (
    PARTS,
    Entry,
    Vocabulary,
    composers,
    instruments,
    pieces,
    places,
    writers_of,
)
from encore.content.facts.word_lists import any_of, each_of
from encore.content.facts.word_lists import words as known_words

_KEYS = re.compile(r"\bkeys\b|\bhands?\b|琴键|联弹|\b(?:sonatina|étude|etude)\b|黑白键|琴童", re.IGNORECASE)
_STRING_GROUP = re.compile(
    r"\bstring (?:quartet|quintet|trio|orchestra|ensemble)|弦乐(?:四重奏|五重奏|团|队)", re.IGNORECASE
)
_WHOLE_FAMILIES = ("brass", "winds", "percussion")
"""Whoever says brass band has said tuba; a title with Strings in it has not said cello."""
_BOWED = ("violin", "viola", "cello")
_SIZES = re.compile(r"\b(?:trio|quartet|quintet|sextet|octet|quartett|quintett|sextett|oktett)\b", re.IGNORECASE)
_KINDS_OF_HOUSES = known_words("kinds_of_houses")
_SMALL = ("the", "a", "an", "in", "of", "on", "for", "die", "de")
_SEASONS = ("spring", "summer", "autumn", "winter")
_FORM_WORDS = frozenset(("concerto", "concert", "recital", "solo", "solos", "duet", "duets", "op", "no"))
_HAN = re.compile(rf"[{HAN}]")
_TITLED = re.compile(rf"(?P<surname>[{HAN}])(?P<title>老师|教授|校长|院长|团长|女士|先生)")
_SPOKEN_OF_BEFORE = re.compile(
    rf"(?<![\w'’])(?:{any_of('spoken_of_before')}),? (?:(?:old|herr|mr|papa|the|a|an) )?$", re.IGNORECASE
)
_COMPARED = re.compile(r"(?:\b(?:is|was|be|ist|called)|['’]s) (?:[a-z]+ )?(?:an?|eine?) (?:[a-z]+ )?$", re.IGNORECASE)
_SPOKEN_OF_AFTER = re.compile(rf"(?:['’](?:d|ll)\b| (?:{any_of('spoken_of_after')})(?!\w))", re.IGNORECASE)
_SPOKEN_OF = re.compile(any_of("spoken_of_sentence"), re.IGNORECASE)
_OF_A_COMPOSER = re.compile(
    rf"(?:['’]s?|(?<=[a-zäöü])s)? (?:[“\"„])?(?P<name>(?:The |An |A )?{CAPITAL}[\w’'-]+(?: (?:(?:in|of|on|the"
    rf"|for|die|à|de|an) ){{0,2}}{CAPITAL}[\w’'-]*){{0,3}})"
)
"""Vivaldi's Winter, Chopin's Waltz in A Minor."""
_PIECE_BEFORE = re.compile(
    r"(?:\b(?:plays?|sings?|singing|playing|performs?|performing|hear|with|to|of|as|and|plus|in|on|is|spielt|singt|singen|spielen|mit|und)"
    r"|[,:–—-]|['’]s)(?: (?:the|a|das|die|den|der))? [“\"„]?$",
    re.IGNORECASE,
)
_FORMS = {form: f"{form}|{others}" for form, others in each_of("forms_in_chinese").items()}
_ZH_FORM = re.compile(
    rf"的?(?P<name>(?:[A-Ha-h][大小]调)?(?:第[一二三四五六七八九十\d]+号?)?(?:{instruments().chinese})?(?P<form>{'|'.join(_FORMS)}))"
)
_SOMEBODYS_JOB = re.compile(r".*(?:\b(?:guest|our|new) \w+|:? [A-Z]\w?|\w+ed by?)$", re.DOTALL)
"""A subway's conductor is no orchestra's."""
_ONE_CITY = ("Asia/Singapore", "Asia/Hong_Kong", "Asia/Macau")
"""Time zones that have no other; from any other the facts may be far from the city that the zone is called by."""
_ANOTHER_SPELLING = re.compile(rf"(?:{CAPITAL}[a-zü’']+ )?{CAPITAL}[a-zü’']+-[a-zü’']+(?: {CAPITAL}[a-zü’']+)?")
"""Chang Chia-hao: which Chinese signs it may be nobody can tell."""
_OTHER_SPELLINGS = ("Asia/Taipei", "Asia/Hong_Kong", "Asia/Macau", "Asia/Singapore")
_SYLLABLES = re.compile(
    r"(?:(?=[A-Z])(?i:(?:ng|[bcdfghjklmnpqrstwxyz]{0,2})[aeiou]{1,3}(?:ng|[nmptkhw])?)(?: (?=[A-Z])|$)){1,3}"
)
"""Kwan Cheuk Laam."""
_KEY = re.compile(r"(?:in )?[A-G](?:[- ](?:flat|sharp)|[b#♭♯])?(?:[- ](?:major|minor))?", re.IGNORECASE)


class Named:
    def __init__(self, given: Given) -> None:
        self._given = given
        self._instruments = _instruments_of(given.text)
        self._told = _instruments_of(comparable(given.facts.highlights))
        self._composers = {entry for one in composers().mentions(given.text) for entry in one.entries}
        self._composers |= writers_of(given.text)

    def knows(self, words: str) -> bool:
        """Whether the facts have the words, or what people also call by them."""
        given = self._given
        if given.says(words) or given.says_in_part(words) or given.spells(words) or _KEY.fullmatch(words):
            return True
        if _is_a_house(words, given.spells) or self._may_spell(words):
            return True
        if instruments().of_name(words) & self._instruments:
            return True
        if titled := _TITLED.fullmatch(words):
            return self._knows_titled(titled["surname"])
        for vocabulary in (pieces(), places(), composers(), instruments()):
            if any(given.says(name) for entry in vocabulary.of_name(words) for name in entry.names):
                return True
        return False

    def _may_spell(self, name: str) -> bool:
        """Whether it may be a Chinese name of the facts in another spelling than pinyin."""
        elsewhere = self._given.facts.zone in _OTHER_SPELLINGS and _SYLLABLES.fullmatch(name)
        return self._given.is_chinese and bool(elsewhere or _ANOTHER_SPELLING.fullmatch(name))

    def _knows_titled(self, surname: str) -> bool:
        there = (
            rf"{surname}[{HAN}]{{0,2}}(?:老师|教师|教授|校长|院长|女士|先生)"
            rf"|(?:老师|教师|指导|教授)[：: ]?[^。；\n]{{0,12}}?{surname}"
        )
        return re.search(there, self._given.text) is not None

    def claims(self, text: str) -> Iterator[Claim]:
        """Instruments, composers and, in Chinese, cities that the facts do not name."""
        yield from _unknown(text, instruments(), self._has_instrument)
        tools = list(instruments().mentions(text))
        for claim in _unknown(text, composers(), self._composers.__contains__):
            if not (text[claim.start].islower() or any(one.start <= claim.start < one.end for one in tools)):
                yield claim
        yield from self._unknown_pieces(text)
        yield from self._unknown_forms(text)
        yield from self._other_sizes(text)
        for one in places().mentions(text):
            here = text[one.start : one.end]
            if _HAN.match(here) and not text.startswith("时间", one.end) and not self._is_here(one.entries):
                yield Claim(FactKind.PLACE, here, one.start, one.end, here)

    def _other_sizes(self, text: str) -> Iterator[Claim]:
        """A trio, where the facts have a quartet and no trio."""
        own = {size.lower() for size in _SIZES.findall(self._given.text)}
        for match in _SIZES.finditer(text):
            if own and match[0].lower() not in own:
                yield Claim(FactKind.NAME, match[0], *match.span(), match[0].lower())

    def _unknown_forms(self, text: str) -> Iterator[Claim]:
        """圣桑的第一号大提琴协奏曲, where the facts have no concerto."""
        for one in composers().mentions(text):
            match = _ZH_FORM.match(text, one.end)
            if match and not re.search(_FORMS[match["form"]], self._given.text, re.IGNORECASE):
                yield Claim(FactKind.NAME, match["name"], *match.span("name"), match["name"], WORK)

    def _unknown_pieces(self, text: str) -> Iterator[Claim]:
        found = [
            match.span("name") for one in composers().mentions(text) if (match := _OF_A_COMPOSER.match(text, one.end))
        ]
        for one in pieces().mentions(text):
            before = text[max(0, one.start - 24) : one.start]
            if (
                text[one.start].isupper()
                and _PIECE_BEFORE.search(before)
                and not _is_spoken_of(text, one.start, one.end)
            ):
                found.append((one.start, one.end))
        for start, end in found:
            if not self._knows_piece(text[start:end]):
                yield Claim(FactKind.NAME, text[start:end], start, end, text[start:end].lower(), WORK)

    def _knows_piece(self, name: str) -> bool:
        """Whether the facts name it, or its first words and then what stands beside it: Spring This Saturday."""
        parts = name.split()
        return (
            any(
                self.knows(" ".join(parts[:count]))
                for count in range(1, len(parts) + 1)
                if parts[count - 1].lower() not in _SMALL
            )
            or any(self.knows(f"{article} {name}") for article in ("The", "Der", "Die", "Das"))
            or (len(parts) == 1 and is_ordinary(name) and (name.lower() in _FORM_WORDS or name.lower() not in _SEASONS))
        )

    def _is_here(self, entries: frozenset[Entry]) -> bool:
        names = [name for entry in entries for name in entry.names]
        zone = self._given.facts.zone
        vouches = zone in _ONE_CITY or not any(places().mentions(self._given.text))
        return any(self._given.says(name) or (vouches and name in zone.replace("_", " ")) for name in names)

    def _has_instrument(self, entry: Entry) -> bool:
        named = self._instruments
        if entry in named or entry.family == PARTS:
            return True  # every choir has them, whether its facts say so or not
        family = entry.family.removeprefix("=")
        if entry.family == "=strings" and any(one.family == "plucked" for one in named):
            return True
        if entry.family.startswith("=") and any(one.family == family for one in named):
            return True
        own = any(one.family == family for one in named)
        told = self._told if own else named  # a title's Winds are the flutes of the programme; a youth brass has tubas
        if family in _WHOLE_FAMILIES and any(one.family == f"={family}" for one in told):
            return True
        if entry.names[0] == "violin" and any(one.family == "=strings" for one in named):
            return True
        if entry.names[0] == "piano":
            others = [one for one in named if one.family not in ("voices", "bands", "jobs")]
            return not others or _KEYS.search(self._given.text) is not None
        return entry.names[0] in _BOWED and _STRING_GROUP.search(self._given.text) is not None


def _is_a_house(words: str, spells: Callable[[str], bool]) -> bool:
    """Shiye Teahouse: a Chinese name in pinyin, and what kind of house or group it is."""
    own = [part for part in re.findall(r"[\w'’]+", words) if part.lower() not in _KINDS_OF_HOUSES]
    return bool(own) and len(own) < len(words.split()) and all(map(spells, own))


def _instruments_of(given: str) -> set[Entry]:
    return {entry for one in instruments().mentions(given) for entry in one.entries}


def _unknown(text: str, vocabulary: Vocabulary, known) -> Iterator[Claim]:
    for one in vocabulary.mentions(text):
        job = all(entry.family == "jobs" for entry in one.entries) and not _HAN.match(text[one.start : one.end])
        if job and not _SOMEBODYS_JOB.match(text[max(0, one.start - 9) : one.end + 3]):
            continue
        if not (any(known(entry) for entry in one.entries) or _is_spoken_of(text, one.start, one.end)):
            if vocabulary is instruments() and _is_latin_story(text, one.start, one.end):
                continue
            name = text[one.start : one.end]
            yield Claim(FactKind.NAME, name, one.start, one.end, name.lower())


def _is_latin_story(text: str, start: int, end: int) -> bool:
    return not _HAN.match(text[start:end]) and is_story(text, start, end)


def _is_spoken_of(text: str, start: int, end: int) -> bool:
    """Whether a name in Latin letters is spoken of and not announced: Mozart would be proud; like Chopin, but loud."""
    if _HAN.match(text[start:end]):
        return False
    first, last = sentence_around(text, start, end)
    return bool(
        _SPOKEN_OF_BEFORE.search(text[max(first, start - 24) : start])
        or _COMPARED.search(text[max(first, start - 30) : start])
        or _SPOKEN_OF_AFTER.match(text, end)
        or _SPOKEN_OF.search(text, first, last)
    )
