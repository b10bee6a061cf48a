"""Business Login of the Instagram API with Instagram Login.

Its answers come flat or wrapped in `data`, ids as numbers or text (both seen by integrators), and its errors are not
those of the Graph API.

https://developers.facebook.com/documentation/instagram-platform/instagram-api-with-instagram-login/business-login
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import urlencode

from encore.domain.job import Platform
from encore.domain.json import Json
from encore.platforms.app_finding import AppFinding, Verdict, found
from encore.platforms.instagram.calls import single
from encore.platforms.login import REFUSAL_LENGTH, App, FoundAccount, Login, text_in
from encore.platforms.tokens import Token
from encore.wire.redaction import redact, register_secret

PROFESSIONAL = {"BUSINESS", "MEDIA_CREATOR", "CREATOR"}
"""Account types that may post through the API; the reference names the second, older pages the third."""

_NOT_THERE = (100, 33)
"""What is asked for does not exist for this token: so a personal account answers, as far as is known."""
_NO_SUCH_CODE = "was not found or was already used"


def verdict_of_words(said: str) -> AppFinding:
    """Of what Meta says of an app's id and secret where nothing but its words tells."""
    if "client secret" in said.lower():
        return found(Verdict.WRONG, "app.wrong_secret")
    return found(Verdict.UNKNOWN, "app.no_verdict", detail=redact(said, REFUSAL_LENGTH))


class GraphLogin(Login):
    """A login whose platform answers as the Graph API does. `also_asked`: further parameters of its dialog."""

    platform: ClassVar[Platform] = Platform.INSTAGRAM
    also_asked: ClassVar[Mapping[str, str]] = {}

    def address(self, app: App, *, redirect_uri: str, state: str, verifier: str) -> str:
        """Meta takes no challenge from a web app; the code is bound to the app's secret and the address alone."""
        asked = {
            "client_id": app.client_id,
            "redirect_uri": redirect_uri,
            "response_type": "code",
            "scope": ",".join(self.scopes),
            "state": state,
            **self.also_asked,
        }
        return f"{self.hosts.authorize_url}?{urlencode(asked)}"

    def read(self, path: str, params: Json, *, headers: Mapping[str, str] | None = None, whole: bool = False) -> Json:
        """An object of the Graph API; `whole`: as it came, a list with its paging. `path`: with the version where there
        is one."""
        address = f"{self.hosts.base_url.rstrip('/')}/{path}"
        status, content = self.asked("GET", address, headers=headers, params=params)
        error = content.get("error")
        if isinstance(error, dict) or status >= 400:
            said = text_in(error, "message") if isinstance(error, dict) else f"HTTP {status}"
            if isinstance(error, dict) and (error.get("code"), error.get("error_subcode")) == _NOT_THERE:
                raise self.refused("personal_account")
            raise self.refused("unanswered" if status >= 500 else "app_refused", said)
        return content if whole else single(content)


class InstagramLogin(GraphLogin):
    scopes = {"instagram_business_basic": True, "instagram_business_content_publish": True}

    # A browser that is signed in would give the same account again; Facebook's login is a way of its own.
    also_asked = {"force_reauth": "true", "enable_fb_login": "0"}

    def exchange(self, app: App, code: str, *, redirect_uri: str, verifier: str) -> tuple[FoundAccount, ...]:
        for secret in (app.client_secret, code):
            register_secret(secret)
        short, scopes = self._short(app, code.removesuffix("#_"), redirect_uri)
        self.granted(scopes)
        return (self._whose(self._long(app, short, scopes)),)

    def check(self, app: App, redirect_uri: str) -> AppFinding:
        """By a code that Instagram never gave. It says whether it minds the app or the code, in words alone, as
        integrators have seen them; that it looks at the secret before the code is not documented."""
        register_secret(app.client_secret)
        form = {
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "grant_type": "authorization_code",
            "redirect_uri": redirect_uri,
            "code": secrets.token_urlsafe(32),
        }
        status, content = self.asked("POST", self.hosts.token_url, form=form)
        said = text_in(content, "error_message")
        if _NO_SUCH_CODE in said:
            return found(Verdict.WELL, "app.known")
        if "Invalid platform app" in said:
            return found(Verdict.WRONG, "app.wrong_instagram_id")
        return verdict_of_words(said or f"HTTP {status}")

    def _short(self, app: App, code: str, redirect_uri: str) -> tuple[str, tuple[str, ...]]:
        """The token of an hour, and what was allowed."""
        form = {
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "grant_type": "authorization_code",
            "redirect_uri": redirect_uri,
            "code": code,
        }
        status, content = self.asked("POST", self.hosts.token_url, form=form)
        given = single(content)
        token = text_in(given, "access_token")
        if not token:
            said = text_in(content, "error_message") or f"HTTP {status}"
            over = _NO_SUCH_CODE in said
            raise self.refused("code_over" if over else "unanswered" if status >= 500 else "app_refused", said)
        register_secret(token)
        permissions = given.get("permissions")
        names = permissions if isinstance(permissions, list) else text_in(given, "permissions").split(",")
        return token, tuple(str(name).strip() for name in names if str(name).strip())

    def _long(self, app: App, short: str, scopes: tuple[str, ...]) -> Token:
        params = {"grant_type": "ig_exchange_token", "client_secret": app.client_secret, "access_token": short}
        content = self.read("access_token", params)
        token = text_in(content, "access_token")
        if not token:
            raise self.refused("unanswered", "an answer without a token")
        register_secret(token)
        ends = self.lasts(content.get("expires_in"))
        return Token(token, issued_at=self.clock(), expires_at=ends, scopes=scopes)

    def _whose(self, token: Token) -> FoundAccount:
        params = {
            "fields": "user_id,username,name,account_type,profile_picture_url", "access_token": token.access_token
        }  # fmt: skip
        me = self.read(f"{self.hosts.api_version}/me", params)
        # Posts go to `user_id`; the callbacks of deleting and deauthorizing name the app-scoped `id`.
        user_id, kind = text_in(me, "user_id"), text_in(me, "account_type").upper()
        if kind and kind not in PROFESSIONAL:
            raise self.refused("personal_account", text_in(me, "username"))
        if not user_id:
            raise self.refused("unanswered", "no user_id")
        return FoundAccount(
            user_id, token, text_in(me, "username"), text_in(me, "name"), text_in(me, "profile_picture_url"),
            text_in(me, "id"),
        )  # fmt: skip
