"""What else is known of a concert, each of it optional: when its doors open and when it ends, what it costs, how to
book, what is played, how to get in. Kept only where it is given."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    field_validator,
)

from encore.domain import written
from encore.domain.json import Json
from encore.domain.plain_text import Link, one_line, plain
from encore.domain.programme import Pieces, ProgrammeEntry, lines_of
from encore.domain.refused import refused
from encore.domain.written_values import minutes, phone, yes

MOST_BEFORE, MOST_LENGTH = 6 * 60, 12 * 60
"""Minutes: how long before its start doors may open, and how long a concert may take."""
_DAY = 24 * 60
_DAYS_AHEAD = re.compile(r"([+-]\d{1,4})\s*d")


def _start(info: ValidationInfo) -> datetime | None:
    """On the clock of its zone, as far as both are known to be right."""
    at, zone = info.data.get("concert_datetime"), info.data.get("timezone")
    return at.astimezone(ZoneInfo(zone)) if at and zone else None


def _local(text: str, info: ValidationInfo) -> datetime | None:
    """A date with a time of day, on the clock of the concert's zone."""
    found = written.readings(text)
    if wanted := [one for one in found if one.order == (info.context or {}).get("order")]:
        found = tuple(wanted)
    if len(found) > 1:
        first, second = (f"{one.local:%Y-%m-%d}" for one in found)
        raise refused("input.two_dates", first=first, second=second)
    if not found:
        return None
    zone = info.data.get("timezone")
    return written.instant(found[0], ZoneInfo(zone)).astimezone(ZoneInfo(zone)) if zone else found[0].local


def _time_of_day(value: object, info: ValidationInfo) -> object:
    value = one_line(value)
    if isinstance(value, time | None):
        return value
    said = value.isoformat() if isinstance(value, datetime) else str(value)
    found = written.readings(f"2000-01-01 {said}")
    local = found[0].local if found else _local(said, info)
    if local is None:
        raise refused("input.no_time_of_day")
    return local.time()


def _on_the_minute(value: time) -> time:
    return value.replace(second=0, microsecond=0, tzinfo=None)


def _date(value: object, info: ValidationInfo) -> object:
    value = one_line(value)
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    said = value.isoformat() if isinstance(value, datetime) else str(value)
    now, zone = (info.context or {}).get("now"), info.data.get("timezone")
    if now and zone and (ahead := _DAYS_AHEAD.fullmatch(said)):
        return (now.astimezone(ZoneInfo(zone)) + timedelta(days=int(ahead[1]))).date()
    local = _local(said, info) or _local(f"{said} 12:00", info)
    if local is None:
        raise refused("input.no_date")
    return local.date()


def _where(value: str) -> str:
    """A link, or in words."""
    if re.match(r"(?!https?:)[a-z][a-z0-9+.-]*:\S", value, re.IGNORECASE):
        raise refused("input.no_address")
    return value


_Time = Annotated[
    time, AfterValidator(_on_the_minute), PlainSerializer(lambda at: f"{at:%H:%M}", return_type=str, when_used="json")
]


class ConcertDetails(BaseModel):
    """Times of day are on the clock of the concert's zone; one that is earlier than the start is after midnight. Of end
    and length at most one is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    doors_open: Annotated[_Time | None, BeforeValidator(_time_of_day)] = None
    ends: Annotated[_Time | None, BeforeValidator(_time_of_day)] = None
    duration_minutes: Annotated[int | None, Field(ge=5, le=MOST_LENGTH), BeforeValidator(minutes)] = None
    admission_free: Annotated[bool, BeforeValidator(yes)] = False
    prices: Annotated[Annotated[str, Field(max_length=300)] | None, BeforeValidator(one_line)] = None
    where_to_pay: Annotated[Annotated[str, Field(max_length=200)] | None, BeforeValidator(one_line)] = None
    booking_url: Annotated[Link | None, BeforeValidator(plain)] = None
    booking_deadline: Annotated[date | None, BeforeValidator(_date)] = None
    booking_phone: Annotated[
        Annotated[str, Field(max_length=40), AfterValidator(phone)] | None, BeforeValidator(one_line)
    ] = None
    pieces: Pieces = ()
    accessibility: Annotated[Annotated[str, Field(max_length=500)] | None, BeforeValidator(one_line)] = None
    streamed_at: Annotated[
        Annotated[str, Field(max_length=300), AfterValidator(_where)] | None, BeforeValidator(one_line)
    ] = None

    @field_validator("doors_open")
    @classmethod
    def _before_the_start(cls, value: time | None, info: ValidationInfo) -> time | None:
        start = _start(info)
        if value and start and (_of_day(start) - _of_day(value)) % _DAY > MOST_BEFORE:
            raise refused("input.doors_after_start", start=f"{start:%H:%M}")
        return value

    @field_validator("ends")
    @classmethod
    def _after_the_start(cls, value: time | None, info: ValidationInfo) -> time | None:
        start = _start(info)
        if value and start and not 0 < (_of_day(value) - _of_day(start)) % _DAY <= MOST_LENGTH:
            raise refused("input.ends_before_start", start=f"{start:%H:%M}")
        return value

    @field_validator("duration_minutes")
    @classmethod
    def _or_the_end(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value is not None and info.data.get("ends") is not None:
            raise refused("input.end_and_length")
        return value

    @field_validator("prices")
    @classmethod
    def _of_what_is_not_free(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and info.data.get("admission_free") and any(char.isdecimal() for char in value):
            raise refused("input.free_with_prices")
        return value

    @field_validator("booking_deadline")
    @classmethod
    def _until_the_concert(cls, value: date | None, info: ValidationInfo) -> date | None:
        start = _start(info)
        if value and start and value > start.date():
            raise refused("input.deadline_after_concert", day=f"{start:%Y-%m-%d}")
        return value

    @property
    def details(self) -> dict[str, object]:
        """Those that are given, as JSON."""
        return self.model_dump(mode="json", include=set(DETAILS), exclude_defaults=True)


def _of_day(at: datetime | time) -> int:
    return at.hour * 60 + at.minute


DETAILS = tuple(ConcertDetails.model_fields)
TICK = "✓"
"""How a detail is typed that is either so or not known."""


def as_typed(details: Json) -> dict[str, str]:
    """Those that are given, each as a person types it."""
    return {name: _typed(value) for name, value in details.items() if name in DETAILS}


def _typed(value: object) -> str:
    if isinstance(value, list):
        return lines_of(tuple(ProgrammeEntry.model_validate(entry) for entry in value))
    return TICK if value is True else str(value)
