"""A concert's highlights as single facts (a piece, a performer, what to expect), to be told one at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass

LIST_LENGTH = 6
"""Names in a row that a reader takes in; a longer list is told in parts."""
_SHORT = 40
"""Characters of what can be an item of a list; longer ones are sentences with commas."""
_BULLET = re.compile(r"^\s*(?:[-–—•·*▪✨🎵🎶]|\d{1,2}[.)、](?=\s|\D))\s*")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(,.])(?:\w|no|nos|op|nr|dr|mr|mrs|ms|st|prof|sr|jr|arr|vs|feat|bwv|kv|hob|bd|ca|etc|approx)\.$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(
    r"(?<=[.!?])\s+"
    r"(?!(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember)\b)"  # 14. März
    r"(?=[^\W\d_a-z]|[“„\"'‘(《])"
)
_LEANS = re.compile(
    r"(?:then|after(?:wards?| that| this| which)|later|finally|and|but|also|he|she|they|it|his|her|their|its|this|these"
    r"|dann|danach|anschließend|zum schluss|und|aber|auch|er|sie|es|sein\w{0,2}|ihr\w{0,2})\b",
    re.IGNORECASE,
)
"""What a sentence begins with that is not understood without the one before."""
_PARTS = re.compile(r"\s*[;；。\n]\s*|(?<=[！？])(?=[^”」』）)])")
_COMMA = re.compile(r"\s*[,，、]\s*|\s+(?:and|und)\s+|(?<=[\u4e00-\u9fff])(?:和|与|及)(?=[\u4e00-\u9fff])")
_LABEL = re.compile(r"^[^:：,，、]{2,24}[:：]\s*")


@dataclass(frozen=True)
class SingleFacts:
    """Each in the words that were given, without what ends a sentence. `more`: further parts of long lists, whose first
    parts are among the `first`."""

    first: tuple[str, ...]
    more: tuple[str, ...]


def single_facts(highlights: str, and_more: str) -> SingleFacts:
    """In the order in which they were given. `and_more`: how a part of a list says that it is not the whole, with
    `{names}`."""
    parts = (_BULLET.sub("", part) for part in _PARTS.split(highlights))
    whole = (sentence for part in parts if part for sentence in _sentences(part))
    told = [_parts_of_list(sentence, and_more) for sentence in whole if any(sign.isalnum() for sign in sentence)]
    first = dict.fromkeys(_bare(rows[0]) for rows in told)
    return SingleFacts(tuple(first), tuple(_bare(row) for rows in told for row in rows[1:]))


def _sentences(text: str) -> list[str]:
    found: list[str] = []
    for piece in _SENTENCE_END.split(text):
        if found and (_ABBREVIATION.search(found[-1]) or _LEANS.match(piece)):
            found[-1] += f" {piece}"
        else:
            found.append(piece)
    return found


def _parts_of_list(fact: str, and_more: str) -> list[str]:
    """A long list in parts; anything else as it is."""
    items = [item for item in _COMMA.split(_LABEL.sub("", _bare(fact))) if item]
    if len(items) < LIST_LENGTH + 2 or any(len(item) > _SHORT for item in items):
        return [fact]
    comma = "、" if "、" in fact else "，" if "，" in fact else ", "
    rows = [items[at : at + LIST_LENGTH] for at in range(0, len(items), LIST_LENGTH)]
    return [and_more.format(names=comma.join(row)) for row in rows]


def _bare(fact: str) -> str:
    fact = fact.strip().rstrip("。；;，,、 ")
    return fact if _ABBREVIATION.search(fact) or fact.endswith("..") else fact.removesuffix(".").rstrip()
