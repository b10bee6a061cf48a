"""The flyer's designs: what stands behind the text and drifts by in the video, what stands still around it, and how the
text is set. A campaign's seed chooses one, so that its pictures belong together and its neighbours' differ."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter

from encore.content.pictures.flyer_background import Palette, gradient, keyboard, lights, palette_of, stave
from encore.content.pictures.text_layout import Box

Size = tuple[int, int]
Room = tuple[float, float] | None
"""Heights (top, bottom) between which there is no text."""

KEYS_SHARE = 0.10
"""Of the height: the keyboard along the upper edge."""

_FRAME, _FRAME_LINE = 44, 3
"""Pixels at a width of 1080: from the edge to the outer line, and the lines' thickness."""

PHOTO = Palette("#000000", "#000000", "#ffffff", "#ffd479")
_DIMMED = 0.34
"""What is left of a photograph's light: white letters then have a contrast of at least 5 to 1 on it (WCAG asks 4.5)."""


@dataclass(frozen=True)
class Design:
    """`backdrop(size, seed, palette, room)` is drawn wider than the flyer for a video. `still` draws on a mask in the
    accent colour. `above` and `around` are shares of the flyer's height and width that the text keeps clear."""

    name: str
    backdrop: Callable[[Size, str, Palette, Room], Image.Image]
    still: Callable[[Image.Image], None] = lambda mask: None
    centred: bool = False
    above: float = 0.0
    around: float = 0.0
    """Further in than the platform's own safe area, at the left and the right."""


def _stave_backdrop(size: Size, seed: str, palette: Palette, room: Room) -> Image.Image:
    picture = lights(gradient(size, palette), size)
    return stave(picture, size, seed, palette, room) if room else picture


def _frame_backdrop(size: Size, seed: str, palette: Palette, room: Room) -> Image.Image:
    return lights(gradient(size, palette), size, both=True)


def _frame(mask: Image.Image) -> None:
    """A double line; the picture's corners are cut by it as on old programmes."""
    width, height = mask.size
    draw, scale = ImageDraw.Draw(mask), width / 1080
    for inset, thick in ((_FRAME, _FRAME_LINE), (_FRAME + 12, 1)):
        edge = inset * scale
        draw.rectangle((edge, edge, width - edge, height - edge), outline=255, width=max(1, round(thick * scale)))
    for x in (_FRAME * scale, width - _FRAME * scale):
        for y in (_FRAME * scale, height - _FRAME * scale):
            half = 9 * scale
            draw.polygon([(x - half, y), (x, y - half), (x + half, y), (x, y + half)], fill=255)


def _keys_backdrop(size: Size, seed: str, palette: Palette, room: Room) -> Image.Image:
    picture = lights(gradient(size, palette), size)
    return keyboard(picture, size, round(size[1] * KEYS_SHARE), palette)


STAVE = Design("stave", _stave_backdrop)
FRAME = Design("frame", _frame_backdrop, _frame, centred=True, around=0.02)
KEYS = Design("keys", _keys_backdrop, above=KEYS_SHARE)
DESIGNS = (STAVE, FRAME, KEYS)


def design_of(seed: str) -> Design:
    return DESIGNS[hashlib.sha256(f"{seed}\ndesign".encode()).digest()[0] % len(DESIGNS)]


@dataclass(frozen=True)
class Look:
    """A design in a campaign's colours, or over a teacher's own picture."""

    design: Design
    palette: Palette
    seed: str
    photo: Image.Image | None = None

    @classmethod
    def of(cls, seed: str, photo: Image.Image | None = None, design: Design | None = None) -> Look:
        if photo is not None:
            return cls(FRAME if (design or design_of(seed)) is FRAME else STAVE, PHOTO, seed, photo)
        return cls(design or design_of(seed), palette_of(seed), seed)

    def backdrop(self, size: Size, height_of_room: Room) -> Image.Image:
        if self.photo is None:
            return self.design.backdrop(size, self.seed, self.palette, height_of_room)
        return _dimmed(self.photo, size)

    def safe_area(self, size: Size) -> Box:
        """Tall pictures are shown full screen, under the app's own buttons (right) and caption (below)."""
        width, height = size
        full_screen = height / width > 1.6
        left, right = (0.085, 0.87) if full_screen else (0.085, 0.915)
        top, bottom = (0.085, 0.80) if full_screen else (0.075, 0.93)
        if self.design.centred:
            # The same at both sides, so that the middle is the picture's.
            right = min(right, 1 - left)
            left = 1 - right
        inset, top = self.design.around * width, top + self.design.above * (0.7 if self.photo is None else 0)
        return Box(width * left + inset, height * top, width * right - inset, height * bottom)


def _dimmed(photo: Image.Image, size: Size) -> Image.Image:
    """The photograph cut to fill `size`, softened a little and dark enough for light letters."""
    scale = max(size[0] / photo.width, size[1] / photo.height)
    large = photo.convert("RGB").resize(
        (max(size[0], round(photo.width * scale)), max(size[1], round(photo.height * scale))), Image.Resampling.LANCZOS
    )
    left, top = (large.width - size[0]) // 2, (large.height - size[1]) // 2
    cut = large.crop((left, top, left + size[0], top + size[1]))
    return cut.filter(ImageFilter.GaussianBlur(size[1] / 500)).point(lambda value: round(value * _DIMMED))
