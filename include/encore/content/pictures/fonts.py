"""The flyer's typefaces, and which of them draws which characters.

Noto Sans draws Latin (all accents), Greek and Cyrillic; Noto Sans SC and Noto Serif SC draw Chinese, Heebo Hebrew and
Noto Sans Arabic Arabic. All come from PyPI packages under the SIL Open Font License (`fontpkg-...`,
`pylopdf-fonts-zh-cn`). A character that none of them has is left out of the picture and reported, never drawn as an
empty box.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import fontpkg
import pylopdf_fonts_zh_cn
from fontTools.ttLib import TTFont
from PIL import ImageFont

CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]|[\U00020000-\U0003ffff]")
_SHARED_MARKS = "“”‘’…—·"
"""Drawn wide beside Chinese and narrow elsewhere."""

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_ARABIC = re.compile("[\u0600-\u06ff]")

_UNSHAPED = re.compile("[\u0900-\u0eff\u1000-\u109f\u1780-\u17ff]")
"""Scripts of India and South-East Asia, whose signs the basic layout would put in the wrong places."""

_INVISIBLE = {"\u200d", "\ufe0e", "\ufe0f", "\u20e3", "\u200b", "\u2060", "\ufeff", "\u200e", "\u200f"}


@cache
def _characters(path: str) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


@dataclass(frozen=True)
class Face:
    """One font file; `weight` only for one that can vary it."""

    path: str
    weight: int | None = None

    def has(self, text: str) -> bool:
        return _characters(self.path).issuperset(map(ord, text))

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        return _opened(self, size)


@cache
def _opened(face: Face, size: int) -> ImageFont.FreeTypeFont:
    # The basic layout engine is part of every Pillow, so that the same text gives the same picture everywhere.
    font = ImageFont.truetype(face.path, size, layout_engine=ImageFont.Layout.BASIC)
    if face.weight is not None:
        axes: list[float] = [axis["default"] or 0 for axis in font.get_variation_axes()]
        names = [str(axis["name"]).lower() for axis in font.get_variation_axes()]
        axes[next(i for i, name in enumerate(names) if "weight" in name)] = face.weight
        font.set_variation_by_axes(axes)
    return font


@cache
def _advance(char: str, face: Face, size: int) -> float:
    return face.at(size).getlength(char)


@dataclass(frozen=True)
class Typeface:
    """Faces by preference. `chinese` is asked first for Chinese, `latin` for everything else, `further` last."""

    latin: Face
    chinese: Face
    further: tuple[Face, ...] = ()

    def face_for(self, text: str, *, chinese: bool) -> Face | None:
        order = (self.chinese, self.latin) if chinese else (self.latin, self.chinese)
        return next((face for face in (*order, *self.further) if face.has(text)), None)

    def _draws(self, char: str) -> bool:
        return not _UNSHAPED.match(char) and self.face_for(char, chinese=False) is not None

    def runs(self, line: str) -> list[tuple[str, Face]]:
        """The line cut into stretches of one face each. A word is not split between faces if one has it all."""
        found: list[tuple[str, Face]] = []
        for piece, chinese in _pieces(line):
            whole = self.face_for(piece, chinese=chinese)
            for part in [piece] if whole else piece:
                face = whole or self.face_for(part, chinese=chinese)
                if face is None:
                    raise ValueError(f"{part!r} has no glyph; remove it with `drawable` first")
                if found and found[-1][1] == face:
                    found[-1] = (found[-1][0] + part, face)
                else:
                    found.append((part, face))
        return found

    def advances(self, line: str, size: int) -> list[float]:
        """The width of each character in pixels. (The basic layout does not kern, so they add up.)"""
        return [_advance(char, face, size) for text, face in self.runs(line) for char in text]

    def width(self, line: str, size: int) -> float:
        return sum(self.advances(line, size))

    def drawable(self, text: str) -> tuple[str, frozenset[str]]:
        """The text without what no face can draw, and the characters that were left out for that.

        Arabic letters come joined as they stand: the basic layout knows no shapes."""
        text = _joined(text)
        missing = {
            char for char in set(text) if not char.isspace() and char not in _INVISIBLE and not self._draws(char)
        }
        kept = "".join(char for char in text if char not in missing and char not in _INVISIBLE)
        kept = re.sub(r"[^\S\n]+", " ", "".join(char if char == "\n" or not char.isspace() else " " for char in kept))
        # Where an emoji stood before a mark, its space would stand there now.
        kept = re.sub(r" +(?=[:;,.!?](?:\s|$))", "", kept)
        return re.sub(r" ?\n ?", "\n", kept).strip(), frozenset(missing)


def _joined(text: str) -> str:
    if not _ARABIC.search(text):
        return text
    from arabic_reshaper import reshape

    return reshape(text)


def as_seen(line: str, paragraph: str = "") -> str:
    """The line in the order in which it is drawn from left to right (Unicode's bidirectional algorithm).

    `paragraph`: what the line is a part of, whose first letter decides which way it reads."""
    if not _RIGHT_TO_LEFT.search(line):
        return line
    from bidi.algorithm import get_display

    first = next((char for char in paragraph or line if unicodedata.bidirectional(char) in ("L", "R", "AL")), "a")
    return str(get_display(line, base_dir="L" if unicodedata.bidirectional(first) == "L" else "R"))


def _pieces(line: str) -> Iterable[tuple[str, bool]]:
    """Words, and single characters that are Chinese or stand beside it, each with whether it is Chinese."""
    for match in re.finditer(rf"{CHINESE.pattern}|[{_SHARED_MARKS}]|[^{_SHARED_MARKS}]", line):
        char = match.group()
        if char in _SHARED_MARKS:
            around = line[max(0, match.start() - 1) : match.end() + 1]
            yield char, bool(CHINESE.search(around))
        else:
            yield char, bool(CHINESE.fullmatch(char))


def is_emoji_like(char: str) -> bool:
    """Whether leaving this character out of a picture loses decoration only, no letter of a name."""
    return unicodedata.category(char) in ("So", "Sk", "Cs", "Cn")


def sans(weight: int = 400) -> Typeface:
    return Typeface(
        Face(str(fontpkg.path("Noto Sans")), weight),
        Face(str(pylopdf_fonts_zh_cn.sans_path())),
        (Face(str(fontpkg.path("Heebo")), weight), Face(str(fontpkg.path("Noto Sans Arabic")), weight)),
    )


def headline_typeface(text: str) -> Typeface:
    """The serif if it has every letter of `text`; accents beyond Western Europe need the sans throughout."""
    serif = Face(str(pylopdf_fonts_zh_cn.serif_path()))
    plain = sans(600)
    letters = "".join(char for char in _joined(text) if char.isalpha() and plain.face_for(char, chinese=False))
    return Typeface(serif, serif) if serif.has(letters) else plain
