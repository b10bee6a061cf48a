"""What xiaohongshu-mcp and the site's form check, with the service's own words (platforms.md 3.4, 3.6)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ..call import Call
from ..media import FetchError, Media, image_preview, look_at_image, look_at_video
from .answers import missing_field, refuse

TITLE_UNITS, BODY, MOST_IMAGES, IMAGE_BYTES = 20, 1000, 18, 64 * 1024 * 1024
VISIBILITIES = ("公开可见", "仅自己可见", "仅互关好友可见")
BODY_TOO_LONG = "当前输入长度为{length}，最大长度为1000"
NOT_AN_IMAGE = "下载图片失败: downloaded file is not a valid image"
UPLOAD_TIMEOUT = "小红书上传图片失败: 第{number}张图片上传超时(60s)，请检查网络连接和图片大小"


def title_units(title: str) -> int:
    """pkg/xhsutil/title.go: UTF-16 units above 127 count two, the sum is halved upwards."""
    raw = title.encode("utf-16-le", "surrogatepass")
    units = (raw[position] | raw[position + 1] << 8 for position in range(0, len(raw), 2))
    return (sum(2 if unit > 127 else 1 for unit in units) + 1) // 2


def bind(call: Call, request: str, required: tuple[str, ...]) -> dict[str, Any]:
    """The JSON body with its required fields, or 400 as gin's validator words it."""
    if not call.body.strip():
        raise refuse("INVALID_REQUEST", "EOF")
    if not isinstance(call.json, dict):
        raise refuse("INVALID_REQUEST", "invalid character looking for beginning of value")
    for name, kind in (("title", str), ("content", str), ("images", list), ("video", str), ("tags", list)):
        value = call.json.get(name)
        if value is not None and not isinstance(value, kind):
            wanted = "string" if kind is str else "[]string"
            details = f"json: cannot unmarshal into Go struct field {request}.{name} of type {wanted}"
            raise refuse("INVALID_REQUEST", details)
    if call.value("xiaohongshu_required"):
        for name in required:
            if not call.json.get(name):
                rule = "min" if call.json.get(name) == [] else "required"
                raise refuse("INVALID_REQUEST", missing_field(f"{request}.{name.title()}", rule))
    return call.json


def check_title(call: Call, code: str, title: str) -> None:
    if call.value("xiaohongshu_title_units") and title_units(title) > TITLE_UNITS:
        raise refuse(code, "标题长度超过限制")


def read_schedule(call: Call, code: str, value: Any) -> datetime | None:
    if not value:
        return None
    try:
        at = datetime.fromisoformat(str(value))
        if at.tzinfo is None:
            raise ValueError("RFC 3339 wants an offset")
    except ValueError:
        if not call.value("xiaohongshu_schedule"):
            return None
        raise refuse(code, f"定时发布时间格式错误，请使用 ISO8601 格式: parsing time {value}") from None
    if call.value("xiaohongshu_schedule"):
        if at < call.now + timedelta(hours=1):
            raise refuse(code, "定时发布时间必须至少在1小时后")
        if at > call.now + timedelta(days=14):
            raise refuse(code, "定时发布时间不能超过14天")
    return at


def check_body(call: Call, desc: str, *, video: bool) -> None:
    """The picture form counts the body; the video form only keeps its button grey (3.6)."""
    if call.value("xiaohongshu_body_length") and len(desc) > BODY:
        if video:
            raise refuse("PUBLISH_VIDEO_FAILED", "小红书发布失败: 等待发布按钮可点击超时")
        raise refuse("PUBLISH_FAILED", "小红书发布失败: " + BODY_TOO_LONG.format(length=len(desc)))


def check_visibility(call: Call, code: str, visibility: str) -> None:
    if call.value("xiaohongshu_visibility") and visibility not in ("", *VISIBILITIES):
        raise refuse(code, f"小红书发布失败: 不支持的可见范围: {visibility}")


async def gather_images(call: Call, sources: list[Any]) -> tuple[Media, ...]:
    """Downloads URLs, reads local files. A missing local file is skipped without a word, as the service does."""
    found: list[Media] = []
    for number, source in enumerate(sources, start=1):
        remote = str(source).startswith(("http://", "https://"))
        if remote:
            content = await _download(call, str(source))
        else:
            content = await call.world.off_loop(_read_file, str(source))
        if content is None:
            if call.value("xiaohongshu_local_paths"):
                continue
            content = str(source).encode()
        seen = await call.world.off_loop(look_at_image, content)
        if not seen.format and call.value("xiaohongshu_fetch"):
            raise refuse("PUBLISH_FAILED", NOT_AN_IMAGE if remote else UPLOAD_TIMEOUT.format(number=number))
        call.world.previews.keep_image(seen.sha256, await call.world.off_loop(image_preview, content))
        found.append(seen)
    if call.value("xiaohongshu_image_count") and len(found) > MOST_IMAGES:
        raise refuse("PUBLISH_FAILED", UPLOAD_TIMEOUT.format(number=MOST_IMAGES + 1))
    return tuple(found)


async def _download(call: Call, url: str) -> bytes:
    if not call.value("xiaohongshu_fetch"):
        return url.encode()
    try:
        return await call.fetched(url, redirects=True, limit=IMAGE_BYTES)
    except FetchError as err:
        words = str(err) if err.kind == "status" else f"failed to download image: {err}"
        raise refuse("PUBLISH_FAILED", f"下载图片失败: {words}") from err


def _read_file(path: str) -> bytes | None:
    file = Path(path)
    return file.read_bytes() if file.is_absolute() and file.is_file() else None


async def gather_video(call: Call, path: str) -> tuple[Media, ...]:
    """publish_video takes a path on the service's machine, no URL (3.4)."""
    if path.startswith(("http://", "https://")):
        raise refuse("PUBLISH_VIDEO_FAILED", "必须提供本地视频文件")
    if not call.value("xiaohongshu_local_paths"):
        return ()
    if not await call.world.off_loop(Path(path).is_file):
        raise refuse("PUBLISH_VIDEO_FAILED", f"视频文件不存在或不可访问: stat {path}: no such file or directory")
    with open(path, "rb") as file:
        seen = await call.world.off_loop(look_at_video, file)
        call.world.previews.keep_video(seen, file)
    return (seen,)
