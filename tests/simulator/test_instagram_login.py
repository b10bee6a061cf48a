"""Instagram's own login against platforms-2.md 1.5, 1.6, 1.8; the numbers in brackets are its sections."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from PIL import Image

BACK = "https://encore.example/callback/instagram"
BASIC, PUBLISH = "instagram_business_basic", "instagram_business_content_publish"
APP = {"client_id": "sim-instagram-app", "client_secret": "sim-instagram-secret"}
DAY = 86_401


class App:
    """An app that sends people to the dialog and exchanges what they bring back."""

    def __init__(self, sim: Any, person: Any, came_back: Any) -> None:
        self.sim, self.person, self.came_back = sim, person, came_back
        self.base = f"{sim.url}/instagram"

    def dialog(self, **changes: str | None) -> requests.Response:
        asked = {
            "client_id": APP["client_id"],
            "redirect_uri": BACK,
            "response_type": "code",
            "scope": f"{BASIC},{PUBLISH}",
            "state": "s+%",
        }
        asked = {name: value for name, value in (asked | changes).items() if value is not None}
        return self.person.open(f"{self.base}/oauth/authorize", **asked)

    def code(self, account: str = "anna", *scopes: str) -> str:
        chosen = {"scope": list(scopes)} if scopes else {}
        return self.came_back(self.person.press(self.dialog(), "allow", account, **chosen))["code"]

    def exchange(self, code: str, **changes: str) -> requests.Response:
        form = {**APP, "grant_type": "authorization_code", "redirect_uri": BACK, "code": code, **changes}
        return requests.post(f"{self.base}/oauth/access_token", data=form, timeout=5)

    def short(self, *scopes: str) -> str:
        return self.exchange(self.code("anna", *scopes)).json()["data"][0]["access_token"]

    def lengthen(self, token: str, **changes: str) -> requests.Response:
        asked = {"grant_type": "ig_exchange_token", "client_secret": APP["client_secret"], "access_token": token}
        return requests.get(f"{self.base}/access_token", params=asked | changes, timeout=5)

    def long(self, *scopes: str) -> str:
        return self.lengthen(self.short(*scopes)).json()["access_token"]

    def refresh(self, token: str) -> requests.Response:
        asked = {"grant_type": "ig_refresh_token", "access_token": token}
        return requests.get(f"{self.base}/refresh_access_token", params=asked, timeout=5)

    def get(self, node: str, token: str, fields: str = "user_id,username,account_type") -> requests.Response:
        asked = {"fields": fields, "access_token": token}
        return requests.get(f"{self.base}/v25.0/{node}", params=asked, timeout=5)

    def post(self, edge: str, token: str, **fields: str) -> requests.Response:
        return requests.post(f"{self.base}/v25.0/{edge}", data={**fields, "access_token": token}, timeout=5)


@pytest.fixture
def app(sim, person, came_back) -> App:
    sim.switch(instagram_redirect_uris=[BACK])
    return App(sim, person, came_back)


def code_of(answer: requests.Response) -> tuple[int, int | None]:
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    return error["code"], error.get("error_subcode")


def test_from_the_dialog_to_a_post(app, media) -> None:
    page = app.dialog(scope=f"{BASIC} {PUBLISH}")
    assert page.status_code == 200 and "sim-instagram-app" in page.text
    back = app.person.press(page, "allow", "anna")
    assert back.headers["Location"].startswith(BACK + "?") and app.came_back(back)["state"] == "s+%"
    [given] = app.exchange(app.came_back(back)["code"]).json()["data"]
    assert given["permissions"] == f"{BASIC},{PUBLISH}" and given["user_id"] > 2**53
    long = app.lengthen(given["access_token"]).json()
    assert (long["token_type"], long["expires_in"]) == ("bearer", 5_183_944)
    token, node = long["access_token"], given["user_id"]
    container = app.post(f"{node}/media", token, image_url=f"{media.url}/flyer.jpg", caption="Recital").json()["id"]
    post_id = app.post(f"{node}/media_publish", token, creation_id=container).json()["id"]
    [post] = app.sim.feed(platform="instagram")
    assert (post["account"], post["post_id"], post["text"]) == ("anna", post_id, "Recital")


def test_the_account_has_two_ids(app) -> None:
    """(1.8.5) paths take one of them"""
    token = app.long()
    me = app.get("me", token, "user_id,username,name,account_type,profile_picture_url,followers_count").json()
    assert (me["username"], me["name"], me["account_type"]) == ("anna", "Anna", "BUSINESS")
    assert me["id"] != me["user_id"] and me["id"].isdigit() and me["user_id"].isdigit()
    assert app.get(f"{me['user_id']}/media", token).status_code == 200
    assert code_of(app.get(f"{me['id']}/media", token)) == (100, 33)
    picture = requests.get(me["profile_picture_url"], timeout=5)
    assert Image.open(io.BytesIO(picture.content)).format == "PNG"


def test_the_accounts_of_settings_are_as_they_were(app) -> None:
    app.long()
    assert app.get("me", "sim-anna").json() == {
        "id": "ig-anna",
        "user_id": "ig-anna",
        "username": "anna",
        "account_type": "BUSINESS",
    }
    assert app.refresh("sim-anna").json()["access_token"] == "sim-anna-1"


@pytest.mark.parametrize(
    ("changes", "named", "words"),
    [
        ({"client_id": "meta-app"}, "client_id", "Invalid platform app"),
        ({"redirect_uri": BACK + "/"}, "redirect_uri", "Invalid redirect_uri"),
        ({"redirect_uri": None}, "redirect_uri", "Invalid redirect_uri"),
        ({"response_type": "token"}, "response_type", "Invalid response_type"),
        ({"scope": "business_basic"}, "scope", "Invalid scopes"),
        ({"scope": None}, "scope", "Invalid scopes"),
    ],
)
def test_a_wrong_request_ends_on_a_page(app, is_error_page, changes, named, words) -> None:
    """(1.8.1)"""
    answer = app.dialog(**changes)
    assert is_error_page(answer, named) and words in answer.text
    if named != "scope":
        assert is_error_page(app.person.press(app.dialog(), "allow", **{named: str(changes[named])}), named)


def test_nothing_registered_is_nothing_allowed(app, is_error_page) -> None:
    app.sim.switch(instagram_redirect_uris=[])
    assert is_error_page(app.dialog(), "redirect_uri")


def test_deny_and_close(app) -> None:
    """(1.8.1)"""
    back = app.came_back(app.person.press(app.dialog(), "deny"))
    assert back == {
        "error": "access_denied",
        "error_reason": "user_denied",
        "error_description": "The user denied your request",
        "state": "s+%",
    }
    closed = app.person.press(app.dialog(), "close")
    assert closed.status_code == 200 and "Location" not in closed.headers and "encore.example" not in closed.text


def test_the_fragment_is_no_part_of_the_code(app) -> None:
    """(1.8.2)"""
    location = app.person.press(app.dialog(), "allow").headers["Location"]
    assert location.endswith("#_") and urlsplit(location).query.endswith("state=s%2B%25")


def test_a_code_is_used_once_and_ends(app) -> None:
    """(1.8.2) errors have their own form"""
    code = app.code()
    assert app.exchange(code).status_code == 200
    expected = {
        "error_type": "OAuthException",
        "code": 400,
        "error_message": "Matching code was not found or was already used",
    }
    again = app.exchange(code)
    assert (again.status_code, again.json()) == (400, expected)
    late = app.code()
    app.sim.switch(clock_offset_seconds=3601)
    assert app.exchange(late).json() == expected


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"redirect_uri": BACK + "/"}, "redirect_uri is identical"),
        ({"client_id": "meta-app"}, "Invalid platform app"),
        ({"client_secret": "wrong"}, "client secret"),
        ({"grant_type": "password"}, "grant_type"),
        ({"code": ""}, "code"),
    ],
)
def test_a_wrong_exchange_leaves_the_code(app, changes, words) -> None:
    """(1.8.2)"""
    code = app.code()
    answer = app.exchange(**({"code": code} | changes))
    assert answer.status_code == 400 and words in answer.json()["error_message"]
    assert app.exchange(code).status_code == 200


def test_the_exchange_takes_a_form_alone(app) -> None:
    """(1.8.2)"""
    body = {**APP, "grant_type": "authorization_code", "redirect_uri": BACK, "code": app.code()}
    answer = requests.post(f"{app.base}/oauth/access_token", json=body, timeout=5)
    assert answer.status_code == 400 and answer.json()["error_type"] == "OAuthException"


@pytest.mark.parametrize("number", [True, False])
def test_both_shapes_of_the_short_token(app, number) -> None:
    """(1.8.3)"""
    app.sim.switch(instagram_token_wrapped=False, instagram_numeric_user_id=number)
    given = app.exchange(app.code()).json()
    assert type(given["user_id"]) is (int if number else str)
    assert given["permissions"] == [BASIC, PUBLISH] and given["access_token"]


def test_a_scope_taken_away(app, media) -> None:
    """(1.8.4) the permissions say so, and so does publishing"""
    [given] = app.exchange(app.code("anna", BASIC)).json()["data"]
    assert given["permissions"] == BASIC
    token = app.lengthen(given["access_token"]).json()["access_token"]
    node, flyer = given["user_id"], f"{media.url}/flyer.jpg"
    assert app.get("me", token).status_code == 200
    assert code_of(app.post(f"{node}/media", token, image_url=flyer)) == (10, None)
    assert code_of(app.post(f"{node}/media_publish", token, creation_id="1")) == (10, None)


def test_the_long_token(app) -> None:
    """(1.8.4) only for a short one, with the secret, unless the app has no right to it"""
    short = app.short()
    assert code_of(app.lengthen(short, client_secret="wrong")) == (1, None)
    assert code_of(app.lengthen(short, grant_type="other")) == (100, None)
    long = app.lengthen(short).json()["access_token"]
    assert code_of(app.lengthen(long)) == (100, None)
    assert code_of(app.lengthen("nonsense")) == (190, None)
    app.sim.switch(instagram_long_token_fails=True)
    error = app.lengthen(app.short()).json()["error"]
    assert (error["code"], error["type"]) == (100, "IGApiException")
    assert error["message"] == "Unsupported request - method type: get"


def test_tokens_end(app) -> None:
    """(2.10) one hour, sixty days"""
    short, long = app.short(), app.long()
    app.sim.switch(clock_offset_seconds=3601)
    assert code_of(app.get("me", short)) == (190, 463)
    assert code_of(app.lengthen(short)) == (190, 463)
    assert app.get("me", long).status_code == 200
    app.sim.switch(clock_offset_seconds=5_184_000)
    assert code_of(app.get("me", long)) == (190, 463)


def test_refreshing(app) -> None:
    """(1.8.4) 24 hours old at least, a long token, with basic granted"""
    short, long, without = app.short(), app.long(), app.long(PUBLISH)
    assert code_of(app.refresh(short)) == (100, None)
    assert code_of(app.refresh(long))[0] == 100
    app.sim.switch(clock_offset_seconds=DAY)
    fresh = app.refresh(long).json()
    assert fresh["expires_in"] == 5_184_000 and fresh["access_token"] != long
    assert app.get("me", fresh["access_token"]).json()["username"] == "anna"
    assert code_of(app.refresh(without)) == (10, None)
    app.sim.switch(clock_offset_seconds=5_184_000 + 3600)
    assert app.get("me", fresh["access_token"]).status_code == 200


def test_a_personal_account_is_refused_at_me(app) -> None:
    """(1.8.5)"""
    app.sim.switch("anna", instagram_personal_account=True)
    assert code_of(app.get("me", app.long())) == (100, 33)


def test_the_version_that_is_served(app) -> None:
    """(1.8.8)"""
    token = app.long()
    assert app.get("me", token).headers["facebook-api-version"] == "v25.0"
    app.sim.switch(instagram_served_version="v22.0")
    assert app.get("me", token).headers["facebook-api-version"] == "v22.0"


def test_a_session_is_offered_and_never_taken_for_granted(app) -> None:
    app.code("anna")
    assert 'value="anna"' in app.dialog().text
    assert 'value="anna"' not in app.dialog(force_reauth="true").text


class TestSignedRequest:
    """(1.6, 1.8.6)"""

    def sign(self, sim: Any, **asked: Any) -> tuple[bool, dict[str, Any]]:
        """Whether the app's secret made the signature, and the payload."""
        answer = requests.post(f"{sim.url}/_sim/instagram/signed_request", json=asked, timeout=5)
        signature, _, payload = answer.json()["signed_request"].partition(".")
        expected = hmac.digest(APP["client_secret"].encode(), payload.encode(), hashlib.sha256)
        return hmac.compare_digest(expected, unpadded(signature)), json.loads(unpadded(payload))

    def test_a_valid_one_names_the_app_scoped_id(self, app) -> None:
        valid, payload = self.sign(app.sim, account="anna", kind="deletion")
        assert valid and payload["algorithm"] == "HMAC-SHA256" and payload["issued_at"]
        assert payload["user_id"] == app.get("me", app.long()).json()["id"]

    def test_forged_ones(self, sim) -> None:
        assert not self.sign(sim, account="anna", secret="guessed")[0]
        assert self.sign(sim, account="anna", algorithm="NONE")[1]["algorithm"] == "NONE"
        assert self.sign(sim, account="anna", user_id=17)[1]["user_id"] == 17

    def test_facebooks_has_another_secret_and_another_id(self, sim) -> None:
        valid, payload = self.sign(sim, account="anna", through="facebook")
        assert not valid and payload["user_id"] != self.sign(sim, account="anna")[1]["user_id"]

    def test_wrong_questions(self, sim) -> None:
        for body in ({}, {"account": "anna", "through": "tiktok"}, {"account": "anna", "colour": "red"}):
            answer = requests.post(f"{sim.url}/_sim/instagram/signed_request", json=body, timeout=5)
            assert answer.status_code == 422 and answer.json()["error"]


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_neither_code_nor_token_is_logged(app) -> None:
    code = app.code()
    token = app.exchange(code).json()["data"][0]["access_token"]
    app.lengthen(token)
    log = requests.get(f"{app.sim.url}/_sim/requests", timeout=5).text
    assert code not in log and token not in log
    assert [one["operation"] for one in app.sim.get("requests", account="anna")] == ["decide", "token", "long_token"]
