"""One HTTP call to a platform: a hard total deadline, no retries, no surprises from the environment.

Two errors matter to whoever publishes: `NotSentError`, after which the request may be sent again whatever it does,
and `NoAnswerError`, after which it may have had its effect. Neither error, nor any log line, holds a token, a query
or a body.
"""

from __future__ import annotations

import json as jsonlib
import ssl
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from http.client import HTTPException
from typing import Any, Protocol
from urllib.parse import unquote, urlencode, urlsplit

import requests.certs
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError, LocationParseError, ReadTimeoutError
from urllib3.util import Url, make_headers, parse_url
from urllib3.util.ssl_ import create_urllib3_context

from encore.domain.json import Json
from encore.wire.deadline import Deadline, DeadlinePassedError, NoConnectionError, connection
from encore.wire.redaction import redact, register_authorization

LONGEST_RETRY_AFTER = timedelta(days=2)
"""No platform's window is longer than a day; what asks for more is a mistake."""


class WireError(Exception):
    """A call has no usable answer. Internal to `encore.platforms`; `ErrorTable.unanswered` turns it into ours."""


class NotSentError(WireError):
    """Nothing of the request reached the server: no such name, refused, no connection in time."""


class NoAnswerError(WireError):
    """The request was sent, or a part of it, and no complete answer came: it may have had its effect."""


class MalformedReplyError(NoAnswerError):
    """An answer came, but it is not the JSON that the platform speaks."""


@dataclass(frozen=True)
class Reply:
    """A complete answer. `headers` are looked up without regard to case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    text: str = field(repr=False)

    def json(self) -> Json | list[object]:
        """The body as a JSON object or array; MalformedReplyError for anything else."""
        malformed = MalformedReplyError(f"HTTP {self.status} with a body that is no JSON ({self._media_type})")
        try:
            content = jsonlib.loads(self.text, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict | list):
            raise malformed
        return content

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)

    def retry_after(self, now: datetime) -> timedelta | None:
        """How long the server asks to wait (RFC 9110: seconds or a date), never negative; None if it does not say."""
        asked = (self.header("Retry-After") or "").strip()
        try:
            if asked.isascii() and asked.replace(".", "", 1).isdigit():
                wait = timedelta(seconds=min(float(asked), LONGEST_RETRY_AFTER.total_seconds()))
            else:
                until = parsedate_to_datetime(asked)
                wait = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
        except (ValueError, TypeError, OverflowError):
            return None
        return min(max(wait, timedelta(0)), LONGEST_RETRY_AFTER)

    @property
    def _media_type(self) -> str:
        return redact((self.header("Content-Type") or "no content type").partition(";")[0], 60)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


class Body(Protocol):
    def __len__(self) -> int: ...
    def read(self, size: int, /) -> bytes: ...


class Wire:
    """Makes calls. Holds no connection and no state but the TLS authorities, so one may serve all threads."""

    def __init__(self, max_body_bytes: int = 1_048_576) -> None:
        self.max_body_bytes = max_body_bytes

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        # Loading the authorities takes longer than a handshake, so they are loaded once and not per call.
        context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
        context.load_verify_locations(requests.certs.where())
        return context

    def call(
        self,
        method: str,
        url: str,
        *,
        seconds: float,
        headers: Mapping[str, str] | None = None,
        params: Json | None = None,
        json: Json | None = None,
        form: Json | None = None,
        body: bytes | Body | None = None,
    ) -> Reply:
        """Send one request and read the whole answer, both within `seconds`.

        `body` is bytes, or an object with `read(size)` and a length (then it is streamed). Raises NotSentError or
        NoAnswerError; any HTTP status is an answer, a redirect too.
        """
        register_authorization((headers or {}).get("Authorization", ""))
        where = f"{method} {_place(url)}"
        with Deadline(seconds) as deadline:
            try:
                to = _parts(url)
                given, content = _content(json, form, body)
                given |= {**_HEADERS, **_of_the_address(to), **(headers or {})}
                deadline.left()
                tls = self._tls if to.scheme == "https" else None
                port = to.port or (443 if tls else 80)
                with closing(connection(str(to.host).strip("[]"), port, deadline, tls)) as link:
                    try:
                        link.request(method, _target(to, params), content, given, preload_content=False)
                    except (BrokenPipeError, ConnectionResetError):
                        # A server may answer and hang up before it has read all: what it says is read all the same.
                        # Not so if it hung up in the handshake, after which nobody knows who talks.
                        if not deadline.sent:
                            raise
                    link.timeout = deadline.left()
                    answer = link.getresponse()
                    text = self._read(answer).decode("utf-8-sig", "replace")
                reply = Reply(answer.status, answer.headers, text)
                problem = ""
            except (HTTPError, HTTPException, OSError, ValueError) as err:
                problem = _reason(err)
                if isinstance(err, TimeoutError | ReadTimeoutError):
                    deadline.passed = True  # by a socket, which was given what was left
            # A shut socket reads like the end of the body, so an answer that ran into the deadline may be cut.
            if deadline.passed:
                problem = f"no answer within {seconds:g} s" if deadline.sent else f"not sent within {seconds:g} s"
            sent = deadline.sent
        # Raised out here so that no traceback leads to the causes, whose texts hold addresses and header values.
        if problem:
            raise (NoAnswerError if sent else NotSentError)(f"{where}: {problem}")
        return reply

    def _read(self, answer: BaseHTTPResponse) -> bytes:
        content = bytearray()
        for block in answer.stream(65_536, decode_content=True):
            content += block
            if len(content) > self.max_body_bytes:
                raise OSError("the answer is too large")
        return bytes(content)


_HEADERS = {
    "User-Agent": "encore",
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


def _parts(url: str) -> Url:
    """Raises LocationParseError for what is no address of HTTP."""
    found = parse_url(url)
    if found.scheme not in ("http", "https") or not found.host:
        raise LocationParseError(url)
    return found


def _of_the_address(to: Url) -> dict[str, str]:
    return make_headers(basic_auth=unquote(to.auth)) if to.auth else {}


def _target(to: Url, params: Json | None) -> str:
    query = "&".join(part for part in (to.query, _encoded(params or {})) if part)
    return f"{to.path or '/'}?{query}" if query else to.path or "/"


def _content(json: Json | None, form: Json | None, body: Any) -> tuple[dict[str, str], Any]:
    """Headers and bytes of a request, or what they are read from."""
    if json is not None:
        return {"Content-Type": "application/json"}, jsonlib.dumps(json, allow_nan=False).encode()
    if form is not None:
        return {"Content-Type": "application/x-www-form-urlencoded"}, _encoded(form).encode()
    return ({} if body is None else {"Content-Length": str(len(body))}), body


def _encoded(fields: Json) -> str:
    return urlencode([(name, value) for name, value in fields.items() if value is not None], doseq=True)


def _place(url: str) -> str:
    """Host and path, which is all of an address that may be told."""
    try:
        parts = urlsplit(url)
        return redact(f"{parts.hostname or ''}{parts.path}", 200)
    except ValueError:
        return "an address that cannot be read"


def _reason(err: BaseException) -> str:
    """What went wrong in the operating system's words, or the library's name for it; never the library's sentence,
    which holds the address and, for a bad header, the token."""
    seen: set[int] = set()
    causes: list[object] = [err]
    while causes:
        cause = causes.pop(0)
        if not isinstance(cause, BaseException) or id(cause) in seen:
            continue
        seen.add(id(cause))
        if isinstance(cause, DeadlinePassedError | NoConnectionError):
            return str(cause).lower()
        if type(cause) is OSError or (isinstance(cause, OSError) and cause.errno and cause.strerror):
            return (cause.strerror or str(cause)).lower()
        causes += [getattr(cause, "reason", None), cause.__cause__, cause.__context__, *cause.args]
    return type(err).__name__
