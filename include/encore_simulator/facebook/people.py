"""A person at Facebook: what was granted, their Pages, the tokens of these (platforms-2.md 1.7)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from ..call import Answer, Call
from ..instagram.access import check_data_access, check_token, parameters, state_of, token_of
from ..instagram.errors import refuse
from ..instagram.grants import Grant, app_scoped_id, professional_id
from .tokens import keep

PAGES_AT_ONCE = 25
_COUNT = {"one": 1, "without_instagram": 1, "none": 0, "fifty": 50}
_FIELD = re.compile(r"([a-z_]+)(?:\{([^}]*)\})?")


@dataclass(frozen=True)
class Page:
    id: str
    name: str
    linked: bool


def pages_of(call: Call) -> list[Page]:
    """The last is linked to the Instagram account of the same name."""
    which, account = call.value("facebook_pages"), call.account
    count = _COUNT[which]
    linked = which != "without_instagram" and not call.value("instagram_personal_account")
    base = int(professional_id(account)) % 10**12 * 100 + 10**14
    return [
        Page(str(base + number), account.title() if number == count else f"Page {number}", linked and number == count)
        for number in range(1, count + 1)
    ]


def grant_of(call: Call) -> Grant | None:
    return state_of(call).grants.get(token_of(call))


def _admit(call: Call) -> Grant | None:
    check_token(call)
    check_data_access(call)
    return grant_of(call)


def is_me(call: Call) -> bool:
    return call.path_params.get("node") == "me"


def is_page(call: Call) -> bool:
    return any(page.id == call.path_params.get("node") for page in pages_of(call))


async def me(call: Call) -> Answer:
    grant = _admit(call)
    if grant and grant.kind == "page":
        return await _one_page(call, grant, grant.page_id)
    own_id = app_scoped_id(call.value("facebook_client_id"), call.account)
    return Answer({"id": own_id, "name": call.account.replace("-", " ").title()})


async def permissions(call: Call) -> Answer:
    """Granted ones alone: a permission that was switched off is not asked about here again."""
    check_token(call)
    grant = grant_of(call)
    if grant is None or grant.kind == "page":
        raise refuse(100, None, "(#100) Tried accessing nonexisting field (permissions) on node type (Page)")
    return Answer({"data": [{"permission": scope, "status": "granted"} for scope in grant.scopes]})


async def revoke(call: Call) -> Answer:
    check_token(call)
    grant = grant_of(call)
    if grant is None or grant.kind == "page":
        raise refuse(100, None, "(#100) Tried accessing nonexisting field (permissions) on node type (Page)")
    state_of(call).revoke(grant.account, "facebook")
    return Answer({"success": True})


async def list_pages(call: Call) -> Answer:
    """Pages chosen in the dialog; `paging.next` holds the token, as the real one does."""
    grant = _admit(call)
    asked = parameters(call)
    if grant is None or not grant.with_pages or "pages_show_list" not in grant.scopes:
        return Answer({"data": []})
    try:
        limit, after = int(asked.get("limit", PAGES_AT_ONCE)), int(asked.get("after", 0))
    except ValueError:
        raise refuse(100, None) from None
    pages = pages_of(call)
    shown = pages[after : after + min(max(limit, 1), PAGES_AT_ONCE)]
    body: dict[str, Any] = {"data": [_shown(call, grant, page, str(asked.get("fields", "id,name"))) for page in shown]}
    if shown:
        end = after + len(shown)
        body["paging"] = {"cursors": {"before": str(after), "after": str(end)}}
        if end < len(pages):
            further = {**asked, "access_token": token_of(call), "after": str(end)}
            body["paging"]["next"] = f"{call.base_url}{call.path}?{urlencode(further)}"
    return Answer(body)


async def page(call: Call) -> Answer:
    grant = _admit(call)
    if grant is None or (grant.kind == "page" and grant.page_id != call.path_params["node"]) or not grant.with_pages:
        raise refuse(100, 33)
    return await _one_page(call, grant, call.path_params["node"])


async def _one_page(call: Call, grant: Grant, page_id: str) -> Answer:
    found = [page for page in pages_of(call) if page.id == page_id]
    if not found:
        raise refuse(100, 33)
    return Answer(_shown(call, grant, found[0], str(parameters(call).get("fields", "id,name"))))


def _shown(call: Call, grant: Grant, page: Page, fields: str) -> dict[str, Any]:
    """Fields as asked for, `instagram_business_account{id,username}` among them; a Page without one has no such key."""
    wanted = dict(_FIELD.findall(fields))
    body: dict[str, Any] = {"id": page.id}
    if "name" in wanted:
        body["name"] = page.name
    if "access_token" in wanted:
        body["access_token"] = _page_token(call, grant, page)
    if "instagram_business_account" in wanted and page.linked and "instagram_basic" in grant.scopes:
        own = {
            "id": professional_id(call.account),
            "username": call.account,
            "name": call.account.replace("-", " ").title(),
            "profile_picture_url": f"{call.base_url}/_sim/avatar/{call.account}.png",
        }
        of_it = [name.strip() for name in wanted["instagram_business_account"].split(",")]
        body["instagram_business_account"] = {name: own[name] for name in own if name == "id" or name in of_it}
    return body


def _page_token(call: Call, grant: Grant, page: Page) -> str:
    """Without an end if the user token is a long one, else with that token's end."""
    if grant.kind == "page":
        return token_of(call)
    ends_at = None if grant.kind == "long" else grant.expires_at
    return keep(call, replace(grant, kind="page", page_id=page.id, expires_at=ends_at))
