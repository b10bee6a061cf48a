"""What is played at a concert: each piece with its composer, performers and instrument, as people write it."""

from __future__ import annotations

import json
import re
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from encore.domain.plain_text import Text, one_line, plain
from encore.domain.refused import refused

MOST_PIECES = 60
_Name = Annotated[Annotated[str, Field(max_length=200)] | None, BeforeValidator(one_line)]


class ProgrammeEntry(BaseModel):
    """One piece. All but the piece may be unknown."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    piece: Annotated[Text, Field(min_length=1, max_length=200)]
    composer: _Name = None
    performers: _Name = None
    instrument: _Name = None

    @property
    def line(self) -> str:
        """As `entry_of` reads it."""
        by = f" ({self.composer})" if self.composer else ""
        players = ", ".join(filter(None, (self.performers, self.instrument)))
        return f"{self.piece}{by}" + (f": {players}" if players else "")


def lines_of(pieces: tuple[ProgrammeEntry, ...]) -> str:
    return "\n".join(entry.line for entry in pieces)


def pieces_of(value: object) -> object:
    """What a field may hold: a list as it is; a text with a piece a line, or as JSON."""
    value = plain(value)
    if value is None:
        return ()
    if not isinstance(value, str):
        return value
    if value.startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            raise refused("input.no_programme") from None
    return [entry_of(line, number) for number, line in enumerate(_lines(value), 1)]


def entry_of(line: str, number: int = 1) -> dict[str, str]:
    """`Piece (Composer): performers, instrument`; all but the piece may be left out. A dash does for the colon.

    Refuses a line that names no piece.
    """
    bare = _BULLET.sub("", line).strip()
    head, players = _in_two(bare)
    if composed := _COMPOSER.fullmatch(head):
        head, composer = composed["piece"], composed["composer"]
    else:
        composer = ""
    if not any(sign.isalnum() for sign in head):
        raise refused("input.no_piece", number=number)
    performers, instrument = _players(players)
    told = {"piece": head, "composer": composer, "performers": performers, "instrument": instrument}
    return {name: value.strip() for name, value in told.items() if value.strip()}


_BULLET = re.compile(r"^\s*(?:[-–—•·*]\s+|\d{1,2}[.)、]\s*)")
_COMPOSER = re.compile(r"(?P<piece>.*\S)\s*[(（](?P<composer>[^()（）]+)[)）]\s*", re.DOTALL)
_AFTER_COMPOSER = re.compile(r"(?<=[)）])\s*(?:[:：]|[-–—]{1,2}(?=\s))\s*")
_PARTS = re.compile(r"\s*[:：](?=\s|[^\x00-\x7f])\s*|\s+[-–—]{1,2}\s+|\s*——\s*")
_INSTRUMENT = re.compile(
    r"piano|klavier|keyboard|organ|orgel|cembalo|harpsi|violin|viol[ae]|bratsche|geige|fiddle|cell[oi]|bass|harp|harfe"
    r"|guitar|gitarre|lute|laute|flut|fl[öo]te|oboe|clarinet|klarinette|bassoon|fagott|sax|horn|trumpet|trompete"
    r"|trombone|posaune|tuba|drum|schlagzeug|percussion|marimba|xylo|voice|vocals|gesang|stimme|accordion|akkordeon"
    r"|recorder|ukulele|strings|streicher|four hands|vierhändig|soprano?|tenor|baritone?|mezzo|altus"
    r"|[琴笛箫簫号號鼓筝箏琶阮笙呐吶胡管]$|吉他|吉它|[钢鋼小提大]琴|四手联弹|四手聯彈|独唱|獨唱|合唱|演唱|人声|人聲|女高音|男高音",
    re.IGNORECASE,
)
"""Instruments by a part of their names, with which no person's name is told apart from one otherwise."""


def _lines(text: str) -> list[str]:
    """A text on one line may hold several pieces between semicolons; it holds one where these part its players."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) != 1:
        return lines
    parts = [part for part in re.split(r"[;；]", lines[0]) if part.strip()]
    whole = {bool(_PARTS.search(part) or _AFTER_COMPOSER.search(part)) for part in parts}
    return parts if len(whole) == 1 else lines


def _in_two(line: str) -> tuple[str, str]:
    """Piece with composer, and who plays: apart behind the composer if there is one, else at the last mark."""
    found = list(_AFTER_COMPOSER.finditer(line)) or list(_PARTS.finditer(line))
    return (line[: found[-1].start()], line[found[-1].end() :]) if found else (line, "")


def _players(text: str) -> tuple[str, str]:
    """The instrument stands last; several performers, each with theirs, stay together."""
    text = text.strip().rstrip(".。")
    if re.search("[;；]", text):
        return text, ""
    parted = _LAST_COMMA.fullmatch(text)
    performers, last = (parted["before"], parted["last"]) if parted else ("", text)
    if last[:1].islower() or (_INSTRUMENT.search(last) and (parted or " " not in last)):
        return performers, last
    return text, ""


_LAST_COMMA = re.compile(r"(?P<before>.+\S)\s*[,，]\s*(?P<last>[^,，]+)", re.DOTALL)


Pieces = Annotated[tuple[ProgrammeEntry, ...], Field(max_length=MOST_PIECES), BeforeValidator(pieces_of)]
