"""Instagram's publishing API (platforms.md, part 2) and its own login, under `/instagram`.

The operations on an account's media are those of the Facebook Login too, which `encore_simulator.facebook` plays.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..call import Answer, Call, Operation
from ..lookalike import Lookalike
from . import access, creating, login, publishing, reading, tokens
from .containers import InstagramState
from .errors import SUBCODE_CODES, failure, token_failure, usage_header
from .switches import SWITCHES

NODE = "/{version}/{node}"
PUBLISHING = (
    Operation(
        "create_container",
        "POST",
        f"{NODE}/media",
        "Make a container (nothing public)",
        creating.create_container,
        creating.text_of_create,
        sham=creating.sham_container,
    ),
    Operation("media_list", "GET", f"{NODE}/media", "Own media", reading.media_list),
    Operation(
        "publish",
        "POST",
        f"{NODE}/media_publish",
        "Publish a container",
        publishing.publish,
        publishing.text_of_creation_id,
        sham=publishing.sham_publish,
    ),
    Operation("limit", "GET", f"{NODE}/content_publishing_limit", "Quota", reading.publishing_limit),
    Operation("me", "GET", NODE, "The account", reading.me, when=reading.is_me),
    Operation(
        "container_status",
        "GET",
        NODE,
        "Where a container is",
        reading.container_status,
        reading.text_of_node,
        when=reading.is_container,
    ),
    Operation("media_read", "GET", NODE, "One published medium", reading.media_read, reading.text_of_node),
)


class Instagram(Lookalike):
    name, title, prefix = "instagram", "Instagram", "/instagram"
    switches = SWITCHES
    new_state = InstagramState
    operations = (
        Operation("login", "GET", "/oauth/authorize", "The login dialog, a page", login.show_dialog),
        Operation("decide", "POST", login.DECIDE, "What a person pressed in the dialog", login.decide),
        Operation("token", "POST", "/oauth/access_token", "A token of an hour for a code", tokens.give_short),
        Operation("long_token", "GET", "/access_token", "60 days for that token", tokens.give_long),
        Operation("refresh", "GET", "/refresh_access_token", "A new token, 60 days", tokens.refresh),
        *PUBLISHING,
    )

    def account_of(self, call: Call) -> str:
        if call.path.endswith(("/decide", "/oauth/access_token")):
            return login.account_of(call)
        return access.account_of(call)

    def error(self, call: Call, args: Mapping[str, Any]) -> Answer:
        subcode = args.get("subcode")
        code = args.get("code", SUBCODE_CODES.get(subcode, 1) if subcode else 1)
        answer = failure(
            code,
            subcode,
            message=args.get("message"),
            status=int(args.get("status", call.value("instagram_auth_status") if code == 190 else 400)),
            transient=bool(args.get("transient", False)),
        )
        answer.headers |= args.get("headers", {})
        return answer

    def rate_limited(self, call: Call, args: Mapping[str, Any]) -> Answer:
        answer = failure(80002, 2446079, status=int(args.get("status", 400)))
        answer.headers |= usage_header(call.account, 100, float(args.get("retry_after", 60)))
        if "retry_after" in args and answer.status == 429:
            answer.headers["Retry-After"] = str(args["retry_after"])
        return answer

    def token_invalid(self, call: Call, args: Mapping[str, Any]) -> Answer:
        answer = token_failure(call, int(args.get("subcode", 463)))
        answer.status = int(args.get("status", answer.status))
        return answer

    def success_as_error(self, call: Call, args: Mapping[str, Any]) -> Answer:
        return self.error(call, args if {"code", "subcode", "status"} & set(args) else {"code": 4, "subcode": 2207051})

    def unknown_route(self, call: Call) -> Answer:
        return failure(2500, None, message=f"Unknown path components: {call.path.removeprefix(self.prefix)}")
