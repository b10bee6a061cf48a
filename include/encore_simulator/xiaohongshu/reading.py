"""Health, own notes and one note (platforms.md 3.3)."""

from __future__ import annotations

from typing import Any

from ..call import Answer, Call
from ..feed import Post
from .answers import missing_field, refuse, success
from .sessions import check_bearer, is_logged_in, username

VERSION = "v2.4.1"


async def health(call: Call) -> Answer:
    """Open without a token."""
    data = {
        "status": "healthy",
        "service": "xiaohongshu-mcp",
        "version": VERSION,
        "account": call.account,
        "timestamp": "now",
    }
    return success(data, "服务正常")


def _user(post: Post) -> dict[str, Any]:
    return {"userId": f"xhs-{post.account}", "nickname": post.account, "nickName": post.account}


def _feed_item(position: int, post: Post) -> dict[str, Any]:
    """3.3: no time and no body."""
    card: dict[str, Any] = {
        "type": post.flags["type"],
        "displayTitle": post.title,
        "user": _user(post),
        "interactInfo": {"liked": False, "likedCount": "0"},
        "cover": {"width": 1080, "height": 1440, "url": ""},
    }
    if post.flags["type"] == "video":
        card["video"] = {"capa": {"duration": int(post.media[0].seconds) if post.media else 0}}
    return {"id": post.post_id, "xsecToken": post.secret, "modelType": "note", "index": position, "noteCard": card}


def _profile(call: Call, account: str) -> dict[str, Any]:
    posts = call.world.feed.listed("xiaohongshu", account, call.now)[: call.value("xiaohongshu_listed")]
    return {
        "userBasicInfo": {"nickname": account, "redId": f"xhs-{account}"},
        "interactions": [],
        "feeds": [_feed_item(position, post) for position, post in enumerate(posts)],
    }


async def me(call: Call) -> Answer:
    """The first page of own notes, inside two `data`."""
    check_bearer(call)
    if not is_logged_in(call):
        raise refuse("GET_MY_PROFILE_FAILED", "未登录: context deadline exceeded")
    profile = _profile(call, username(call))
    if call.query.get("tab", "note") != "note":
        profile["feeds"] = []
    return success({"data": profile}, "获取我的主页成功")


async def user_profile(call: Call) -> Answer:
    check_bearer(call)
    user_id = str(call.fields.get("user_id", ""))
    if not user_id or not call.fields.get("xsec_token"):
        name = "XsecToken" if user_id else "UserID"
        raise refuse("INVALID_REQUEST", missing_field(f"UserProfileRequest.{name}"))
    return success({"data": _profile(call, user_id.removeprefix("xhs-"))}, "result.Message")


def text_of_feed_id(call: Call) -> str:
    post = call.world.feed.find("xiaohongshu", str(call.fields.get("feed_id")))
    return f"{post.title}\n{post.text}" if post else ""


async def detail(call: Call) -> Answer:
    """The only place where a note's body and time can be read; the listing's xsecToken is needed."""
    check_bearer(call)
    for name, field in (("feed_id", "FeedID"), ("xsec_token", "XsecToken")):
        if not call.fields.get(name):
            raise refuse("INVALID_REQUEST", missing_field(f"FeedDetailRequest.{field}"))
    post = call.world.feed.find("xiaohongshu", str(call.fields["feed_id"]))
    if post is None or post.secret != call.fields["xsec_token"] or not is_logged_in(call):
        raise refuse("GET_FEED_DETAIL_FAILED", "feed not found in noteDetailMap")
    note = {
        "noteId": post.post_id,
        "xsecToken": post.secret,
        "title": post.title,
        "desc": post.flags["desc"],
        "type": post.flags["type"],
        "time": int(post.at.timestamp() * 1000),
        "user": _user(post),
        "interactInfo": {"liked": False, "likedCount": "0"},
        "imageList": [{"width": item.width, "height": item.height, "urlDefault": ""} for item in post.media],
    }
    data = {"note": note, "comments": {"list": [], "cursor": "", "hasMore": False}}
    return success({"feed_id": post.post_id, "data": data}, "获取Feed详情成功")
