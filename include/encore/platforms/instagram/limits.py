"""What Instagram accepts. Sources:
https://developers.facebook.com/documentation/instagram-platform/content-publishing and .../ig-user/media.
"""

from __future__ import annotations

from fractions import Fraction

from encore.platforms.manner import Form, Manner
from encore.platforms.measures import ImageLimit, Limits, TextLimit, VideoLimit, characters

LIMITS = Limits(
    text=TextLimit(2200, characters, "characters"),
    title=None,
    # The API's table says 30; the product itself caps at 5 since 2025-12-18, so 5 is safe under both.
    hashtags=5,
    mentions=20,
    image=ImageLimit(("JPEG",), 8_000_000, 320, 1440, 1800, Fraction(4, 5), Fraction(191, 100), most=10),
    video=VideoLimit(("mp4", "mov"), ("h264", "hevc"), 300_000_000, 3, 900, 23, 60, 1, 1920, 4096),
    picture_size=(1080, 1350),
    habits="A first sentence that makes one stop; then short paragraphs, and the practical facts line by line.",
    manner=Manner(Form.CAPTION, tags=5, highlights=900, links=False),
)
