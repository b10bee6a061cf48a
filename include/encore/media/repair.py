"""Make a picture fit a platform's limits where that keeps what its owner meant: smaller, with a border, as JPEG.
Nothing is cut off and nothing is enlarged.

Runs where pictures are opened (`worker.py`).
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from fractions import Fraction

from PIL import Image, ImageStat

from encore.errors import RefusedError
from encore.media.pictures import Picture, Size
from encore.platforms.measures import ImageLimit
from encore.words.sentence import Sentence, sentence

QUALITIES = (95, 90, 85, 80, 75, 70, 65, 60)
"""Of JPEG, from where nobody sees a difference to where a careful eye begins to; the first that fits is taken."""
SMALLER = Fraction(9, 10)
"""What still does not fit at the lowest quality is scaled down by this, again and again."""
DRAWN = ("PNG", "GIF", "BMP")
"""Formats of what was drawn rather than photographed, which a PNG keeps exactly."""

_SMALLEST = 2
"""Pixels; no limit of a real platform comes near it."""


@dataclass(frozen=True)
class Fitted:
    content: bytes
    mime: str
    done: tuple[Sentence, ...]


def fitted_picture(picture: Picture, limit: ImageLimit) -> Fitted:
    """A picture below the smallest width stays so (enlarging would blur it), which the validator then reports. Raises
    RefusedError for one that no repair makes fit."""
    drawn, canvas = fitted_sizes(picture.image.size, limit)
    image = _on_canvas(picture.image, drawn, canvas)
    content, form = b"", "PNG"
    if picture.format in DRAWN and "PNG" in limit.formats:
        content = _png(image)
    if not 0 < len(content) <= limit.max_bytes:
        (content, image), form = _jpeg(image, limit), "JPEG"
    done = []
    if drawn != picture.size or image.size != canvas:
        done.append(sentence("media.done.smaller", width=image.width, height=image.height))
    if canvas != drawn:
        done.append(sentence("media.done.border"))
    if form != {"MPO": "JPEG"}.get(picture.format, picture.format):
        done.append(sentence("media.done.format", format=form))
    return Fitted(content, Image.MIME[form], tuple(done))


def padded_size(size: Size, least: Fraction | None, most: Fraction | None) -> Size:
    """The smallest size that holds `size` and whose ratio (width to height) is within the bounds."""
    width, height = size
    if least is not None and Fraction(width, height) < least:
        return -(-height * least.numerator // least.denominator), height
    if most is not None and Fraction(width, height) > most:
        return width, -(-width * most.denominator // most.numerator)
    return size


def fitted_sizes(size: Size, limit: ImageLimit) -> tuple[Size, Size]:
    """How large a picture is drawn, and on a canvas of which size, so that the canvas fits `limit`."""
    drawn = size
    while True:
        canvas = padded_size(drawn, limit.min_ratio, limit.max_ratio)
        scale = min(Fraction(limit.max_width, canvas[0]), Fraction(limit.max_height, canvas[1]), Fraction(1))
        if scale == 1:
            return drawn, canvas
        # Rounding may leave the canvas a pixel too large; then the next round takes that off too.
        drawn = (max(int(drawn[0] * scale), 1), max(int(drawn[1] * scale), 1))


def _on_canvas(image: Image.Image, drawn: Size, canvas: Size) -> Image.Image:
    fitting = image if drawn == image.size else image.resize(drawn, Image.Resampling.LANCZOS)
    return fitting if canvas == drawn else _bordered(fitting, canvas)


def _bordered(picture: Image.Image, canvas: Size) -> Image.Image:
    """In the middle of a canvas that has the mean colour of the two edges that the border meets."""
    width, height = picture.size
    if canvas[0] > width:
        edges = (picture.crop((0, 0, 1, height)), picture.crop((width - 1, 0, width, height)))
    else:
        edges = (picture.crop((0, 0, width, 1)), picture.crop((0, height - 1, width, height)))
    means = [ImageStat.Stat(edge).mean for edge in edges]
    colour = tuple(round(sum(channel) / 2) for channel in zip(*means, strict=True))
    ground = Image.new("RGB", canvas, colour)
    ground.paste(picture, ((canvas[0] - width) // 2, (canvas[1] - height) // 2))
    return ground


def _jpeg(image: Image.Image, limit: ImageLimit) -> tuple[bytes, Image.Image]:
    """Its bytes, and the picture itself, smaller if it had to be."""
    while min(image.size) > _SMALLEST:
        for quality in QUALITIES:
            out = io.BytesIO()
            image.save(out, "JPEG", quality=quality, optimize=True, subsampling=0 if quality >= 90 else 2)
            if out.tell() <= limit.max_bytes:
                return out.getvalue(), image
        image = image.resize((max(int(image.width * SMALLER), 1), max(int(image.height * SMALLER), 1)))
    raise RefusedError("media.picture_too_large", most=limit.max_bytes, field="media")


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
