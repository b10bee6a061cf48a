"""TikTok's Login Kit for Web.

The challenge is the hex SHA-256 of the verifier, not base64url as RFC 7636 has it
(https://developers.tiktok.com/doc/login-kit-desktop). The web page's documentation does not name it, but TikTok has
refused web apps without one (https://github.com/better-auth/better-auth/issues/3114), so it is always sent.

https://developers.tiktok.com/doc/login-kit-web , https://developers.tiktok.com/doc/tiktok-api-v2-get-user-info
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import urlencode

from encore.domain.job import Platform
from encore.domain.json import Json
from encore.platforms.app_finding import AddressRules, AppFinding, Verdict, found
from encore.platforms.contract import Credentials
from encore.platforms.login import REFUSAL_LENGTH, App, FoundAccount, Login, text_in
from encore.platforms.tiktok.token import POSTING_SCOPE
from encore.platforms.tokens import Token
from encore.wire.redaction import redact, register_secret

PROFILE_SCOPE = "user.info.profile"
"""Without it an account has no @name, only a display name, which is not its own alone."""


class TikTokLogin(Login):
    platform: ClassVar[Platform] = Platform.TIKTOK
    scopes = {"user.info.basic": True, PROFILE_SCOPE: False, POSTING_SCOPE: True, "video.list": False}
    address_rules = AddressRules(under=512, named=True)

    def address(self, app: App, *, redirect_uri: str, state: str, verifier: str) -> str:
        asked = {
            "client_key": app.client_id,
            "response_type": "code",
            "scope": ",".join(self.scopes),
            "redirect_uri": redirect_uri,
            "state": state,
            # Else a browser that is signed in gives the same account again, without a page.
            "disable_auto_auth": "1",
            "code_challenge": hashlib.sha256(verifier.encode()).hexdigest(),
            "code_challenge_method": "S256",
        }
        return f"{self.hosts.authorize_url}?{urlencode(asked)}"

    def exchange(self, app: App, code: str, *, redirect_uri: str, verifier: str) -> tuple[FoundAccount, ...]:
        form = {
            "client_key": app.client_id,
            "client_secret": app.client_secret,
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        for secret in (app.client_secret, code, verifier):
            register_secret(secret)
        status, content = self.asked("POST", f"{self._base_url}/v2/oauth/token/", form=form)
        # The HTTP status of an OAuth error is not documented: an `error` key means an error under any status.
        if content.get("error") or status >= 400:
            raise self._not_given(status, content)
        token, open_id = self._token(content), text_in(content, "open_id")
        if not open_id:
            raise self.refused("unanswered", "a token without open_id")
        self.granted(token.scopes)
        return (self._whose(open_id, token),)

    def check(self, app: App, redirect_uri: str) -> AppFinding:
        """By a code that TikTok never gave. It tells apart whether it minds the app or the code
        (https://developers.tiktok.com/doc/oauth-error-handling)."""
        form = {
            "client_key": app.client_id,
            "client_secret": app.client_secret,
            "grant_type": "authorization_code",
            "code": secrets.token_urlsafe(32),
            "redirect_uri": redirect_uri,
            "code_verifier": secrets.token_urlsafe(48),
        }
        register_secret(app.client_secret)
        status, content = self.asked("POST", f"{self._base_url}/v2/oauth/token/", form=form)
        error = text_in(content, "error")
        detail = redact(text_in(content, "error_description") or error or f"HTTP {status}", REFUSAL_LENGTH)
        match error:
            case "invalid_grant":
                return found(Verdict.WELL, "app.known")
            case "invalid_client":
                return found(Verdict.WRONG, "app.wrong_pair")
            case "unauthorized_client" | "invalid_scope" | "unsupported_grant_type":
                return found(Verdict.WRONG, "app.refused", detail=detail)
        return found(Verdict.UNKNOWN, "app.no_verdict", detail=detail)

    def revoke(self, app: App, login: Credentials) -> bool:
        form = {"client_key": app.client_id, "client_secret": app.client_secret, "token": login.token}
        register_secret(app.client_secret)
        status, content = self.asked("POST", f"{self._base_url}/v2/oauth/revoke/", form=form)
        if content.get("error") or status >= 400:
            raise self.refused("not_revoked", text_in(content, "error") or f"HTTP {status}")
        return True

    @property
    def _base_url(self) -> str:
        return self.hosts.base_url.rstrip("/")

    def _not_given(self, status: int, content: Json) -> Exception:
        error = text_in(content, "error")
        said = text_in(content, "error_description") or error or f"HTTP {status}"
        match error:
            case "invalid_grant":
                return self.refused("code_over", said)
            case "access_denied":
                return self.refused("denied")
            case "" | "server_error" | "temporarily_unavailable":
                return self.refused("unanswered", said)
        return self.refused("app_refused", said)

    def _token(self, content: Json) -> Token:
        access_token, refresh_token = text_in(content, "access_token"), text_in(content, "refresh_token")
        if not access_token or not refresh_token:
            raise self.refused("unanswered", "an answer without tokens")
        register_secret(access_token)
        register_secret(refresh_token)
        scopes = (scope.strip() for scope in text_in(content, "scope").split(","))
        return Token(
            access_token,
            refresh_token,
            issued_at=self.clock(),
            expires_at=self.lasts(content.get("expires_in")),
            refresh_expires_at=self.lasts(content.get("refresh_expires_in")),
            scopes=tuple(filter(None, scopes)),
        )

    def _whose(self, open_id: str, token: Token) -> FoundAccount:
        """A field outside of what was granted fails the whole request, so only what may be read is asked for."""
        fields = ["open_id", "avatar_url", "display_name", *(["username"] if PROFILE_SCOPE in token.scopes else [])]
        headers = {"Authorization": f"Bearer {token.access_token}"}
        params = {"fields": ",".join(fields)}
        _, content = self.asked("GET", f"{self._base_url}/v2/user/info/", headers=headers, params=params)
        error, data = content.get("error"), content.get("data")
        user = data.get("user") if isinstance(data, dict) else None
        if not isinstance(error, dict) or error.get("code") != "ok" or not isinstance(user, dict):
            code = error.get("code") if isinstance(error, dict) else None
            raise self.refused("app_full" if code == "reached_active_user_cap" else "unanswered", str(code or ""))
        name = text_in(user, "display_name")
        username = text_in(user, "username") or self._posts_as(headers)
        return FoundAccount(open_id, token, username, name, text_in(user, "avatar_url"))

    def _posts_as(self, headers: Mapping[str, str]) -> str:
        """The @name, which who may post is told anyway: without it an account could not be told from one that is here
        already. https://developers.tiktok.com/doc/content-posting-api-reference-query-creator-info"""
        address = f"{self._base_url}/v2/post/publish/creator_info/query/"
        _, content = self.asked("POST", address, headers=headers, json={})
        data = content.get("data")
        username = text_in(data, "creator_username") if isinstance(data, dict) else ""
        if not username:
            raise self.refused("unanswered", "no creator_username")
        return username
