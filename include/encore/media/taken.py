"""What is taken of the files that people bring, and how much of one is opened."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

PICTURES = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIF")
"""Pillow's names; it opens no other format. JPEG includes MPO, several of them in one file."""

PIXELS = 64_000_000
"""The most of a picture that is decoded whole: a phone's 50 megapixels, and some more."""
JPEG_PIXELS = 220_000_000
"""Of a JPEG, which can be decoded at half its size and less: a phone's 200 megapixels."""
LARGEST_SIDE = 4096
"""Pixels; no platform shows more."""

CONTAINERS = ("mov", "mp4", "m4a", "3gp", "3g2", "mj2", "matroska", "webm", "avi", "mpegts")
"""FFmpeg's names; it opens no other container, above all none that only names further files."""


@dataclass(frozen=True)
class Container:
    """One that videos are written as. `pictures`, `sounds`: the codecs that it keeps as they are."""

    name: str
    pictures: tuple[str, ...]
    sounds: tuple[str, ...]
    encoder: str
    """For any other sound."""


MP4 = Container("mp4", ("h264", "hevc"), ("aac",), "aac")
WEBM = Container("webm", ("vp8", "vp9"), ("opus", "vorbis"), "libopus")

SOUND_RATE, SOUND_CHANNELS = 48_000, 2
"""The most that every platform takes."""
VIDEO_PIXELS = 8192 * 4320
"""Of one frame."""
CONVERTED_PIXELS = 1920 * 1080 * 30 * 120
"""Of all frames of a video that is coded anew: two minutes as a phone films, half a minute of 4K."""
CUT_OFF = Fraction(9, 10)
"""What holds less than this of its own length was cut off on its way."""

MEMORY = 1_500_000_000
"""Bytes of address space for whoever opens a file."""
PROCESSOR_SECONDS, SECONDS = 120, 180
FILE_BYTES = 1_000_000_000
"""The largest file that comes of one."""
