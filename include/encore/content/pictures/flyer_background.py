"""What designs draw behind a flyer's text, in the campaign's colours: gradients, lights, a stave, a keyboard."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

from PIL import Image, ImageDraw


@dataclass(frozen=True)
class Palette:
    top: str
    bottom: str
    ink: str
    accent: str


PALETTES = (
    Palette("#10233f", "#1d4460", "#f7f3e8", "#f2b85c"),
    Palette("#3a1230", "#6b2142", "#fdf1ee", "#f4a7a0"),
    Palette("#0f3330", "#1d5a4d", "#f3f7ee", "#e9c46a"),
    Palette("#faf3e6", "#efdcc3", "#2e2118", "#a8431f"),
    Palette("#eef3f7", "#cfdde9", "#16283a", "#b0392e"),
    Palette("#2b1d4f", "#4d3a86", "#f6f2ff", "#ffcf70"),
)


def palette_of(seed: str) -> Palette:
    return PALETTES[hashlib.sha256(f"{seed}\npalette".encode()).digest()[0] % len(PALETTES)]


def gradient(size: tuple[int, int], palette: Palette) -> Image.Image:
    ramp = Image.linear_gradient("L").resize(size, Image.Resampling.BICUBIC)
    return Image.composite(Image.new("RGB", size, palette.bottom), Image.new("RGB", size, palette.top), ramp)


def _glow(side: int) -> Image.Image:
    """A mask for a soft round light; where there is no stave, a video's movement is to be seen by it."""
    return Image.radial_gradient("L").resize((side, side)).point(lambda value: max(0, 165 - value) // 4)


_SHARPER = 2
"""Lines are drawn this much larger and scaled down, which smooths them."""


def _stave(width: int, height: int, seed: str) -> Image.Image:
    """A mask of `width` x `height` pixels with five waving lines and notes on them, inside it at any height."""
    size = (width, height)
    width, height = width * _SHARPER, height * _SHARPER
    mask = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(mask)
    digest = hashlib.sha256(f"{seed}\nstave".encode()).digest()
    gap = height / 15  # the wave takes nine gaps, notes and their stems reach three further
    phase, swing, period = digest[0] / 40, gap * 2.5, 1080 * _SHARPER / (1.1 + digest[1] / 400)

    def wave(x: float, line: float) -> float:
        return height / 2 + swing * math.sin(phase + x / period * math.tau) + line * gap

    for line in range(-2, 3):
        points = [(x, wave(x, line)) for x in range(-8, width + 16, 8)]
        draw.line(points, fill=150, width=2 * _SHARPER, joint="curve")
    for number in range(width // (157 * _SHARPER)):
        x = (65 + 157 * number + digest[2 + number % 8] / 6) * _SHARPER
        place = digest[10 + number % 8] % 9 - 4
        _note(draw, x, wave(x, place / 2), gap, stem_up=place >= 0)
    return mask.resize(size, Image.Resampling.LANCZOS)


def _note(draw: ImageDraw.ImageDraw, x: float, y: float, gap: float, *, stem_up: bool) -> None:
    half_width, half_height, tilt = gap * 0.62, gap * 0.44, -0.35
    head = []
    for step in range(36):
        angle = step / 36 * math.tau
        dx, dy = half_width * math.cos(angle), half_height * math.sin(angle)
        head.append((x + dx * math.cos(tilt) - dy * math.sin(tilt), y + dx * math.sin(tilt) + dy * math.cos(tilt)))
    draw.polygon(head, fill=230)
    side, end = (half_width * 0.9, -gap * 3.3) if stem_up else (-half_width * 0.9, gap * 3.3)
    draw.line([(x + side, y), (x + side, y + end)], fill=230, width=2 * _SHARPER)


def lights(picture: Image.Image, size: tuple[int, int], *, both: bool = False) -> Image.Image:
    """One or two soft round lights, by which a video's movement is seen where nothing else is."""
    width, height = size
    picture.paste((255, 255, 255), (width // 3, -width // 3), _glow(width))
    if both:
        picture.paste((255, 255, 255), (-width // 3, height - width * 2 // 3), _glow(width))
    return picture


def stave(
    picture: Image.Image, size: tuple[int, int], seed: str, palette: Palette, room: tuple[float, float]
) -> Image.Image:
    """Between the heights `room` (top, bottom)."""
    top, bottom = (round(edge) for edge in room)
    mask = _stave(size[0], bottom - top, seed).point(lambda value: value * 3 // 5)
    picture.paste(Image.new("RGB", mask.size, palette.accent), (0, top), mask)
    return picture


_OCTAVE, _BLACK_AFTER = 7, (0, 1, 3, 4, 5)


def keyboard(picture: Image.Image, size: tuple[int, int], height: int, palette: Palette) -> Image.Image:
    """A piano's keys along the upper edge, whatever the width, with a line in the accent colour below them."""
    draw, key = ImageDraw.Draw(picture), height * 0.42
    draw.rectangle((0, 0, size[0], height), fill="#f7f4ec")
    for number in range(int(size[0] / key) + 1):
        x = number * key
        draw.line([(x, 0), (x, height)], fill="#b9b2a4", width=max(1, height // 60))
    for number in range(int(size[0] / key) + 1):
        if number % _OCTAVE in _BLACK_AFTER:
            x = (number + 1) * key
            draw.rectangle((x - key * 0.29, 0, x + key * 0.29, height * 0.62), fill="#22202a")
    draw.rectangle((0, height, size[0], height + max(3, height // 14)), fill=palette.accent)
    return picture
