"""Pictures and videos: fetching them as the platforms do, looking at them, keeping a preview for the feed page.

What waits or computes here (`fetch`, `look_at_image`, `look_at_video`, `image_preview`) blocks: the look-alikes call
it through `World.off_loop`.
"""

from __future__ import annotations

import hashlib
import io
import ipaddress
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import urlsplit

import av
import requests
from PIL import Image

MIB = 1024 * 1024
PREVIEW_IMAGES, PREVIEW_VIDEOS, PREVIEW_VIDEO_BYTES, PREVIEW_IMAGE_BYTES = 200, 40, 5 * MIB, MIB


class FetchError(Exception):
    """A media URL did not give its file. `kind`: unreachable, timeout, status, redirect or too_large."""

    def __init__(self, kind: str, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.kind, self.status = kind, status


def fetch(url: str, *, seconds: float, redirects: bool, limit: int) -> bytes:
    """The bytes behind `url` within `seconds` in total, or FetchError."""
    ends_at = time.monotonic() + seconds
    try:
        with requests.Session() as session:
            session.trust_env = False
            with session.get(url, stream=True, timeout=(min(seconds, 5), seconds), allow_redirects=redirects) as answer:
                if answer.is_redirect:
                    raise FetchError("redirect", f"redirected by {answer.status_code}", answer.status_code)
                if answer.status_code != 200:
                    raise FetchError("status", f"download failed with status {answer.status_code}", answer.status_code)
                content = bytearray()
                for piece in answer.iter_content(65536):
                    content += piece
                    if len(content) > limit:
                        raise FetchError("too_large", f"more than {limit} bytes")
                    if time.monotonic() > ends_at:
                        raise FetchError("timeout", "the download took too long")
                return bytes(content)
    except requests.Timeout as err:
        raise FetchError("timeout", "the download took too long") from err
    except (requests.RequestException, ValueError) as err:
        raise FetchError("unreachable", f"failed to download: {type(err).__name__}") from err


def is_local_host(host: str) -> bool:
    """Loopback, a private address, `localhost`, or a bare name as in a compose network."""
    return host_is_address(host, private=True) or "." not in host or host.endswith((".localhost", ".internal"))


def host_is_address(host: str, *, private: bool = False) -> bool:
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return address.is_private or address.is_loopback if private else True


def host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


@dataclass(frozen=True)
class Media:
    """One picture or video that reached a platform. Unknown measures are 0, an unknown format is empty."""

    kind: str
    sha256: str
    size: int
    format: str = ""
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    fps: float = 0.0
    codec: str = ""


def look_at_image(content: bytes) -> Media:
    """The picture's format as Pillow names it (JPEG, PNG, WEBP) and its size in pixels."""
    sha256 = hashlib.sha256(content).hexdigest()
    try:
        with Image.open(io.BytesIO(content)) as image:
            image_format, (width, height) = image.format or "", image.size
            image.load()
    except Exception:
        return Media("image", sha256, len(content))
    return Media("image", sha256, len(content), image_format, width, height)


def look_at_video(file: BinaryIO) -> Media:
    """The video's container as FFmpeg names it, its codec, size as it is shown, length and frame rate."""
    digest, size = hashlib.sha256(), 0
    file.seek(0)
    while piece := file.read(MIB):
        digest.update(piece)
        size += len(piece)
    file.seek(0)
    try:
        with av.open(file, mode="r") as container:  # its own guess reads the file object's mode, "w+b"
            stream = container.streams.video[0]
            length = float(container.duration or 0) / 1_000_000
            fps = float(stream.average_rate or 0)
            name, codec = container.format.name, stream.codec_context.name
            frame = next(container.decode(video=0))
            width, height = frame.width, frame.height
            if frame.rotation % 180:
                width, height = height, width
    except Exception:
        return Media("video", digest.hexdigest(), size)
    return Media("video", digest.hexdigest(), size, name, width, height, length, fps, codec)


def image_preview(content: bytes) -> tuple[bytes, str] | None:
    """Bytes and type to show the picture, made smaller where it is large."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            if len(content) <= PREVIEW_IMAGE_BYTES:
                return content, Image.MIME.get(image.format or "", "application/octet-stream")
            image.thumbnail((1080, 1920))
            out = io.BytesIO()
            image.convert("RGB").save(out, "JPEG", quality=80)
            return out.getvalue(), "image/jpeg"
    except Exception:
        return None


class Previews:
    """What the pages show of the media, by sha256; the oldest go when there are too many."""

    def __init__(self) -> None:
        self._images: OrderedDict[str, tuple[bytes, str]] = OrderedDict()
        self._videos: OrderedDict[str, tuple[bytes, str]] = OrderedDict()

    def keep_image(self, sha256: str, preview: tuple[bytes, str] | None) -> None:
        self._keep(self._images, sha256, preview, PREVIEW_IMAGES)

    def keep_video(self, media: Media, file: BinaryIO) -> None:
        if media.size <= PREVIEW_VIDEO_BYTES and media.format:
            file.seek(0)
            self._keep(self._videos, media.sha256, (file.read(), video_type(media)), PREVIEW_VIDEOS)

    @staticmethod
    def _keep(shelf: OrderedDict, sha256: str, preview: tuple[bytes, str] | None, most: int) -> None:
        if preview is not None:
            shelf[sha256] = preview
            shelf.move_to_end(sha256)
            while len(shelf) > most:
                shelf.popitem(last=False)

    def find(self, sha256: str) -> tuple[bytes, str] | None:
        return self._images.get(sha256) or self._videos.get(sha256)


def video_type(media: Media) -> str:
    return "video/webm" if "webm" in media.format else "video/mp4"
