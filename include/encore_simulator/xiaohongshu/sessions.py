"""Whether an instance's browser is logged in, and as whom."""

from __future__ import annotations

from ..call import Call
from .answers import refuse
from .notes import XiaohongshuState


def state_of(call: Call) -> XiaohongshuState:
    return call.world.parts["xiaohongshu"]


def check_bearer(call: Call) -> None:
    """3.2: a token only if the operator has set one, and then nothing else than that token."""
    if call.value("xiaohongshu_bearer") and call.bearer != f"sim-{call.account}":
        raise refuse("UNAUTHORIZED")


def is_logged_in(call: Call) -> bool:
    """The switch, where it stands for this instance or the instance is none that begins logged out."""
    prefix, own = call.value("xiaohongshu_free_prefix"), call.world.switches.own("xiaohongshu_logged_in", call.account)
    if prefix and call.account.startswith(prefix) and own is None:
        return False
    return call.value("xiaohongshu_logged_in")


def username(call: Call) -> str:
    """Who confirmed the login; without one the instance is called like its account."""
    return state_of(call).usernames.get(call.account, call.account)


def log_in(call: Call, name: str) -> None:
    state_of(call).usernames[call.account] = name
    call.world.switches.change({"xiaohongshu_logged_in": True}, call.account)


def log_out(call: Call) -> None:
    state_of(call).usernames.pop(call.account, None)
    call.world.switches.change({"xiaohongshu_logged_in": False}, call.account)
