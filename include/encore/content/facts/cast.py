"""Who and what a concert's facts name: performers with their ages, groups, pieces, composers and instruments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from encore.content.facts.given_words import plain
from encore.content.facts.number_patterns import HAN
from encore.content.facts.vocabulary import composers, instruments, pieces
from encore.content.facts.word_lists import any_of, words

PERSON, GROUP, PIECE, COMPOSER, INSTRUMENT = "person", "group", "piece", "composer", "instrument"
ACTORS = (PERSON, GROUP)
DOES = any_of("does")
_GROUPS = rf"(?:[A-Za-zÄÖÜäöüß'’-]{{1,30}} )?(?:{any_of('groups')})\b(?! \d)"
_GROUP = re.compile(
    rf"\b(?!(?:[Tt]he|[Oo]ur|[Aa]|[Ww]ith|[Ff]or|[Aa]nd) (?:the|our)\b){_GROUPS}"
    r"|\b(?:everyone|everybody|all of us|we all)\b"
    r"|\b(?:you|we|they)(?:['’]ll| all| have to| get to| can| will| must)* (?:sing|play|join|strum|finish|end|close)\b",
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
    """`names`: each name, compared as `plain`, with what it names. `ages`: by a performer's key.
    `readings`: Chinese titles in Latin letters."""

    def __init__(self) -> None:
        self.names: dict[str, tuple[str, str]] = {}
        self.ages: dict[str, int] = {}
        self.readings: set[str] = set()
        self._written: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self._last: tuple[str, list[Mention]] = ("", [])

    @property
    def people(self) -> list[str]:
        return sorted({key for kind, key in self.names.values() if kind == PERSON})

    def add(self, kind: str, name: str, key: str = "") -> None:
        if len(name) > 1 and plain(name) not in self.names:
            self.names[plain(name)] = (kind, key or plain(name))
            self._written |= {name, plain(name)}
            if kind == COMPOSER and name.isascii() and name[-1:] not in ("s", ""):  # Herbie Hancocks Chameleon
                self.add(kind, f"{name}s", key or plain(name))
            self._pattern, self._last = None, ("", [])

    def may_call(self, title: str) -> bool:
        """Whether it may be another language's title of a piece of which the lists do not know that language's."""
        latin = title.isascii() or not re.search(rf"[{HAN}]", title)
        titles: dict[str, set[bool]] = {}
        for name, (kind, key) in self.names.items():
            if kind == PIECE and name not in self.readings:
                titles.setdefault(key, set()).add(not re.search(rf"[{HAN}]", name))
        missing = sum(latin not in scripts for scripts in titles.values())
        return not pieces().of_name(title) and missing * 2 > len(titles)

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
        """In order; of two that overlap the longer one. Kept for the text that was asked for last."""
        if self._last[0] != text:
            self._last = text, list(self._found(text))
        return self._last[1]

    def _found(self, text: str) -> Iterator[Mention]:
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
        return _apart(found)

    @property
    def _names(self) -> re.Pattern[str]:
        if self._pattern is None:
            longest = sorted(self._written, key=lambda name: (-len(name), name))
            latin = "|".join(re.escape(name).replace("'", "['’]") for name in longest if name.isascii())
            other = "|".join(re.escape(name) for name in longest if not name.isascii())
            whole = rf"(?:(?<!\w)|(?<=[{HAN}]))(?:{latin})(?:(?!\w)|(?=[{HAN}]))" if latin else ""
            self._pattern = re.compile("|".join(filter(None, (whole, other))) or "(?!)", re.IGNORECASE)
        return self._pattern


def _key(entries: frozenset) -> str:
    return "/".join(sorted(entry.names[0] for entry in entries))


def _tokens(group: str) -> str:
    if re.match(r"(?:you|we|they)\b", group, re.IGNORECASE):
        return "everybody"
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
