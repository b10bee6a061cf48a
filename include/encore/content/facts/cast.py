"""Who and what a concert's facts name: performers with their ages, groups, pieces, composers and instruments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from encore.content.facts.given_words import plain
from encore.content.facts.latin_names import CAPITAL
from encore.content.facts.name_runs import capitalized_runs
from encore.content.facts.number_patterns import HAN
from encore.content.facts.vocabulary import composers, instruments, pieces
from encore.content.facts.word_lists import any_of, words
from encore.content.facts.zh_people import acts_in_chinese, chinese_people, written_in_both

PERSON, GROUP, PIECE, COMPOSER, INSTRUMENT = "person", "group", "piece", "composer", "instrument"
ACTORS = (PERSON, GROUP)
DOES = any_of("does")
_OBJECT = re.compile(rf"(?:\b(?:{DOES}) (?:the |a |an |das |die |den |The |La |Le )?|['’]s |\b(?:The|Die|Das|La|Le) )$")
"""What is played stands after it, and nobody who plays."""
_AGE = re.compile(
    r"\s?[（(]\s?(?P<age>\d{1,2})\s?(?:岁|years? old|yrs)?\s?[)）]|,? aged? (?P<aged>\d{1,2})\b(?!\s?(?:to|-|–|bis)\b)"
    r"|,? (?P<jahre>\d{1,2}) Jahre\b|, (?P<bare>\d{1,2})(?=[,;.]| ?$| \(| and\b)|[,，]?今?年?(?P<zh>\d{1,2})岁"
)
_ACTS = re.compile(
    rf"(?:\s?[（(][^()（）]{{1,20}}[)）])?"
    rf"(?:,? (?:and|&|with) [A-Z][^.;]{{0,40}}?|, [A-Z][\w ,]{{0,60}}?)?,? (?:{DOES})"
)
_INTRODUCED = re.compile(rf"\b(?:{any_of('introduces')})[:.]?\s+$", re.IGNORECASE)
_PART = re.compile(rf"(?P<part>{any_of('introduces')}) (?=\S+ \S)", re.IGNORECASE)
_WRITTEN_BY = re.compile(r"\b(?:plays?|sings?|performs?) [^.;]*(?<!ed)(?<!sung)(?<!led)(?<!taught)(?<!given) by $")
"""Before who wrote what somebody plays."""
_BESIDE = re.compile(r"(?:\s?[（(]\d+[)）])?(?:, | and | & |, and |、|\s?[和与]\s?)")
_QUOTED = re.compile(r"[《「『“„\"](?P<name>[^》」』”“\"\n]{1,60})[》」』”“\"]")
_OWNED = re.compile(
    rf"(?<!\w){CAPITAL}[\w-]+(?:['’]s?|(?<=[a-zäöü])s) (?P<name>{CAPITAL}[\w’'-]+(?: (?!No\b|Op\b"
    rf"|Nr\b){CAPITAL}[\w’'-]+){{0,3}})"
)
"""Bach's French Suite."""
_PLAYED = re.compile(
    rf"\b(?:plays?|sings?) (?:the )?(?P<name>{CAPITAL}[\w’'-]+"
    rf"(?: (?:(?:in|of|on|the|for|a|to|with|me|my) ){{0,2}}{CAPITAL}[\w’'-]+)+)"
)
"""A title of ordinary words: plays Take Five."""
_GROUPS = rf"(?:[A-Za-zÄÖÜäöüß'’-]+ )?(?:{any_of('groups')})\b"
_GROUP = re.compile(
    rf"\b(?!(?:[Tt]he|[Oo]ur|[Aa]|[Ww]ith|[Ff]or|[Aa]nd) (?:the|our)\b){_GROUPS}"
    r"|\b(?:everyone|everybody|all of us|we all)\b",
    re.IGNORECASE,
)
_ZH_GROUP = re.compile(any_of("zh_groups"))
_NO_TOKENS, _EVERYBODY = words("no_part_of_a_group"), words("everybody")


@dataclass(frozen=True)
class Mention:
    """Where a text names something that the facts name too. `key`: the same for the same thing."""

    kind: str
    key: str
    start: int
    end: int


class Cast:
    """`names`: each name, compared as `plain`, with what it names. `ages`: by a performer's key."""

    def __init__(self) -> None:
        self.names: dict[str, tuple[str, str]] = {}
        self.ages: dict[str, int] = {}
        self._written: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    @property
    def people(self) -> list[str]:
        return sorted({key for kind, key in self.names.values() if kind == PERSON})

    def add(self, kind: str, name: str, key: str = "") -> None:
        if len(name) > 1 and plain(name) not in self.names:
            self.names[plain(name)] = (kind, key or plain(name))
            self._written |= {name, plain(name)}
            self._pattern = None

    def key_of(self, text: str, start: int, end: int) -> str:
        """Of whom the name at start:end is another one, in the other script: 陈咏欣 Chan Wing Yan."""
        for name, (kind, key) in self.names.items():
            same_script = name.isascii() == text[start:end].isascii()
            if kind == PERSON and not same_script and len(name) > 2:
                before = plain(text[max(0, start - len(name) - 2) : start]).rstrip(" （(/")
                after = plain(text[end : end + len(name) + 2]).lstrip(" （(/")
                if before.endswith(name) or after.startswith(name):
                    return key
        return ""

    def mentions(self, text: str) -> list[Mention]:
        """In order; of two that overlap the longer one."""
        found = [
            Mention(*self.names[plain(match[0])], *match.span())
            for match in self._names.finditer(text)
            if plain(match[0]) in self.names
        ]
        found += [Mention(INSTRUMENT, _key(one.entries), one.start, one.end) for one in instruments().mentions(text)]
        found += [Mention(COMPOSER, _key(one.entries), one.start, one.end) for one in composers().mentions(text)]
        found += [
            Mention(GROUP, _tokens(match[0]), *match.span())
            for match in (*_GROUP.finditer(text), *_ZH_GROUP.finditer(text))
            if _tokens(match[0])
        ]
        return list(_apart(found))

    @property
    def _names(self) -> re.Pattern[str]:
        if self._pattern is None:
            longest = sorted(self._written, key=lambda name: (-len(name), name))
            latin = "|".join(re.escape(name).replace("'", "['’]") for name in longest if name.isascii())
            other = "|".join(re.escape(name) for name in longest if not name.isascii())
            whole = rf"(?:(?<!\w)|(?<=[{HAN}]))(?:{latin})(?:(?!\w)|(?=[{HAN}]))" if latin else ""
            self._pattern = re.compile("|".join(filter(None, (whole, other))) or "(?!)", re.IGNORECASE)
        return self._pattern


def cast_of(highlights: str) -> Cast:
    cast = Cast()
    for start, end in _people(highlights):
        name = highlights[start:end]
        key = cast.key_of(highlights, start, end) or plain(name)
        cast.add(PERSON, name, key)
        first = name.split()[0]
        if len(name.split()) > 1 and first.rstrip(".") not in ("Mr", "Ms", "Mrs", "Dr", "Prof"):
            cast.add(PERSON, first, key)
        if re.fullmatch(rf"[{HAN}]{{3}}", name):
            cast.add(PERSON, name[1:], key)
        if len(name.split()) == 3 and name.isascii():  # Chan Wing Yan, in the Cantonese order
            cast.add(PERSON, " ".join(name.split()[1:]), key)
        if age := _AGE.match(highlights, end):
            cast.ages[key] = int(next(filter(None, age.groups())))
    for name in _pieces(highlights, cast):
        key = plain(name)
        cast.add(PIECE, name)
        for entry in pieces().of_name(name):
            for other in entry.names:
                cast.add(PIECE, other, key)
    return cast


def _people(text: str) -> Iterator[tuple[int, int]]:
    known = [(one.start, one.end) for one in composers().mentions(text)]
    written = written_in_both(text)
    runs = [next((whole for whole in written if whole[0] == run[0]), run) for run in capitalized_runs(text)]
    played = list(instruments().mentions(text))
    runs = [run for run in runs if not _WRITTEN_BY.search(text[max(0, run[0] - 90) : run[0]])]
    runs = [
        run
        for run in runs
        if _AGE.match(text, run[1]) or not any(start < run[1] and run[0] < end for start, end in known)
    ]
    runs = [_without_part(text, run) for run in runs if run not in {(one.start, one.end) for one in played}]
    players = tuple(f"{text[one.start : one.end]} " for one in played)
    known_pieces = [(one.start, one.end) for one in pieces().mentions(text)]
    runs = [run for run in runs if not (_OBJECT.search(text, max(0, run[0] - 30), run[0]) or run in known_pieces)]
    chinese = chinese_people(text, known)
    sure = {
        run for run in runs
        if any(re.fullmatch(r"\s?[（(]?\s?", text[min(run[1], end) : max(run[0], start)]) for start, end in chinese)
        or acts_in_chinese(text, run[1])
        or _AGE.match(text, run[1]) or _ACTS.match(text, run[1])
        or _INTRODUCED.search(text, max(0, run[0] - 24), run[0]) or text[: run[0]].endswith(players)
    }  # fmt: skip
    for _ in runs:  # Mia, Tom and Lena: who stands beside a performer is one
        more = {
            run for run in runs for other in sure
            if run != other and _BESIDE.fullmatch(text, min(run[1], other[1]), max(run[0], other[0]))
        }  # fmt: skip
        if more <= sure:
            break
        sure |= more
    yield from sorted(sure)
    yield from chinese


def _without_part(text: str, run: tuple[int, int]) -> tuple[int, int]:
    """Leitung Katrin Vogel: what somebody is, in capitals before the name."""
    part = _PART.match(text, *run)
    return (part.end(), run[1]) if part and part["part"].lower() not in words("titles") else run


def _pieces(text: str, cast: Cast) -> Iterator[str]:
    for match in _QUOTED.finditer(text):
        yield match["name"]
    taken = [(one.start, one.end) for one in cast.mentions(text) if one.kind in (PERSON, COMPOSER)]
    for owned in _OWNED.finditer(text):
        if " " in owned["name"]:
            yield owned["name"]
    named, taken = taken, [*taken, *capitalized_runs(text)]
    for played in _PLAYED.finditer(text):
        if not any(first < played.end("name") and played.start("name") < last for first, last in taken):
            yield played["name"]
    for start, end in capitalized_runs(text):
        if not any(first < end and start < last for first, last in named) and re.search(
            rf"(?:{DOES}|['’]s?|\bin|\bfor|\bwith)\b[^.;]{{0,60}}$", text[:start]
        ):
            yield text[start:end]


def _key(entries: frozenset) -> str:
    return "/".join(sorted(entry.names[0] for entry in entries))


def _tokens(group: str) -> str:
    found = re.findall(rf"[a-zäöüß'’]+|[{HAN}]+", group.lower())
    return " ".join(
        word.removesuffix("s") if word not in ("us", "class") and len(word) > 3 else word
        for word in found
        if word not in _NO_TOKENS
    )


def is_everybody(group: str) -> bool:
    return bool(_EVERYBODY & set(group.split()))


def _apart(found: list[Mention]) -> Iterator[Mention]:
    last = 0
    for one in sorted(found, key=lambda mention: (mention.start, -mention.end, mention.kind == GROUP)):
        if one.start >= last:
            yield one
            last = one.end
