"""What performers are to each other: sisters, a mother and her daughter, as the facts have it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from encore.content.facts.cast import PERSON, Cast
from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.word_lists import each_of

_KINDS = tuple((kind, re.compile(said, re.IGNORECASE)) for kind, said in each_of("relations").items())
_WIDER = {"sisters": "siblings", "brothers": "siblings", "mixed": "siblings", "twins": "siblings"}
_CLOSER = {"sisters", "brothers", "mixed"}
_BESIDE = re.compile(r"(?:\s|的|[（(,，:：]|\b(?:the|our|are|is|die|der)\b){0,4}")


class Relations:
    def __init__(self, given: str, cast: Cast) -> None:
        """`given`: the facts' text."""
        self._cast = cast
        last = {name.split()[-1] for name, (kind, _) in cast.names.items() if kind == PERSON and " " in name}
        surnames = "|".join(map(re.escape, sorted(last))) or "(?!)"
        self._surnames = re.compile(rf" (?:{surnames})\b", re.IGNORECASE)
        self._known = {kind for kind, _ in _said(given)}
        self._known |= {_WIDER[kind] for kind in self._known if kind in _WIDER}

    def claims(self, text: str) -> Iterator[Claim]:
        """What performers are said to be who stand beside the word. Twins may be sisters, and siblings brothers."""
        people = [one for one in self._cast.mentions(text) if one.kind == PERSON]
        for kind, match in _said(text):
            known = kind in self._known or (_WIDER.get(kind) in self._known and not self._tells_apart(kind))
            named = any(
                _BESIDE.fullmatch(text, min(one.end, match.end()), max(one.start, match.start())) for one in people
            ) or self._surnames.match(text, match.end())
            if self._known and named and not known:
                yield Claim(FactKind.NAME, match[0], *match.span(), match[0].lower(), "relation")

    def _tells_apart(self, kind: str) -> bool:
        """Whether the facts say it more closely: brothers, who are no sisters."""
        return kind != "twins" and bool(_CLOSER & self._known)


def _said(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    for kind, pattern in _KINDS:
        for match in pattern.finditer(text):
            yield kind, match
