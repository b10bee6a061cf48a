"""What a platform's error means for us, read from `<platform>/errors.yaml`: the one place where a platform's reply
becomes a `PublishingError`.

A row of such a file:

    match           the platform's code, or a mapping of `code`, `subcode`, `contains` (a part of the error's text) and
                    `status` (HTTP) that must all fit; a code may be a list, or a range such as "200-299"
    stage           read, create (nothing public yet), publish (the request that makes the post public), a list of
                    these, or any (the default); a row for the exact stage wins over one for any
    class           a key of CLASSES, which decides whether and when the job is tried again
    code            our normalized code
    action          what a person must do (domain.job.Action); left out where nobody of the school can do anything
    delay_seconds   how long to wait before the next try, where the answer itself does not say
    max_tries       a transient error that is believed only so often; after that the job fails for good
    pauses          account or platform, where the cause is not this job's alone
    renewable       true, for `reauth`, where the token alone was refused, so that renewing it may help
    en, zh          for the teacher: what happened, and what to do
    source          where this is known from
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal

from encore.domain.job import Action
from encore.domain.json import Json
from encore.errors import (
    AccountDisconnectedError,
    ContentRejectedError,
    MisconfiguredError,
    OutcomeUnknownError,
    PlatformUnavailableError,
    PublishingError,
    QuotaExceededError,
    RateLimitedError,
)
from encore.wire.call import NotSentError, WireError
from encore.wire.redaction import redact
from encore.words.of_platforms import error_rows

Stage = Literal["read", "create", "publish"]

CLASSES: dict[str, type[PublishingError]] = {
    "transient": PlatformUnavailableError,
    "throttled": RateLimitedError,
    "quota": QuotaExceededError,
    "permanent": ContentRejectedError,
    "reauth": AccountDisconnectedError,
    "misconfigured": MisconfiguredError,
    "refused": PublishingError,  # permanent, and neither the content, the login nor our set-up is at fault
    "ambiguous": OutcomeUnknownError,
}

DETAIL_LENGTH = 500
_FIELDS = {
    "match", "stage", "class", "code", "action", "delay_seconds", "max_tries", "pauses", "renewable",
    "en", "zh", "source",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One row of a table, for one code and one stage (`any` for all). A `match` part that is None fits everything.
    `key`: of its sentence."""

    match_code: str | None
    match_subcode: str | None
    match_contains: str | None
    match_status: int | None
    stage: str
    class_name: str
    code: str
    action: Action | None
    key: str
    source: str
    delay: timedelta | None = None
    max_tries: int | None = None
    pauses: str | None = None
    renewable: bool = False

    def fits(self, code: str | None, subcode: str | None, text: str, status: int | None, stage: str) -> bool:
        return (
            self.stage in ("any", stage)
            and self.match_code in (None, code)
            and self.match_subcode in (None, subcode)
            and (self.match_contains is None or self.match_contains in text)
            and self.match_status in (None, status)
        )

    @property
    def precision(self) -> tuple[int, int, bool, bool]:
        """Orders rows that fit the same answer; the largest wins. The platform's own code says more than a status."""
        parts = (self.match_code, self.match_subcode, self.match_contains, self.match_status)
        given = sum(part is not None for part in parts)
        return given, len(self.match_contains or ""), self.match_status is None, self.stage != "any"


@dataclass(frozen=True)
class ErrorTable:
    """One platform's errors, or those of every one (`of_platforms.SHARED`). `load` it; tables never change."""

    platform: str
    rows: tuple[Row, ...]

    @staticmethod
    @cache
    def load(platform: str) -> ErrorTable:
        """The table of `platform`; what is the same everywhere is not in it. Raises ValueError for a wrong file."""
        return ErrorTable(platform, tuple(_read(platform)))

    def find(
        self, code: object = None, *, subcode: object = None, text: str = "", status: int | None = None, stage: str
    ) -> Row | None:
        """The most precise row that fits, the first one in the file among equals."""
        key = None if code is None else str(code)
        subkey = None if subcode is None else str(subcode)
        fitting = [row for row in self.rows if row.fits(key, subkey, text, status, stage)]
        return max(fitting, key=lambda row: row.precision, default=None)

    def error(
        self,
        code: object = None,
        *,
        subcode: object = None,
        text: str = "",
        status: int | None = None,
        stage: Stage,
        detail: str | None = None,
        retry_after: timedelta | None = None,
        now: datetime | None = None,
    ) -> PublishingError:
        """The error for an answer. `text` is what `contains` is looked for in, `detail` what operators may read, `now`
        what `until` is counted from: without it a quota tells its `retry_after` alone.

        An answer that no row fits gives a careful error: at `publish` the post may exist; before it a 5xx is the
        platform's trouble, a bare 3xx or 4xx (without `code` and `subcode`) somebody's on the way, and anything else
        is final. `unknown` is set on it unless it is a bare 5xx.
        """
        platform_code = "/".join(str(part) for part in (code, subcode) if part is not None) or None
        row = self.find(code, subcode=subcode, text=text, status=status, stage=stage)
        unknown = row is None
        if row is None:
            bare, trouble = platform_code is None, status is not None and status >= 500
            on_the_way = bare and not trouble and status is not None
            match = "server_error" if trouble else "not_its_own" if on_the_way else "unknown"
            row = _general(match, stage)
            unknown = not (bare and trouble)
            platform_code = platform_code or (f"http_{status}" if status is not None else None)
        error = _made(row, self.platform, platform_code, detail or text or None, retry_after, now)
        error.unknown, error.stage = unknown, stage
        return error

    def unanswered(self, err: WireError, stage: Stage) -> PublishingError:
        """The error for a call without a usable answer: the post may exist only if the request that publishes may
        have reached the platform."""
        row = _general("no_answer", "create" if isinstance(err, NotSentError) else stage)
        error = _made(row, self.platform, None, str(err), None, None)
        error.stage = stage
        return error


def own_error(match: str, platform: str, *, detail: str | None = None, now: datetime | None = None) -> PublishingError:
    """What Encore itself has found out about an account or a post of `platform` (`errors/encore.yaml`)."""
    row = next(row for row in ErrorTable.load("encore").rows if row.match_code == match)
    error = _made(row, platform, None, detail, None, now)
    error.stage = "read"
    return error


def _made(
    row: Row,
    platform: str,
    platform_code: str | None,
    detail: str | None,
    retry_after: timedelta | None,
    now: datetime | None,
) -> PublishingError:
    kind = CLASSES[row.class_name]
    wait = retry_after if retry_after is not None else row.delay
    error = kind(
        row.key,
        platform=platform,
        code=row.code,
        platform_code=redact(platform_code, 100) if platform_code else None,
        action=row.action,
        retry_after=wait,
        until=now + wait if kind is QuotaExceededError and now is not None and wait is not None else None,
        detail=redact(detail, DETAIL_LENGTH) if detail else None,
        pauses=row.pauses,
    )
    error.max_tries = row.max_tries
    if isinstance(error, AccountDisconnectedError):
        error.renewable = row.renewable
    return error


def _general(match: str, stage: str) -> Row:
    rows = ErrorTable.load("every_platform").rows
    return next(row for row in rows if row.match_code == match and row.stage == stage)


def _read(name: str) -> Iterator[Row]:
    for number, (key, entry) in enumerate(error_rows(name), start=1):
        try:
            yield from _rows(key, entry)
        except (KeyError, TypeError, ValueError) as err:
            raise ValueError(f"{name}, row {number}: {err!r}") from err


def _rows(key: str, entry: Json) -> Iterator[Row]:
    match = entry["match"] if isinstance(entry["match"], dict) else {"code": entry["match"]}
    pauses = entry.get("pauses")
    if strange := (set(entry) - _FIELDS) | (set(match) - {"code", "subcode", "contains", "status"}):
        raise ValueError(f"unknown fields {sorted(strange)}")
    if not (entry["en"] and entry["zh"]):
        raise ValueError("en or zh says nothing")
    if not match or pauses not in (None, "account", "platform") or entry["class"] not in CLASSES:
        raise ValueError("match, pauses or class is not one of the possible values")
    if entry.get("renewable", False) not in (False, entry["class"] == "reauth"):
        raise ValueError("renewable is true or left out, and for reauth alone")
    delay = entry.get("delay_seconds")
    for stage in _each(entry.get("stage", "any")):
        if stage not in ("read", "create", "publish", "any"):
            raise ValueError(f"stage {stage}")
        for code in _each(match.get("code")):
            for subcode in _each(match.get("subcode")):
                yield Row(
                    match_code=code,
                    match_subcode=subcode,
                    match_contains=match.get("contains"),
                    match_status=match.get("status"),
                    stage=stage,
                    class_name=entry["class"],
                    code=entry["code"],
                    action=Action(entry["action"]) if entry.get("action") else None,
                    key=key,
                    source=entry["source"],
                    delay=None if delay is None else timedelta(seconds=delay),
                    max_tries=entry.get("max_tries"),
                    pauses=pauses,
                    renewable=entry.get("renewable", False),
                )


def _each(value: Any) -> list[Any]:
    """The single values of a code as it may be written: 4, "-1", [4, 17], "200-299", or nothing at all."""
    if value is None:
        return [None]
    if isinstance(value, list):
        return [single for item in value for single in _each(item)]
    first, dash, last = str(value).partition("-")
    if dash and first.isdigit() and last.isdigit():
        return [str(number) for number in range(int(first), int(last) + 1)]
    return [str(value)]
