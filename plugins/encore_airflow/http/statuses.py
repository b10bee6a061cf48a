"""Which HTTP status an error has, and which code: one table for the API and the pages."""

from __future__ import annotations

import math

from starlette.exceptions import HTTPException

from encore.errors import (
    ConflictError,
    EncoreError,
    ForbiddenError,
    InProgressError,
    InvalidFactsError,
    KeyReusedError,
    NotFoundError,
    OutdatedError,
    RefusedError,
    StoreUnavailableError,
    TooLargeError,
    UsedUpError,
    WriterUnavailableError,
)
from encore.media.media_store import MediaStoreError
from encore.words.sentence import Sentence, sentence

STATUS_AND_CODE: dict[type, tuple[int, str]] = {
    InvalidFactsError: (422, "invalid"),
    KeyReusedError: (422, "idempotency_key_reused"),
    TooLargeError: (413, "too_large"),
    RefusedError: (422, "refused"),
    NotFoundError: (404, "not_found"),
    ForbiddenError: (403, "forbidden"),
    OutdatedError: (412, "changed_since"),
    ConflictError: (409, "conflict"),
    UsedUpError: (429, "used_up"),
    StoreUnavailableError: (503, "database_unavailable"),
    WriterUnavailableError: (503, "writer_unavailable"),
    MediaStoreError: (503, "media_unavailable"),
    EncoreError: (500, "misconfigured"),
}
"""By the nearest class of an error."""

_OF_FRAMEWORK = {404: "refusal.not_found", 405: "request.method"}


def status_of(err: EncoreError) -> int:
    return _nearest(err)[0]


def code_of(err: EncoreError) -> str:
    """A `ConflictError` may have one of its own."""
    return err.code if isinstance(err, ConflictError) else _nearest(err)[1]


def retry_after_of(err: EncoreError) -> str | None:
    """Whole seconds, as the header has them, for what trying again later helps."""
    if isinstance(err, InProgressError | UsedUpError):
        return str(max(1, math.ceil(err.retry_after.total_seconds())))
    return None


def said_of(err: HTTPException) -> Sentence:
    """What a person is told of an error of the framework; ours of that kind hold their sentence as `detail`."""
    if isinstance(err.detail, Sentence):
        return err.detail
    return sentence(_OF_FRAMEWORK.get(err.status_code, "request.malformed"))


def _nearest(err: EncoreError) -> tuple[int, str]:
    return next(STATUS_AND_CODE[kind] for kind in type(err).__mro__ if kind in STATUS_AND_CODE)
