"""Kinds of fields that several models share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SerializationInfo,
    StringConstraints,
)

from encore.domain.campaign import YEARS
from encore.domain.json import Json
from encore.domain.refused import refused
from encore.words.sentence import Sentence, Words


class Input(BaseModel):
    """A request's body: an unknown field is a mistake that somebody should hear of."""

    model_config = ConfigDict(extra="forbid")


def shown_as(example: Json) -> ConfigDict:
    """The `model_config` of an input that the API's document shows by an example."""
    return ConfigDict(json_schema_extra={"examples": [example]})


class Output(BaseModel):
    model_config = ConfigDict(from_attributes=True)


def _written(value: object) -> object:
    if not isinstance(value, str):
        raise refused("input.no_moment")
    return value


def _within_reach(value: datetime) -> datetime:
    if value.year not in YEARS:
        raise refused("input.year", first=YEARS.start, last=YEARS.stop - 1)
    return value.astimezone(UTC)


At = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_within_reach)]
"""An instant that somebody sends: with its offset from UTC."""

Instant = Annotated[datetime, AfterValidator(lambda value: value.astimezone(UTC))]
"""An instant that we tell: in UTC."""

Link = Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[!-~]+$")]
"""The address of a post."""


def _told(said: Sentence | tuple, info: SerializationInfo[Words]) -> str:
    words = info.context
    return words.stored(*said) if isinstance(said, tuple) else words.in_full(said)


Told = Annotated[Sentence | tuple[Any, ...], PlainSerializer(_told, return_type=str)]
"""A sentence, told in the language of who asks. From a row: how its column keeps it, and the row's own texts."""

Item = TypeVar("Item")


class Items(BaseModel, Generic[Item]):
    """All of a list that is never long."""

    items: list[Item]


class Page(BaseModel, Generic[Item]):
    """A part of a long list. `next_cursor` asks for the part that follows; null at the end."""

    items: list[Item]
    next_cursor: str | None = Field(description="Send it as `cursor`, with the same filters.")
