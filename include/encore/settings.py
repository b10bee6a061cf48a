"""Encore's settings: `config.yaml` beside this file, with another file laid over it.

This module reads files when it is told to, never the environment (the composition root does that).
"""

from __future__ import annotations

from collections.abc import Container
from datetime import time
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from zoneinfo import available_timezones

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from encore.domain.content import Language, Voice
from encore.domain.job import YAML_LOADER, Delivery, Platform, Touchpoint
from encore.domain.json import Json
from encore.domain.refused import refused
from encore.domain.speaking import Spoken, SpokenSetting
from encore.errors import ConfigurationError
from encore.words.problems import problem
from encore.words.sentence import of_field

PACKAGED = Path(__file__).with_name("config.yaml")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Window(StrEnum):
    """On which side of the beginning of the concert a moment's posts make sense."""

    BEFORE = "before"
    AFTER = "after"


class TouchpointSettings(_Section):
    """A moment: when its posts make sense."""

    window: Window
    useful_seconds: float = Field(gt=0)
    """So long after its planned time a post is still worth posting."""


class TimelineRule(_Section):
    """When a touchpoint's posts go out: days before or after the concert at local times, or seconds after the
    approval."""

    days_before: int | None = Field(None, ge=0, le=365)
    days_after: int | None = Field(None, ge=0, le=365)
    at: dict[Platform, time] = Field(default_factory=dict)
    after_approval: int | None = Field(None, ge=0)
    optional: bool = False
    """Only for campaigns whose own timeline asks for it."""

    @model_validator(mode="after")
    def _one_kind(self) -> TimelineRule:
        given = [name for name in ("days_before", "days_after", "after_approval") if getattr(self, name) is not None]
        if len(given) != 1:
            raise refused("settings.one_kind")
        if given != ["after_approval"] and set(self.at) != set(Platform):
            raise refused("settings.time_for_each_platform")
        return self


class AccountSettings(_Section):
    account: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    platform: Platform
    conn_id: str
    owner: str | None = None
    delivery: Delivery | None = None
    """Overrides the platform's delivery for this account."""


class PlatformSettings(_Section):
    adapter: str = ""
    """Where the platform's adapter class is: `package.module:Class`."""
    base_url: str = ""
    api_version: str = ""
    post_url: str = ""
    post_hosts: tuple[str, ...] = ()
    """Where this platform's posts are seen; a confirmed link must lead there (or to a subdomain)."""
    post_links: tuple[str, ...] = ()
    """Patterns of host and path that lead to a post, with the account's name as the group `name` where it is there."""
    delivery: Delivery = Delivery.API
    languages: SpokenSetting = ()
    """Of its posts, where they are not those of `writer.languages`."""
    media: str = Field("image", pattern="^(image|video)$")
    max_in_flight: int = Field(ge=1)
    max_in_flight_per_account: int = Field(ge=1)
    begins_per_minute: int | None = Field(None, ge=1)
    catch_up_seconds: float = Field(60, ge=0)
    call_seconds: float = Field(gt=0)
    commit_seconds: float = Field(gt=0)
    settle_seconds: float = Field(ge=0)
    poll_seconds: tuple[float, ...] = ()
    watch_seconds: float = Field(gt=0)
    processing_limit_seconds: float = Field(gt=0)


class LoginSettings(_Section):
    """A platform's login dialog. `{api_version}` in an address is the platform's."""

    login: str
    """Where its class is: `package.module:Class`."""
    app_conn_id: str
    """The Airflow connection with the app of the platform's developer console: its id and secret."""
    authorize_url: str
    base_url: str
    token_url: str = ""


class PublishingSettings(_Section):
    max_attempts: int = Field(ge=1)
    max_reclaims: int = Field(ge=1)
    claim_limit: int = Field(ge=1, le=1000)
    groups: int = Field(ge=1)
    """Of one platform that a claim makes at most."""
    group_size: int = Field(ge=1)
    """Posts of one platform beyond which a claim makes more than one group."""
    wake_ahead_seconds: float = Field(ge=0)
    claim_ahead_seconds: float = Field(ge=0)
    lease_seconds: float = Field(gt=0)
    retry_base_seconds: float = Field(gt=0)
    retry_cap_seconds: float = Field(gt=0)
    retry_in_task_seconds: float = Field(ge=0)
    outage_probe_seconds: float = Field(gt=0)
    outage_wait_seconds: float = Field(gt=0)
    late_after_seconds: float = Field(ge=0)

    @property
    def most_groups(self) -> int:
        """Of one platform that may be open at the same time: those of two claims."""
        return 2 * self.groups

    @model_validator(mode="after")
    def _claims_what_it_was_woken_for(self) -> PublishingSettings:
        """And a post that waits for its second must not outlast the lease of its task."""
        if not self.wake_ahead_seconds <= self.claim_ahead_seconds <= self.lease_seconds / 3:
            raise ValueError(
                "claim_ahead_seconds must be at least wake_ahead_seconds, and at most a third of lease_seconds"
            )
        return self


class GenerationSettings(_Section):
    auto_approve: bool
    review_hours: float = Field(gt=0)
    stale_minutes: float = Field(gt=0)
    at_once: int = Field(ge=1)


class WriterSettings(_Section):
    """The school's voice and languages, where a campaign has no others, and the model that writes, if its Airflow
    connection is there."""

    voice: Voice = Voice.WARM
    languages: SpokenSetting = Field((Language.EN,), min_length=1)
    conn_id: str
    base_url: str
    model: str = Field(min_length=1)
    prompt: str = Field(pattern=r"^[a-z0-9-]+$")
    call_seconds: float = Field(gt=0, le=600)
    retries: int = Field(ge=0, le=5)
    repairs: int = Field(ge=0, le=2)
    verify: bool
    """Whether the model looks a second time at what it wrote."""
    max_tokens: int = Field(ge=1000, le=200_000)
    """Of one answer."""
    price_in: float | None = Field(None, ge=0)
    """Of a million tokens that are sent."""
    price_out: float | None = Field(None, ge=0)
    currency: str = Field("", pattern=r"^([A-Z]{3})?$")
    monthly_budget: float | None = Field(None, ge=0)
    """In that currency."""
    monthly_tokens: int | None = Field(None, ge=0)
    month_zone: str = "UTC"
    """IANA name of the zone by whose calendar months are counted."""

    @model_validator(mode="after")
    def _counts_in_money(self) -> WriterSettings:
        priced = None not in (self.price_in, self.price_out) and self.currency
        if self.monthly_budget is not None and not priced:
            raise refused("settings.budget_without_prices")
        if self.month_zone not in available_timezones():
            raise refused("settings.unknown_zone", zone=self.month_zone)
        return self


class MediaSettings(_Section):
    directory: str
    cache_directory: str
    public_base_url: str
    address_hours: float = Field(gt=0)
    answers_at_once: int = Field(ge=1)
    answer_seconds: float = Field(gt=0)
    fetches_per_minute: int = Field(ge=1)


class NoticeSettings(_Section):
    """`mail_conn_id`: the Airflow connection of the mail server; without it nothing is sent by mail. `pages_url`: the
    address of the pages as people have it; Airflow's own with `/encore` if it is left out. `services`: of Apprise."""

    mail_conn_id: str
    pages_url: str
    services: tuple[str, ...]


class RetentionSettings(_Section):
    """For how many days rows are kept that nothing needs any more. They go in statements of `batch_rows` each, for
    `round_seconds` at a time."""

    claim_days: float = Field(gt=0)
    notice_days: float = Field(gt=0)
    api_idempotency_days: float = Field(gt=0)
    media_address_days: float = Field(gt=0)
    media_days: float = Field(gt=0)
    finding_days: float = Field(gt=0)
    model_answer_days: float = Field(gt=0)
    event_days: float = Field(ge=0)
    """Of campaigns that are over; 0: what happened to them is kept for ever."""
    batch_rows: int = Field(ge=1, le=10_000)
    round_seconds: float = Field(gt=0, le=300)


class SeedingSettings(_Section):
    rejects_directory: str


class DaySettings(_Section):
    """How much one teacher may do within 24 hours; 0 or null: as much as they like. Staff always may."""

    campaigns: int | None = Field(ge=0)
    generations: int | None = Field(ge=0)
    uploads: int | None = Field(ge=0)
    upload_megabytes: int | None = Field(ge=0)


class ApiSettings(_Section):
    """What one caller may send."""

    body_kilobytes: int = Field(ge=1)
    upload_megabytes: int = Field(ge=1)
    import_megabytes: int = Field(ge=1)
    requests_per_minute: int = Field(ge=1)
    burst: int = Field(ge=1)
    uploads_at_once: int = Field(ge=1)
    """Of one user; of all users four times as many."""
    connections: int = Field(ge=1)


class Settings(_Section):
    touchpoints: dict[Touchpoint, TouchpointSettings]
    timelines: dict[str, dict[Touchpoint, TimelineRule]]
    timeline: str
    accounts: tuple[AccountSettings, ...]
    xiaohongshu_services: tuple[str, ...] = ()
    """Airflow connections of the services on which people may connect an account by QR code."""
    platforms: dict[Platform, PlatformSettings]
    logins: dict[str, LoginSettings]
    publishing: PublishingSettings
    generation: GenerationSettings
    writer: WriterSettings
    seeding: SeedingSettings
    media: MediaSettings
    notices: NoticeSettings
    retention: RetentionSettings
    day: DaySettings
    api: ApiSettings

    @model_validator(mode="after")
    def _complete(self) -> Settings:
        if self.timeline not in self.timelines:
            raise refused("settings.unknown_timeline", timeline=self.timeline, timelines=list(self.timelines))
        for section, kind in (("platforms", Platform), ("touchpoints", Touchpoint)):
            if missing := sorted(set(kind) - set(getattr(self, section))):
                raise refused("settings.missing", section=section, missing=missing)
        names = [account.account for account in self.accounts]
        if len(names) != len(set(names)):
            raise refused("settings.account_twice")
        return self

    @property
    def moments(self) -> dict[Touchpoint, TimelineRule]:
        """The timeline in use. It may leave out a touchpoint, for which nothing is written or planned then."""
        return self.timelines[self.timeline]

    def moments_of(self, timeline: Container[str]) -> list[Touchpoint]:
        """The moments that a campaign with this own `timeline` may have, in their order: without the optional ones that
        it does not ask for."""
        return [name for name, rule in self.moments.items() if not rule.optional or name in timeline]

    def languages_of(self, platform: Platform) -> Spoken:
        """Those of the school's posts there."""
        return self.platforms[platform].languages or self.writer.languages

    def delivery(self, account: str, platform: Platform) -> Delivery:
        """How posts of this account go out; an account that is no longer configured goes by its platform."""
        own = next((entry.delivery for entry in self.accounts if entry.account == account), None)
        return own or self.platforms[platform].delivery


def laid_over(base: Json, over: Json) -> Json:
    """`base` with the values of `over` in place of its own, key by key in nested mappings."""
    merged = dict(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = laid_over(merged[key], value) if both else value
    return merged


def _read(path: Path) -> Json:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=YAML_LOADER)
    except OSError as err:
        raise ConfigurationError("settings.unreadable", file=str(path), reason=err.strerror) from err
    except yaml.YAMLError as err:
        raise ConfigurationError("settings.no_yaml", file=str(path), reason=str(err)) from err
    if not isinstance(content, dict):
        raise ConfigurationError("settings.no_mapping", file=str(path))
    return content


def load_settings(overlay: str | None = None) -> Settings:
    """The packaged settings with the file at `overlay` laid over them; read again when the file has changed.

    Raises `ConfigurationError` naming the file and each wrong setting.
    """
    try:
        changed = Path(overlay).stat().st_mtime_ns if overlay else 0
    except OSError:
        changed = 0  # reading it says what is wrong
    return _load(overlay, changed)


@lru_cache(maxsize=2)
def _load(overlay: str | None, changed: int) -> Settings:
    content = _read(PACKAGED)
    if overlay:
        content = laid_over(content, _read(Path(overlay)))
    try:
        return Settings.model_validate(content)
    except ValidationError as err:
        wrong = [
            of_field(".".join(map(str, detail["loc"])), problem(detail)) for detail in err.errors(include_url=False)
        ]
        raise ConfigurationError("settings.invalid", problems=wrong, file=overlay or str(PACKAGED)) from err
