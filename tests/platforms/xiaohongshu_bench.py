"""Xiaohongshu's two ways of posting: pictures by address, a video through the shared folder."""

from __future__ import annotations

from pathlib import Path

from platform_bench import Bench, World, make_picture, make_video, platform_settings, utcnow

from encore.domain.job import Platform
from encore.platforms.contract import ContentPayload, Credentials, MediaAsset, MediaFile
from encore.platforms.xiaohongshu.adapter import XiaohongshuAdapter

READING = frozenset({"login_status", "me", "detail"})
POST_URL = "https://www.xiaohongshu.com/explore/{post_id}?xsec_token={xsec_token}&xsec_source=pc_user"
BAD_TEXT = ContentPayload("春" * 990, "春" * 21, tuple(f"标签{number}" for number in range(11)), privacy="PUBLIC")
TEXT_CODES = {"text_too_long", "title_too_long", "too_many_hashtags", "privacy_unknown"}


def xiaohongshu_bench(
    world: World, media: MediaAsset, bad: MediaAsset, codes: set[str], publishing: str, secrets: dict[str, str]
) -> Bench:
    world.switch(publish_seconds=0.02, slow_failure_seconds=0.02, xiaohongshu_bearer=True)
    token = f"sim-{world.account}"
    return Bench(
        adapter=XiaohongshuAdapter(platform_settings(Platform.XIAOHONGSHU, post_url=POST_URL), utcnow),
        credentials=Credentials(world.account, f"{world.url}/xiaohongshu/{world.account}", "", token, secrets),
        content=ContentPayload("周日下午三点，学生音乐会。\n欢迎大家！🎹", "春季学生音乐会", ("钢琴", "音乐会"), "zh"),
        media=media,
        world=world,
        publishing_operation=publishing,
        reading_operations=READING,
        spoiled=(BAD_TEXT, bad, TEXT_CODES | codes),
        secrets=(token,),
        always_resolves=False,  # a listing that does not show a note proves nothing
    )


def pictures(world: World, folder: Path, base_url: str) -> Bench:
    media = MediaAsset((make_picture(folder, base_url, 1), make_picture(folder, base_url, 2)))
    bad = MediaFile("bad", "image", "", "", "image/gif", 25_000_000, 100, 100)
    codes = {"file_format", "file_too_large", "picture_size", "too_many_pictures"}
    return xiaohongshu_bench(world, media, MediaAsset((bad,) * 19), codes, "publish", {})


def video(world: World, folder: Path, _: str) -> Bench:
    shared = folder / "shared"
    shared.mkdir(exist_ok=True)
    bad = MediaFile("bad", "video", "", "", "video/webm", 2_000_000_000, 5000, 5000, 901.0, 200.0, "vp9")
    codes = {"file_format", "file_too_large", "video_codec", "video_duration", "video_frame_rate", "video_size"}
    secrets = {"shared_folder": str(shared)}
    media = MediaAsset((make_video(folder),))
    return xiaohongshu_bench(world, media, MediaAsset((bad,)), codes, "publish_video", secrets)


XIAOHONGSHU_BENCHES = {
    "xiaohongshu pictures": (pictures, ("login_status", "me", "publish", "detail")),
    "xiaohongshu video": (video, ("login_status", "me", "publish_video", "detail")),
}
