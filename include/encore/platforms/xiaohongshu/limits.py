"""What Xiaohongshu accepts. Source: the xiaohongshu-mcp service (docs/API.md, pkg/xhsutil/title.go)."""

from __future__ import annotations

from collections.abc import Sequence

from encore.platforms.manner import Form, Manner
from encore.platforms.measures import ImageLimit, Limits, TextLimit, VideoLimit, characters


def title_units(text: str) -> int:
    """Length of a Xiaohongshu title: half a unit per ASCII code unit, one for any other, rounded up."""
    units = text.encode("utf-16-le")
    codes = (int.from_bytes(units[i : i + 2], "little") for i in range(0, len(units), 2))
    return (sum(2 if code > 127 else 1 for code in codes) + 1) // 2


def typed_body(text: str, tags: Sequence[str]) -> str:
    """Everything that ends up in the body field, whose 1000 characters include the tags: the service types two line
    breaks and then each tag with `#` and a space (publish.go inputTags)."""
    return text + ("\n\n" + "".join(f"#{tag} " for tag in tags) if tags else "")


LIMITS = Limits(
    text=TextLimit(1000, characters, "with_hashtags"),
    title=TextLimit(20, title_units, "latin_half"),
    hashtags=10,
    mentions=None,
    image=ImageLimit(("JPEG", "PNG", "WEBP"), 20_000_000, 320, 4096, 4096, most=18),
    video=VideoLimit(("mp4", "mov"), ("h264", "hevc"), 1_000_000_000, 1, 900, 1, 120, 1, 4096, 4096),
    text_needed=True,
    tags_apart=True,
    tag_form=typed_body,
    picture_size=(1080, 1440),
    habits="Like a friend's tip: a catching title, short lines, a few fitting emoji, a question at the end.",
    manner=Manner(Form.NOTE, tags=8, highlights=450, links=False),
)
