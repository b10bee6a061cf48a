"""Media that TikTok pulls from a URL, and the check of all media before it is processed (platforms.md 1.8, 1.11)."""

from __future__ import annotations

import io
from urllib.parse import urlsplit

from ..call import Call
from ..media import (
    FetchError,
    Media,
    host_is_address,
    host_of,
    image_preview,
    is_local_host,
    look_at_image,
    look_at_video,
)
from .access import state_of
from .errors import refuse
from .submissions import Submission

VIDEO_BYTES, IMAGE_BYTES = 4_000_000_000, 20_000_000
CODECS = ("h264", "hevc", "vp8", "vp9")
CONTAINERS = ("mp4", "mov", "webm")


def check_urls(call: Call, urls: list[object]) -> None:
    """What TikTok can tell of a URL without fetching it: https, a domain name, one that the app has verified."""
    for url in urls:
        if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https") or not host_of(url):
            raise refuse(call, "invalid_params", "Invalid URL.")
        host = host_of(url)
        if call.value("local_media") and is_local_host(host):
            continue
        if call.value("tiktok_url_rules") and (not url.startswith("https://") or host_is_address(host)):
            raise refuse(call, "invalid_params", "The URL must be https with a domain name.")
        if call.value("tiktok_url_ownership") and not _verified(url, host, call.value("tiktok_verified_urls")):
            raise refuse(call, "url_ownership_unverified")


def _verified(url: str, host: str, verified: tuple[str, ...]) -> bool:
    """A verified domain covers its subdomains; a prefix is compared character by character (1.8)."""
    return any(
        url.startswith(entry) if "://" in entry else host == entry or host.endswith("." + entry) for entry in verified
    )


async def pull(call: Call, submission: Submission, urls: list[str]) -> None:
    """Fetches in the background and goes on to processing, or fails the submission."""
    world, photo = call.world, submission.kind == "photo"
    submission.received_at = call.received_at
    state_of(call).sent.append(submission)
    limit = IMAGE_BYTES if photo else VIDEO_BYTES
    media: list[Media] = []
    for url in urls:
        try:
            content = await call.fetched(url, redirects=False, limit=limit)
        except FetchError as err:
            too_large = err.kind == "too_large"
            reason = "photo_pull_failed" if photo else "video_pull_failed"
            submission.fail("picture_size_check_failed" if too_large else reason)
            return
        if photo:
            seen = await world.off_loop(look_at_image, content)
            world.previews.keep_image(seen.sha256, await world.off_loop(image_preview, content))
        else:
            seen = await world.off_loop(look_at_video, io.BytesIO(content))
            world.previews.keep_video(seen, io.BytesIO(content))
        media.append(seen)
    accept_media(call, submission, tuple(media))


def accept_media(call: Call, submission: Submission, media: tuple[Media, ...]) -> None:
    """The media is complete: processing begins, or the submission fails by the first rule that it breaks."""
    if submission.final:
        return  # cancelled meanwhile
    submission.media = media
    check = _photo_fault if submission.kind == "photo" else _video_fault
    longest = call.value("tiktok_max_video_seconds")
    if call.value("tiktok_media_checks"):
        for item in media:
            if reason := check(item, longest):
                submission.fail(reason)
                return
    submission.start_processing(call.world)


def _photo_fault(item: Media, longest: float) -> str:
    if item.format not in ("JPEG", "WEBP"):
        return "file_format_check_failed"
    if min(item.width, item.height) > 1080 or max(item.width, item.height) > 1920:
        return "picture_size_check_failed"
    return ""


def _video_fault(item: Media, longest: float) -> str:
    if not any(name in item.format for name in CONTAINERS) or item.codec not in CODECS:
        return "file_format_check_failed"
    if not (360 <= item.width <= 4096 and 360 <= item.height <= 4096):
        return "picture_size_check_failed"
    if not 22.9 <= item.fps <= 60.1:
        return "frame_rate_check_failed"
    if item.seconds > longest:
        return "duration_check_failed"
    return ""
