"""Pages for people: the feed of what was published, each post, and the documentation of switches and faults."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from markupsafe import escape
from PIL import Image, ImageDraw, ImageFont
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from .control import Control, public_base
from .faults import KINDS, Stage
from .feed import Post
from .rendering import NAMES, rendered
from .simulation import Simulation
from .world import World

SHOWN_PER_COLUMN = 30
# The post pages answer for every address that a link to the post could have.
POST_PAGES = (
    ("tiktok", "/tiktok/@{account}/video/{post_id}"),
    ("tiktok", "/tiktok/@{account}/photo/{post_id}"),
    ("instagram", "/instagram/p/{post_id}/"),
    ("instagram", "/instagram/reel/{post_id}/"),
    ("xiaohongshu", "/xiaohongshu/explore/{post_id}"),
)
# In the order of the columns.
COLUMNS = (("tiktok", "♪"), ("instagram", "◎"), ("xiaohongshu", "書"))
AVATAR_PIXELS = 200


def page(template: str, status: int = 200, **values: Any) -> HTMLResponse:
    return HTMLResponse(rendered(template, **values), status)


class Pages:
    """The page routes; each reads the world that is in force when it is asked."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def routes(self) -> list[BaseRoute]:
        posts = [Route(path, self._post_page(platform)) for platform, path in POST_PAGES]
        return [
            Route("/", self.feed),
            Route("/switches", self.switches),
            Route("/_sim/media/{sha256}", self.media),
            Route("/_sim/avatar/{account}.png", self.avatar_picture),
            Route("/_sim/avatar/{account}", self.avatar),
            *posts,
        ]

    def _settled(self) -> World:
        world = self._simulation.world
        world.settle()
        return world

    async def feed(self, request: Request) -> Response:
        """The whole page, or with `?part=columns` what changes of it."""
        world = self._settled()
        template = "columns.html" if request.query_params.get("part") == "columns" else "feed.html"
        columns = [
            {"name": name, "title": NAMES[name], "mark": mark, "posts": list(_newest(world, name))}
            for name, mark in COLUMNS
        ]
        return page(
            template,
            columns=columns,
            total=len(world.feed.posts),
            waiting=_waiting(world),
            faults=world.faults.as_json(),
            changed=world.switches.changed(),
            preview=world.previews.find,
        )

    def _post_page(self, platform: str) -> Any:
        async def endpoint(request: Request) -> Response:
            world = self._settled()
            post = world.feed.find(platform, request.path_params["post_id"])
            if post is None:
                return page("missing.html", 404, platform=platform)
            address = public_base(request, world) + post.path
            return page("post.html", post=post, preview=world.previews.find, address=address)

        return endpoint

    async def media(self, request: Request) -> Response:
        """A preview. Players ask for ranges of a video, so those are served."""
        found = self._settled().previews.find(request.path_params["sha256"])
        if found is None:
            return Response("no preview is kept", 404, media_type="text/plain")
        content, kind = found
        headers = {"accept-ranges": "bytes", "cache-control": "max-age=3600", "x-content-type-options": "nosniff"}
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("range", ""))
        if wanted and int(wanted[1]) < len(content):
            first, last = int(wanted[1]), min(int(wanted[2] or len(content)), len(content) - 1)
            headers["content-range"] = f"bytes {first}-{last}/{len(content)}"
            return Response(content[first : last + 1], 206, headers, kind)
        return Response(content, 200, headers, kind)

    async def avatar(self, request: Request) -> Response:
        """The account's initial in a circle whose colour is the account's own."""
        account = request.path_params["account"]
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40">'
            f'<circle cx="20" cy="20" r="20" fill="hsl({_hue(account)} 45% 45%)"/>'
            '<text x="20" y="27" text-anchor="middle" font-family="sans-serif" font-size="19" fill="#fff">'
            f"{escape(account[:1].upper())}</text></svg>"
        )
        return Response(svg, media_type="image/svg+xml")

    async def avatar_picture(self, request: Request) -> Response:
        """The same as a PNG, for those who fetch an account's picture."""
        return Response(_avatar_png(request.path_params["account"]), media_type="image/png")

    async def switches(self, request: Request) -> Response:
        world = self._settled()
        return page(
            "switches.html",
            base=f"{request.url.scheme}://{request.url.netloc}",
            platforms=self._simulation.lookalikes,
            switches=world.switches.as_json(),
            kinds=list(KINDS.values()),
            stages=list(Stage),
            faults=world.faults.as_json(),
            control=Control(self._simulation).described(),
        )


def _hue(account: str) -> int:
    return sum(ord(letter) * 37 for letter in account) % 360


@lru_cache(maxsize=200)
def _avatar_png(account: str) -> bytes:
    picture = Image.new("RGB", (AVATAR_PIXELS, AVATAR_PIXELS), f"hsl({_hue(account)}, 45%, 45%)")
    middle, font = (AVATAR_PIXELS // 2, AVATAR_PIXELS // 2), ImageFont.load_default(AVATAR_PIXELS // 2)
    ImageDraw.Draw(picture).text(middle, account[:1].upper(), "white", font, anchor="mm")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _newest(world: World, platform: str) -> Iterator[Post]:
    shown = 0
    for post in reversed(world.feed.posts):
        if post.platform == platform:
            yield post
            shown += 1
            if shown == SHOWN_PER_COLUMN:
                return


def _waiting(world: World) -> dict[str, int]:
    """How many posts are on their way, by platform."""
    now = world.now()
    return {
        "tiktok": sum(not one.final for one in world.parts["tiktok"].submissions.values()),
        "instagram": sum(
            one.status_code(now) in ("IN_PROGRESS", "FINISHED") and not one.is_child
            for one in world.parts["instagram"].containers.values()
        ),
        "xiaohongshu": sum(map(len, world.parts["xiaohongshu"].publishing.values())),
    }
