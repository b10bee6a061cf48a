"""Instagram's three ways of posting: a picture, a reel, a carousel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from platform_bench import Bench, World, make_picture, make_video, platform_settings, utcnow

from encore.domain.job import Platform
from encore.platforms.contract import ContentPayload, Credentials, MediaAsset, MediaFile
from encore.platforms.instagram.adapter import InstagramAdapter

READING = frozenset({"container_status", "media_list", "media_read", "limit"})
BAD_PICTURE = MediaFile("bad", "image", "", "", "image/png", 9_000_000, 2000, 100)
BAD_VIDEO = MediaFile("bad", "video", "", "", "video/webm", 400_000_000, 4000, 1000, 901.0, 10.0, "vp9")
BAD_TEXT = ContentPayload("#a #b #c #d #e #f " + "@x " * 21 + "é" * 2200)
TEXT_CODES = {"text_too_long", "too_many_hashtags", "too_many_mentions"}
PICTURE_CODES = {"file_format", "file_too_large", "picture_size", "picture_ratio"}
VIDEO_CODES = {"file_format", "file_too_large", "video_codec", "video_duration", "video_frame_rate", "video_size"}


def instagram_bench(world: World, media: MediaAsset, bad: MediaAsset, codes: set[str]) -> Bench:
    world.switch(container_seconds=0.05, instagram_media_checks=False)
    base_url, token = f"{world.url}/instagram", f"sim-{world.account}"
    return Bench(
        adapter=InstagramAdapter(platform_settings(Platform.INSTAGRAM, base_url=base_url, watch_seconds=0.1), utcnow),
        credentials=Credentials(world.account, user_id=f"ig-{world.account}", token=token),
        content=ContentPayload("Spring recital on Sunday! 🎹", hashtags=("recital", "piano"), ai_generated=True),
        media=media,
        world=world,
        publishing_operation="publish",
        reading_operations=READING,
        spoiled=(BAD_TEXT, bad, TEXT_CODES | codes),
        secrets=(token,),
        # A create that is answered "taken for spam" (4/2207051) waits for a person, though nothing was published.
        always_resolves=False,
    )


def picture(world: World, folder: Path, base_url: str) -> Bench:
    files = (replace(make_picture(folder, base_url, 1), alt_text="The flyer"),)
    return instagram_bench(world, MediaAsset(files), MediaAsset((BAD_PICTURE,)), PICTURE_CODES)


def reel(world: World, folder: Path, base_url: str) -> Bench:
    video = make_video(folder)
    file = replace(video, address=lambda: f"{base_url}/{Path(video.path).name}")
    return instagram_bench(world, MediaAsset((file,)), MediaAsset((BAD_VIDEO,)), VIDEO_CODES)


def carousel(world: World, folder: Path, base_url: str) -> Bench:
    files = tuple(make_picture(folder, base_url, number) for number in (1, 2, 3))
    bad = MediaAsset((BAD_PICTURE,) * 11)
    return instagram_bench(world, MediaAsset(files), bad, PICTURE_CODES | {"too_many_pictures"})


OPERATIONS = ("limit", "create_container", "container_status", "publish", "media_read")

INSTAGRAM_BENCHES = {
    "instagram picture": (picture, OPERATIONS),
    "instagram reel": (reel, OPERATIONS),
    "instagram carousel": (carousel, OPERATIONS),
}
