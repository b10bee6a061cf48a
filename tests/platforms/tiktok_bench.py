"""TikTok's three ways of posting: a video in one chunk, a video in several, pictures."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from platform_bench import Bench, Spoiled, World, make_picture, make_video, platform_settings, utcnow

from encore.domain.job import Platform
from encore.platforms.contract import ContentPayload, Credentials, MediaAsset, MediaFile
from encore.platforms.tiktok.adapter import TikTokAdapter


class SmallChunks(TikTokAdapter):
    """Cuts far below the 5 MB that TikTok allows, to keep the tests quick; the simulator's rule is off for it."""

    whole_up_to = 100_000
    chunk_bytes = 100_000


def tiktok_bench(
    world: World, media: MediaAsset, spoiled: Spoiled, publishing: str, kind: type[TikTokAdapter], **particular: Any
) -> Bench:
    base_url = f"{world.url}/tiktok"
    post_url = f"{base_url}/@{{username}}/video/{{post_id}}"
    token = f"sim-{world.account}"
    return Bench(
        adapter=kind(platform_settings(Platform.TIKTOK, base_url=base_url, post_url=post_url), utcnow),
        credentials=Credentials(world.account, token=token),
        content=ContentPayload(
            "Spring recital on Sunday! 🎹", "Spring recital", ("recital", "piano"), privacy="PUBLIC_TO_EVERYONE"
        ),
        media=media,
        world=world,
        publishing_operation=publishing,
        reading_operations=frozenset({"status", "video_list"}),
        spoiled=spoiled,
        secrets=(token,),
        **particular,
    )


def tiktok_video(world: World, folder: Path, _: str, kind: type[TikTokAdapter] = TikTokAdapter) -> Bench:
    video = make_video(folder)
    world.switch(tiktok_chunk_plan=kind is TikTokAdapter)
    bad = MediaFile("bad", "video", "", "", "video/x-msvideo", 5_000_000_000, 100, 100, 900.0, 10.0, "mpeg2")
    spoiled = (
        ContentPayload("é" * 2201),
        MediaAsset((bad,)),
        {
            "text_too_long", "privacy_missing", "file_format", "file_too_large", "video_codec", "video_duration",
            "video_frame_rate", "video_size",
        },
    )  # fmt: skip
    return tiktok_bench(world, MediaAsset((video,)), spoiled, "upload_last_chunk", kind)


def tiktok_photo(world: World, folder: Path, base_url: str) -> Bench:
    pictures = MediaAsset((make_picture(folder, base_url, 1), make_picture(folder, base_url, 2)))
    bad = MediaFile("bad", "image", "", "", "image/gif", 25_000_000, 5000, 5000)
    spoiled = (
        ContentPayload("é" * 4001, "t" * 91),
        MediaAsset((bad,) * 36),
        {"text_too_long", "title_too_long", "privacy_missing", "too_many_pictures", "file_format", "file_too_large",
         "picture_size"},
    )  # fmt: skip
    return tiktok_bench(world, pictures, spoiled, "photo_init", TikTokAdapter, always_resolves=False)


TIKTOK_BENCHES = {
    "tiktok video": (tiktok_video, ("creator_info", "video_init", "upload_last_chunk", "status")),
    "tiktok video in chunks": (
        functools.partial(tiktok_video, kind=SmallChunks),
        ("creator_info", "video_init", "upload_chunk", "upload_last_chunk", "status"),
    ),
    "tiktok photo": (tiktok_photo, ("creator_info", "photo_init", "status")),
}
