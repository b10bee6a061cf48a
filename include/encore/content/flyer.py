"""The flyer: a picture of the flyer text in the size that a platform shows best.

The text's paragraphs are, in order: the title; date, time and place, on a line each; anything else; at the end,
if it holds a web address, the links. A person may have edited it into any shape, so every part is measured.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

from PIL import Image, ImageColor, ImageDraw

from encore.content.facts import URL
from encore.content.flyer_background import background, palette_of
from encore.content.fonts import CHINESE, Typeface, headline_typeface, is_emoji_like, sans
from encore.content.text_layout import Box, TextBlock, fitted
from encore.domain.job import Platform
from encore.errors import RefusedError
from encore.platforms.limits import LIMITS

_QUALITIES = (92, 85, 75, 60)
_STAVE_HEIGHTS = (150, 430)
"""With less free room between the upper and the lower part there is no stave; with more it grows no further."""

_GAP, _RULE = 36, 78
"""Pixels, at a width of 1080: between parts, and from the title over the rule below it to the body."""

_PHRASE_END = re.compile(r"[：:，,](?=\s|[^\x00-\x7f])")
"""Where a title breaks best, if that takes no more lines: Chinese may break inside a word otherwise."""

_TITLE_SHARES = (0.44, 0.36, 0.28)
"""Of the height, tried in turn until the rest of the text fits as well."""


@dataclass(frozen=True)
class FlyerText:
    title: str
    facts: str
    body: str
    links: str

    @classmethod
    def parse(cls, text: str) -> FlyerText:
        """Raises RefusedError for a text without any word."""
        lines = [line.strip() for line in text.replace("\r\n", "\n").split("\n")]
        paragraphs = [part.strip() for part in "\n".join(lines).split("\n\n") if part.strip()]
        if not paragraphs:
            raise RefusedError("The flyer's text is empty.", "Write at least a title.", field="content")
        title, *rest = paragraphs
        links = rest.pop() if len(rest) > 1 and URL.search(rest[-1]) else ""
        facts = rest.pop(0) if rest else ""
        return cls(" ".join(title.split("\n")), facts, "\n\n".join(rest), links)


@dataclass(frozen=True)
class Flyer:
    """A flyer in layers. `inks` are what is drawn on the background: colours with their masks (mode `L`).

    `boxes` are where each part's text is, `safe` where it had to stay, `stave` the heights (top, bottom) between
    which there is room for one. `missing` are letters that no font has: a person should be told. Emoji are left
    out silently.
    """

    size: tuple[int, int]
    seed: str
    inks: tuple[tuple[str, Image.Image], ...]
    stave: tuple[float, float] | None
    boxes: dict[str, Box]
    safe: Box
    missing: frozenset[str]

    def picture(self) -> Image.Image:
        picture = background(self.size, self.seed, self.stave)
        for colour, mask in self.inks:
            picture.paste(ImageColor.getrgb(colour), (0, 0), mask)
        return picture


def _safe_area(size: tuple[int, int]) -> Box:
    """Tall pictures are shown full screen, under the app's own buttons (right) and caption (below)."""
    width, height = size
    if height / width > 1.6:
        return Box(width * 0.085, height * 0.085, width * 0.87, height * 0.80)
    return Box(width * 0.085, height * 0.075, width * 0.915, height * 0.93)


def draw_flyer(text: str, size: tuple[int, int], seed: str) -> Flyer:
    """`size` in pixels; `seed` (the campaign's id) chooses colours. Raises RefusedError for an empty text."""
    said = FlyerText.parse(text)
    typeface = sans()
    # The Chinese face has one weight only; beside it, bold figures would stand out.
    strong = typeface if CHINESE.search(said.facts) else sans(600)
    typefaces = {"title": headline_typeface(said.title), "facts": strong, "body": typeface, "links": typeface}
    parts, missing = {}, set()
    for name, face in typefaces.items():
        parts[name], left_out = face.drawable(getattr(said, name))
        missing |= {char for char in left_out if not is_emoji_like(char)}
    safe = _safe_area(size)
    blocks = _measured(parts, typefaces, safe, size[0] / 1080)
    ink, accent = Image.new("L", size), Image.new("L", size)
    boxes = _placed(ink, accent, blocks, safe, size[0] / 1080)
    upper = max((boxes[name].bottom for name in ("title", "body") if name in boxes), default=safe.top)
    lower = min((boxes[name].top for name in ("facts", "links") if name in boxes), default=safe.bottom)
    stave = _stave_room(upper, lower, size[0] / 1080)
    palette = palette_of(seed)
    inks = ((palette.ink, ink), (palette.accent, accent))
    return Flyer(size, seed, inks, stave, boxes, safe, frozenset(missing))


def _stave_room(upper: float, lower: float, scale: float) -> tuple[float, float] | None:
    least, most = (height * scale for height in _STAVE_HEIGHTS)
    room = lower - upper - 40 * scale
    if room < least:
        return None
    middle, height = (upper + lower) / 2, min(room, most)
    return middle - height / 2, middle + height / 2


def _measured(parts: dict[str, str], typefaces: dict[str, Typeface], safe: Box, scale: float) -> dict[str, TextBlock]:
    """Sizes so that all fits. Links and facts get what they need; a long body makes the title smaller."""

    def block(name: str, largest: int, smallest: int, room: float, text: str | None = None) -> TextBlock:
        sizes = range(round(largest * scale), round(smallest * scale) - 1, -2)
        return fitted(parts[name] if text is None else text, typefaces[name], sizes, safe.width, room)

    below = {
        "links": block("links", 34, 28, safe.height * 0.1),
        "facts": block("facts", 46, 34, safe.height * 0.3),
    }
    phrased = _PHRASE_END.sub(r"\g<0>\n", parts["title"]).replace("\n ", "\n")
    room = safe.height - sum(part.height + _GAP * scale for part in below.values())
    above: dict[str, TextBlock] = {}
    for share in _TITLE_SHARES:
        title = block("title", 112, 44, safe.height * share)
        in_phrases = block("title", 112, 44, safe.height * share, phrased)
        if in_phrases.size == title.size and len(in_phrases.lines) == len(title.lines):
            title = in_phrases
        if above and _is_cut(title, parts["title"]):
            break
        body = block("body", 40, 28, room - title.height - (_RULE + _GAP) * scale)
        above = {"title": title, "body": body}
        if not parts["body"] or (body.lines and not _is_cut(body, parts["body"])):
            break
    return {name: part for name, part in {**above, **below}.items() if any(part.lines)}


def _is_cut(block: TextBlock, text: str) -> bool:
    return sum(map(len, " ".join(block.lines).split())) < sum(map(len, text.split()))


def _placed(
    ink: Image.Image, accent: Image.Image, blocks: dict[str, TextBlock], safe: Box, scale: float
) -> dict[str, Box]:
    """Title, a rule and the body from above; links and facts from below. Draws on the two masks."""
    boxes: dict[str, Box] = {}
    top = safe.top
    if "title" in blocks:
        boxes["title"] = blocks["title"].draw(ink, safe.left, top)
        top = boxes["title"].bottom + _RULE * scale
        rule = (safe.left, top - 44 * scale, safe.left + 120 * scale, top - 38 * scale)
        ImageDraw.Draw(accent).rectangle(rule, fill=255)
    if "body" in blocks:
        boxes["body"] = blocks["body"].draw(ink, safe.left, top)
    bottom = safe.bottom
    for name, mask in (("links", ink), ("facts", accent)):
        if name in blocks:
            boxes[name] = blocks[name].draw(mask, safe.left, bottom - blocks[name].height)
            bottom = boxes[name].top - _GAP * scale
    return boxes


def jpeg_bytes(picture: Image.Image, max_bytes: int) -> bytes:
    """The picture as JPEG of at most `max_bytes`. The same picture always gives the same bytes."""
    for quality in _QUALITIES:
        out = io.BytesIO()
        picture.convert("RGB").save(out, "JPEG", quality=quality, optimize=True, subsampling=0)
        if out.tell() <= max_bytes:
            break
    return out.getvalue()


def flyer_jpeg(text: str, platform: Platform, seed: str) -> bytes:
    """The flyer for one platform, within its limits. Raises RefusedError for an empty text."""
    limits = LIMITS[platform]
    return jpeg_bytes(draw_flyer(text, limits.picture_size, seed).picture(), limits.image.max_bytes)
