"""TikTok's three init requests (platforms.md 1.5, 1.6, 1.7)."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from ..call import Answer, Call
from .access import admit, check_creator_may_post, check_pending_shares, json_object, privacy_options, state_of
from .errors import refuse, success
from .pulls import check_urls, pull
from .submissions import ChunkPlan, Submission

VIDEO_TITLE, PHOTO_TITLE, PHOTO_DESCRIPTION, MOST_PHOTOS = 2200, 90, 4000, 35
MB, MIB = 1_000_000, 1024 * 1024
# 1.8: MB or MiB is not settled, so the look-alike takes the stricter reading at both ends.
SMALLEST_CHUNK, LARGEST_CHUNK, LARGEST_VIDEO, MOST_CHUNKS = 5 * MIB, 64 * MB, 4000 * MB, 1000
WHOLE_BELOW = 5 * MB
FIRST_PUBLISH_ID = 7_000_000_000_000_000_000


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def section(fields: dict[str, Any], name: str) -> dict[str, Any]:
    found = fields.get(name)
    return found if isinstance(found, dict) else {}


def text_of_init(call: Call) -> str:
    info = section(call.fields, "post_info")
    return f"{info.get('title', '')}\n{info.get('description', '')}"


async def init_video(call: Call) -> Answer:
    """Direct post of a video (1.5): nothing is public before all bytes are there."""
    admit(call, "video.publish", limit="tiktok_init_per_minute", bucket="video_init")
    fields = json_object(call)
    info = _post_info(call, fields, {"title": VIDEO_TITLE})
    check_creator_may_post(call)
    return await _start_video(call, section(fields, "source_info"), info, direct=True)


async def init_inbox(call: Call) -> Answer:
    """A draft in the creator's inbox (1.7); the user finishes it in the app, so it never reaches the feed."""
    admit(call, "video.upload", limit="tiktok_init_per_minute", bucket="inbox_init")
    fields = json_object(call)
    check_pending_shares(call)
    return await _start_video(call, section(fields, "source_info"), {}, direct=False)


async def init_photo(call: Call) -> Answer:
    """Photos (1.6): TikTok pulls them, so this request is the one that publishes."""
    admit(call, "video.publish", "video.upload", limit="tiktok_init_per_minute", bucket="photo_init")
    fields = json_object(call)
    if fields.get("media_type") != "PHOTO" or fields.get("post_mode") not in ("DIRECT_POST", "MEDIA_UPLOAD"):
        raise refuse(call, "invalid_params", "Invalid media_type or post_mode.")
    direct = fields["post_mode"] == "DIRECT_POST"
    limits = {"title": PHOTO_TITLE, "description": PHOTO_DESCRIPTION}
    info = _post_info(call, fields, limits, privacy=direct)
    source = section(fields, "source_info")
    urls, cover = source.get("photo_images"), source.get("photo_cover_index")
    if source.get("source") != "PULL_FROM_URL" or not isinstance(urls, list) or not urls:
        raise refuse(call, "invalid_params", "Invalid source_info.")
    if call.value("tiktok_photo_count"):
        if len(urls) > MOST_PHOTOS:
            raise refuse(call, "invalid_params", "Too many photos.")
        if type(cover) is not int or not 0 <= cover < len(urls):
            raise refuse(call, "invalid_params", "Invalid photo_cover_index.")
    check_urls(call, urls)
    if direct:
        check_creator_may_post(call)
    else:
        check_pending_shares(call)
    submission = _new_submission(call, "photo", "PULL_FROM_URL", info, direct)
    call.world.in_background(pull(call, submission, urls))
    return success({"publish_id": submission.publish_id})


async def _start_video(call: Call, source: dict[str, Any], info: dict[str, Any], *, direct: bool) -> Answer:
    match source.get("source"):
        case "FILE_UPLOAD":
            plan = _chunk_plan(call, source)
            submission = _new_submission(call, "video", "FILE_UPLOAD", info, direct)
            submission.plan = plan
            submission.upload_id = secrets.token_hex(8)
            submission.upload_token = secrets.token_urlsafe(16)
            submission.upload_expires_at = call.now + timedelta(seconds=call.value("tiktok_upload_url_seconds"))
            state_of(call).uploads[submission.upload_id] = submission
            return success({"publish_id": submission.publish_id, "upload_url": _upload_url(call, submission)})
        case "PULL_FROM_URL":
            url = source.get("video_url")
            check_urls(call, [url])
            submission = _new_submission(call, "video", "PULL_FROM_URL", info, direct)
            call.world.in_background(pull(call, submission, [url]))
            return success({"publish_id": submission.publish_id})
    raise refuse(call, "invalid_params", "Invalid source_info.")


def _upload_url(call: Call, submission: Submission) -> str:
    return f"{call.base_url}/tiktok/upload/video/{submission.upload_id}?upload_token={submission.upload_token}"


def _new_submission(call: Call, kind: str, source: str, info: dict[str, Any], direct: bool) -> Submission:
    route = {"FILE_UPLOAD": "file", "PULL_FROM_URL": "url"}[source]
    prefix = f"{'p' if kind == 'photo' else 'v'}_{'pub' if direct else 'inbox'}_{route}~v2"
    title, text = info.get("title") or "", info.get("description") or ""
    if kind == "video":
        title, text = "", title  # a video's `title` is its caption
    flags = {key: value for key, value in info.items() if key not in ("title", "description")}
    if kind == "video" and route == "file" and direct:
        prefix += "-1"  # the shapes that the documentation shows (1.5)
    submission = Submission(
        publish_id=f"{prefix}.{call.world.number(FIRST_PUBLISH_ID)}",
        account=call.account,
        kind=kind,
        source=source,
        direct=direct,
        title=title,
        text=text,
        flags=flags,
        created_at=call.now,
        processing_seconds=call.value("processing_seconds"),
    )
    state_of(call).submissions[submission.publish_id] = submission
    call.shape(submission)
    return submission


def _post_info(call: Call, fields: dict[str, Any], limits: dict[str, int], *, privacy: bool = True) -> dict[str, Any]:
    info = section(fields, "post_info")
    for name, limit in limits.items():
        text = info.get(name, "")
        if not isinstance(text, str):
            raise refuse(call, "invalid_params", f"Invalid {name}.")
        # The answer to a text that is too long is not documented (1.5): invalid_params as for any bad field.
        if call.value("tiktok_text_limits") and utf16_units(text) > limit:
            raise refuse(call, "invalid_params", f"The {name} is too long.")
    level = info.get("privacy_level")
    if not privacy:
        return info
    if not isinstance(level, str) or not level:
        raise refuse(call, "invalid_params", "privacy_level is required.")
    if call.value("tiktok_unaudited") and not (call.value("tiktok_private_account") and level == "SELF_ONLY"):
        raise refuse(call, "unaudited_client_can_only_post_to_private_accounts")
    if call.value("tiktok_privacy_options") and level not in privacy_options(call):
        raise refuse(call, "privacy_level_option_mismatch")
    if call.value("tiktok_branded_private") and info.get("brand_content_toggle") and level == "SELF_ONLY":
        raise refuse(call, "invalid_params", "Branded content cannot be private.")
    return info


def _chunk_plan(call: Call, source: dict[str, Any]) -> ChunkPlan:
    """1.8: count is floor(size / chunk), one chunk means the whole file, and the two exact messages."""
    size, chunk, count = (source.get(name) for name in ("video_size", "chunk_size", "total_chunk_count"))
    if any(type(number) is not int or number < 1 for number in (size, chunk, count)):
        raise refuse(call, "invalid_params", "Invalid source_info.")
    if call.value("tiktok_chunk_plan"):
        if size > LARGEST_VIDEO:
            raise refuse(call, "invalid_params", "The video size is invalid.")
        whole = chunk == size
        fits = chunk <= LARGEST_CHUNK and (whole or (chunk >= SMALLEST_CHUNK and size >= WHOLE_BELOW))
        if not fits or (count == 1 and not whole):
            raise refuse(call, "invalid_params", "The chunk size is invalid")
        if count != size // chunk or count > MOST_CHUNKS:
            raise refuse(call, "invalid_params", "The total chunk count is invalid")
    return ChunkPlan(size, chunk, count)


def sham_init(call: Call) -> Answer:
    """A success for something that was never begun."""
    data = {"publish_id": f"v_pub_file~v2-1.{call.world.number(FIRST_PUBLISH_ID)}"}
    if section(call.fields, "source_info").get("source") == "FILE_UPLOAD":
        data["upload_url"] = f"{call.base_url}/tiktok/upload/video/{secrets.token_hex(8)}?upload_token=none"
    return success(data)
