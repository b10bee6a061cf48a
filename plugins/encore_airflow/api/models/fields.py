"""Kinds of fields that several models share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from encore.domain.campaign import YEARS


class Input(BaseModel):
    """A request's body: an unknown field is a mistake that somebody should hear of."""

    model_config = ConfigDict(extra="forbid")


def shown_as(example: dict[str, Any]) -> ConfigDict:
    """The `model_config` of an input that the API's document shows by an example."""
    return ConfigDict(json_schema_extra={"examples": [example]})


class Output(BaseModel):
    model_config = ConfigDict(from_attributes=True)


def _written(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("write it as text, such as 2027-03-14T19:30+01:00")
    return value


def _within_reach(value: datetime) -> datetime:
    if value.year not in YEARS:
        raise ValueError(f"is not in a year from {YEARS.start} to {YEARS.stop - 1}")
    return value.astimezone(UTC)


At = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_within_reach)]
"""An instant that somebody sends: with its offset from UTC."""

Instant = Annotated[datetime, AfterValidator(lambda value: value.astimezone(UTC))]
"""An instant that we tell: in UTC."""

Link = Annotated[str, StringConstraints(max_length=2000, pattern=r"^https?://[!-~]+$")]
"""The address of a post."""

Item = TypeVar("Item")


class Items(BaseModel, Generic[Item]):
    """All of a list that is never long."""

    items: list[Item]


class Page(BaseModel, Generic[Item]):
    """A part of a long list. `next_cursor` asks for the part that follows; null at the end."""

    items: list[Item]
    next_cursor: str | None = Field(description="Send it as `cursor`, with the same filters.")
