"""POST /{ig}/media_publish (platforms.md 2.2, 2.5, 2.9): the one call that makes something public."""

from __future__ import annotations

import secrets
import string

from ..accounts import DAY
from ..call import Answer, Call
from ..feed import Post
from .access import admit, own_node, parameters, single, state_of
from .containers import Container
from .creating import FIRST_ID
from .errors import refuse

ALPHABET = string.ascii_letters + string.digits + "-_"
QUOTA = "posts"


def text_of_creation_id(call: Call) -> str:
    container = state_of(call).containers.get(str(parameters(call).get("creation_id")))
    return container.caption if container else ""


async def publish(call: Call) -> Answer:
    headers = admit(call, "publish")
    own_node(call)
    creation_id = parameters(call).get("creation_id")
    if not creation_id:
        raise refuse(100, None, "The parameter creation_id is required.")
    container = state_of(call).containers.get(str(creation_id))
    if container is None or container.account != call.account:
        raise refuse(24, 2207008)
    if container.is_child:
        raise refuse(100, None, "A carousel item cannot be published by itself.")
    call.shape(container)
    status = container.status_code(call.now)
    if status == "PUBLISHED":
        again = call.value("instagram_publish_again")
        if again == "error":
            raise refuse(100, None, "The media has already been published.")
        if again == "same_id":
            return single(call, {"id": container.posts[0].post_id}, headers)
    elif status == "EXPIRED":
        raise refuse(-2, 2207020)
    elif status != "FINISHED" and call.value("instagram_publish_early"):
        raise refuse(9007, 2207027)
    key = ("instagram", QUOTA, call.account)
    if not call.world.allowances.spend(key, call.now, DAY, call.value("instagram_quota_total")):
        raise refuse(9, 2207042)
    post = _to_feed(call, container)
    return single(call, {"id": post.post_id}, headers)


def _to_feed(call: Call, container: Container) -> Post:
    code = "".join(secrets.choice(ALPHABET) for _ in range(11))
    post = Post(
        platform="instagram",
        account=call.account,
        post_id=str(call.world.number(FIRST_ID + 10**14)),
        path=f"/instagram/p/{code}/",
        text=container.caption,
        title="",
        media=container.media,
        flags={"media_type": container.kind, **container.flags},
        at=call.now,
        received_at=call.received_at,
        handle=container.id,
        listed_at=call.world.listed_at(call.now, call.account, container.listing_delay),
        listed=container.kind != "STORIES",
        secret=code,
        more_ids=(code,),
    )
    container.posts.append(post)
    return call.world.feed.publish(post)


def sham_publish(call: Call) -> Answer:
    return Answer({"id": str(call.world.number(FIRST_ID + 10**14))})
