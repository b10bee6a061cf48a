"""What a picture or video file is: read from the file itself, never from its name."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

import av
from PIL import Image, UnidentifiedImageError

from encore.errors import RefusedError
from encore.platforms.contract import MediaFile

_VIDEO_MIME = {"mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm"}


@dataclass(frozen=True)
class MediaFacts:
    """The facts of one file. `kind` is `image` or `video`; lengths in pixels, seconds and frames a second.

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
        return MediaFile(media_id=media_id, path=str(path), alt_text=alt_text, **asdict(self))


def read_media_facts(path: Path | str) -> MediaFacts:
    """Raises RefusedError for a file that is missing, damaged, or neither a picture nor a video."""
    path = Path(path)
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size_bytes = path.stat().st_size
    except OSError as err:
        raise RefusedError("media.file_unreadable", file=path.name, reason=err.strerror, field="media") from err
    try:
        return _picture(path, size_bytes, sha256)
    except UnidentifiedImageError:
        return _video(path, size_bytes, sha256)
    except (OSError, Image.DecompressionBombError) as err:
        raise RefusedError("media.picture_damaged", file=path.name, field="media") from err


def _picture(path: Path, size_bytes: int, sha256: str) -> MediaFacts:
    with Image.open(path) as picture:
        picture.load()  # a picture that was cut off while uploading is found here, not on the platform
        width, height = picture.size
        if picture.getexif().get(0x0112) in (5, 6, 7, 8):  # turned by 90 degrees when shown
            width, height = height, width
        return MediaFacts("image", Image.MIME[picture.format or "JPEG"], size_bytes, sha256, width, height)


def _video(path: Path, size_bytes: int, sha256: str) -> MediaFacts:
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise RefusedError("media.neither", file=path.name, field="media")
            stream = container.streams.video[0]
            sound = container.streams.audio
            if container.duration is None or not stream.codec_context.width:
                raise RefusedError("media.video_untold", file=path.name, field="media")
            return MediaFacts(
                kind="video",
                mime=_video_mime(path, container.format.name),
                size_bytes=size_bytes,
                sha256=sha256,
                width=stream.codec_context.width,
                height=stream.codec_context.height,
                duration_seconds=round(container.duration / av.time_base, 3),
                frame_rate=round(float(stream.average_rate), 3) if stream.average_rate else None,
                video_codec=stream.codec_context.name,
                audio_codec=sound[0].codec_context.name if sound else None,
            )
    except av.FFmpegError as err:
        raise RefusedError("media.neither_or_damaged", file=path.name, field="media") from err


def _video_mime(path: Path, container_names: str) -> str:
    """FFmpeg has one name for MP4 and QuickTime, `mov,mp4,...`; the brand in the file tells them apart."""
    if "webm" in container_names:
        return _VIDEO_MIME["webm"]
    if "mp4" in container_names:
        with path.open("rb") as file:
            head = file.read(12)
        return _VIDEO_MIME["mov" if head[4:8] != b"ftyp" or head[8:12] == b"qt  " else "mp4"]
    return f"video/x-{container_names.split(',')[0]}"
