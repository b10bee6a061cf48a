"""A campaign's facts, validated the same way wherever they come from: form, API, CSV, another database."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Protocol
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from encore.domain import written
from encore.domain.details import DETAILS, ConcertDetails
from encore.domain.job import Platform, Touchpoint
from encore.domain.json import Json
from encore.domain.plain_text import Link, Text, plain
from encore.domain.refused import refused
from encore.domain.speaking import CHOSEN, ChosenLanguages, ChosenVoice
from encore.domain.zones import zone_named


class CampaignStatus(StrEnum):
    """draft until approved and planned; active from the first post; completed when nothing is left to do."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    COMPLETED = "completed"


STATUS_TRANSITIONS: frozenset[tuple[CampaignStatus, CampaignStatus]] = frozenset(
    {
        (CampaignStatus.DRAFT, CampaignStatus.SCHEDULED),
        (CampaignStatus.DRAFT, CampaignStatus.ACTIVE),  # a post of an earlier plan was confirmed as live
        (CampaignStatus.DRAFT, CampaignStatus.COMPLETED),
        (CampaignStatus.SCHEDULED, CampaignStatus.ACTIVE),
        (CampaignStatus.SCHEDULED, CampaignStatus.COMPLETED),
        (CampaignStatus.ACTIVE, CampaignStatus.COMPLETED),
        (CampaignStatus.COMPLETED, CampaignStatus.ACTIVE),  # a retry, or a new plan
        (CampaignStatus.COMPLETED, CampaignStatus.SCHEDULED),
    }
)

SKIP, USUAL = "skip", "usual"
"""What a campaign's own timeline may say of a moment besides an instant: leave it out; or have it, at its usual time,
although the school's timeline has it only for campaigns that ask."""

RELATIVE = re.compile(r"^\s*([+-]\d{1,4})\s*d\s+(\d{1,2}):(\d{2})\s*$")

YEARS = range(2000, 2200)
"""Years in which a concert can be; at the calendar's own ends, arithmetic with time zones overflows."""

IDENTIFIER = r"^[A-Za-z0-9][A-Za-z0-9._@-]*$"


def wall_clock(day: datetime, at: time, zone: ZoneInfo) -> datetime:
    """The instant (UTC) at which the clock on the wall in `zone` shows `at` on the date of `day`.

    A time that a DST change skips is moved forward by the gap; one that happens twice means the first.
    """
    local = datetime.combine(day, at.replace(fold=0), tzinfo=zone)
    return local.astimezone(UTC)


def resolve_relative(text: str, zone: ZoneInfo, now: datetime) -> str:
    """Turn `+21d 19:30` (days from today in `zone`, wall-clock time) into an ISO instant; other text stays."""
    match = RELATIVE.match(text)
    if not match:
        return text
    days, hour, minute = (int(part) for part in match.groups())
    if hour > 23 or minute > 59:
        return text
    day = now.astimezone(zone) + timedelta(days=days)
    return wall_clock(day, time(hour, minute), zone).isoformat()


def _zone(value: str, info: ValidationInfo) -> str:
    """A stored one was taken by the rules of its day."""
    name = zone_named(value)
    if name is None and not (info.context or {}).get("now") and value in available_timezones():
        return value
    if name is None:
        raise refused("input.no_zone", zone=value[:40])
    return name


def _given_moment(value: object) -> object:
    """What the whole row has made of it; what that refuses is the field's fault."""
    if isinstance(value, PydanticCustomError):
        raise value
    return value


def _instant(value: datetime, info: ValidationInfo) -> datetime:
    if value.tzinfo is None:
        raise refused("input.no_offset")
    if value.year not in YEARS:
        raise refused("input.year", first=YEARS.start, last=YEARS.stop - 1)
    if (now := (info.context or {}).get("now")) and value <= now:
        raise refused("input.concert_over")
    return value.astimezone(UTC)


def _moment(value: str) -> str:
    if value not in (SKIP, USUAL):
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            raise refused("input.no_timeline_moment") from None
        if at.tzinfo is None or at.year not in YEARS:
            raise refused("input.no_timeline_moment")
    return value


def _moment_of(text: str, zone: ZoneInfo, context: Json) -> datetime | str | None:
    """None where it is no date and time that anybody writes."""
    now = context.get("now")
    if now and (resolved := resolve_relative(text, zone, now)) != text:
        return resolved
    found = written.readings(text)
    if wanted := [one for one in found if one.order == context.get("order")]:
        found = tuple(wanted)
    if not found:
        if written.has_date(text):
            raise refused("input.no_time_of_day_given")
        return None
    if written.weekday_disagrees(text):
        raise refused("input.weekday_disagrees", day=f"{found[0].local:%Y-%m-%d}")
    if len(found) > 1:
        first, second = (f"{one.local:%Y-%m-%d %H:%M}" for one in found)
        raise refused("input.two_readings", first=first, second=second)
    return written.instant(found[0], zone)


def title_key(title: str) -> str:
    """The same for titles that a person would call the same: whatever their spaces, and the width of their signs."""
    return " ".join(unicodedata.normalize("NFKC", title).split())


class _Concert(BaseModel):
    """The facts of spec §4.1."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    campaign_id: Annotated[str | None, Field(max_length=64, pattern=IDENTIFIER), BeforeValidator(plain)] = None
    teacher_id: Annotated[Text, Field(min_length=1, max_length=64, pattern=IDENTIFIER)]
    concert_title: Annotated[Text, Field(min_length=1, max_length=200)]
    concert_datetime: Annotated[datetime, BeforeValidator(_given_moment), AfterValidator(_instant)]
    timezone: Annotated[Text, AfterValidator(_zone)]
    venue_or_link: Annotated[Text, Field(min_length=1, max_length=300)]
    student_highlights: Annotated[str | None, Field(max_length=2000), BeforeValidator(plain)] = None
    cta_link: Annotated[Link | None, BeforeValidator(plain)] = None
    platforms: Annotated[tuple[Platform, ...], Field(min_length=1)] = tuple(Platform)
    timeline: dict[Touchpoint, Annotated[str, AfterValidator(_moment)]] = Field(default_factory=dict)
    """Overrides of the default timeline: touchpoint -> ISO instant, `SKIP` or `USUAL`."""
    languages: ChosenLanguages = Field(default_factory=dict)
    """Platform or `EVERYWHERE` -> the languages of its posts, in their order; the school's where neither is there."""
    voice: ChosenVoice = None

    @model_validator(mode="before")
    @classmethod
    def _written_moment(cls, data: object, info: ValidationInfo) -> object:
        """What people write (`+21d 19:30`, `30.12.2026 19 Uhr`) is read in the row's own zone, so it needs both fields
        at once. Context `order`: which comes first where day and month could be swapped."""
        if not isinstance(data, dict) or not isinstance(data.get("concert_datetime"), str):
            return data
        name = zone_named(str(data.get("timezone") or ""))
        if name is None:
            return data
        try:
            moment = _moment_of(data["concert_datetime"], ZoneInfo(name), info.context or {})
        except PydanticCustomError as err:
            moment = err
        return data if moment is None else {**data, "concert_datetime": moment}

    @property
    def identity(self) -> str:
        """The campaign's id: the one given, else one that the same teacher, title and time always get."""
        if self.campaign_id:
            return self.campaign_id
        key = f"{self.teacher_id}\n{title_key(self.concert_title)}\n{self.concert_datetime.isoformat()}"
        return f"c-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


class CampaignFacts(
    ConcertDetails, _Concert
):  # the last base's fields come first: the details are checked against them
    """What a campaign is made of, as given by a person or an importing system.

    Validate with `context={"now": aware datetime}` to refuse a concert that is already over; without it, a
    past concert is accepted (reading back a stored one).
    """


_TOLD = ("concert_title", "concert_datetime", "timezone", "venue_or_link", "student_highlights", "cta_link")
TOLD = (*_TOLD, *DETAILS)
"""The facts that posts tell the world; when one changes, what is already live is wrong."""


class Stored(Protocol):
    """A campaign's row, with all of `CampaignFacts`, the details that are given in one mapping."""

    @property
    def concert_datetime(self) -> datetime: ...
    @property
    def timeline(self) -> Json: ...
    @property
    def details(self) -> Json: ...


def told_facts(row: Stored) -> Json:
    """What a campaign's posts tell, as it is kept beside what was made from it; of the details those that are given."""
    told = {name: getattr(row, name) for name in _TOLD}
    return {**told, "concert_datetime": row.concert_datetime.astimezone(UTC).isoformat(), **known_details(row.details)}


def told_sha256(row: Stored) -> str:
    """Digest of what posts tell: other platforms or times make no text or picture wrong."""
    told = json.dumps(told_facts(row), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def facts_sha256(facts: CampaignFacts) -> str:
    """Digest of everything that the content is written from; unchanged facts are not written again."""
    left_open = {name for name in CHOSEN if not getattr(facts, name)}  # as before there was a choice
    left_open |= set(DETAILS) - facts.details.keys()  # and details
    content = facts.model_dump_json(exclude={"timeline", *left_open})
    return hashlib.sha256(f"{facts.identity}\n{content}".encode()).hexdigest()


def with_choice_of(facts: CampaignFacts, row: Stored) -> CampaignFacts:
    """The facts with the languages and the voice of a stored campaign where they say nothing of them."""
    known = stored_facts(row)
    unsaid = {name: getattr(known, name) for name in CHOSEN if name not in facts.model_fields_set}
    return facts.model_copy(update=unsaid)


def known_timeline(timeline: Json) -> dict[str, str]:
    """The overrides of a campaign's row, without those of a touchpoint that this version does not know."""
    return {name: moment for name, moment in timeline.items() if name in list(Touchpoint)}


def known_details(details: Json) -> Json:
    """The details of a campaign's row, without those that this version does not know."""
    return {name: value for name, value in details.items() if name in DETAILS}


def stored_facts(row: Stored) -> CampaignFacts:
    """A campaign's row as the validated model (a past concert is fine here)."""
    stored = {name: getattr(row, name) for name in _Concert.model_fields}
    return CampaignFacts.model_validate(
        {**stored, "timeline": known_timeline(row.timeline), **known_details(row.details)}
    )
