"""Make a picture fit a platform's limits where that keeps what its owner meant: upright, as JPEG, smaller, with a
border. Nothing is cut off and nothing is enlarged; a video is never touched.

A picture that fits is left byte for byte as it is, so that repairing twice is repairing once.
"""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

from PIL import Image, ImageOps, ImageStat, UnidentifiedImageError

from encore.errors import RefusedError
from encore.platforms.measures import ImageLimit

QUALITIES = (95, 90, 85, 80, 75, 70, 65, 60)
"""Of JPEG, from where nobody sees a difference to where a careful eye begins to; the first that fits is taken."""
SMALLER = Fraction(9, 10)
"""What still does not fit at the lowest quality is scaled down by this, again and again."""

_ORIENTATION, _GPS = 0x0112, 0x8825  # EXIF tags
_UPRIGHT = (None, 1)
_SMALLEST = 2
"""Pixels; no limit of a real platform comes near it."""
Size = tuple[int, int]


def repaired_picture(source: Path, limit: ImageLimit) -> bytes | None:
    """The picture's bytes as they fit `limit`, or None where the file fits as it is.

    A picture below the smallest width stays so (enlarging would blur it), which the validator then reports. Raises
    RefusedError for a file that is no picture.
    """
    try:
        with Image.open(source) as picture:
            picture.load()
            if _fits(picture, source.stat().st_size, limit):
                return None
            # A profile describes the colours of its own mode; those of CMYK and grey are converted away.
            profile = picture.info.get("icc_profile") if picture.mode in ("RGB", "RGBA") else None
            return _as_jpeg(_flat(picture), limit, profile)
    except UnidentifiedImageError:
        raise RefusedError("media.no_picture", file=source.name, field="media") from None
    except (OSError, Image.DecompressionBombError) as err:
        raise RefusedError("media.picture_damaged", file=source.name, field="media") from err


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


def _fits(picture: Image.Image, size_bytes: int, limit: ImageLimit) -> bool:
    exif = picture.getexif()
    return (
        picture.format in limit.formats
        and size_bytes <= limit.max_bytes
        and picture.mode == "RGB"
        and exif.get(_ORIENTATION) in _UPRIGHT
        # Where a picture of children was taken is nobody's business.
        and _GPS not in exif
        and fitted_sizes(picture.size, limit) == (picture.size, picture.size)
    )


def _flat(picture: Image.Image) -> Image.Image:
    """Upright, RGB, on white where it was transparent, without any of the file's other data."""
    upright = ImageOps.exif_transpose(picture)
    if upright.has_transparency_data:
        layer = upright.convert("RGBA")
        ground = Image.new("RGBA", layer.size, "white")
        upright = Image.alpha_composite(ground, layer)
    return upright.convert("RGB")


def _as_jpeg(picture: Image.Image, limit: ImageLimit, profile: bytes | None) -> bytes:
    while min(picture.size) > _SMALLEST:
        drawn, canvas = fitted_sizes(picture.size, limit)
        fitting = picture if drawn == picture.size else picture.resize(drawn, Image.Resampling.LANCZOS)
        if canvas != drawn:
            fitting = _bordered(fitting, canvas)
        for quality in QUALITIES:
            content = _encoded(fitting, quality, profile)
            if len(content) <= limit.max_bytes:
                return content
        picture = fitting.resize((max(int(canvas[0] * SMALLER), 1), max(int(canvas[1] * SMALLER), 1)))
    raise RefusedError("media.picture_too_large", most=limit.max_bytes, field="media")


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


def _encoded(picture: Image.Image, quality: int, profile: bytes | None) -> bytes:
    out = io.BytesIO()
    picture.save(
        out, "JPEG", quality=quality, optimize=True, subsampling=0 if quality >= 90 else 2, icc_profile=profile
    )
    return out.getvalue()
