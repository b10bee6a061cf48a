"""One call to Instagram's Graph API, and what its answers mean.

Hosts: `graph.instagram.com` (Instagram Login) and `graph.facebook.com` (Facebook Login) serve the same paths,
`/{version}/{node}/{edge}`; which one is a matter of `base_url`. The token always travels in the Authorization header
(https://developers.facebook.com/documentation/instagram-platform/content-publishing).
"""

from __future__ import annotations

import json as jsonlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from encore.domain.json import Json
from encore.errors import AccountDisconnectedError, PublishingError
from encore.platforms.contract import Credentials
from encore.platforms.error_table import ErrorTable, Stage
from encore.settings import PlatformSettings
from encore.wire.call import MalformedReplyError, Reply, Wire, WireError

ERRORS = ErrorTable.load("instagram")

NAMED_CODE = re.compile(r"INSTAGRAM_PLATFORM_API__[A-Z_]+")
"""Some errors have a name for a code. Where in the body it stands is not documented, so it is looked for anywhere."""

LONGEST_REGAIN = timedelta(hours=24)


@dataclass(frozen=True)
class GraphApi:
    """The API as one account sees it. Every method raises PublishingError as `errors.yaml` says."""

    settings: PlatformSettings
    credentials: Credentials
    wire: Wire
    clock: Callable[[], datetime]

    def read(self, node: str, fields: str, *, seconds: float | None = None) -> Json:
        """One object's `fields` (names with commas between). `node` is an id, or an id and an edge."""
        return single(self._call("read", "GET", node, params={"fields": fields}, seconds=seconds))

    def first_page(self, edge: str, fields: str, **filters: object) -> list[Json]:
        """The newest objects of own `/{ig}/{edge}`; `filters` are the edge's own parameters."""
        content = self._call("read", "GET", self._own(edge), params={"fields": fields, **filters})
        found = content.get("data")
        if not isinstance(found, list):
            raise ERRORS.unanswered(MalformedReplyError(f"{edge} came without a list"), "read")
        return [item for item in found if isinstance(item, dict)]

    def publishing_limit(self) -> Json:
        return self.read(self._own("content_publishing_limit"), "quota_usage,config")

    def create_container(self, fields: Json) -> str:
        """POST /{ig}/media: makes nothing public. Returns the container's id."""
        return self._id_of(self._call("create", "POST", self._own("media"), json=fields), "create")

    def publish(self, container: str) -> str:
        """POST /{ig}/media_publish: the one call that makes something public. Returns the media id."""
        content = self._call(
            "publish",
            "POST",
            self._own("media_publish"),
            json={"creation_id": container},
            seconds=self.settings.commit_seconds,
        )
        return self._id_of(content, "publish")

    def _own(self, edge: str) -> str:
        # `me` is the token's own account; the docs want the professional account's `user_id`, so it is used if known.
        return f"{self.credentials.user_id or 'me'}/{edge}"

    def _id_of(self, content: Json, stage: Stage) -> str:
        found = single(content).get("id")
        if not isinstance(found, str | int) or isinstance(found, bool) or not str(found):
            raise ERRORS.unanswered(MalformedReplyError("the answer names no id"), stage)
        return str(found)

    def _call(
        self,
        stage: Stage,
        method: str,
        path: str,
        *,
        params: Json | None = None,
        json: Json | None = None,
        seconds: float | None = None,
    ) -> Json:
        base_url = (self.credentials.base_url or self.settings.base_url).rstrip("/")
        try:
            reply = self.wire.call(
                method,
                f"{base_url}/{self.settings.api_version}/{quote(path)}",
                seconds=seconds or self.settings.call_seconds,
                headers={"Authorization": f"Bearer {self.credentials.token}"},
                params=params,
                json=json,
            )
        except WireError as err:
            raise ERRORS.unanswered(err, stage) from err
        return content_of(reply, stage, self.clock())


def content_of(reply: Reply, stage: Stage, now: datetime) -> Json:
    """The JSON object of a successful answer; raises the PublishingError that any other answer means at `stage`."""
    # A body that is no JSON tells nothing beyond its status: an HTML page of a gateway comes with any of them.
    try:
        content = reply.json()
        malformed = None if isinstance(content, dict) else MalformedReplyError("the answer is a list")
    except MalformedReplyError as err:
        content, malformed = {}, err
    error = content.get("error") if isinstance(content, dict) else None
    if isinstance(error, dict):
        raise _refusal(error, reply, stage, now)
    if reply.status >= 500 or reply.status == 429:
        code = "http_5xx" if reply.status >= 500 else None
        wait = time_to_regain(reply) or reply.retry_after(now)
        raise ERRORS.error(code, status=reply.status, stage=stage, detail=reply.text, retry_after=wait, now=now)
    if malformed is not None:
        raise ERRORS.unanswered(malformed, stage)
    if reply.status >= 300:  # JSON, but not the envelope of Instagram's errors
        raise ERRORS.error(status=reply.status, stage=stage, detail=reply.text, now=now)
    assert isinstance(content, dict)
    return content


def _refusal(error: Json, reply: Reply, stage: Stage, now: datetime) -> PublishingError:
    """The error body `{"message", "code", "error_subcode", "is_transient", ...}` (IG-ERR), at any HTTP status.

    `type` is OAuthException for nearly everything and says nothing.
    """
    code, subcode = error.get("code"), error.get("error_subcode") or None
    if named := NAMED_CODE.search(f"{code} {subcode} {error.get('message')} {error.get('error_user_msg')}"):
        code, subcode = named[0], None
    if code is None and reply.status >= 500:
        code = "http_5xx"
    found: Json = {
        "status": reply.status,
        "stage": stage,
        "detail": f"HTTP {reply.status}, {error.get('message')} ({error.get('fbtrace_id')})",
        "retry_after": time_to_regain(reply) or reply.retry_after(now),
        "now": now,
    }
    refusal = ERRORS.error(code, subcode=subcode, **found)
    # `is_transient` may only make an error milder (it is often false for errors that pass on a retry), never say of a
    # doubtful post that it is not there, and never that a dead token is alive.
    final = not refusal.retried and not isinstance(refusal, AccountDisconnectedError)
    if error.get("is_transient") is True and stage != "publish" and final:
        milder = ERRORS.error("is_transient", **found)
        milder.platform_code = refusal.platform_code
        return milder
    return refusal


def single(content: Json) -> Json:
    """An object that may come wrapped as `{"data": [{...}]}`, as some integrators have seen (platforms.md 2.1)."""
    wrapped = content.get("data")
    if isinstance(wrapped, list) and wrapped and isinstance(wrapped[0], dict):
        return wrapped[0]
    return dict(wrapped) if isinstance(wrapped, dict) and "id" not in content else dict(content)


def time_to_regain(reply: Reply) -> timedelta | None:
    """The longest `estimated_time_to_regain_access` (minutes) of `X-Business-Use-Case-Usage`; None where calls are
    still served. https://developers.facebook.com/docs/graph-api/overview/rate-limiting"""
    try:
        usage = jsonlib.loads(reply.header("X-Business-Use-Case-Usage") or "{}")
        longest = max(_minutes(usage), default=0.0)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    return min(timedelta(minutes=min(longest, 1e6)), LONGEST_REGAIN) if longest > 0 else None


def _minutes(usage: Json) -> Iterator[float]:
    for entries in usage.values():
        for entry in entries:
            yield float(entry.get("estimated_time_to_regain_access") or 0)
