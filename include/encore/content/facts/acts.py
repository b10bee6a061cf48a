"""Who does what in a text: the performers, pieces, composers and instruments that it brings together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from encore.content.facts.cast import ACTORS, COMPOSER, INSTRUMENT, PIECE, Cast, Mention
from encore.content.facts.word_lists import any_of

ENDS = re.compile(
    r"[!?;\n；。！？]|\.(?=\s|$)(?!(?<=\d\.)\s(?:[a-zäöü]|Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|Preis|Platz|Satz|Advent))(?<!No\.)(?<!Op\.)(?<!Dr\.)(?<!Mr\.)(?<!Ms\.)"
)
_BY = re.compile(
    r"(?:\b(?:by|from|courtesy of|in the hands of|with (?:soloist|singer|guest)s?|von|vom)|由|来自)"
    r"\s*(?:our |the |\d{1,2}岁的|[^，。、；\s]{1,6}的)?$",
    re.IGNORECASE,
)
_ITS_PLAYER = re.compile(
    r"[”\"’»《》]?(?: (?:" + any_of("its_player") + r")|:|：| [-–—]| ?[（(](?:[A-Z][a-zà-ÿ]+:)?) ?(?:our |the )?"
)
"""Between a piece and who plays it."""
_NEXT_PART = re.compile(r"[,，、]|\band\b|和|与")
OF = re.compile(r"['’]s?\s+(?:the |famous |beautiful |beloved |gentle |own )?[“\"]?|\s?的?\s?[《“「〈]?")
HOLDS = re.compile(r" (?:at|on|an|am|auf)(?: the| der| dem)? ")
"""Between a performer and the instrument."""
_HOLDS_LOOSELY = re.compile(rf"{HOLDS.pattern}|,(?: \d{{1,2}},)? ")
_LISTED = re.compile(r"[，,：:]\s?[《“\"「]?")
"""竹笛：方知远，《姑苏行》."""
_CALLED = re.compile(
    r"(?: (?:begleitet|spielt|sitzt|ist|is))?\s?(?:伴奏|老师|教师|首席|手|家)?[:：]?\s?"
    r"(?:(?:Frau|Herrn?|Mrs?|Ms|Dr)\.? )?"
)


@dataclass(frozen=True)
class Act:
    actors: tuple[Mention, ...]
    objects: tuple[Mention, ...]


def acts_of(text: str, cast: Cast, *, loosely: bool = False) -> Iterator[Act]:
    """`loosely`: also what only a comma brings together; so the facts are read, where more is more that is true."""
    holds = _HOLDS_LOOSELY if loosely else HOLDS
    for sentence_mentions in _sentences(text, cast):
        actors: list[Mention] = []
        objects: list[Mention] = []
        closed = False
        for one in sentence_mentions:
            if one.kind in ACTORS:
                if objects and _is_theirs(text, objects[-1], one):
                    if actors:
                        own = _with_its_writer(text, objects)
                        yield Act(tuple(actors), tuple(objects[: -len(own)]))
                        objects = own
                    actors, closed = [one], True
                    continue
                if actors and objects and _is_called(text, objects[-1], one):  # Mia, and cellist Tom
                    own = objects.pop()
                    yield Act(tuple(actors), tuple(objects))
                    actors, objects, closed = [one], [own], True
                    continue
                if objects:
                    yield Act(tuple(actors), tuple(objects))
                    actors, objects, closed = [], [], False
                actors.append(one)
            elif closed and one.kind == INSTRUMENT and holds.fullmatch(text, actors[-1].end, one.start):
                yield Act((actors[-1],), (one,))
            elif closed and loosely and one.kind == PIECE and _LISTED.fullmatch(text, actors[-1].end, one.start):
                objects.append(one)
            elif closed:
                yield Act(tuple(actors), tuple(objects))
                actors, objects, closed = [], [one], False
            elif loosely or not objects or not actors or _goes_on(text, objects[-1], one):
                objects.append(one)
        yield Act(tuple(actors), tuple(objects))


def _is_theirs(text: str, thing: Mention, actor: Mention) -> bool:
    """The Swan by Mia; cellist Mia."""
    if thing.kind == PIECE and _ITS_PLAYER.fullmatch(text, thing.end, actor.start):
        return True
    return _is_called(text, thing, actor) or _BY.search(text[max(0, actor.start - 20) : actor.start]) is not None


def _with_its_writer(text: str, things: list[Mention]) -> list[Mention]:
    """The last of them, a piece with who wrote it."""
    wrote = len(things) > 1 and things[-2].kind == COMPOSER and OF.fullmatch(text, things[-2].end, things[-1].start)
    return things[-2:] if wrote else things[-1:]


def _is_called(text: str, thing: Mention, actor: Mention) -> bool:
    """Cellist Mia, 钢琴伴奏：李牧."""
    return thing.kind == INSTRUMENT and _CALLED.fullmatch(text, thing.end, actor.start) is not None


def _sentences(text: str, cast: Cast) -> Iterator[list[Mention]]:
    ends, current = [match.start() for match in ENDS.finditer(text)], []
    at = 0
    for one in cast.mentions(text):
        while at < len(ends) and ends[at] < one.start:
            at += 1
            if current:
                yield current
                current = []
        current.append(one)
    if current:
        yield current


def _goes_on(text: str, last: Mention, one: Mention) -> bool:
    between = text[last.end : one.start]
    return not _NEXT_PART.search(between) or last.kind == one.kind
