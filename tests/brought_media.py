"""Files as people bring them, made small."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image, ImageDraw

CASES = Path(__file__).parent / "media" / "cases"
PICTURES = [path for path in sorted(CASES.iterdir()) if path.suffix not in (".mp4", ".mov", ".mkv")]
VIDEOS = [path for path in sorted(CASES.iterdir()) if path not in PICTURES]


def shaded(size: tuple[int, int] = (400, 300)) -> Image.Image:
    """Bright in one corner, dark in the other."""
    across = np.linspace(0, 200, size[0])[None, :] + np.linspace(0, 55, size[1])[:, None]
    return Image.fromarray(across.astype(np.uint8)).convert("RGB")


def logo(colour: str) -> Image.Image:
    drawn = Image.new("RGBA", (400, 300), colour)
    drawn.putalpha(0)
    ImageDraw.Draw(drawn).ellipse((100, 50, 300, 250), colour)
    return drawn


def ramp(most: float, kind: Any, least: float = 0) -> Image.Image:
    """From the darkest tone to the brightest, of another depth than eight bits."""
    return Image.fromarray(np.tile(np.linspace(least, most, 400), (300, 1)).astype(kind))


def turned(orientation: int = 6, **tags: Any) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    for name, value in tags.items():
        exif[{"maker": 0x010F, "made_at": 0x0132}[name]] = value
    return exif


def film(
    path: Path, codec: str = "libx264", *, size: tuple[int, int] = (320, 240), seconds: float = 2, rate: int = 25,
    colours: str = "", sound: str = "", layout: str = "stereo", form: str | None = None, turned_by: int = 0,
    aspect: Fraction | None = None, tags: dict[str, str] | None = None, preset: str = "ultrafast",
) -> Path:  # fmt: skip
    """A moving pattern, and a tone."""
    options = {"preset": preset} if codec == "libx264" else {}
    with av.open(str(path), "w", format=form) as out:
        out.metadata.update(tags or {})
        stream = out.add_stream(codec, rate=rate, options=options)
        stream.width, stream.height = size
        stream.pix_fmt = colours or {"mjpeg": "yuvj420p", "prores_ks": "yuv422p10le"}.get(codec, "yuv420p")
        if aspect:
            stream.codec_context.sample_aspect_ratio = aspect
        if turned_by:
            stream.set_display_rotation(turned_by)
        tone = out.add_stream(sound, rate=48_000, layout=layout) if sound else None
        pattern = np.asarray(shaded(size))
        for number in range(round(seconds * rate)):
            frame = av.VideoFrame.from_ndarray(np.roll(pattern, number * 4, axis=1), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, rate)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        if tone:
            wave = np.sin(np.arange(round(seconds * 48_000)) * 0.05).astype(np.float32)
            for begin in range(0, len(wave), 1024):
                part = np.stack([wave[begin : begin + 1024]] * tone.channels)
                frame = av.AudioFrame.from_ndarray(part, format="fltp", layout=layout)
                frame.sample_rate, frame.pts, frame.time_base = 48_000, begin, Fraction(1, 48_000)
                out.mux(tone.encode(frame))
            out.mux(tone.encode(None))
    return path
