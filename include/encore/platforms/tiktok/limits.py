"""What TikTok accepts. Sources: https://developers.tiktok.com/doc/content-posting-api-reference-direct-post (and
-photo-post, -media-transfer-guide).
"""

from __future__ import annotations

from encore.platforms.manner import Form, Manner
from encore.platforms.measures import ImageLimit, Limits, TextLimit, VideoLimit


def utf16_units(text: str) -> int:
    """Length as TikTok counts it: UTF-16 code units, so that most emoji count two."""
    return len(text.encode("utf-16-le")) // 2


LIMITS = Limits(
    text=TextLimit(2200, utf16_units, "emoji_twice"),
    photo_text=TextLimit(4000, utf16_units, "emoji_twice"),
    title=TextLimit(90, utf16_units, "emoji_twice"),
    hashtags=None,
    mentions=None,
    image=ImageLimit(("JPEG", "WEBP"), 20_000_000, max_width=1080, max_height=1920, most=35),
    video=VideoLimit(
        ("mp4", "webm", "mov"),
        ("h264", "hevc", "vp8", "vp9"),
        4_000_000_000,
        1,
        600,
        23,
        60,
        360,
        4096,
        4096,
        ("aac", "opus", "vorbis"),  # not documented; what these containers hold for every player
    ),
    hashtags_counted=5,  # reported since 2025, for what people type into the app
    picture_size=(1080, 1920),
    habits="One or two short, quick sentences; the video says the rest. The first line counts most.",
    manner=Manner(Form.HOOK, tags=5, highlights=220, links=False),
)
