"""TikTok's read requests, and cancel (platforms.md 1.4, 1.9, 1.13)."""

from __future__ import annotations

from typing import Any

from ..call import Answer, Call
from ..feed import Post
from .access import admit, check_creator_may_post, json_object, privacy_options, state_of
from .errors import refuse, success
from .submissions import Submission

LISTED_TEXT = 150
MOST_LISTED = 20


def text_of_publish_id(call: Call) -> str:
    submission = state_of(call).submissions.get(str(call.fields.get("publish_id")))
    return submission.whole_text if submission else ""


async def creator_info(call: Call) -> Answer:
    """1.4; answers HTTP 200 with an error code for creators who cannot post now."""
    admit(call, "video.publish", limit="tiktok_creator_info_per_minute", bucket="creator_info")
    json_object(call)
    check_creator_may_post(call)
    return success(
        {
            "creator_avatar_url": f"{call.base_url}/_sim/avatar/{call.account}.png",
            "creator_username": call.account,
            "creator_nickname": call.account.replace("-", " ").title(),
            "privacy_level_options": privacy_options(call),
            "comment_disabled": call.value("tiktok_comment_disabled"),
            "duet_disabled": call.value("tiktok_duet_disabled"),
            "stitch_disabled": call.value("tiktok_stitch_disabled"),
            "max_video_post_duration_sec": call.value("tiktok_max_video_seconds"),
        }
    )


def _own_submission(call: Call) -> Submission:
    admit(call, "video.upload", "video.publish", limit="tiktok_status_per_minute", bucket=call.operation)
    submission = state_of(call).submissions.get(str(json_object(call).get("publish_id")))
    if submission is None:
        raise refuse(call, "invalid_publish_id", "The publish_id does not exist.")
    if submission.account != call.account:
        raise refuse(call, "token_not_authorized_for_specified_publish_id")
    return submission


async def fetch_status(call: Call) -> Answer:
    submission = _own_submission(call)
    call.shape(submission)
    call.world.settle()
    return success(submission.status(call.now))


async def cancel(call: Call) -> Answer:
    """A pull under way can be cancelled (TT-MT); what is final cannot."""
    submission = _own_submission(call)
    if submission.final or submission.source != "PULL_FROM_URL":
        raise refuse(call, "publish_not_cancellable")
    submission.fail("publish_cancelled")
    return success({})


def _wanted_fields(call: Call) -> list[str]:
    fields = [name for name in call.query.get("fields", "").split(",") if name]
    if not fields:
        raise refuse(call, "invalid_params", "Fields is required.")
    return fields


def _video(call: Call, post: Post, post_id: str, fields: list[str]) -> dict[str, Any]:
    base_url = call.value("public_url").rstrip("/") or call.base_url
    video = {
        "id": post_id,
        "title": post.text[:LISTED_TEXT],
        "video_description": post.text[:LISTED_TEXT],
        "create_time": int(post.at.timestamp()),
        "share_url": base_url + post.path,
        "duration": int(post.media[0].seconds) if post.media else 0,
        "width": post.media[0].width if post.media else 0,
        "height": post.media[0].height if post.media else 0,
    }
    return {name: video[name] for name in fields if name in video}


async def list_videos(call: Call) -> Answer:
    """Own public videos, newest first, texts cut at 150; `cursor` is the creation time in milliseconds."""
    admit(call, "video.list", limit="tiktok_list_per_minute", bucket="video_list")
    asked, fields = json_object(call), _wanted_fields(call)
    most, cursor = asked.get("max_count", 10), asked.get("cursor", 0)
    if type(most) is not int or not 1 <= most <= MOST_LISTED or type(cursor) is not int:
        raise refuse(call, "invalid_params", "Invalid max_count or cursor.")
    posts = [
        post
        for post in call.world.feed.listed("tiktok", call.account, call.now)
        if not cursor or _milliseconds(post) < cursor
    ]
    page = posts[:most]
    return success(
        {
            "videos": [_video(call, post, post.post_id, fields) for post in page],
            "cursor": _milliseconds(page[-1]) if page else cursor,
            "has_more": len(posts) > len(page),
        }
    )


def _milliseconds(post: Post) -> int:
    return int(post.at.timestamp() * 1000)


async def query_videos(call: Call) -> Answer:
    admit(call, "video.list", limit="tiktok_list_per_minute", bucket="video_query")
    fields, filters = _wanted_fields(call), json_object(call).get("filters")
    wanted = filters.get("video_ids") if isinstance(filters, dict) else None
    if not isinstance(wanted, list) or len(wanted) > MOST_LISTED:
        raise refuse(call, "invalid_params", "Invalid video_ids.")
    shown = call.world.feed.listed("tiktok", call.account, call.now)
    found = [
        (post, str(post_id))
        for post_id in wanted
        if (post := call.world.feed.find("tiktok", str(post_id))) is not None and post in shown
    ]
    return success({"videos": [_video(call, post, post_id, fields) for post, post_id in found]})
