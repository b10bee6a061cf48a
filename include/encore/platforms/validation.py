"""Checks that need nothing but a platform's `Limits`: every problem is reported, not only the first."""

from __future__ import annotations

from fractions import Fraction

from encore.platforms.contract import MediaAsset, MediaFile, Problem
from encore.platforms.measures import ImageLimit, Limits, TextLimit, VideoLimit, hashtags_in, mentions_in
from encore.words.sentence import sentence

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
        problems.append(_problem(field, f"{field}_too_long", over=over, most=limit.most, unit=limit.unit))
    if limits is None:
        return problems
    for code, found, most in (
        ("too_many_hashtags", len(hashtags_in(text)), limits.hashtags),
        ("too_many_mentions", len(mentions_in(text)), limits.mentions),
    ):
        if most is not None and found > most:
            problems.append(_problem(field, code, found=found, most=most, over=found - most))
    return problems


def media_problems(media: MediaAsset, limits: Limits) -> list[Problem]:
    """Kind and number of the files, then each file against the limits of its kind."""
    problems: list[Problem] = []
    if not media.files:
        problems.append(_problem("media", "media_missing"))
    if len(media.files) > 1 and any(file.kind == "video" for file in media.files):
        problems.append(_problem("media", "media_mixed"))
    if len(media.files) > limits.image.most:
        problems.append(_problem("media", "too_many_pictures", found=len(media.files), most=limits.image.most))
    for file in media.files:
        problems += _video_problems(file, limits.video) if file.kind == "video" else _image_problems(file, limits.image)
    return problems


def _problem(field: str, code: str, **values: object) -> Problem:
    return Problem(field, code, sentence(f"limit.{code}", **values))


def _file_problems(file: MediaFile, limit: ImageLimit | VideoLimit) -> list[Problem]:
    found = []
    if _FORMATS.get(file.mime) not in limit.formats:
        found.append(_problem("media", "file_format", formats=limit.formats, mime=file.mime))
    if file.size_bytes > limit.max_bytes:
        found.append(_problem("media", "file_too_large", most=limit.max_bytes / 1_000_000))
    return found


def _image_problems(file: MediaFile, limit: ImageLimit) -> list[Problem]:
    found, size = _file_problems(file, limit), {"width": file.width, "height": file.height}
    if file.width < limit.min_width or file.width > limit.max_width or file.height > limit.max_height:
        allowed = {"least": limit.min_width, "most": limit.max_width, "most_high": limit.max_height}
        found.append(_problem("media", "picture_size", **size, **allowed))
    ratio = Fraction(file.width, max(file.height, 1))
    if limit.min_ratio is not None and ratio < limit.min_ratio:
        found.append(Problem("media", "picture_ratio", sentence("limit.picture_too_tall")))
    elif limit.max_ratio is not None and ratio > limit.max_ratio:
        found.append(Problem("media", "picture_ratio", sentence("limit.picture_too_wide")))
    return found


def _video_problems(file: MediaFile, limit: VideoLimit) -> list[Problem]:
    found = _file_problems(file, limit)
    if file.video_codec is not None and file.video_codec not in limit.codecs:
        found.append(_problem("media", "video_codec", codecs=limit.codecs))
    if file.audio_codec is not None and file.audio_codec not in limit.sounds:
        found.append(_problem("media", "video_sound", sounds=limit.sounds))
    seconds = file.duration_seconds
    if seconds is not None and not limit.min_seconds <= seconds <= limit.max_seconds:
        allowed = {"least": limit.min_seconds, "most": limit.max_seconds}
        found.append(_problem("media", "video_duration", seconds=seconds, **allowed))
    rate = file.frame_rate
    # Frame rates such as 29.97 come out of a division, so a hair outside is not a problem.
    if rate is not None and not limit.min_frame_rate - 0.1 <= rate <= limit.max_frame_rate + 0.1:
        allowed = {"least": limit.min_frame_rate, "most": limit.max_frame_rate}
        found.append(_problem("media", "video_frame_rate", rate=rate, **allowed))
    if min(file.width, file.height) < limit.min_side or file.width > limit.max_width or file.height > limit.max_height:
        size = {"width": file.width, "height": file.height}
        allowed = {"least": limit.min_side, "most_wide": limit.max_width, "most_high": limit.max_height}
        found.append(_problem("media", "video_size", **size, **allowed))
    return found
