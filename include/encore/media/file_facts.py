"""What a picture or video of ours is: read from the file itself, never from its name."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from encore.errors import RefusedError

if TYPE_CHECKING:
    from PIL import Image

    from encore.platforms.contract import MediaFile

SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
}
_BEGINNINGS = {b"\xff\xd8": "image/jpeg", b"\x89PNG": "image/png", b"\x1a\x45\xdf\xa3": "video/webm"}


@dataclass(frozen=True)
class MediaFacts:
    """The facts of one file. `kind` is `image` or `video`; lengths in pixels as shown, seconds and frames a second.

    Codecs have FFmpeg's names (`h264`, `aac`); a file without sound has no `audio_codec`.
    """

    kind: str
    mime: str
    size_bytes: int
    sha256: str
    width: int
    height: int
    duration_seconds: float | None = None
    frame_rate: float | None = None
    video_codec: str | None = None
    audio_codec: str | None = None

    def media_file(self, media_id: str, path: Path | str, *, alt_text: str = "") -> MediaFile:
        from encore.platforms.contract import MediaFile

        return MediaFile(media_id=media_id, path=str(path), alt_text=alt_text, **asdict(self))


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_media_facts(path: Path | str) -> MediaFacts:
    """Of a file that Encore has written; what people bring is read by `taking.py`. Raises RefusedError for one that is
    not there."""
    path = Path(path)
    try:
        size_bytes, sha256, mime = path.stat().st_size, sha256_of(path), _mime(path)
    except OSError as err:
        raise RefusedError("media.file_unreadable", file=path.name, field="media") from err
    if mime.startswith("image/"):
        with opened_picture(path) as picture:
            return MediaFacts("image", mime, size_bytes, sha256, *picture.size)
    from encore.media.videos import look

    seen = look(path)
    return MediaFacts(
        "video", mime, size_bytes, sha256, *seen.size,
        duration_seconds=round(seen.seconds, 3), frame_rate=round(float(seen.rate), 3) if seen.rate else None,
        video_codec=seen.codec, audio_codec=seen.sound.codec if seen.sound else None,
    )  # fmt: skip


def _mime(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(8)
    return next((mime for begin, mime in _BEGINNINGS.items() if head.startswith(begin)), "video/mp4")


def opened_picture(path: Path) -> Image.Image:
    """One that Encore has written."""
    from PIL import Image

    return Image.open(path, formats=("JPEG", "PNG", "WEBP"))
