"""The logins of TikTok, Instagram and Facebook against their look-alikes: what an owner allows, and how each fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from platform_bench import World

from encore.errors import NotConnectedError
from encore.platforms.contract import Credentials
from encore.platforms.instagram.facebook_login import FacebookLogin
from encore.platforms.instagram.login import InstagramLogin
from encore.platforms.login import App, FoundAccount, Login, LoginHosts
from encore.platforms.tiktok.login import TikTokLogin

BACK = "https://encore.example/encore/accounts/callback"
APPS = {
    "tiktok": App("sim-client", "sim-client-secret"),
    "instagram": App("sim-instagram-app", "sim-instagram-secret"),
    "facebook": App("sim-facebook-app", "sim-facebook-secret"),
}
ANOTHER_APP = App("another", "a-key-of-nobodys-app-4711")
NO_CODE = "a-code-that-nobody-gave-4711"
"""What is sent as a secret is masked from then on in this process: nothing that is a word of other tests."""
VERIFIER = "v" * 64
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Owner:
    """The owner of an account, led to the dialog by a `login`."""

    login: Login
    app: App
    account: str
    world: World

    def answers(self, decision: str = "allow", **changes: object) -> dict[str, str]:
        """The query with which their browser comes back. `changes`: fields of the dialog's form."""
        address = self.login.address(self.app, redirect_uri=BACK, state="a+b%c", verifier=VERIFIER)
        asked = dict(parse_qsl(urlsplit(address).query))
        decide = urlsplit(address)._replace(query="").geturl().rstrip("/") + "/decide"
        names = [name for name in (changes.pop("scope", None) or self.login.scopes)]
        form = [(name, value) for name, value in asked.items() if name != "scope"]
        form += [("scope", name) for name in names] + [("account", self.account), ("decision", decision)]
        form += [(name, str(value)) for name, value in changes.items()]
        back = requests.post(decide, data=form, timeout=5, allow_redirects=False)
        assert back.status_code == 302, back.text
        found = dict(parse_qsl(urlsplit(back.headers["Location"]).query, keep_blank_values=True))
        assert found["state"] == "a+b%c"
        return found

    def connects(self, redirect_uri: str = BACK, verifier: str = VERIFIER, app: App | None = None, **changes: object):
        code = self.login.code_of(self.answers(**changes))
        return self.login.exchange(app or self.app, code, redirect_uri=redirect_uri, verifier=verifier)


def hosts(platform: str, url: str) -> LoginHosts:
    if platform == "tiktok":
        return LoginHosts(f"{url}/tiktok/v2/auth/authorize/", f"{url}/tiktok")
    if platform == "facebook":
        return LoginHosts(f"{url}/facebook/v25.0/dialog/oauth", f"{url}/facebook", "v25.0")
    base = f"{url}/instagram"
    return LoginHosts(f"{base}/oauth/authorize", base, "v25.0", f"{base}/oauth/access_token")


@pytest.fixture
def owner_of(simulator: str, account: str) -> Callable[[str], Owner]:
    def make(platform: str) -> Owner:
        world = World(simulator, "instagram" if platform == "facebook" else platform, account)
        requests.put(f"{simulator}/_sim/switches", json={f"{platform}_redirect_uris": [BACK]}, timeout=5)
        kind = {"tiktok": TikTokLogin, "instagram": InstagramLogin, "facebook": FacebookLogin}[platform]
        return Owner(kind(hosts(platform, simulator), lambda: NOW), APPS[platform], account, world)

    return make


def refused(call: Callable[[], object]) -> NotConnectedError:
    with pytest.raises(NotConnectedError) as caught:
        call()
    assert caught.value.said.in_full
    return caught.value


@pytest.fixture(params=list(APPS))
def owner(request: pytest.FixtureRequest, owner_of: Callable[[str], Owner]) -> Owner:
    return owner_of(request.param)


def test_an_account_is_found_with_its_name_picture_and_token(owner):
    (found,) = owner.connects()
    assert isinstance(found, FoundAccount) and found.username == owner.account and found.name
    assert found.external_id and found.token.issued_at == NOW and set(owner.login.scopes) <= set(found.token.scopes)
    picture = requests.get(found.avatar_url, timeout=5)
    assert picture.headers["Content-Type"].startswith("image/")
    assert found.token.access_token not in repr(found)


def test_how_long_each_login_lasts(owner_of):
    (tiktok,), (instagram,) = owner_of("tiktok").connects(), owner_of("instagram").connects()
    assert tiktok.token.expires_at == NOW + timedelta(days=1) and tiktok.token.refresh_token
    assert tiktok.token.ends_at == NOW + timedelta(days=365)
    assert instagram.token.ends_at == NOW + timedelta(seconds=5_183_944) and not instagram.token.refresh_token
    assert instagram.app_user_id and instagram.app_user_id != instagram.external_id


def test_the_same_account_is_known_again_and_another_is_another(owner):
    (first,), (again,) = owner.connects(), owner.connects()
    (other,) = Owner(owner.login, owner.app, f"{owner.account}y", owner.world).connects()
    assert first.external_id == again.external_id != other.external_id
    assert first.token != again.token


def test_who_denies_is_told_so(owner):
    assert refused(lambda: owner.login.code_of(owner.answers("deny"))).code == "denied"


@pytest.mark.parametrize(
    ("answer", "code"),
    [({}, "no_code"), ({"code": ""}, "no_code"), ({"error": "server_error", "code": "c"}, "refused"),
     ({"error": "x", "error_reason": "user_denied"}, "denied")],
)  # fmt: skip
def test_an_answer_without_a_code(owner, answer, code):
    assert refused(lambda: owner.login.code_of(answer)).code == code


def test_a_code_is_taken_once(owner):
    code = owner.login.code_of(owner.answers())
    owner.login.exchange(owner.app, code, redirect_uri=BACK, verifier=VERIFIER)
    again = refused(lambda: owner.login.exchange(owner.app, code, redirect_uri=BACK, verifier=VERIFIER))
    assert again.code == "code_over"


def test_a_code_for_another_address_or_of_another_app(owner):
    assert refused(lambda: owner.connects(redirect_uri=BACK + "/")).code == "app_refused"
    assert refused(lambda: owner.connects(app=App("another", "a-key-of-nobodys-app-4711"))).code in (
        "app_refused",
        "code_over",
    )


def test_a_code_that_was_made_up(owner):
    made_up = refused(lambda: owner.login.exchange(owner.app, NO_CODE, redirect_uri=BACK, verifier=VERIFIER))
    assert made_up.code == "code_over"


def test_a_permission_that_posting_needs_was_switched_off(owner):
    needed = [name for name, need in owner.login.scopes.items() if need][-1]
    error = refused(lambda: owner.connects(scope=[name for name in owner.login.scopes if name != needed]))
    assert error.code == "scope_missing" and needed in str(error.said)


def test_nobody_answers(owner_of):
    for platform in ("tiktok", "instagram"):
        owner = owner_of(platform)
        gone = type(owner.login)(hosts(platform, "http://127.0.0.1:9"), lambda: NOW)
        asked = refused(
            lambda gone=gone, owner=owner: gone.exchange(
                owner.app, "a-code-for-nobody-4711", redirect_uri=BACK, verifier=""
            )
        )
        assert asked.code == "unanswered" and NO_CODE not in str(asked)


# --- TikTok alone ---------------------------------------------------------------------------------


def test_only_the_hex_of_the_verifier_passes(owner_of):
    assert refused(lambda: owner_of("tiktok").connects(verifier="w" * 64)).code == "code_over"


@pytest.mark.parametrize("status", [200, 400])
def test_tiktoks_errors_are_errors_under_any_status(owner_of, status):
    owner = owner_of("tiktok")
    owner.world.switch(tiktok_oauth_error_status=status)
    made_up = refused(lambda: owner.login.exchange(owner.app, NO_CODE, redirect_uri=BACK, verifier=VERIFIER))
    assert made_up.code == "code_over"


def test_without_the_profile_who_may_post_still_learns_the_username(owner_of):
    owner = owner_of("tiktok")
    (found,) = owner.connects(scope=["user.info.basic", "video.publish"])
    assert found.name and found.username == owner.account and found.token.scopes == ("user.info.basic", "video.publish")


def test_a_revoked_login_is_over(owner_of):
    owner = owner_of("tiktok")
    (found,) = owner.connects()
    login = Credentials("any", token=found.token.access_token)
    assert owner.login.revoke(owner.app, login)
    headers = {"Authorization": f"Bearer {found.token.access_token}"}
    url = f"{owner.login.hosts.base_url}/v2/user/info/?fields=open_id"
    assert requests.get(url, headers=headers, timeout=5).json()["error"]["code"] == "access_token_invalid"
    assert refused(lambda: owner.login.revoke(owner.app, Credentials("any", token="unknown"))).code == "not_revoked"


# --- Instagram alone ------------------------------------------------------------------------------


def test_a_personal_account_is_told_what_to_do(owner_of):
    owner = owner_of("instagram")
    owner.world.switch(instagram_personal_account=True)
    assert refused(owner.connects).code == "personal_account"


def test_what_a_pasted_address_has_at_its_end_is_no_part_of_the_code(owner_of):
    owner = owner_of("instagram")
    code = owner.login.code_of(owner.answers()) + "#_"
    (found,) = owner.login.exchange(owner.app, code, redirect_uri=BACK, verifier=VERIFIER)
    assert found.username == owner.account


def test_instagram_offers_no_revoking(owner_of):
    assert owner_of("instagram").login.revoke(APPS["instagram"], Credentials("any", token="t")) is False


@pytest.mark.parametrize("wrapped", [True, False])
@pytest.mark.parametrize("numeric", [True, False])
def test_both_shapes_of_the_answer_are_read(owner_of, wrapped, numeric):
    owner = owner_of("instagram")
    owner.world.switch(instagram_token_wrapped=wrapped, instagram_numeric_user_id=numeric)
    (found,) = owner.connects()
    assert found.external_id.isdecimal() and set(found.token.scopes) == set(owner.login.scopes)


def test_an_app_that_may_not_have_lasting_tokens(owner_of):
    owner = owner_of("instagram")
    owner.world.switch(instagram_long_token_fails=True)
    error = refused(owner.connects)
    assert error.code == "app_refused" and "Unsupported request" in str(error.said)


# --- Facebook alone -------------------------------------------------------------------------------


@pytest.mark.parametrize("pages", ["none", "without_instagram"])
def test_nobody_without_a_page_with_an_account_is_connected(owner_of, pages):
    owner = owner_of("facebook")
    owner.world.switch(facebook_pages=pages)
    assert refused(owner.connects).code == "no_accounts"


def test_a_page_that_was_not_chosen_in_the_dialog_is_none(owner_of):
    assert refused(lambda: owner_of("facebook").connects(no_pages="1")).code == "no_accounts"


def test_an_account_behind_two_lists_of_pages_is_found(owner_of):
    owner = owner_of("facebook")
    owner.world.switch(facebook_pages="fifty")
    (found,) = owner.connects()
    assert found.username == owner.account
    lists = [name for name in owner.world.operations() if name == "pages"]
    assert len(lists) in (0, 2)


def test_a_login_that_allows_reading_for_ninety_days_ends_with_its_token(owner_of):
    (found,) = owner_of("facebook").connects()
    assert found.access_ends_at is not None
    assert timedelta(days=50) < found.access_ends_at - datetime.now(UTC) < timedelta(days=91)


def test_facebooks_login_is_revoked(owner_of):
    owner = owner_of("facebook")
    (found,) = owner.connects()
    assert owner.login.revoke(owner.app, Credentials("any", token=found.token.access_token))
    again = refused(lambda: owner.login.revoke(owner.app, Credentials("any", token=found.token.access_token)))
    assert again.code == "not_revoked"
