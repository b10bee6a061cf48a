"""The ways of posting: each platform with each kind of media, as they are published in the matrix."""

from __future__ import annotations

import hashlib
import io
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from encore.domain.job import Platform
from encore.platforms.contract import MediaAsset, MediaFile, PlatformAdapter
from encore.platforms.instagram.adapter import InstagramAdapter
from encore.platforms.tiktok.adapter import TikTokAdapter
from encore.platforms.xiaohongshu.adapter import XiaohongshuAdapter

CHUNK_BYTES = 40_000
ONE_CHUNK, SEVERAL_CHUNKS = 30_000, 100_000


class SmallChunks(TikTokAdapter):
    """Cuts far below the 5 MB that TikTok allows, so that a small file goes in several; the simulator's rule is off."""

    whole_up_to = CHUNK_BYTES
    chunk_bytes = CHUNK_BYTES


@dataclass(frozen=True)
class Route:
    """One way of posting. Operations are named as the simulator names them.

    `reconcilable`: whether a post whose answer was lost can always be found again, so that no person is needed.
    `parks_under`: the fault under which a task that has sent hands over to the triggerer.
    """

    name: str
    platform: Platform
    media_kind: str
    adapter: type[PlatformAdapter]
    commit_operation: str
    create_operation: str
    observe_operation: str
    reconcilable: bool
    parks_under: str
    switches: dict[str, Any] = field(default_factory=dict, hash=False)

    def media(self, folder: Path, address: str) -> MediaAsset:
        if self.media_kind == "video":
            size = SEVERAL_CHUNKS if self.adapter is SmallChunks else ONE_CHUNK
            return MediaAsset((_video(folder, address, size),))
        return MediaAsset(tuple(_picture(folder, address, number) for number in range(3 if self.carousel else 1)))

    @property
    def carousel(self) -> bool:
        return self.media_kind == "carousel"


_TIKTOK = {"tiktok_chunk_plan": False, "tiktok_status_per_minute": 0, "tiktok_init_per_minute": 0}
_TIKTOK |= {"tiktok_creator_info_per_minute": 0, "processing_seconds": 0.0}
_INSTAGRAM = {"instagram_media_checks": False, "container_seconds": 0.0}
_XIAOHONGSHU = {"publish_seconds": 0.02, "slow_failure_seconds": 0.02}

ROUTES = (
    Route(
        "tiktok video", Platform.TIKTOK, "video", TikTokAdapter, "upload_last_chunk", "video_init", "status", True,
        "processing a while", _TIKTOK,
    ),
    Route(
        "tiktok chunks", Platform.TIKTOK, "video", SmallChunks, "upload_last_chunk", "video_init", "status", True,
        "processing a while", _TIKTOK,
    ),
    Route(
        "tiktok photo", Platform.TIKTOK, "image", TikTokAdapter, "photo_init", "photo_init", "status", False,
        "processing a while", _TIKTOK,
    ),
    Route(
        "instagram image", Platform.INSTAGRAM, "image", InstagramAdapter, "publish", "create_container",
        "container_status", True, "request lost", _INSTAGRAM,
    ),
    Route(
        "instagram reel", Platform.INSTAGRAM, "video", InstagramAdapter, "publish", "create_container",
        "container_status", True, "request lost", _INSTAGRAM,
    ),
    Route(
        "instagram carousel", Platform.INSTAGRAM, "carousel", InstagramAdapter, "publish", "create_container",
        "container_status", True, "request lost", _INSTAGRAM,
    ),
    Route(
        "xiaohongshu image", Platform.XIAOHONGSHU, "image", XiaohongshuAdapter, "publish", "publish", "me", False,
        "listed late", _XIAOHONGSHU,
    ),
)  # fmt: skip


def _picture(folder: Path, address: str, number: int) -> MediaFile:
    image = io.BytesIO()
    Image.new("RGB", (400, 500), (number * 60, 80, 120)).save(image, "JPEG")
    return _file(folder, address, f"{number}.jpg", image.getvalue(), "image", "image/jpeg", (400, 500))


def _video(folder: Path, address: str, size: int) -> MediaFile:
    """Bytes that no decoder reads; the simulator's check of media is off."""
    content = random.Random(size).randbytes(size)
    about = {"duration_seconds": 8.0, "frame_rate": 30.0, "video_codec": "h264", "audio_codec": "aac"}
    return _file(folder, address, f"{size}.mp4", content, "video", "video/mp4", (1080, 1920), **about)


def _file(
    folder: Path, address: str, name: str, content: bytes, kind: str, mime: str, size: tuple[int, int], **about: Any
) -> MediaFile:
    path = folder / name
    if not path.exists():
        path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return MediaFile(
        media_id=digest[:12], kind=kind, path=str(path), sha256=digest, mime=mime, size_bytes=len(content),
        width=size[0], height=size[1], address=lambda: f"{address}/{name}", **about,
    )  # fmt: skip
