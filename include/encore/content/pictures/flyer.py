"""The flyer: a picture of the flyer text in the size that a platform shows best.

The text's paragraphs are, in order: the title; date, time and place, on a line each; anything else; at the end,
if it holds a web address, the links.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageColor

from encore.content.facts.sheet import URL
from encore.content.pictures.flyer_designs import Design, Look
from encore.content.pictures.flyer_layout import Layout, Masks
from encore.content.pictures.fonts import CHINESE, headline_typeface, is_emoji_like, sans
from encore.content.pictures.qr_code import QrCode
from encore.content.pictures.text_layout import Box
from encore.domain.job import Platform
from encore.errors import RefusedError
from encore.platforms.limits import LIMITS

_QUALITIES = (92, 85, 75, 60)
_STAVE_HEIGHTS = (150, 430)
"""With less free room between the upper and the lower part there is no stave; with more it grows no further."""


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
            raise RefusedError("flyer.empty", field="content")
        title, *rest = paragraphs
        links = rest.pop() if len(rest) > 1 and URL.search(rest[-1]) else ""
        facts = rest.pop(0) if rest else ""
        return cls(" ".join(title.split("\n")), facts, "\n\n".join(rest), links)

    @property
    def code(self) -> QrCode | None:
        """Of the last address that the flyer names: the link comes after the place."""
        addresses = URL.findall(self.links or self.facts)
        return QrCode.of(addresses[-1]) if addresses else None


@dataclass(frozen=True)
class Flyer:
    """A flyer in layers. `inks` are what is drawn on the backdrop: colours with their masks (mode `L`).

    `boxes` are where each part is (title, facts, body, links, qr), `safe` where it had to stay, `room` the heights
    (top, bottom) between which there is none. `missing` are letters that no font has: a person should be told. Emoji
    are left out silently.
    """

    size: tuple[int, int]
    look: Look
    inks: tuple[tuple[str, Image.Image], ...]
    room: tuple[float, float] | None
    boxes: dict[str, Box]
    safe: Box
    missing: frozenset[str]

    def backdrop(self, width: int) -> Image.Image:
        """What is behind the inks, in the flyer's height."""
        return self.look.backdrop((width, self.size[1]), self.room)

    def picture(self) -> Image.Image:
        picture = self.backdrop(self.size[0])
        for colour, mask in self.inks:
            picture.paste(ImageColor.getrgb(colour), (0, 0), mask)
        return picture


def draw_flyer(
    text: str, size: tuple[int, int], seed: str, *, photo: Image.Image | None = None, design: Design | None = None
) -> Flyer:
    """`size` in pixels; `seed` (the campaign's id) chooses design and colours. `photo`: a picture to stand behind the
    text. Raises RefusedError for an empty text."""
    said, look, scale = FlyerText.parse(text), Look.of(seed, photo, design), size[0] / 1080
    typeface = sans()
    # The Chinese face has one weight only; beside it, bold figures would stand out.
    strong = typeface if CHINESE.search(said.facts) else sans(600)
    typefaces = {"title": headline_typeface(said.title), "facts": strong, "body": typeface, "links": typeface}
    parts, missing = {}, set()
    for name, face in typefaces.items():
        parts[name], left_out = face.drawable(getattr(said, name))
        missing |= {char for char in left_out if not is_emoji_like(char)}
    safe, masks = look.safe_area(size), Masks.blank(size)
    look.design.still(masks.accent)
    boxes = Layout(parts, typefaces, safe, scale, look.design.centred, said.code).place(masks)
    inks = [(look.palette.ink, masks.ink), (look.palette.accent, masks.accent)]
    if "qr" in boxes:
        inks += [("#ffffff", masks.field), ("#111111", masks.squares)]
    return Flyer(size, look, tuple(inks), _free_room(boxes, safe, scale), boxes, safe, frozenset(missing))


def _free_room(boxes: dict[str, Box], safe: Box, scale: float) -> tuple[float, float] | None:
    """Between the upper and the lower parts, if it is high enough to be worth filling."""
    upper = max((boxes[name].bottom for name in ("title", "body") if name in boxes), default=safe.top)
    lower = min((boxes[name].top for name in ("facts", "links", "qr") if name in boxes), default=safe.bottom)
    least, most = (height * scale for height in _STAVE_HEIGHTS)
    room = lower - upper - 40 * scale
    if room < least:
        return None
    middle, height = (upper + lower) / 2, min(room, most)
    return middle - height / 2, middle + height / 2


def jpeg_bytes(picture: Image.Image, max_bytes: int) -> bytes:
    """The picture as JPEG of at most `max_bytes`. The same picture always gives the same bytes."""
    for quality in _QUALITIES:
        out = io.BytesIO()
        picture.convert("RGB").save(out, "JPEG", quality=quality, optimize=True, subsampling=0)
        if out.tell() <= max_bytes:
            break
    return out.getvalue()


def flyer_jpeg(text: str, platform: Platform, seed: str, photo: Image.Image | None = None) -> bytes:
    """The flyer for one platform, within its limits. Raises RefusedError for an empty text."""
    limits = LIMITS[platform]
    return jpeg_bytes(draw_flyer(text, limits.picture_size, seed, photo=photo).picture(), limits.image.max_bytes)
