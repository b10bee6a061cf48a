"""Instruments of one kind that are told apart by their voice: a tenor sax is no alto sax."""

from __future__ import annotations

import re
from collections.abc import Iterator

from encore.content.facts.claims import Claim, FactKind

_CALLED = {
    "soprano": "soprano|sopran|高音",
    "alto": "alto|alt|中音",
    "tenor": "tenor|次中音",
    "baritone": "baritone|bariton|bari|上低音",
    "bass": "bass|低音",
}
_TOOLS = {
    "sax": r"sax(?:ophones?|es)?|saxophon|saxofon|萨克斯[风管]?|色士风",
    "recorder": "recorders?|blockflöten?|竖笛|直笛",
    "flute": "flutes?|querflöten?|长笛",
    "clarinet": "clarinets?|klarinetten?|单簧管|黑管",
    "horn": "horns?",
    "guitar": "guitars?|gitarren?|吉他|贝斯",
}
_VOICED = re.compile(
    rf"(?<![a-zäöü上次])(?P<voice>{'|'.join(_CALLED.values())})[ -]?(?P<tool>{'|'.join(_TOOLS.values())})(?![a-zäöüß])",
    re.IGNORECASE,
)


def voiced(text: str) -> Iterator[tuple[str, str, re.Match[str]]]:
    """The voice, the instrument and where they stand."""
    for match in _VOICED.finditer(text):
        voice = next(name for name, said in _CALLED.items() if re.fullmatch(said, match["voice"], re.IGNORECASE))
        tool = next(name for name, said in _TOOLS.items() if re.fullmatch(said, match["tool"], re.IGNORECASE))
        yield voice, tool, match


def other_voices(text: str, given: str) -> Iterator[Claim]:
    """A voice of an instrument that the facts have in other voices only."""
    own = {(voice, tool) for voice, tool, _ in voiced(given)}
    for voice, tool, match in voiced(text):
        if (voice, tool) not in own and any(tool == one for _, one in own):
            yield Claim(FactKind.NAME, match[0], *match.span(), match[0].lower())
