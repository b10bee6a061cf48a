"""Instagram with Facebook Login (platforms-2.md 1.7), under `/facebook`: the same accounts, containers and posts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..call import Operation
from ..instagram import NODE, PUBLISHING, Instagram
from . import inspection, login, people, tokens
from .switches import SWITCHES

VERSION = "/{version}"


@dataclass
class FacebookState:
    """Nothing: codes and grants stand with Instagram's, as one account has both."""

    def as_json(self, now: datetime) -> dict[str, Any]:
        return {}


class Facebook(Instagram):
    name, title, prefix = "facebook", "Facebook", "/facebook"
    switches = SWITCHES
    new_state = FacebookState
    operations = (
        Operation("login", "GET", f"{VERSION}/dialog/oauth", "The login dialog, a page", login.show_dialog),
        Operation("decide", "POST", f"{VERSION}{login.DECIDE}", "What a person pressed in the dialog", login.decide),
        Operation("token", "GET", f"{VERSION}/oauth/access_token", "A user token for a code", tokens.exchange),
        Operation("permissions", "GET", f"{VERSION}/me/permissions", "What was granted", people.permissions),
        Operation("revoke", "DELETE", f"{VERSION}/me/permissions", "Take the app's access away", people.revoke),
        Operation("pages", "GET", f"{VERSION}/me/accounts", "The person's Pages, 25 at a time", people.list_pages),
        Operation("debug_token", "GET", f"{VERSION}/debug_token", "What a token is", inspection.debug_token),
        Operation("person", "GET", NODE, "The person, or the token's Page", people.me, when=people.is_me),
        Operation("page", "GET", NODE, "One Page, with its token", people.page, when=people.is_page),
        *PUBLISHING,
    )
