"""Who plays what in the facts, and what a text says otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from encore.content.facts.acts import ENDS, HOLDS, OF, Act, acts_of
from encore.content.facts.cast import COMPOSER, GROUP, INSTRUMENT, PERSON, PIECE, Cast, Mention, is_everybody
from encore.content.facts.claims import Claim, FactFinding, FactKind
from encore.content.facts.number_patterns import HAN
from encore.content.facts.vocabulary import PARTS, instruments
from encore.content.facts.whose_age import wrong_ages
from encore.content.facts.word_lists import any_of
from encore.words.sentence import Sentence, sentence

_ENDS_PART = re.compile("[,，]")
_BESIDE = re.compile(r"\s?(?:、|和|与|and|&|,)\s?|, and |\s?[（(][^()（）]{1,8}[)）]\s?(?:、|和|与|and|&|,)\s?")
_BINDS = re.compile(
    rf"\b(?:{any_of('does')}|{any_of('acts')}|{any_of('binds')})\b|['’]s?\s|[:(–—]|\bs\b", re.IGNORECASE
)
_NEXT_IN_CHINESE = re.compile("[、，,和与]")
_ONLY_AN_AGE = re.compile(r"[，,]\s?(?:\S{1,3}岁[，,]\s?)?")
"""Between a performer and the instrument in a list: 苏晴，十岁，大提琴."""
_DOES_IN_CHINESE = re.compile(any_of("zh_does"))
_PLAYED_BY_MANY = re.compile(r"(?:,? (?:and|&) \w+)? (?:players|pupils|students|kids|learners)\b")
"""Forty tuba players: it is no single one's."""
_JOINS = re.compile(r"\b(?:with|and|mit|und) $")
"""The band plays Zombie with Ruby singing and Jai on guitar."""
_WRITTEN_BY = re.compile(r"[”\"》]?,? (?:by|von) |[》」]?[（(](?:曲[:：]?)?")


def _is_bound(text: str, actors: list[Mention], thing: Mention) -> bool:
    """Whether words bind them, or nothing stands between: Simon, a bar and Gershwin says not who sings what."""
    before = [actor for actor in actors if actor.end <= thing.start]
    if not before:
        return True
    if re.search(f"[{HAN}]", last := text[before[-1].end : thing.start]):
        listed = thing.kind == INSTRUMENT and _ONLY_AN_AGE.fullmatch(last) is not None
        return listed or _NEXT_IN_CHINESE.match(last) is None or _DOES_IN_CHINESE.search(last) is not None
    between = text[before[0].end : thing.start]
    return _BINDS.search(between) is not None or len(text[before[-1].end : thing.start]) <= 8


def _name(one: Mention) -> tuple[str, str]:
    return one.kind, one.key


class Programme:
    """What the facts bring together."""

    def __init__(self, text: str, cast: Cast, title: str = "") -> None:
        """`title`: an instrument that it names is everybody's."""
        self._cast = cast
        self._shared = {_name(one) for one in cast.mentions(title) if one.kind == INSTRUMENT}
        self._together: dict[tuple[str, str], set[tuple[str, str]]] = {}
        self._groups = {_name(one) for one in cast.mentions(text) if one.kind == GROUP}
        for actors, objects in _with_what_follows(text, list(acts_of(text, cast, loosely=True))):
            for thing in _with_inner(objects):
                self._together.setdefault(thing, set()).update(map(_name, actors))
        self._shared |= {
            thing
            for thing, who in self._together.items()
            if thing[0] == INSTRUMENT and any(kind == GROUP for kind, _ in who)
        }
        self._shared |= {
            _name(one) for one in cast.mentions(text) if one.kind == INSTRUMENT and _PLAYED_BY_MANY.match(text, one.end)
        }
        self._written = _written(text, cast.mentions(text))

    def findings(self, text: str, claims: list[Claim]) -> Iterator[FactFinding]:
        for act in acts_of(text, self._cast):
            yield from self._wrong(text, act)
        mentions = self._cast.mentions(text)
        for composer, piece in _pairs(text, mentions):
            right = self._written.get(piece.key)
            if right and composer.key not in right:
                yield _finding(text, (composer, piece))
        yield from wrong_ages(text, [one for one in mentions if one.kind == PERSON], claims, self._cast.ages)

    def _wrong(self, text: str, act: Act) -> Iterator[FactFinding]:
        actors = [actor for actor in act.actors if actor.kind == PERSON or self._who(actor)]
        if not actors or any(actor.kind == GROUP and not self._who(actor) for actor in act.actors):
            return
        for thing in act.objects:
            if HOLDS.fullmatch(text, actors[-1].end, thing.start):
                actors = _together(text, actors)
            if not _is_bound(text, actors, thing):
                continue
            if thing.kind == PIECE and (INSTRUMENT, "conductor") in self._own(actors):
                continue
            if (_name(thing) in self._shared and not self._own(actors)) or (
                thing.kind == INSTRUMENT and actors[0].kind == GROUP
            ):
                continue  # violins and violas
            who = self._who_has(thing) or self._others_with_one(actors, thing)
            if (GROUP, "everybody") in who:
                continue
            if who and not any(who & ({_name(actor)} | self._who(actor)) for actor in actors):
                yield _finding(text, (actors[0], thing))
                return
        yield from self._left_out(text, actors, act.objects)

    def _left_out(self, text: str, actors: list[Mention], things: tuple[Mention, ...]) -> Iterator[FactFinding]:
        """Who is named beside those who play it, and does not."""
        played = [(thing, who) for thing in things if (who := self._together.get(_name(thing)))]
        for both in pairwise(actors):
            if not played or not _BESIDE.fullmatch(text, both[0].end, both[1].start):
                continue
            goes_on = _ENDS_PART.search(text, both[1].end, max(both[1].end, played[0][0].start)) is None
            for actor in both if goes_on else both[:1]:
                if actor.kind == PERSON and not any(_name(actor) in who for _, who in played):
                    yield _finding(text, (actor, played[0][0]))
                    return

    def _who_has(self, thing: Mention) -> set[tuple[str, str]]:
        """Of an instrument whose name may mean several, who plays any."""
        return set().union(
            *(self._together.get((thing.kind, key), set()) for key in (thing.key, *thing.key.split("/")))
        )

    def _others_with_one(self, actors: list[Mention], thing: Mention) -> set[tuple[str, str]]:
        """Whose instrument is known plays no other that nobody is said to play."""
        if thing.kind != INSTRUMENT or len({actor.key for actor in actors}) != 1 or actors[0].kind != PERSON:
            return set()
        own = self._own(actors)
        if _is_no_tool(thing.key):
            return set()
        return {("nobody", "")} if own and not any(_is_kind_of(one[1], thing.key) for one in own) else set()

    def _own(self, actors: list[Mention]) -> set[tuple[str, str]]:
        """The instruments of the first of them."""
        return {one for one, who in self._together.items() if one[0] == INSTRUMENT and _name(actors[0]) in who}

    def _who(self, actor: Mention) -> set[tuple[str, str]]:
        """The groups of the facts that a text may mean by one."""
        if actor.kind != GROUP or is_everybody(actor.key):
            return set()
        words = set(actor.key.split())
        return {who for who in self._groups if words & set(who[1].split())}


def _with_what_follows(text: str, acts: list[Act]) -> Iterator[tuple[tuple[Mention, ...], tuple[Mention, ...]]]:
    """Tom (flute) and Mia (harp) play The Swan: whose piece is not said plays what the next one does."""
    band: tuple[Mention, ...] = ()
    for at, act in enumerate(acts):
        objects = act.objects
        joined = act.actors and _JOINS.search(text, 0, act.actors[0].start)
        band = _played(acts[at - 1].objects) or band if joined and at else ()
        if band and not _played(objects):
            objects = (*objects, *band)
        for other in acts[at + 1 :]:
            if not act.actors or not other.actors or any(one.kind == PIECE for one in objects):
                break
            if ENDS.search(text, act.actors[-1].end, other.actors[0].start):
                break
            objects = (*objects, *(one for one in other.objects if one.kind in (PIECE, COMPOSER)))
        yield act.actors, objects


def _played(things: tuple[Mention, ...]) -> tuple[Mention, ...]:
    return tuple(one for one in things if one.kind in (PIECE, COMPOSER))


def _with_inner(things: tuple[Mention, ...]) -> Iterator[tuple[str, str]]:
    """A Flute Sonata is played on a flute."""
    for thing in things:
        yield _name(thing)
        if thing.kind == PIECE:
            for inner in instruments().mentions(thing.key):
                yield INSTRUMENT, "/".join(sorted(entry.names[0] for entry in inner.entries))


def _is_no_tool(key: str) -> bool:
    """Whether it is a voice, or many people."""
    return any(entry.family in (PARTS, "voices", "bands") for entry in instruments().of_name(key.split("/")[0]))


def _is_kind_of(own: str, said: str) -> bool:
    """Whose violin it is, it is strings too."""
    families = {entry.family.removeprefix("=") for entry in instruments().of_name(own.split("/")[0])}
    return own == said or any(
        entry.family.startswith("=") and entry.family[1:] in families
        for entry in instruments().of_name(said.split("/")[0])
    )


def _pairs(text: str, mentions: list[Mention]) -> Iterator[tuple[Mention, Mention]]:
    for one, other in pairwise(mentions):
        between = text[one.end : other.start]
        if (one.kind, other.kind) == (COMPOSER, PIECE) and OF.fullmatch(between):
            yield one, other
        if (one.kind, other.kind) == (PIECE, COMPOSER) and _WRITTEN_BY.fullmatch(between):
            yield other, one


def _written(text: str, mentions: list[Mention]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for composer, piece in _pairs(text, mentions):
        found.setdefault(piece.key, set()).add(composer.key)
    return found


def _together(text: str, actors: list[Mention]) -> list[Mention]:
    """The last ones of them who are named side by side: Ann on the podium and Tom at the organ."""
    for at in range(len(actors) - 1, 0, -1):
        if not _BESIDE.fullmatch(text, actors[at - 1].end, actors[at].start):
            return actors[at:]
    return actors


def _finding(text: str, both: tuple[Mention, Mention]) -> FactFinding:
    start, end = min(one.start for one in both), max(one.end for one in both)
    return FactFinding(FactKind.PERFORMANCE, text[start:end], start, end, _not_together(text, both))


def _not_together(text: str, both: tuple[Mention, Mention]) -> Sentence:
    one, other = both
    return sentence("fact.not_together", one=text[one.start : one.end], other=text[other.start : other.end])
