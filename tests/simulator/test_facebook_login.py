"""Instagram through Facebook Login against platforms-2.md 1.7, 1.8.7; the numbers in brackets are its sections."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

BACK = "https://encore.example/callback/facebook"
APP = {"client_id": "sim-facebook-app", "client_secret": "sim-facebook-secret"}
SCOPES = ["instagram_basic", "instagram_content_publish", "pages_show_list", "pages_read_engagement"]
FIELDS = "id,name,access_token,instagram_business_account{id,username}"
DAY = 86_400


class App:
    """An app that sends people to the dialog and exchanges what they bring back."""

    def __init__(self, sim: Any, person: Any, came_back: Any) -> None:
        self.sim, self.person, self.came_back = sim, person, came_back
        self.base = f"{sim.url}/facebook/v25.0"

    def dialog(self, **changes: str) -> requests.Response:
        asked = {"client_id": APP["client_id"], "redirect_uri": BACK, "state": "s", "scope": ",".join(SCOPES)}
        return self.person.open(f"{self.base}/dialog/oauth", **(asked | changes))

    def code(self, **changes: Any) -> str:
        return self.came_back(self.person.press(self.dialog(), "allow", "anna", **changes))["code"]

    def exchange(self, **asked: str) -> requests.Response:
        return requests.get(f"{self.base}/oauth/access_token", params=APP | asked, timeout=5)

    def short(self, **changes: Any) -> str:
        return self.exchange(code=self.code(**changes), redirect_uri=BACK).json()["access_token"]

    def long(self, **changes: Any) -> str:
        asked = {"grant_type": "fb_exchange_token", "fb_exchange_token": self.short(**changes)}
        return self.exchange(**asked).json()["access_token"]

    def get(self, path: str, token: str, **asked: str) -> requests.Response:
        return requests.get(f"{self.base}/{path}", params={"access_token": token, **asked}, timeout=5)

    def pages(self, token: str) -> list[dict[str, Any]]:
        """All of them, as far as `next` leads."""
        answer, found = self.get("me/accounts", token, fields=FIELDS).json(), []
        while True:
            found += answer["data"]
            if not (following := answer.get("paging", {}).get("next")):
                return found
            answer = requests.get(following, timeout=5).json()

    def debug(self, token: str) -> dict[str, Any]:
        own = f"{APP['client_id']}|{APP['client_secret']}"
        return self.get("debug_token", own, input_token=token).json()["data"]


@pytest.fixture
def app(sim, person, came_back) -> App:
    sim.switch(facebook_redirect_uris=[BACK])
    return App(sim, person, came_back)


def code_of(answer: requests.Response) -> tuple[int, int | None]:
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    return error["code"], error.get("error_subcode")


@pytest.mark.parametrize("whose", ["user", "page"])
def test_from_the_dialog_to_a_post(app, media, whose) -> None:
    """Posts of both logins lie in one feed, under the same id of the account."""
    token = app.long()
    [page] = app.pages(token)
    account = page["instagram_business_account"]
    assert account["username"] == "anna" and account["id"].isdigit()
    sent = {"access_token": token if whose == "user" else page["access_token"]}
    flyer = {"image_url": f"{media.url}/flyer.jpg", "caption": "Recital", **sent}
    container = requests.post(f"{app.base}/{account['id']}/media", data=flyer, timeout=5).json()["id"]
    assert app.get(container, sent["access_token"], fields="status_code").json()["status_code"] == "FINISHED"
    wanted = {"creation_id": container, **sent}
    post_id = requests.post(f"{app.base}/{account['id']}/media_publish", data=wanted, timeout=5).json()["id"]
    [post] = app.sim.feed(platform="instagram", account="anna")
    assert (post["post_id"], post["text"]) == (post_id, "Recital")
    listed = app.get(f"{account['id']}/media", sent["access_token"]).json()["data"]
    assert [one["id"] for one in listed] == [post_id]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"client_id": "another"}, "client_id"),
        ({"redirect_uri": BACK + "/"}, "redirect_uri"),
        ({"redirect_uri": ""}, "redirect_uri"),
        ({"scope": "manage_pages"}, "scope"),
        ({"response_type": "token"}, "response_type"),
    ],
)
def test_a_wrong_request_ends_on_a_page(app, is_error_page, changes, named) -> None:
    assert is_error_page(app.dialog(**changes), named)
    if named in ("client_id", "redirect_uri"):
        assert is_error_page(app.person.press(app.dialog(), "allow", **changes), named)


def test_nothing_registered_is_nothing_allowed(app, is_error_page) -> None:
    app.sim.switch(facebook_redirect_uris=[])
    assert is_error_page(app.dialog(), "redirect_uri")


def test_deny_and_close(app) -> None:
    back = app.came_back(app.person.press(app.dialog(), "deny"))
    assert (back["error"], back["error_reason"], back["state"]) == ("access_denied", "user_denied", "s")
    closed = app.person.press(app.dialog(), "close")
    assert closed.status_code == 200 and "Location" not in closed.headers


def test_a_code_is_used_once_and_bound_to_its_redirect(app) -> None:
    code = app.code()
    assert code_of(app.exchange(code=code, redirect_uri=BACK + "/")) == (100, 36008)
    assert code_of(app.exchange(code=code)) == (100, None)
    assert code_of(app.exchange(code=code, redirect_uri=BACK, client_id="another")) == (101, None)
    assert code_of(app.exchange(code=code, redirect_uri=BACK, client_secret="wrong")) == (1, None)
    assert app.exchange(code=code, redirect_uri=BACK).status_code == 200
    assert code_of(app.exchange(code=code, redirect_uri=BACK)) == (100, 36009)
    late = app.code()
    app.sim.switch(clock_offset_seconds=601)
    assert code_of(app.exchange(code=late, redirect_uri=BACK)) == (100, 36009)


def test_what_was_granted(app) -> None:
    """A page token cannot ask; debug_token tells of any"""
    token = app.long(scope=["instagram_basic", "pages_show_list"])
    granted = app.get("me/permissions", token).json()["data"]
    assert granted == [
        {"permission": "instagram_basic", "status": "granted"},
        {"permission": "pages_show_list", "status": "granted"},
    ]
    [page] = app.pages(token)
    assert code_of(app.get("me/permissions", page["access_token"])) == (100, None)
    assert app.debug(page["access_token"])["scopes"] == ["instagram_basic", "pages_show_list"]
    node = page["instagram_business_account"]["id"]
    sent = {"access_token": token, "image_url": "https://media.example/x.jpg"}
    assert code_of(requests.post(f"{app.base}/{node}/media", data=sent, timeout=5)) == (10, None)


def test_a_page_gives_its_token(app) -> None:
    """One of a long user token has no end, one of a short token ends with it."""
    long, short = app.long(), app.short()
    page = app.pages(long)[0]["id"]
    [of_long, of_short] = [app.get(page, one, fields="access_token").json()["access_token"] for one in (long, short)]
    assert app.debug(of_long)["expires_at"] == 0
    assert app.debug(of_short)["expires_at"] == app.debug(short)["expires_at"]
    assert app.get("me", of_long).json()["id"] == page
    assert app.get("me", long).json()["name"] == "Anna"
    assert code_of(app.get(str(int(page) + 1), long)) == (100, 33)


def test_no_pages(app) -> None:
    """(1.8.7)"""
    app.sim.switch(facebook_pages="none")
    assert app.pages(app.long()) == []


def test_pages_without_instagram(app) -> None:
    """(1.8.7) by themselves, or as the account is a personal one"""
    app.sim.switch(facebook_pages="without_instagram")
    [page] = app.pages(app.long())
    assert "instagram_business_account" not in page
    app.sim.switch(facebook_pages="one", instagram_personal_account=True)
    [page] = app.pages(app.long())
    assert "instagram_business_account" not in page


def test_two_pages_of_twenty_five(app) -> None:
    """(1.8.7) the one that is linked comes last"""
    app.sim.switch(facebook_pages="fifty")
    token = app.long()
    first = app.get("me/accounts", token, fields=FIELDS).json()
    assert len(first["data"]) == 25
    assert not any("instagram_business_account" in page for page in first["data"])
    found = app.pages(token)
    assert len({page["id"] for page in found}) == 50
    assert found[-1]["instagram_business_account"]["username"] == "anna"
    assert "next" not in app.get("me/accounts", token, after="25").json()["paging"]


def test_pages_left_out_in_the_dialog(app) -> None:
    """(1.8.7)"""
    token = app.long(no_pages="1")
    assert app.pages(token) == []
    granular = app.debug(token)["granular_scopes"]
    assert {"scope": "pages_show_list", "target_ids": []} in granular
    assert app.pages(app.long(scope=["instagram_basic"])) == []


def test_what_a_token_is(app) -> None:
    token = app.long()
    found = app.debug(token)
    assert found["is_valid"] and found["type"] == "USER" and found["scopes"] == SCOPES
    assert abs(found["expires_at"] - time.time() - 60 * DAY) < 60
    assert abs(found["data_access_expires_at"] - time.time() - 90 * DAY) < 60
    node = app.pages(token)[0]["instagram_business_account"]["id"]
    assert {"scope": "instagram_basic", "target_ids": [node]} in found["granular_scopes"]
    assert app.debug("nonsense")["is_valid"] is False
    assert code_of(app.get("debug_token", "stranger", input_token=token)) == (190, None)
    app.sim.switch(clock_offset_seconds=61 * DAY)
    assert app.debug(token)["is_valid"] is False


@pytest.mark.parametrize("how", ["switch", "clock"])
def test_data_access_over(app, how) -> None:
    """(1.8.7) the token lives, reads fail, a new login opens it again"""
    page = app.pages(app.long())[0]
    node, token = page["instagram_business_account"]["id"], page["access_token"]
    assert app.get(node, token, fields="username").json()["username"] == "anna"
    if how == "switch":
        app.sim.switch(facebook_data_access_expired=True)
    else:
        app.sim.switch(clock_offset_seconds=91 * DAY)
    found = app.debug(token)
    assert found["is_valid"] and found["data_access_expires_at"] < time.time() + (91 * DAY if how == "clock" else 0)
    assert code_of(app.get(node, token)) == (10, None)
    assert code_of(app.get("me/accounts", token)) == (10, None)
    if how == "clock":
        assert app.pages(app.long())


def test_access_taken_away(app) -> None:
    token = app.long()
    page = app.pages(token)[0]["access_token"]
    answer = requests.delete(f"{app.base}/me/permissions", params={"access_token": token}, timeout=5)
    assert answer.json() == {"success": True}
    for one in (token, page):
        assert code_of(app.get("me", one)) == (190, 458)
        assert app.debug(one)["is_valid"] is False
    assert app.pages(app.long())


def test_the_two_logins_do_not_mix(app, sim) -> None:
    """A token of this dialog is nothing at Instagram's host."""
    url = f"{sim.url}/instagram/v25.0/me"
    assert code_of(requests.get(url, params={"access_token": app.long()}, timeout=5)) == (190, None)


def test_faults_strike_here_too(app) -> None:
    token = app.long()
    app.sim.fault("facebook", "pages", "rate_limited")
    assert code_of(app.get("me/accounts", token))[0] == 80002
    assert app.pages(token)
