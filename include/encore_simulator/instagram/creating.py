"""POST /{ig}/media (platforms.md 2.3, 2.7): containers, which make nothing public."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

from ..accounts import DAY
from ..call import Answer, Call
from ..media import MIB, FetchError, Media, host_of, image_preview, is_local_host, look_at_image, look_at_video
from .access import admit, flag, id_list, own_node, parameters, single, state_of
from .containers import Container
from .errors import refuse

CAPTION, TAGS, ALT_TEXT, COLLABORATORS = 2200, 20, 1000, 3
IMAGE_BYTES, VIDEO_BYTES = 8 * MIB, 300 * MIB
FIRST_ID = 17_900_000_000_000_000
_HASHTAG, _TAG = re.compile(r"#\w+"), re.compile(r"(?<![\w.])@\w[\w.]*")


def text_of_create(call: Call) -> str:
    return str(parameters(call).get("caption", ""))


async def create_container(call: Call) -> Answer:
    headers = admit(call, "publish")
    own_node(call)
    asked = parameters(call)
    _check_caption(call, asked)
    kind = _kind(call, asked)
    children = _children(call, asked) if kind == "CAROUSEL" else ()
    day = ("instagram", "containers", call.account)
    if not call.world.allowances.spend(day, call.now, DAY, call.value("instagram_containers_per_day")):
        raise refuse(9, 2207069)
    url, video = asked.get("video_url") or asked.get("image_url"), bool(asked.get("video_url"))
    media: tuple[Media, ...] = ()
    try:
        if kind != "CAROUSEL" and not video:
            media = await _fetch_image(call, url)
        elif kind != "CAROUSEL":
            _check_url(call, url)
    except Exception:
        call.world.allowances.give_back(day)  # no container came of it
        raise
    container = _new_container(call, asked, kind, children)
    if media:
        container.media = media
    elif video and call.value("instagram_fetch"):
        container.loading = True
        call.world.in_background(_load_video(call, container, str(url)))
    state_of(call).containers[container.id] = container
    call.shape(container)
    return single(call, {"id": container.id}, headers)


def _kind(call: Call, asked: dict[str, Any]) -> str:
    """media_type, which single images do without; VIDEO exists only inside carousels."""
    kind, child = asked.get("media_type") or "IMAGE", flag(asked.get("is_carousel_item"))
    if not call.value("instagram_media_type"):
        return str(kind)
    known = ("IMAGE", "VIDEO") if child else ("IMAGE", "REELS", "STORIES", "CAROUSEL")
    if kind not in known:
        raise refuse(100, 2207023)
    needs = {"IMAGE": ["image_url"], "VIDEO": ["video_url"], "REELS": ["video_url"], "CAROUSEL": ["children"]}
    if not any(asked.get(name) for name in needs.get(kind, ["image_url", "video_url"])):
        raise refuse(100, None, f"The parameter {needs.get(kind, ['image_url'])[0]} is required.")
    return kind


def _check_caption(call: Call, asked: dict[str, Any]) -> None:
    caption, child = str(asked.get("caption", "")), flag(asked.get("is_carousel_item"))
    if call.value("instagram_children") and child:
        for name in ("caption", "collaborators", "location_id", "product_tags", "is_ai_generated"):
            if asked.get(name):
                raise refuse(100, None, f"{name} is not allowed on carousel items.")
    most = call.value("instagram_hashtags")
    if call.value("instagram_caption_limits"):
        if len(caption) > CAPTION:
            raise refuse(36004, 2207010)
        if len(_TAG.findall(caption)) > TAGS:
            raise refuse(100, 2207040)
    if most and len(_HASHTAG.findall(caption)) > most:
        raise refuse(36004, 2207010)
    alt_text = asked.get("alt_text")
    if call.value("instagram_alt_text") and alt_text and (len(str(alt_text)) > ALT_TEXT or asked.get("video_url")):
        raise refuse(100, None, "alt_text is for images and has 1000 characters at most.")
    collaborators = id_list(asked.get("collaborators")) or []
    if call.value("instagram_collaborators") and len(collaborators) > COLLABORATORS:
        raise refuse(100, None, "Too many collaborators.")


def _children(call: Call, asked: dict[str, Any]) -> tuple[Container, ...]:
    ids = id_list(asked.get("children")) or []
    found = [state_of(call).containers.get(child_id) for child_id in ids]
    if not call.value("instagram_carousel"):
        return tuple(child for child in found if child)
    if not 2 <= len(ids) <= 10:
        raise refuse(100, 2207028)
    for child in found:
        if child is None or child.account != call.account:
            raise refuse(24, 2207008)
        if not child.is_child:
            raise refuse(100, None, "Children must be created with is_carousel_item.")
        if child.status_code(call.now) != "FINISHED":
            raise refuse(9007, 2207027)
    return tuple(child for child in found if child)


def _new_container(call: Call, asked: dict[str, Any], kind: str, children: tuple[Container, ...]) -> Container:
    shown = ("alt_text", "is_ai_generated", "share_to_feed", "collaborators", "location_id", "audio_name")
    return Container(
        id=str(call.world.number(FIRST_ID)),
        account=call.account,
        kind=kind,
        caption=str(asked.get("caption", "")),
        flags={name: asked[name] for name in shown if name in asked},
        created_at=call.now,
        expires_at=call.now + timedelta(seconds=call.value("instagram_container_life_seconds")),
        ready_at=call.now + timedelta(seconds=call.value("container_seconds")),
        is_child=flag(asked.get("is_carousel_item")),
        children=children,
        media=tuple(item for child in children for item in child.media),
    )


def _check_url(call: Call, url: Any) -> None:
    """Meta's servers fetch the URL: a host that only exists here cannot be fetched by them."""
    host = host_of(url) if isinstance(url, str) else ""
    if not host or not url.startswith(("http://", "https://")):
        raise refuse(9004, 2207052)
    if call.value("instagram_url_rules"):
        public = url.startswith("https://") and not is_local_host(host)
        if not url.isascii() or not (public or (call.value("local_media") and is_local_host(host))):
            raise refuse(9004, 2207052)


async def _fetch_image(call: Call, url: Any) -> tuple[Media, ...]:
    _check_url(call, url)
    if not call.value("instagram_fetch"):
        return ()
    try:
        content = await call.fetched(url, redirects=True, limit=IMAGE_BYTES)
    except FetchError as err:
        too_large, late = err.kind == "too_large", err.kind == "timeout"
        raise refuse(*((36000, 2207004) if too_large else (-2, 2207003) if late else (9004, 2207052))) from err
    seen = await call.world.off_loop(look_at_image, content)
    if call.value("instagram_media_checks"):
        if seen.format != "JPEG":
            raise refuse(36001, 2207005)
        if not 0.8 - 0.01 <= seen.width / seen.height <= 1.91 + 0.01:
            raise refuse(36003, 2207009)
    call.world.previews.keep_image(seen.sha256, await call.world.off_loop(image_preview, content))
    return (seen,)


async def _load_video(call: Call, container: Container, url: str) -> None:
    """Videos are fetched after the answer; what is wrong shows as ERROR in the container's status."""
    world = call.world
    try:
        content = await call.fetched(url, redirects=True, limit=VIDEO_BYTES)
    except FetchError as err:
        container.error_subcode = 2207003 if err.kind == "timeout" else 2207052
        return
    seen = await world.off_loop(look_at_video, io.BytesIO(content))
    world.previews.keep_video(seen, io.BytesIO(content))
    container.media, container.loading = (seen,), False
    longest = 60 if container.kind == "STORIES" else 900
    good = (
        any(name in seen.format for name in ("mov", "mp4"))
        and seen.codec in ("h264", "hevc")
        and 22.9 <= seen.fps <= 60.1
        and seen.width <= 1920
        and 3 <= seen.seconds <= longest
    )
    if call.value("instagram_media_checks") and not good:
        container.error_subcode = 2207026


def sham_container(call: Call) -> Answer:
    return Answer({"id": str(call.world.number(FIRST_ID))})
