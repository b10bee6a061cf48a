"""Lines that fit a box: where to break, how large to set, measured with the fonts that will draw them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw

from encore.content.pictures.fonts import CHINESE, Typeface, as_seen
from encore.content.shorten import ELLIPSIS

_NOT_FIRST = "，。、；：！？）》】」』”’…—～·,.;:!?)]}%"
"""Never at the beginning of a line."""

_NOT_LAST = "（《【「『“‘([{¥$#"
"""Never at the end of a line."""

_ASCENT, _DESCENT = 1.08, 0.32
"""Ink above and below the baseline, in sizes; Ấ above, Ş and 《 below."""


@dataclass(frozen=True)
class Box:
    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True)
class TextBlock:
    """Lines set in one size; an empty line is half as high. Heights are in pixels."""

    typeface: Typeface
    size: int
    lines: tuple[str, ...]
    leading: float = 1.36

    def _baselines(self) -> list[float]:
        """Each line's distance from the block's top."""
        found, at = [], self.size * _ASCENT
        for line in self.lines:
            found.append(at if line else at - self.size * self.leading / 2)
            at += self.size * self.leading * (1 if line else 0.5)
        return found

    def _paragraphs(self) -> list[str]:
        """For each line what it is a part of."""
        whole = "\n".join(self.lines).split("\n\n")
        return [part for number, part in enumerate(whole) for _ in range(part.count("\n") + 1 + (number > 0))]

    @property
    def height(self) -> float:
        return self._baselines()[-1] + self.size * _DESCENT if self.lines else 0

    @property
    def width(self) -> float:
        return max((self.typeface.width(line, self.size) for line in self.lines), default=0)

    def draw(self, mask: Image.Image, left: float, top: float, *, centred_in: float = 0) -> Box:
        """Draws the lines on a mask (mode `L`) and returns the box they were given; their ink is inside it.

        `centred_in`: the width in which each line stands in the middle; 0 for lines that begin at `left`."""
        draw = ImageDraw.Draw(mask)
        for line, paragraph, baseline in zip(self.lines, self._paragraphs(), self._baselines(), strict=True):
            x = left + max(0.0, (centred_in - self.typeface.width(line, self.size)) / 2) if centred_in else left
            for text, face in self.typeface.runs(as_seen(line, paragraph)):
                font = face.at(self.size)
                draw.text((round(x), round(top + baseline)), text, font=font, fill=255, anchor="ls")
                x += font.getlength(text)
        left += max(0.0, (centred_in - self.width) / 2)
        return Box(left, top, left + self.width, top + self.height)


@lru_cache(maxsize=1_000)
def _breakable(text: str) -> tuple[str, ...]:
    """Pieces between which a line may break: words with the space before them, Chinese characters."""
    pieces: list[str] = []
    for piece in re.findall(rf"\s*(?:{CHINESE.pattern})|\s*(?:(?!{CHINESE.pattern})\S)+", text):
        word = piece.strip()
        glued = pieces and (
            (word[0] in _NOT_FIRST and not piece[0].isspace()) or (pieces[-1][-1] in _NOT_LAST and piece == word)
        )
        if glued:
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return tuple(pieces)


def _broken_word(word: str, typeface: Typeface, size: int, width: float) -> list[str]:
    """A word in parts that fit: one part, unless it is wider than a line (an address, mostly)."""
    parts, used = [""], 0.0
    for char, advance in zip(word, typeface.advances(word, size), strict=True):
        if parts[-1] and used + advance > width:
            parts.append("")
            used = 0
        parts[-1] += char
        used += advance
    return parts


@lru_cache(maxsize=20_000)
def _piece_width(piece: str, typeface: Typeface, size: int) -> float:
    return typeface.width(piece, size)


def _wrapped_line(text: str, typeface: Typeface, size: int, width: float) -> list[str]:
    lines: list[str] = []
    line, used = "", 0.0
    for piece in _breakable(text):
        wide = _piece_width(piece if line else piece.strip(), typeface, size)
        if used + wide <= width:
            line, used = line + (piece if line else piece.strip()), used + wide
            continue
        if line:
            lines.append(line)
        *full, line = _broken_word(piece.strip(), typeface, size, width)
        lines += full
        used = _piece_width(line, typeface, size)
    return [*lines, line]


def wrap(text: str, typeface: Typeface, size: int, width: float) -> list[str]:
    """Lines no wider than `width` pixels, of similar length: no single word is left over on a last line.

    Line breaks in `text` stay.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        fewest = len(_wrapped_line(paragraph, typeface, size, width))
        low, high = width / 2, width
        while fewest > 1 and high - low > size / 2:
            middle = (low + high) / 2
            if len(_wrapped_line(paragraph, typeface, size, middle)) > fewest:
                low = middle
            else:
                high = middle
        lines += _wrapped_line(paragraph, typeface, size, high)
    return lines


def fitted(text: str, typeface: Typeface, sizes: Iterable[int], width: float, height: float) -> TextBlock:
    """The text in the largest of `sizes` (descending) in which it fits the box.

    If it does not fit in the smallest, it is cut and ends in an ellipsis. The block is empty if the box has no
    room for one line.
    """
    block = TextBlock(typeface, 1, ())
    for size in sizes:
        block = TextBlock(typeface, size, tuple(wrap(text, typeface, size, width)))
        if block.height <= height:
            return block
    while block.lines and (block.height > height or not block.lines[-1]):
        block = TextBlock(typeface, block.size, block.lines[:-1])
    return _with_ellipsis(block, width)


def _with_ellipsis(block: TextBlock, width: float) -> TextBlock:
    if not block.lines:
        return block
    *lines, last = block.lines
    while last and block.typeface.width(last + ELLIPSIS, block.size) > width:
        last = last[:-1]
    last = last.rstrip(" ,;:，、；：")
    return TextBlock(block.typeface, block.size, (*lines, last + ELLIPSIS))
