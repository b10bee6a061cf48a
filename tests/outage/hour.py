"""Hours of a school's posting as a discrete-event simulation: real claims and publishers on real PostgreSQL, real
adapters over HTTP, and a clock that jumps from event to event.

A worker slot is taken for as long as a post takes; while a platform is down, each try hangs as long as a request may.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from campaign_fixtures import Campaigns
from crash.routes import ROUTES

from encore.accounts.configured import put_accounts
from encore.campaigns.rebinding import rebind
from encore.content.writing.caption import to_payload
from encore.domain.job import JobState, Platform, Touchpoint
from encore.errors import PublishingError
from encore.platforms.contract import Credentials
from encore.publishing.claim import claim_due
from encore.publishing.outcome import Parked
from encore.publishing.publisher import Publisher
from encore.publishing.submission import Submission
from encore.settings import AccountSettings, Settings, load_settings
from encore.store.store import Store

BEGIN = datetime(2031, 3, 3, 12, tzinfo=UTC)
"""To come, because the simulator's clock can be put forward only."""

SIMULATED = {
    "local_media": True, "tiktok_media_checks": False, "instagram_media_checks": False, "processing_seconds": 0.0,
    "container_seconds": 0.0, "publish_seconds": 0.0, "tiktok_init_per_minute": 6, "tiktok_posts_per_day": 15,
}  # fmt: skip
BY_DEFAULT = ("tiktok video", "instagram image", "xiaohongshu image")
"""The routes of the packaged settings."""

SLOTS = 32
TO_START = 1.5
"""Seconds from the claim to the first line of a task, as measured on two cores."""

TAKES = {Platform.TIKTOK: 4.0, Platform.INSTAGRAM: 3.0, Platform.XIAOHONGSHU: 30.0}
HANGS = 60.0
"""Seconds that a try takes with a platform that does not answer."""

SAFETY_NET = timedelta(minutes=2)
BETWEEN_CLAIMS = timedelta(seconds=2)


@dataclass(frozen=True)
class Shape:
    """`down`: from and until when, seconds after the beginning. Each account posts `posts` times within `seconds`, and
    `at_once` more posts of each account of the platform that goes down fall into the outage."""

    teachers: int = 70
    posts: int = 4
    at_once: int = 4
    seconds: float = 3 * 3600.0
    down: tuple[float, float] = (3600.0, 7200.0)
    platform: Platform = Platform.TIKTOK
    seed: int = 1


@dataclass(frozen=True)
class Went:
    """One post: when it was planned, when it reached the platform (None: never), how its job ended."""

    platform: str
    account: str
    scheduled_at: datetime
    concert_at: datetime
    received_at: tuple[datetime, ...]
    state: str
    error_code: str | None

    @property
    def late(self) -> float | None:
        return (self.received_at[0] - self.scheduled_at).total_seconds() if self.received_at else None


@dataclass
class Clock:
    now: datetime = BEGIN

    def __call__(self) -> datetime:
        return self.now


@dataclass
class School:
    """Plays one `Shape` on an empty database and a simulator of its own."""

    store: Store
    simulator: str
    media_folder: Path
    media_address: str
    shape: Shape
    outage: bool
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.settings = _settings(self.shape, self.simulator)
        self._routes = {route.platform: route for route in ROUTES if route.name in BY_DEFAULT}
        self._http = requests.Session()
        self._chance = random.Random(self.shape.seed)
        self._free = [BEGIN] * SLOTS
        self._numbers = itertools.count()
        self._under_way: list[tuple[datetime, int, str, str]] = []
        self._publisher = Publisher(self.store, self.settings, self._submission, clock=self.clock, sleep=lambda _: None)

    def play(self) -> list[Went]:
        self._plan()
        claims, last_claim, next_net = itertools.count(), BEGIN - SAFETY_NET, BEGIN
        ends = BEGIN + timedelta(seconds=self.shape.seconds) + timedelta(hours=3)
        while self.clock.now < ends:
            due = self.store.next_due_at()
            claim_at = min(next_net, max(due, last_claim + BETWEEN_CLAIMS) if due else next_net)
            if self._under_way and self._under_way[0][0] <= claim_at:
                at, _, job_id, run_id = heapq.heappop(self._under_way)
                self._go_to(at)
                self._publish(job_id, run_id)
                continue
            self._go_to(claim_at)
            last_claim, run_id = self.clock.now, f"publish_due_jobs/{next(claims)}"
            next_net = self.clock.now + SAFETY_NET
            for job in claim_due(self.store, self.settings, run_id, self.clock.now):
                self._start(job.job_id, run_id, self.clock.now + timedelta(seconds=TO_START))
            if not self._under_way and not self._open():
                break
        return list(self._went())

    def _open(self) -> bool:
        return any(row.state in (JobState.QUEUED, JobState.RUNNING) for row in self.store.job_counts())

    def _go_to(self, at: datetime) -> None:
        self.clock.now = max(self.clock.now, at)

    def _start(self, job_id: str, run_id: str, at: datetime) -> None:
        """Takes the first slot that is free, for as long as this try will take."""
        start = max(at, heapq.heappop(self._free))
        job = self.store.job(job_id=job_id)
        platform = Platform(job.platform)
        takes = HANGS if self._is_down(platform, start) else TAKES[platform]
        end = max(start + timedelta(seconds=takes), job.scheduled_at)
        heapq.heappush(self._free, end)
        heapq.heappush(self._under_way, (end, next(self._numbers), job_id, run_id))

    def _is_down(self, platform: Platform, at: datetime) -> bool:
        begins, ends = (BEGIN + timedelta(seconds=seconds) for seconds in self.shape.down)
        return self.outage and platform == self.shape.platform and begins <= at < ends

    def _publish(self, job_id: str, run_id: str) -> None:
        self._tell_simulator()
        try:
            outcome = self._publisher.publish(job_id, run_id, cleared=False)
        except PublishingError as err:
            if err.retry_in is not None:
                self._start(job_id, run_id, self.clock.now + err.retry_in)
            return
        if isinstance(outcome, Parked):
            end = self.clock.now + outcome.interval
            heapq.heappush(self._under_way, (end, next(self._numbers), job_id, run_id))

    def _tell_simulator(self) -> None:
        """Its time is ours, and its platform is down when ours is."""
        offset = (self.clock.now - datetime.now(UTC)).total_seconds()
        self._http.put(f"{self.simulator}/_sim/switches", json={"clock_offset_seconds": offset}).raise_for_status()
        down = self._is_down(self.shape.platform, self.clock.now)
        if down != getattr(self, "_said_down", False):
            self._said_down = down
            if down:
                fault = {"platform": str(self.shape.platform), "operation": "*", "fault": "down", "times": 0}
                self._http.post(f"{self.simulator}/_sim/faults", json=fault).raise_for_status()
            else:
                self._http.delete(f"{self.simulator}/_sim/faults").raise_for_status()

    def _submission(self, row: Any) -> Submission:
        route = self._routes[Platform(row.platform)]
        adapter = route.adapter(self.settings.platforms[route.platform], self.clock)  # type: ignore[call-arg]
        media = route.media(self.media_folder, self.media_address)
        payload = to_payload(
            row.content, route.platform, media.kind, language=row.language,
            privacy=(row.approved_privacy or {}).get(row.platform),
            submission_key=f"{row.job_id}-{row.attempt_no}",
        )  # fmt: skip
        who = _who(row.account)
        login = Credentials(row.account, user_id=f"ig-{who}", token=f"sim-{who}")
        if route.platform is Platform.XIAOHONGSHU:
            login = replace(login, base_url=f"{self.simulator}/xiaohongshu/{who}", token="")
        return Submission(adapter, payload, media, login)

    def _plan(self) -> None:
        put_accounts(self.store, self.settings, BEGIN)
        made = Campaigns(self.store, self.settings)
        with self.store.transaction():
            for number in range(self.shape.teachers):
                for platform in Platform:
                    times = [self._chance.uniform(0, self.shape.seconds) for _ in range(self.shape.posts)]
                    if platform == self.shape.platform:
                        times += [self._chance.uniform(*self.shape.down) for _ in range(self.shape.at_once)]
                    for at in times:
                        self._plan_post(made, number, platform, BEGIN + timedelta(seconds=at))

    def _plan_post(self, made: Campaigns, teacher: int, platform: Platform, at: datetime) -> None:
        # Some concerts begin soon after the post, so that an outage makes it pointless.
        concert_at = at + self._chance.choice([timedelta(minutes=40), timedelta(hours=5), timedelta(days=9)])
        campaign_id = made.put(
            BEGIN,
            campaign_id=_letters(number := next(self._numbers)),
            concert_title=f"Concert {number:04}",
            concert_datetime=concert_at,
            teacher_id=f"teacher-{teacher}",
            platforms=(platform,),
            timeline={"announcement": at.isoformat(), "reminder": "skip", "day_of": "skip"},
        )
        language = self.settings.languages_of(platform)[0]
        made._caption(campaign_id, platform, Touchpoint.ANNOUNCEMENT, language, f"Come! {campaign_id}", BEGIN)
        made._media(campaign_id, platform, self.settings.platforms[platform].media, BEGIN)
        made.approve(campaign_id, BEGIN)
        rebind(self.store, self.settings, campaign_id, BEGIN)

    def _went(self) -> Iterator[Went]:
        feed = self._http.get(f"{self.simulator}/_sim/feed").json()
        received: dict[str, list[datetime]] = {}
        for post in feed:
            words = f"{post['title']} {post['text']}".split()
            campaign_id = next(word for word in words if word.startswith("c-"))
            received.setdefault(campaign_id, []).append(datetime.fromisoformat(post["received_at"]))
        for job in self.store.report():
            concert_at = self.store.campaign(campaign_id=job.campaign_id).concert_datetime
            times = tuple(sorted(received.get(job.campaign_id, ())))
            yield Went(job.platform, job.account, job.scheduled_at, concert_at, times, job.state, job.error_code)


def _settings(shape: Shape, simulator: str) -> Settings:
    packaged = load_settings()
    platforms = {
        name: channel.model_copy(
            update={
                "base_url": f"{simulator}/{name}", "post_url": "https://platform.test/{post_id}", "poll_seconds": (0.0,)
            }
        )
        for name, channel in packaged.platforms.items()
    }  # fmt: skip
    accounts = tuple(
        AccountSettings(account=f"{platform}-w{number}", platform=platform, conn_id="unused", owner=f"teacher-{number}")
        for platform in Platform
        for number in range(shape.teachers)
    )
    return packaged.model_copy(update={"accounts": accounts, "platforms": platforms})


def _letters(number: int) -> str:
    """A campaign's id by which its post is found; no figure, which the fact check would ask about."""
    return "c-" + "".join(chr(ord("a") + int(digit)) for digit in f"{number:05}")


def _who(account: str) -> str:
    return account.partition("-")[2]
