"""Where the parts of a flyer's text stand, in which sizes: everything is measured, because a person may have edited the
text into any shape."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PIL import Image, ImageDraw

from encore.content.pictures.fonts import Typeface
from encore.content.pictures.qr_code import QrCode
from encore.content.pictures.text_layout import Box, TextBlock, fitted

_GAP, _RULE = 36, 78
"""Pixels, at a width of 1080: between parts, and from the title over the rule below it to the body."""

_QR = 264
"""Pixels at a width of 1080: the most that a QR code's side takes."""

_MOST_BELOW = 0.6
"""Of the height, for facts, links and code together; with more the code is left out."""

_PHRASE_END = re.compile(r"[：:，,](?=\s|[^\x00-\x7f])")
"""Where a title breaks best, if that takes no more lines: Chinese may break inside a word otherwise."""

_TITLE_SHARES = (0.44, 0.36, 0.28)
"""Of the height, tried in turn until the rest of the text fits as well."""


@dataclass(frozen=True)
class Masks:
    """What is drawn, by colour: letters, accents, and the QR code's light field and dark squares."""

    ink: Image.Image
    accent: Image.Image
    field: Image.Image
    squares: Image.Image

    @classmethod
    def blank(cls, size: tuple[int, int]) -> Masks:
        return cls(*(Image.new("L", size) for _ in range(4)))


@dataclass(frozen=True)
class Layout:
    """Title, a rule and the body from above; links and facts from below. The QR code stands beside these at the right,
    or in a centred design between them. `parts` and `typefaces` by name: title, facts, body, links."""

    parts: dict[str, str]
    typefaces: dict[str, Typeface]
    safe: Box
    scale: float
    centred: bool
    code: QrCode | None

    def place(self, masks: Masks) -> dict[str, Box]:
        """Draws all parts, and returns their boxes."""
        side = self.code.side(_QR * self.scale, self.scale) if self.code else 0
        blocks = self._measured(side)
        if side and (self._below(blocks, side) > self.safe.height * _MOST_BELOW or self._is_crowded(blocks)):
            side = 0
            blocks = self._measured(side)
        return self._place_above(masks, blocks) | self._place_below(masks, blocks, side)

    def _is_crowded(self, blocks: dict[str, TextBlock]) -> bool:
        """Whether a code that stands between the parts takes the room of what there is to read."""
        body = blocks.get("body")
        return self.centred and bool(self.parts["body"]) and (body is None or _is_cut(body, self.parts["body"]))

    def _below(self, blocks: dict[str, TextBlock], side: int) -> float:
        gap = _GAP * self.scale
        texts = sum(blocks[name].height + gap for name in ("links", "facts") if name in blocks)
        code = side + gap if side else 0
        return texts + code if self.centred else max(texts, code)

    def _measured(self, side: int) -> dict[str, TextBlock]:
        """Sizes so that all fits. Links and facts get what they need; a long body makes the title smaller."""
        safe, parts, scale = self.safe, self.parts, self.scale
        beside = 0 if self.centred or not side else side + _GAP * scale
        below = {
            "links": self._block("links", 34, 28, safe.height * 0.1, less=beside),
            "facts": self._block("facts", 46, 34, safe.height * 0.3, less=beside),
        }
        below = {name: part for name, part in below.items() if any(part.lines)}
        phrased = _PHRASE_END.sub(r"\g<0>\n", parts["title"]).replace("\n ", "\n")
        room = safe.height - self._below(below, side)
        above: dict[str, TextBlock] = {}
        for share in _TITLE_SHARES:
            title = self._block("title", 112, 44, safe.height * share)
            in_phrases = self._block("title", 112, 44, safe.height * share, phrased)
            if in_phrases.size == title.size and len(in_phrases.lines) == len(title.lines):
                title = in_phrases
            if above and _is_cut(title, parts["title"]):
                break
            body = self._block("body", 40, 28, room - title.height - (_RULE + _GAP) * scale)
            above = {"title": title, "body": body}
            if not parts["body"] or (body.lines and not _is_cut(body, parts["body"])):
                break
        return {name: part for name, part in {**above, **below}.items() if any(part.lines)}

    def _block(
        self, name: str, largest: int, smallest: int, room: float, text: str | None = None, less: float = 0
    ) -> TextBlock:
        sizes = range(round(largest * self.scale), round(smallest * self.scale) - 1, -2)
        said = self.parts[name] if text is None else text
        return fitted(said, self.typefaces[name], sizes, self.safe.width - less, room)

    def _place_above(self, masks: Masks, blocks: dict[str, TextBlock]) -> dict[str, Box]:
        boxes: dict[str, Box] = {}
        safe, scale, top = self.safe, self.scale, self.safe.top
        if "title" in blocks:
            boxes["title"] = self._set(blocks["title"], masks.ink, top)
            top = boxes["title"].bottom + _RULE * scale
            left = (safe.left + safe.right) / 2 - 60 * scale if self.centred else safe.left
            rule = (left, top - 44 * scale, left + 120 * scale, top - 38 * scale)
            ImageDraw.Draw(masks.accent).rectangle(rule, fill=255)
        if "body" in blocks:
            boxes["body"] = self._set(blocks["body"], masks.ink, top)
        return boxes

    def _place_below(self, masks: Masks, blocks: dict[str, TextBlock], side: int) -> dict[str, Box]:
        boxes: dict[str, Box] = {}
        safe, gap, bottom = self.safe, _GAP * self.scale, self.safe.bottom
        if self.code and side and not self.centred:
            boxes["qr"] = self.code.draw(masks.field, masks.squares, safe.right - side, bottom - side, side)
        for name, mask in (("links", masks.ink), ("facts", masks.accent)):
            if self.code and side and self.centred and name == "facts":
                middle = (safe.left + safe.right - side) / 2
                boxes["qr"] = self.code.draw(masks.field, masks.squares, middle, bottom - side, side)
                bottom -= side + gap
            if name in blocks:
                boxes[name] = self._set(blocks[name], mask, bottom - blocks[name].height)
                bottom = boxes[name].top - gap
        return boxes

    def _set(self, block: TextBlock, mask: Image.Image, top: float) -> Box:
        return block.draw(mask, self.safe.left, top, centred_in=self.safe.width if self.centred else 0)


def _is_cut(block: TextBlock, text: str) -> bool:
    return sum(map(len, " ".join(block.lines).split())) < sum(map(len, text.split()))
