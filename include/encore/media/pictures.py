"""A picture as people bring it becomes its pixels: upright, eight bits of red, green and blue (sRGB), and nothing else
of the file. Runs in a process of its own (`worker.py`)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from PIL import Image, ImageChops, ImageCms, ImageOps
from pillow_heif import register_heif_opener

from encore.errors import RefusedError
from encore.media import taken
from encore.words.sentence import Sentence, sentence

Size = tuple[int, int]

ORIENTATION, EXIF, GPS = 0x0112, 0x8769, 0x8825  # EXIF tags
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SIDEWAYS = (TURNS[5], TURNS[6], TURNS[7], TURNS[8])
TURNED_ALREADY = ("TIFF", "HEIF")
"""Formats that Pillow and libheif turn themselves."""
PNG, PNG_CHUNKS = (
    b"\x89PNG\r\n\x1a\n",
    (b"IHDR", b"PLTE", b"tRNS", b"iCCP", b"eXIf", b"acTL", b"fcTL", b"fdAT", b"IDAT", b"IEND"),
)
"""How a PNG begins, and what of it is read; a text of any size is passed over."""
DEPTHS = (1, 255, 1023, 4095, 65535)
"""The brightest tones of pictures with other than eight bits; the first that holds a picture's own is meant."""
SEEN = 4
"""Of 255: a difference in tone that an eye begins to see."""
SRGB = ImageCms.createProfile("sRGB")

Image.MAX_IMAGE_PIXELS = taken.JPEG_PIXELS // 2  # an error is what has twice as many
register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=2)


@dataclass(frozen=True)
class Picture:
    """`size`: as it was shown, before it was made smaller; `format`: of the file, by Pillow's name."""

    image: Image.Image
    size: Size
    format: str
    done: tuple[Sentence, ...]


def read_picture(source: Path, plain: Path) -> Picture:
    """`plain`: where a copy may lie. Raises `PIL.UnidentifiedImageError` for what is no picture,
    `PIL.Image.DecompressionBombError` for one of too many pixels, RefusedError where nothing would be left of it, and
    whatever Pillow raises for one that is damaged."""
    with _bare(source, plain) as file, Image.open(file, formats=taken.PICTURES) as picture:
        form, size = picture.format or "", picture.size
        if size[0] * size[1] > (taken.JPEG_PIXELS if form in ("JPEG", "MPO") else taken.PIXELS):
            raise Image.DecompressionBombError
        if form in ("JPEG", "MPO"):
            picture.draft(None, (taken.LARGEST_SIDE, taken.LARGEST_SIDE))
        turned = form in TURNED_ALREADY and _orientation(picture) in TURNS
        picture.load()
        left_behind = [*_of_several(picture), *_of_the_file(picture, source)]
        turn = TURNS.get(_orientation(picture)) if form not in TURNED_ALREADY else None
        several = _has_tones(picture)
        image, converted = _rgb(picture)
    if several and not _has_tones(image):
        raise RefusedError("media.one_tone", field="media")
    if turn is not None:
        image, size = image.transpose(turn), size[::-1] if turn in SIDEWAYS else size
    upright = [sentence("media.done.upright")] if turned or turn is not None else []
    image.info = {}
    return Picture(image, size, form, (*upright, *left_behind, *converted))


def _bare(source: Path, plain: Path) -> BinaryIO:
    """The file; of a PNG what is needed of it."""
    with source.open("rb") as file:
        if file.read(len(PNG)) == PNG:
            with plain.open("wb") as target:
                target.write(PNG)
                for chunk in _chunks(file):
                    target.write(chunk)
            return plain.open("rb")
    return source.open("rb")


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while len(head := file.read(8)) == 8:
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if kind in PNG_CHUNKS:
            yield head + file.read(length + 4)
        else:
            file.seek(length + 4, io.SEEK_CUR)
        if kind == b"IEND":
            return


def _of_several(picture: Image.Image) -> list[Sentence]:
    """Of an animation or a document of pages the first is taken; the others of a phone's MPO or HEIC are no pictures
    for people."""
    if getattr(picture, "n_frames", 1) == 1 or picture.format in ("MPO", "HEIF"):
        return []
    return [sentence("media.done.first_page" if picture.format == "TIFF" else "media.done.first_frame")]


def _of_the_file(picture: Image.Image, source: Path) -> list[Sentence]:
    """What is left behind with the file. One that cannot be read is left behind as well."""
    exif, place = Image.Exif(), False
    with suppress(Exception):
        exif = picture.getexif()
        place = bool(exif.get_ifd(GPS))
    texts = b"".join(_text(picture.info.get(name)) for name in ("xmp", "photoshop", "comment"))
    if picture.format == "PNG":
        with source.open("rb") as file:
            head = file.read(100_000)
            texts += head if re.search(rb"tEXt|iTXt|zTXt|tIME", head) else b""
    if place or b"GPSLatitude" in texts:
        return [sentence("media.done.place")]
    told = set(exif) & {EXIF, GPS} if picture.format == "TIFF" else set(exif) - {ORIENTATION}
    return [sentence("media.done.details")] if told or texts else []


def _text(found: object) -> bytes:
    return found.encode(errors="replace") if isinstance(found, str) else found if isinstance(found, bytes) else b""


def _orientation(picture: Image.Image) -> int:
    with suppress(Exception):
        return picture.info.get("original_orientation") or picture.getexif().get(ORIENTATION, 1)
    return 1


def _has_tones(image: Image.Image) -> bool:
    return any(low != high for low, high in _extrema(image))


def _extrema(image: Image.Image) -> tuple[tuple[float, float], ...]:
    """The darkest and the brightest tone of each band."""
    found: Any = image.getextrema()
    return found if isinstance(found[0], tuple) else (found,)


def _rgb(picture: Image.Image) -> tuple[Image.Image, list[Sentence]]:
    told = []
    image: Image.Image = picture
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
        told.append(sentence("media.done.eight_bits"))
    elif image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode in ("P", "1"):
        image = image.convert("RGB")
    if max(image.size) > taken.LARGEST_SIDE:
        image = ImageOps.contain(image, (taken.LARGEST_SIDE, taken.LARGEST_SIDE), Image.Resampling.LANCZOS)
    if image.mode == "RGBA":
        if _extrema(image)[3] != (255, 255):
            told.append(sentence("media.done.ground"))
        image = _on_ground(image)
    if image.mode == "CMYK":
        told.append(sentence("media.done.print_colours"))
    profile = picture.info.get("icc_profile")
    screen = _on_screen(image, profile)
    if image.mode == "RGB" and profile and _differ(image, screen):
        told.append(sentence("media.done.colours"))
    return screen, told


def _eight_bits(image: Image.Image) -> Image.Image:
    import numpy as np

    tones = np.nan_to_num(np.asarray(image, dtype=np.float32), posinf=0, neginf=0)
    low, high = float(tones.min()), float(tones.max())
    full = next((depth for depth in DEPTHS if high <= depth), None)
    if low < 0 or full is None:
        tones -= low
        full = high - low
    tones *= 255 / full
    return Image.fromarray(np.rint(tones, out=tones).astype(np.uint8))


def _on_ground(layer: Image.Image) -> Image.Image:
    """On white; what is white itself, on black."""
    drawn = layer
    for colour in ("white", "black"):
        drawn = Image.alpha_composite(Image.new("RGBA", layer.size, colour), layer).convert("RGB")
        if _has_tones(drawn):
            break
    return drawn


def _on_screen(image: Image.Image, profile: bytes | None) -> Image.Image:
    """In sRGB. A profile that is damaged, or of other colours than the picture's, tells nothing."""
    if image.mode == "LAB":
        return _by_profile(image, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")))
    if profile and image.mode in ("RGB", "L", "CMYK"):
        with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            return _by_profile(image, ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    return image.convert("RGB")


def _by_profile(image: Image.Image, profile: ImageCms.ImageCmsProfile) -> Image.Image:
    screen = ImageCms.profileToProfile(
        image, profile, SRGB, ImageCms.Intent.RELATIVE_COLORIMETRIC, "RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )  # fmt: skip
    assert screen is not None
    return screen


def _differ(one: Image.Image, other: Image.Image) -> bool:
    return max(high for _, high in _extrema(ImageChops.difference(one, other))) > SEEN
