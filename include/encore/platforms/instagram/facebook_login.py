"""Facebook Login for the Instagram API: the second way, for accounts that are linked to a Page.

One login opens as many accounts as it has Pages with one. Its user token posts for them and lasts 60 days; what it may
read ends 90 days after the person was last there, which only this dialog renews
(https://developers.facebook.com/docs/facebook-login/auth-vs-data).

https://developers.facebook.com/docs/instagram-platform/instagram-api-with-facebook-login/get-started
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from encore.domain.json import Json
from encore.platforms.app_finding import AppFinding, Verdict, found
from encore.platforms.contract import Credentials
from encore.platforms.instagram.login import GraphLogin, verdict_of_words
from encore.platforms.login import App, FoundAccount, text_in
from encore.platforms.tokens import Token
from encore.wire.redaction import register_secret

MOST_LISTS = 40
"""Of 25 Pages each that are gone through."""

_NO_APP = 101
"""`code` of an app id that Facebook does not know."""

_CODE_OVER = 36009
"""`error_subcode` of a code that was used, or has ended (seen by integrators)."""


class FacebookLogin(GraphLogin):
    scopes = {
        "instagram_basic": True,
        "instagram_content_publish": True,
        "pages_show_list": True,
        "pages_read_engagement": True,
    }

    def exchange(self, app: App, code: str, *, redirect_uri: str, verifier: str) -> tuple[FoundAccount, ...]:
        for secret in (app.client_secret, code):
            register_secret(secret)
        of_app = {"client_id": app.client_id, "client_secret": app.client_secret}
        short = self._given(of_app | {"code": code, "redirect_uri": redirect_uri})
        long = self._given(of_app | {"grant_type": "fb_exchange_token", "fb_exchange_token": short})
        token, access_ends_at = self._described(app, long)
        self.granted(token.scopes)
        me = self._graph("me", {"fields": "id"}, long)
        found = tuple(self._accounts(token, text_in(me, "id"), access_ends_at))
        if not found:
            raise self.refused("no_accounts")
        return found

    def check(self, app: App, redirect_uri: str) -> AppFinding:
        """By asking for a token of the app's own, which is thrown away
        (https://developers.facebook.com/docs/facebook-login/guides/access-tokens#apptokens)."""
        register_secret(app.client_secret)
        params = {
            "client_id": app.client_id, "client_secret": app.client_secret, "grant_type": "client_credentials"
        }  # fmt: skip
        status, content = self.asked("GET", f"{self._versioned}/oauth/access_token", params=params)
        if token := text_in(content, "access_token"):
            register_secret(token)
            return found(Verdict.WELL, "app.known")
        error = content.get("error")
        if not isinstance(error, dict):
            return verdict_of_words(f"HTTP {status}")
        if error.get("code") == _NO_APP:
            return found(Verdict.WRONG, "app.wrong_id")
        return verdict_of_words(text_in(error, "message") or f"HTTP {status}")

    def revoke(self, app: App, login: Credentials) -> bool:
        headers = {"Authorization": f"Bearer {login.token}"}
        status, content = self.asked("DELETE", f"{self._versioned}/me/permissions", headers=headers)
        if status >= 400 or content.get("success") is not True:
            raise self.refused("not_revoked", f"HTTP {status}")
        return True

    @property
    def _versioned(self) -> str:
        return f"{self.hosts.base_url.rstrip('/')}/{self.hosts.api_version}"

    def _given(self, params: Json) -> str:
        status, content = self.asked("GET", f"{self._versioned}/oauth/access_token", params=params)
        token, error = text_in(content, "access_token"), content.get("error")
        if token:
            register_secret(token)
            return token
        if not isinstance(error, dict) or status >= 500:
            raise self.refused("unanswered", f"HTTP {status}")
        over = error.get("error_subcode") == _CODE_OVER
        raise self.refused("code_over" if over else "app_refused", text_in(error, "message"))

    def _described(self, app: App, token: str) -> tuple[Token, datetime | None]:
        """With what was granted and when it ends (0: never), and when a person has to be at this dialog again."""
        own = f"{app.client_id}|{app.client_secret}"
        register_secret(own)
        said = self._graph("debug_token", {"input_token": token}, own, whole=True).get("data")
        known: Json = said if isinstance(said, dict) else {}
        scopes = known.get("scopes")
        allowed = tuple(map(str, scopes)) if isinstance(scopes, list) else ()
        described = Token(token, issued_at=self.clock(), expires_at=_moment(known.get("expires_at")), scopes=allowed)
        return described, _moment(known.get("data_access_expires_at"))

    def _accounts(self, token: Token, user_id: str, access_ends_at: datetime | None) -> list[FoundAccount]:
        fields = "id,name,instagram_business_account{id,username,name,profile_picture_url}"
        found: dict[str, FoundAccount] = {}
        after: str | None = None
        for _ in range(MOST_LISTS):
            asked = {"fields": fields} | ({"after": after} if after else {})
            content = self._graph("me/accounts", asked, token.access_token, whole=True)
            pages = content.get("data")
            for page in pages if isinstance(pages, list) else ():
                account = page.get("instagram_business_account") if isinstance(page, dict) else None
                if isinstance(account, dict) and (external_id := text_in(account, "id")):
                    found[external_id] = FoundAccount(
                        external_id, token, text_in(account, "username"), text_in(account, "name"),
                        text_in(account, "profile_picture_url"), user_id, access_ends_at,
                    )  # fmt: skip
            after = _further(content)
            if after is None:
                break
        return list(found.values())

    def _graph(self, path: str, params: Json, token: str, *, whole: bool = False) -> Json:
        """The token travels in the header, never in an address."""
        headers = {"Authorization": f"Bearer {token}"}
        return self.read(f"{self.hosts.api_version}/{path}", params, headers=headers, whole=whole)


def _moment(seconds: object) -> datetime | None:
    """Seconds since 1970; none where it never ends."""
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) and seconds > 0 else None


def _further(content: Json) -> str | None:
    """The place in the list that `paging.next` leads to. That address holds the token, so that it is not followed."""
    paging = content.get("paging")
    following = text_in(paging, "next") if isinstance(paging, dict) else ""
    return next(iter(parse_qs(urlsplit(following).query).get("after", ())), None)
