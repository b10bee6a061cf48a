"""TikTok's login against platforms-2.md 1.1, 1.2, 1.4; the numbers in brackets are its sections."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from PIL import Image

BACK = "https://encore.example/callback/tiktok"
VERIFIER = "v" * 64
CHALLENGE = hashlib.sha256(VERIFIER.encode()).hexdigest()
SCOPES = "user.info.basic,user.info.profile,video.publish"


class App:
    """An app that sends people to the dialog and exchanges what they bring back."""

    def __init__(self, sim: Any, person: Any, came_back: Any) -> None:
        self.sim, self.person, self.came_back = sim, person, came_back

    def dialog(self, **changes: str | None) -> requests.Response:
        asked = {
            "client_key": "sim-client",
            "response_type": "code",
            "scope": SCOPES,
            "redirect_uri": BACK,
            "state": "s",
            "disable_auto_auth": "1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        asked = {name: value for name, value in (asked | changes).items() if value is not None}
        return self.person.open(f"{self.sim.url}/tiktok/v2/auth/authorize/", **asked)

    def code(self, account: str = "anna", scope: str | None = None, **changes: str | None) -> str:
        chosen = {} if scope is None else {"scope": scope.split(",")}
        return self.came_back(self.person.press(self.dialog(**changes), "allow", account, **chosen))["code"]

    def exchange(self, code: str, **changes: str | None) -> requests.Response:
        sent = {
            "client_key": "sim-client",
            "client_secret": "sim-secret",
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": BACK,
            "code_verifier": VERIFIER,
        }
        sent = {name: value for name, value in (sent | changes).items() if value is not None}
        return requests.post(f"{self.sim.url}/tiktok/v2/oauth/token/", data=sent, timeout=5)

    def error(self, code: str, **changes: str | None) -> str:
        return self.exchange(code, **changes).json()["error"]

    def login(self, account: str = "anna", scope: str | None = None) -> dict[str, Any]:
        return self.exchange(self.code(account, scope)).json()

    def user(self, token: str, fields: str = "open_id,username") -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self.sim.url}/tiktok/v2/user/info/"
        return requests.get(url, params={"fields": fields}, headers=headers, timeout=5).json()

    def creator_info(self, token: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        url = f"{self.sim.url}/tiktok/v2/post/publish/creator_info/query/"
        return requests.post(url, json={}, headers=headers, timeout=5)

    def revoke(self, token: str) -> requests.Response:
        form = {"client_key": "sim-client", "client_secret": "sim-secret", "token": token}
        return requests.post(f"{self.sim.url}/tiktok/v2/oauth/revoke/", data=form, timeout=5)


@pytest.fixture
def app(sim, person, came_back) -> App:
    sim.switch(tiktok_redirect_uris=[BACK])
    return App(sim, person, came_back)


def test_from_the_dialog_to_the_account(app) -> None:
    page = app.dialog()
    assert page.status_code == 200 and "sim-client" in page.text and "video.publish" in page.text
    back = app.came_back(app.person.press(page, "allow", "anna"))
    assert (back["scopes"], back["state"]) == (SCOPES, "s")
    pair = app.exchange(back["code"]).json()
    assert (pair["scope"], pair["token_type"], pair["expires_in"]) == (SCOPES, "Bearer", 86400)
    user = app.user(pair["access_token"], "open_id,display_name,username,avatar_url")["data"]["user"]
    assert (user["open_id"], user["username"], user["display_name"]) == (pair["open_id"], "anna", "Anna")
    picture = requests.get(user["avatar_url"], timeout=5)
    assert picture.headers["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(picture.content)).format == "PNG"
    assert app.creator_info(pair["access_token"]).json()["data"]["creator_username"] == "anna"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"client_key": "another"}, "client_key"),
        ({"response_type": None}, "response_type"),
        ({"state": None}, "state"),
        ({"scope": None}, "scope"),
        ({"scope": "user.info.basic,everything"}, "scope"),
        ({"redirect_uri": None}, "redirect_uri"),
        ({"redirect_uri": BACK + "/"}, "redirect_uri"),
        ({"redirect_uri": BACK + "?a=b"}, "redirect_uri"),
        ({"redirect_uri": BACK + "#a"}, "redirect_uri"),
        ({"redirect_uri": "http://encore.example/callback"}, "redirect_uri"),
        ({"redirect_uri": "http://localhost/callback"}, "redirect_uri"),
        ({"code_challenge": None}, "code_challenge"),
        ({"code_challenge_method": "plain"}, "code_challenge_method"),
    ],
)
def test_a_wrong_request_ends_on_a_page_that_names_the_parameter(app, is_error_page, changes, named) -> None:
    """(1.4.1) whatever is registered: a query, a fragment and plain http to elsewhere are refused too"""
    app.sim.switch(
        tiktok_redirect_uris=[
            BACK,
            BACK + "?a=b",
            BACK + "#a",
            "http://encore.example/callback",
            "http://localhost/callback",
        ]
    )
    assert is_error_page(app.dialog(**changes), named)


def test_nothing_registered_is_nothing_allowed(app, is_error_page) -> None:
    app.sim.switch(tiktok_redirect_uris=[])
    assert is_error_page(app.dialog(), "redirect_uri")


def test_a_form_is_checked_like_the_request(app, is_error_page) -> None:
    page = app.dialog()
    assert is_error_page(app.person.press(page, "allow", redirect_uri="https://thief.example/"), "redirect_uri")
    assert is_error_page(app.person.press(page, "allow", scope=["everything"]), "scope")
    assert is_error_page(app.person.press(page, "perhaps"), "decision")
    again = app.person.press(page, "allow", "no such name!")
    assert again.status_code == 400 and "Name an account" in again.text and 'name="state"' in again.text


def test_the_state_comes_back_unchanged(app) -> None:
    """(1.4.2)"""
    state = "a+b%2Bc%&=d /é"
    page = app.dialog(state=state)
    assert app.came_back(app.person.press(page, "allow"))["state"] == state
    assert app.came_back(app.person.press(page, "deny"))["state"] == state


def test_a_code_has_to_be_decoded(app) -> None:
    """(1.4.2)"""
    answer = app.person.press(app.dialog(), "allow")
    raw = dict(part.split("=") for part in urlsplit(answer.headers["Location"]).query.split("&"))["code"]
    code = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))["code"]
    assert "*" in code and "!" in code and "*" not in raw and "!" not in raw
    assert app.error(raw) == "invalid_grant"
    assert app.exchange(code).status_code == 200


def test_a_code_is_used_once(app) -> None:
    """(1.4.3)"""
    code = app.code()
    assert app.exchange(code).status_code == 200
    again = app.exchange(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    app.sim.switch(tiktok_oauth_error_status=200)
    assert (app.exchange(code).status_code, app.error(code)) == (200, "invalid_grant")


def test_a_code_ends(app) -> None:
    code = app.code()
    app.sim.switch(clock_offset_seconds=601)
    assert app.error(code) == "invalid_grant"


def test_a_code_is_bound_to_client_and_redirect(app) -> None:
    code = app.code()
    assert app.error(code, client_key="another") == "invalid_grant"
    assert app.error(code, redirect_uri=BACK + "/") == "invalid_request"
    assert app.error(code, redirect_uri=None) == "invalid_request"
    assert app.exchange(code).status_code == 200


def test_only_the_hex_digest_of_the_verifier_passes(app) -> None:
    """(1.4.4)"""
    code = app.code()
    assert app.error(code, code_verifier=None) == "invalid_request"
    assert app.error(code, code_verifier="w" * 64) == "invalid_grant"
    assert app.exchange(code).status_code == 200
    digest = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
    assert app.error(app.code(code_challenge=digest)) == "invalid_grant"


def test_pkce_by_switch(app) -> None:
    """(1.4.4)"""
    without: dict[str, None] = {"code_challenge": None, "code_challenge_method": None}
    app.sim.switch(tiktok_pkce="optional")
    assert app.exchange(app.code(**without), code_verifier=None).status_code == 200
    assert app.error(app.code(), code_verifier="w" * 64) == "invalid_grant"
    app.sim.switch(tiktok_pkce="off")
    assert app.exchange(app.code(), code_verifier="w" * 64).status_code == 200


def test_a_scope_taken_away(app) -> None:
    """(1.4.5) the answer's scopes are shorter, and a later call says so"""
    pair = app.login("anna", "user.info.basic")
    assert pair["scope"] == "user.info.basic"
    for token in (pair["access_token"], refreshed(app, pair)["access_token"]):
        answer = app.creator_info(token)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "scope_not_authorized")
        assert app.user(token, "open_id,username")["error"]["code"] == "scope_not_authorized"
        assert app.user(token, "open_id")["error"]["code"] == "ok"
    app.sim.switch(tiktok_field_scope_error="scope_permission_missed")
    assert app.user(pair["access_token"], "username")["error"]["code"] == "scope_permission_missed"


def refreshed(app: App, pair: dict[str, Any], **changes: str) -> dict[str, Any]:
    form = {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"], **changes}
    return app.exchange("", **form).json()


def test_deny_and_close(app) -> None:
    """(1.4.5)"""
    page = app.dialog()
    back = app.came_back(app.person.press(page, "deny"))
    assert (back["error"], back["state"]) == ("access_denied", "s") and back["error_description"]
    closed = app.person.press(page, "close")
    assert closed.status_code == 200 and "You closed the window" in closed.text
    assert "Location" not in closed.headers and "encore.example" not in closed.text


def test_a_session_leads_back_at_once_with_the_same_account(app) -> None:
    """(1.4.6)"""
    assert app.dialog(disable_auto_auth="0").status_code == 200
    app.login("anna")
    code = app.came_back(app.dialog(disable_auto_auth="0"))["code"]
    assert app.user(app.exchange(code).json()["access_token"])["data"]["user"]["username"] == "anna"
    page = app.dialog(disable_auto_auth="1")
    assert page.status_code == 200 and 'value="anna"' in page.text


def test_user_info_asks_for_known_fields(app) -> None:
    token = app.login()["access_token"]
    assert app.user(token, "")["error"]["code"] == "invalid_params"
    assert app.user(token, "open_id,shoe_size")["error"]["code"] == "invalid_params"
    app.sim.switch(tiktok_user_info_per_minute=1)
    assert app.user(token, "open_id")["error"]["code"] == "rate_limit_exceeded"


def test_the_open_id_is_another_one_for_each_app(app) -> None:
    """(1.4.7) the union_id is not"""
    one = app.user(app.login()["access_token"], "open_id,union_id")["data"]["user"]
    app.sim.switch(tiktok_client_key="second-app")
    code = app.code(client_key="second-app")
    pair = app.exchange(code, client_key="second-app").json()
    other = app.user(pair["access_token"], "open_id,union_id")["data"]["user"]
    assert other["open_id"] == pair["open_id"] != one["open_id"]
    assert other["union_id"] == one["union_id"]
    assert refreshed(app, pair)["error"] == "invalid_grant"
    assert refreshed(app, pair, client_key="second-app")["open_id"] == pair["open_id"]


def test_the_eleventh_user_of_a_sandbox(app) -> None:
    """(1.4.7)"""
    app.sim.switch(tiktok_sandbox_users=10)
    for number in range(10):
        app.code(f"user{number}")
    refused = app.person.press(app.dialog(), "allow", "user10")
    assert refused.status_code == 403 and "non_sandbox_target" in refused.text
    assert app.code("user3")


def test_a_new_account_over_the_apps_cap(app, clip) -> None:
    """(1.4.7) the login works, the first post does not"""
    app.sim.switch(tiktok_active_users_per_day=1, tiktok_verified_urls=["media.example"])
    first = {"Authorization": "Bearer sim-school"}
    source = {"source": "FILE_UPLOAD", "video_size": len(clip), "chunk_size": len(clip), "total_chunk_count": 1}
    body = {"post_info": {"title": "x", "privacy_level": "SELF_ONLY"}, "source_info": source}
    init = requests.post(f"{app.sim.url}/tiktok/v2/post/publish/video/init/", json=body, headers=first, timeout=5)
    headers = {"Content-Type": "video/mp4", "Content-Range": f"bytes 0-{len(clip) - 1}/{len(clip)}"}
    requests.put(init.json()["data"]["upload_url"], data=clip, headers=headers, timeout=5)
    answer = app.creator_info(app.login("anna")["access_token"])
    assert (answer.status_code, answer.json()["error"]["code"]) == (200, "reached_active_user_cap")


def test_a_new_login_ends_a_revocation(app) -> None:
    pair = app.login()
    assert app.revoke(pair["access_token"]).status_code == 200
    assert app.user(pair["access_token"])["error"]["code"] == "access_token_invalid"
    assert refreshed(app, pair)["error"] == "invalid_grant"
    assert app.dialog(disable_auto_auth="0").status_code == 200
    new = app.login()
    assert app.user(new["access_token"])["error"]["code"] == "ok"
    assert app.user(pair["access_token"])["error"]["code"] == "access_token_invalid"


def test_a_login_leaves_the_accounts_other_tokens_as_they_are(app) -> None:
    app.login("school", "user.info.basic")
    assert app.creator_info("sim-school").status_code == 200
    kept = refreshed(app, {"refresh_token": "simr-school-0"})
    assert app.creator_info(kept["access_token"]).status_code == 200


def test_neither_code_nor_state_is_logged(app) -> None:
    code = app.code(state="very-secret")
    app.exchange(code)
    log = requests.get(f"{app.sim.url}/_sim/requests", timeout=5).text
    assert code not in log and "very-secret" not in log and CHALLENGE not in log
    assert [one["operation"] for one in app.sim.get("requests", account="anna")] == ["decide", "token"]
