"""The flyer's QR code: dark squares on a light field, with the margin of four squares that readers need (ISO 18004)."""

from __future__ import annotations

from dataclasses import dataclass

import segno
from PIL import Image

from encore.content.pictures.text_layout import Box

QUIET_ZONE = 4
_SMALLEST_MODULE = 4
"""Pixels at a width of 1080: still read from a screen a step away."""

_SHORT_LINK, _LONGEST_LINK = 80, 260


@dataclass(frozen=True)
class QrCode:
    """`modules`: rows of 0 and 1, the quiet zone included."""

    link: str
    modules: tuple[bytes, ...]

    @classmethod
    def of(cls, link: str) -> QrCode | None:
        """None for no link, or one too long to be read from a picture."""
        if not link or len(link) > _LONGEST_LINK:
            return None
        # A short link can afford to be read from a scratched print, a long one needs larger squares.
        code = segno.make(link, error="m" if len(link) <= _SHORT_LINK else "l", micro=False)
        return cls(link, tuple(bytes(row) for row in code.matrix_iter(border=QUIET_ZONE)))

    def side(self, room: float, scale: float) -> int:
        """The largest side in pixels, of whole modules, within `room`; 0 if that would be too small to read."""
        module = int(room // len(self.modules))
        return module * len(self.modules) if module >= _SMALLEST_MODULE * scale else 0

    def draw(self, field: Image.Image, squares: Image.Image, left: float, top: float, side: int) -> Box:
        """Draws the light field and the dark squares on a mask each, and returns the field's box."""
        size = len(self.modules)
        small = Image.frombytes("L", (size, size), b"".join(self.modules)).point(lambda bit: 255 * bit)
        where = (round(left), round(top))
        field.paste(255, (*where, where[0] + side, where[1] + side))
        squares.paste(small.resize((side, side), Image.Resampling.NEAREST), where)
        return Box(where[0], where[1], where[0] + side, where[1] + side)
