"""`If-Match`: a change is based on what its sender saw, not on what has become of it since."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header
from starlette.exceptions import HTTPException

from encore.words.sentence import sentence

IfMatch = Annotated[
    str | None,
    Header(
        max_length=200, pattern=r'^(\*|(W/)?"[!#-~]*")$', description="The ETag that this is based on, or * for any."
    ),
]


def etag(version: str) -> str:
    return f'"{version}"'


def version_of(if_match: str | None) -> str | None:
    """The version between the quotation marks; None for no header, or for `*`."""
    return None if if_match in (None, "*") else if_match.removeprefix("W/").strip('"')


def require_one(if_match: str | None, *others: object) -> None:
    """Refuse a change that does not say what it is based on, neither by `If-Match` nor in its body."""
    if if_match is None and not all(others):
        raise HTTPException(428, sentence("request.no_version"))  # ty: ignore[invalid-argument-type]  told by `said_of`
