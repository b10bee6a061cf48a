"""A platform of a few lines that remembers what it was sent, and a publisher on a clock that the test turns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from campaign_fixtures import NOW

from encore.domain.job import Platform
from encore.errors import PlatformUnavailableError
from encore.platforms.contract import (
    ContentPayload,
    Credentials,
    MediaAsset,
    NotPublished,
    Observation,
    PlatformAdapter,
    Published,
)
from encore.publishing.publisher import Publisher
from encore.publishing.submission import Submission
from encore.settings import Settings
from encore.store.store import Store
from encore.words.sentence import verbatim


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class FakePlatform:
    """What was posted, and what the next calls do: a value is returned, an exception raised, a function called."""

    feed: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    script: dict[str, list[Any]] = field(default_factory=dict)

    def next(self, step: str, *given: Any) -> Any:
        self.calls.append(step)
        planned = self.script.get(step) or []
        action = planned.pop(0) if planned else None
        if callable(action) and not isinstance(action, type):
            action = action(*given)
        if isinstance(action, BaseException):
            raise action
        return action


class FakeAdapter(PlatformAdapter):
    platform = Platform.INSTAGRAM

    def __init__(self, settings: Any, clock: Any, world: FakePlatform) -> None:
        super().__init__(settings, clock)
        self.world = world

    def validate(self, content_payload, media_asset):
        return self.world.next("validate") or []

    def prepare(self, content_payload, media_asset, credentials, checkpoint, save):
        made = self.world.next("prepare", checkpoint)
        if made is not None:
            return made
        container = {"container": checkpoint.get("container") or f"c{len(self.world.calls)}"}
        save(container)
        return container

    def commit(self, content_payload, media_asset, credentials, checkpoint):
        answer = self.world.next("commit", checkpoint)
        if answer is not None:
            return answer
        self.world.feed.append(checkpoint["container"])
        return Published(f"post-{checkpoint['container']}", f"https://platform.test/{checkpoint['container']}")

    def observe(self, content_payload, media_asset, credentials, checkpoint, committed_at):
        answer: Observation | None = self.world.next("observe", checkpoint)
        if answer is not None:
            return answer
        if checkpoint["container"] in self.world.feed:
            return Published(f"post-{checkpoint['container']}", f"https://platform.test/{checkpoint['container']}")
        return NotPublished(PlatformUnavailableError(verbatim("The platform has no such post.")))

    def identify(self, content_payload, media_asset, credentials, checkpoint, committed_at):
        return self.world.next("identify", checkpoint)


def make_publisher(
    store: Store, settings: Settings, clock: Clock, world: FakePlatform, stopping: Callable[[], bool] = lambda: False
) -> Publisher:
    def submission(job: Any) -> Submission:
        adapter = FakeAdapter(settings.platforms[Platform(job.platform)], clock, world)
        payload = ContentPayload(text=job.content, language=job.language)
        return Submission(adapter, payload, MediaAsset(()), Credentials(job.account))

    return Publisher(store, settings, submission, clock=clock, sleep=clock.sleep, stopping=stopping)
