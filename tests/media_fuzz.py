"""Damaged files, in a process with the limits of the one that reads them: `python -m media_fuzz FOLDER FROM TO` prints
a line of JSON for each. A number makes the same file every time."""

from __future__ import annotations

import json
import random
import re
import resource
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from brought_media import film, logo, ramp, shaded, turned
from PIL import Image

from encore.media import taken
from encore.media.worker import answered

SMALL = (96, 64)


def originals(folder: Path) -> list[bytes]:
    """One of each kind, small."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    picture = shaded(SMALL)
    more = {"exif": turned(6, maker="Camera")}
    for name in ("a.jpg", "a.png", "a.webp", "a.tif", "a.avif", "a.heic"):
        picture.save(folder / name, **more)
    several = {"save_all": True, "append_images": [picture.rotate(180)]}
    for name in ("b.gif", "b.png", "b.webp", "b.tif"):
        picture.save(folder / name, **several)
    picture.save(folder / "c.jpg", progressive=True)
    picture.convert("CMYK").save(folder / "c.tif", compression="tiff_lzw")
    picture.save(folder / "c.bmp")
    logo("teal").resize(SMALL).convert("P").save(folder / "c.gif")
    ramp(65535, "uint16").resize(SMALL).save(folder / "c.png")
    ramp(1, "float32").save(folder / "d.tif")
    film(folder / "e.mp4", size=SMALL, seconds=0.5, sound="aac", turned_by=90)
    film(folder / "e.mov", size=SMALL, seconds=0.5, sound="pcm_s16le")
    film(folder / "e.mkv", size=SMALL, seconds=0.5, sound="libopus")
    film(folder / "e.webm", "libvpx", size=SMALL, seconds=0.5)
    film(folder / "e.avi", "mjpeg", size=SMALL, seconds=0.5, sound="pcm_s16le")
    film(folder / "e.ts", size=SMALL, seconds=0.5, sound="aac", form="mpegts")
    return [path.read_bytes() for path in sorted(folder.iterdir())]


def cut(content: bytearray, by: random.Random, _: bytes) -> None:
    del content[by.randrange(len(content)) :]


def flip(content: bytearray, by: random.Random, _: bytes) -> None:
    for _ in range(by.choice((1, 3, 30))):
        content[by.randrange(len(content))] ^= 1 << by.randrange(8)


def flip_the_head(content: bytearray, by: random.Random, _: bytes) -> None:
    for _ in range(by.choice((1, 2, 5))):
        content[by.randrange(min(len(content), 200))] = by.randrange(256)


def lie(content: bytearray, by: random.Random, _: bytes) -> None:
    """Of a length or a number."""
    at, size = by.randrange(len(content)), by.choice((2, 4, 8))
    content[at : at + size] = by.choice(
        (b"\xff" * size, b"\0" * size, b"\x7f" + b"\xff" * (size - 1), b"\0\1" * (size // 2))
    )


def lose(content: bytearray, by: random.Random, _: bytes) -> None:
    at = by.randrange(len(content))
    del content[at : at + by.choice((1, 10, 1000))]


def repeat(content: bytearray, by: random.Random, _: bytes) -> None:
    at = by.randrange(len(content))
    content[at:at] = content[at : at + by.choice((1, 100, 5000))] * by.choice((1, 50))


def go_on_as_another(content: bytearray, by: random.Random, other: bytes) -> None:
    at = by.randrange(len(content))
    content[at:] = other[by.randrange(len(other)) :]


WAYS: tuple[Callable[[bytearray, random.Random, bytes], None], ...] = (
    cut, flip, flip_the_head, lie, lose, repeat, go_on_as_another,
)  # fmt: skip


def damaged(files: list[bytes], number: int) -> bytes:
    by = random.Random(number)
    content = bytearray(files[number % len(files)])
    for way in by.choices(WAYS, k=by.choice((1, 1, 2, 4))):
        if content:
            way(content, by, by.choice(files))
    return bytes(content)


def main(folder: Path, begin: int, end: int) -> None:
    files = originals(folder)
    resource.setrlimit(resource.RLIMIT_AS, (taken.MEMORY, taken.MEMORY))
    path, out = folder / "brought", folder / "out"
    out.mkdir()
    for number in range(begin, end):
        path.write_bytes(damaged(files, number))
        job = {"source": str(path), "folder": str(out), "image": ["instagram"], "video": ["instagram", "tiktok"]}
        try:
            told = answered(job)
        except BaseException:
            told = {"raised": traceback.format_exc()}
        peak = int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1])
        print(json.dumps({"number": number, "peak": peak, **told}), flush=True)


if __name__ == "__main__":
    Image.init()
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
