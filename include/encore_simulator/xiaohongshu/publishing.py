"""POST /api/v1/publish and /publish_video: a browser that fills a form and clicks (platforms.md 3.4 to 3.6)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from ..accounts import DAY
from ..call import Answer, Call, ClientGone
from ..feed import instant
from ..media import Media
from . import rules
from .answers import UNCONFIRMED, refuse, success
from .notes import Note, Overlap, show
from .sessions import check_bearer, is_logged_in, state_of, username

NO_TAB = "小红书发布失败: 没有找到发布 TAB - 上传图文"


def text_of_publish(call: Call) -> str:
    tags = call.fields.get("tags")
    words = " ".join(map(str, tags)) if isinstance(tags, list) else ""
    return f"{call.fields.get('title', '')}\n{call.fields.get('content', '')}\n{words}"


async def publish_images(call: Call) -> Answer:
    check_bearer(call)
    asked = rules.bind(call, "PublishRequest", ("title", "content", "images"))
    images = asked.get("images") or []
    await _publish(call, asked, "PUBLISH_FAILED", "normal", lambda: rules.gather_images(call, images))
    data = {"title": asked["title"], "content": asked["content"], "images": len(images), "status": "发布完成"}
    return success(data, "发布成功")


async def publish_video(call: Call) -> Answer:
    check_bearer(call)
    asked = rules.bind(call, "PublishVideoRequest", ("title", "content", "video"))
    video = str(asked.get("video") or "")
    await _publish(call, asked, "PUBLISH_VIDEO_FAILED", "video", lambda: rules.gather_video(call, video))
    data = {"title": asked["title"], "content": asked["content"], "video": video, "status": "发布完成"}
    return success(data, "视频发布成功")


async def _publish(
    call: Call, asked: dict[str, Any], code: str, kind: str, gather: Callable[[], Awaitable[tuple[Media, ...]]]
) -> None:
    """The whole way through the form. A caller that hangs up ends it: before the click nothing has happened."""
    title, state = str(asked.get("title", "")), state_of(call)
    running = state.publishing.setdefault(call.account, [])
    if running:
        state.overlaps.append(Overlap(call.account, call.now, tuple(running), title))
    running.append(title)
    try:
        rules.check_title(call, code, title)
        schedule = rules.read_schedule(call, code, asked.get("schedule_at"))
        media = await gather()
        if not is_logged_in(call):
            await fail_logged_out(call, panic=False)
        if kind == "normal" and not media:
            await _pause(call, call.value("slow_failure_seconds"))
            raise refuse(code, "小红书发布失败: 查找标题输入框失败: context deadline exceeded")
        before = call.value("publish_seconds") * min(call.value("click_share"), 1.0)
        await _pause(call, before)
        note = _note(call, asked, kind, title, media)
        rules.check_body(call, note.desc, video=kind == "video")
        rules.check_visibility(call, code, str(asked.get("visibility") or ""))
        await _click(call, note, code, schedule)
        await _pause(call, call.value("publish_seconds") - before, clicked=True)
    finally:
        running.remove(title)


async def _pause(call: Call, seconds: float, *, clicked: bool = False) -> None:
    try:
        await call.pause(seconds, abort=call.value("xiaohongshu_notice_hangup"))
    except ClientGone:
        line = {
            "account": call.account,
            "title": str(call.fields.get("title", "")),
            "when": "after the click" if clicked else "before the click",
            "at": instant(call.now),
        }
        state_of(call).abandoned.append(line)
        raise


def _note(call: Call, asked: dict[str, Any], kind: str, title: str, media: tuple[Media, ...]) -> Note:
    tags = [str(tag).lstrip("#") for tag in asked.get("tags") or []]
    if kind == "normal":
        tags = tags[: call.value("xiaohongshu_tags_kept")]
    flags = {
        "type": kind,
        "visibility": asked.get("visibility") or rules.VISIBILITIES[0],
        "is_original": bool(asked.get("is_original")),
    }
    return Note(username(call), kind, title, str(asked.get("content", "")), tags, media, flags, call.received_at)


async def _click(call: Call, note: Note, code: str, schedule: Any) -> None:
    """From here the note exists, unless the site's own control holds it back."""
    limit = call.value("xiaohongshu_posts_per_day")
    if not call.world.allowances.spend(("xiaohongshu", call.account), call.now, DAY, limit):
        await _pause(call, call.value("slow_failure_seconds"), clicked=True)
        raise refuse(code, UNCONFIRMED)
    call.shape(note)
    if schedule is None:
        show(call.world, note, call.now)
        return
    world, state = call.world, state_of(call)
    state.scheduled.append(note)

    def appear() -> None:
        state.scheduled.remove(note)
        show(world, note, schedule)

    world.at(schedule, appear)


async def fail_logged_out(call: Call, *, panic: bool) -> None:
    """3.9: without a session the publish page never shows its tabs; it takes long to find that out."""
    await _pause(call, call.value("slow_failure_seconds"))
    if panic:
        raise refuse("INTERNAL_ERROR", {})
    raise refuse("PUBLISH_VIDEO_FAILED" if call.operation == "publish_video" else "PUBLISH_FAILED", NO_TAB)


def sham_publish(call: Call) -> Answer:
    """200 发布完成 without a note, as versions before 2026-07-20 often answered (3.6)."""
    asked = call.fields
    shown = {"title": asked.get("title"), "content": asked.get("content"), "status": "发布完成"}
    if call.operation == "publish_video":
        return success({**shown, "video": asked.get("video")}, "视频发布成功")
    return success({**shown, "images": len(asked.get("images") or [])}, "发布成功")
