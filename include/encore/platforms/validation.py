"""Checks that need nothing but a platform's `Limits`: every problem is reported, not only the first."""

from __future__ import annotations

from fractions import Fraction

from encore.platforms.contract import MediaAsset, MediaFile, Problem
from encore.platforms.measures import HASHTAG, MENTION, ImageLimit, Limits, TextLimit, VideoLimit

_FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
}


def text_problems(field: str, text: str, limit: TextLimit | None, limits: Limits | None = None) -> list[Problem]:
    """Length of one text and, with `limits`, the number of hashtags and mentions in it."""
    problems = []
    if limit is not None and (over := -limit.left(text)) > 0:
        problems.append(
            Problem(
                field,
                f"{field}_too_long",
                f"The {field} is too long by {over} ({limit.most} {limit.unit} at most). Please shorten it.",
                f"{_ZH[field]}超出长度限制 {over}（最多 {limit.most}）。请缩短。",
            )
        )
    if limits is None:
        return problems
    for code, found, most, name, name_zh in (
        ("too_many_hashtags", HASHTAG.findall(text), limits.hashtags, "hashtags", "话题标签"),
        ("too_many_mentions", MENTION.findall(text), limits.mentions, "mentions", "@提及"),
    ):
        if most is not None and len(found) > most:
            problems.append(
                Problem(
                    field,
                    code,
                    f"There are {len(found)} {name}; {most} are allowed. Please remove {len(found) - most}.",
                    f"{name_zh}有 {len(found)} 个，最多 {most} 个。请删除 {len(found) - most} 个。",
                )
            )
    return problems


def media_problems(media: MediaAsset, limits: Limits) -> list[Problem]:
    """Kind and number of the files, then each file against the limits of its kind."""
    problems: list[Problem] = []
    if not media.files:
        problems.append(
            Problem("media", "media_missing", "A picture or a video is needed.", "需要添加一张图片或一个视频。")
        )
    if len(media.files) > 1 and any(file.kind == "video" for file in media.files):
        problems.append(
            Problem(
                "media",
                "media_mixed",
                "Several files can only be posted together when all of them are pictures.",
                "多个文件只能全部是图片时才能一起发布。",
            )
        )
    if len(media.files) > limits.image.most:
        problems.append(
            Problem(
                "media",
                "too_many_pictures",
                f"There are {len(media.files)} pictures; {limits.image.most} are allowed.",
                f"图片有 {len(media.files)} 张，最多 {limits.image.most} 张。",
            )
        )
    for file in media.files:
        check = _video_problems(file, limits.video) if file.kind == "video" else _image_problems(file, limits.image)
        problems += [Problem("media", *found) for found in check]
    return problems


_ZH = {"title": "标题", "text": "正文"}
_Found = tuple[str, str, str]


def _size_problems(file: MediaFile, max_bytes: int) -> list[_Found]:
    if file.size_bytes <= max_bytes:
        return []
    most = f"{max_bytes / 1_000_000:g} MB"
    return [("file_too_large", f"The file is larger than {most}.", f"文件大于 {most}。")]


def _format_problems(file: MediaFile, formats: tuple[str, ...]) -> list[_Found]:
    if _FORMATS.get(file.mime) in formats:
        return []
    names = ", ".join(formats)
    return [("file_format", f"The file must be {names}, not {file.mime}.", f"文件格式必须是 {names}。")]


def _image_problems(file: MediaFile, limit: ImageLimit) -> list[_Found]:
    found = _format_problems(file, limit.formats) + _size_problems(file, limit.max_bytes)
    if file.width < limit.min_width or file.width > limit.max_width or file.height > limit.max_height:
        wanted = f"{limit.min_width} to {limit.max_width} pixels wide and at most {limit.max_height} high"
        found.append(
            (
                "picture_size",
                f"The picture has {file.width} x {file.height} pixels; it must be {wanted}.",
                f"图片尺寸为 {file.width} x {file.height}，超出允许范围。",
            )
        )
    ratio = Fraction(file.width, max(file.height, 1))
    too_tall = limit.min_ratio is not None and ratio < limit.min_ratio
    if too_tall or (limit.max_ratio is not None and ratio > limit.max_ratio):
        found.append(
            (
                "picture_ratio",
                f"The picture is too {'tall' if too_tall else 'wide'} for this platform.",
                f"图片比例过{'高' if too_tall else '宽'}。",
            )
        )
    return found


def _video_problems(file: MediaFile, limit: VideoLimit) -> list[_Found]:
    found = _format_problems(file, limit.formats) + _size_problems(file, limit.max_bytes)
    if file.video_codec is not None and file.video_codec not in limit.codecs:
        names = ", ".join(limit.codecs)
        found.append(("video_codec", f"The video must be coded as {names}.", f"视频编码必须是 {names}。"))
    seconds = file.duration_seconds
    if seconds is not None and not limit.min_seconds <= seconds <= limit.max_seconds:
        allowed = f"{limit.min_seconds:g}–{limit.max_seconds:g}"
        found.append(
            (
                "video_duration",
                f"The video lasts {seconds:g} seconds; {allowed} are allowed.",
                f"视频时长 {seconds:g} 秒，允许 {allowed} 秒。",
            )
        )
    rate = file.frame_rate
    # Frame rates such as 29.97 come out of a division, so a hair outside is not a problem.
    if rate is not None and not limit.min_frame_rate - 0.1 <= rate <= limit.max_frame_rate + 0.1:
        allowed = f"{limit.min_frame_rate:g}–{limit.max_frame_rate:g}"
        found.append(
            (
                "video_frame_rate",
                f"The video has {rate:g} frames a second; {allowed} are allowed.",
                f"视频帧率为 {rate:g}，允许 {allowed}。",
            )
        )
    if min(file.width, file.height) < limit.min_side or file.width > limit.max_width or file.height > limit.max_height:
        found.append(
            (
                "video_size",
                f"The video has {file.width} x {file.height} pixels; each side must have {limit.min_side} or more, "
                f"and at most {limit.max_width} x {limit.max_height}.",
                f"视频尺寸为 {file.width} x {file.height}，超出允许范围。",
            )
        )
    return found
