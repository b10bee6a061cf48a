"""A bench: one way of posting, with an adapter, an account and a good post, and a publisher in small to drive it."""

from __future__ import annotations

import hashlib
import io
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from PIL import Image

from encore.domain.job import Platform
from encore.errors import OutcomeUnknownError, PublishingError
from encore.platforms.contract import (
    CannotTell,
    Checkpoint,
    ContentPayload,
    Credentials,
    MediaAsset,
    MediaFile,
    NotPublished,
    Observation,
    PlatformAdapter,
    Processing,
    Published,
)
from encore.settings import PlatformSettings, load_settings
from encore.wire.call import Reply
from encore.words.sentence import Sentence, Words


@dataclass(frozen=True)
class World:
    """The simulator's control API, for one platform and one account."""

    url: str
    platform: str
    account: str

    def feed(self) -> list[dict[str, Any]]:
        """What became public (or visible to its owner), once for each time it happened."""
        return self._get("feed", platform=self.platform, account=self.account)

    def operations(self) -> list[str]:
        """Operations requested so far, in order."""
        return [line["operation"] for line in self._get("requests", platform=self.platform, account=self.account)]

    def fault(self, operation: str, kind: str, times: int = 1, **args: Any) -> None:
        body = {"platform": self.platform, "account": self.account, "operation": operation, "fault": kind}
        answer = requests.post(f"{self.url}/_sim/faults", json={**body, "times": times, "args": args}, timeout=5)
        assert answer.status_code == 201, answer.text

    def switch(self, **values: Any) -> None:
        """Set switches for this account only."""
        answer = requests.put(f"{self.url}/_sim/switches", params={"account": self.account}, json=values, timeout=5)
        assert answer.status_code == 200, answer.text

    def _get(self, what: str, **params: str) -> Any:
        return requests.get(f"{self.url}/_sim/{what}", params=params, timeout=5).json()


Spoiled = tuple[ContentPayload, MediaAsset, set[str]]
"""A post that must be refused, and all the codes that validate must give for it."""


@dataclass
class Bench:
    """An adapter with an account, a good post, and what is particular about it."""

    adapter: PlatformAdapter
    credentials: Credentials
    content: ContentPayload
    media: MediaAsset
    world: World
    publishing_operation: str
    """The one request that makes the post public."""
    reading_operations: frozenset[str]
    spoiled: Spoiled
    secrets: tuple[str, ...]
    always_resolves: bool = True
    """Whether every lost answer is cleared up without a person."""
    settle_seconds: float = 0.2
    saved: list[Checkpoint] = field(default_factory=list)

    def prepare(self, checkpoint: Checkpoint | None = None) -> Checkpoint:
        """Prepare until ready to commit. What was saved on the way is in `saved`."""
        checkpoint = dict(checkpoint or {})
        while True:
            checkpoint = self.adapter.prepare(
                self.content, self.media, self.credentials, checkpoint, lambda kept: self.saved.append(_stored(kept))
            )
            waiting = checkpoint.pop("waiting", None)
            checkpoint = _stored(checkpoint)
            self.saved.append(checkpoint)
            if waiting is None:
                return checkpoint
            time.sleep(min(waiting, 0.05))

    def commit(self, checkpoint: Checkpoint) -> Observation:
        return self.adapter.commit(self.content, self.media, self.credentials, checkpoint)

    def observe(self, checkpoint: Checkpoint, committed_at: datetime) -> Observation:
        return self.adapter.observe(self.content, self.media, self.credentials, _stored(checkpoint), committed_at)


def _stored(checkpoint: Checkpoint) -> Checkpoint:
    """A checkpoint as the ledger gives it back: through JSON."""
    return json.loads(json.dumps(checkpoint))


def settle(bench: Bench, checkpoint: Checkpoint, seen: Observation, committed_at: datetime) -> Observation:
    """Look until it is clear, as the publisher does: doubts and denials count only when nothing can land any more."""
    started = time.monotonic()
    while not (isinstance(seen, Published) or (isinstance(seen, NotPublished) and seen.final)):
        elapsed = time.monotonic() - started
        if elapsed > (5 if isinstance(seen, Processing) else bench.settle_seconds):
            break
        time.sleep(0.03)
        try:
            seen = bench.observe(checkpoint, committed_at)
        except PublishingError as err:
            seen = CannotTell(err.message)
    return seen


def until(look: Callable[[], Any], every: float = 0.03) -> Any:
    """What `look` finds as soon as it finds something, within five seconds; it looks each `every` seconds."""
    given_up = time.monotonic() + 5
    while not (found := look()) and time.monotonic() < given_up:
        time.sleep(every)
    return found


def appears(bench: Bench) -> None:
    """Wait until something is public, and long enough for a second thing to follow it."""
    until(bench.world.feed)
    time.sleep(0.1)


def drive(bench: Bench, attempts: int = 5) -> Observation | PublishingError:
    """Publish as the publisher does, in small: attempts that begin from what the last one saved, commit at most once
    until its fate is known. Gives the last observation, or the error that ended it."""
    end: Observation | PublishingError = CannotTell("no attempt was made")
    for _ in range(attempts):
        try:
            checkpoint = bench.prepare(bench.saved[-1] if bench.saved else {})
        except PublishingError as err:
            end = err
            if err.retried:
                continue
            return err
        committed_at = datetime.now(UTC)
        try:
            seen = bench.commit(checkpoint)
        except OutcomeUnknownError as err:
            seen = CannotTell(err.message)
        except PublishingError as err:
            bench.saved.append(_stored(checkpoint))
            end = err
            if err.retried:
                continue
            return err
        bench.saved.append(_stored(checkpoint))
        end = settle(bench, checkpoint, seen, committed_at)
        if not (isinstance(end, NotPublished) and end.error.retried):
            return end
    return end


def utcnow() -> datetime:
    """The clock of a test against the look-alike, which keeps the machine's."""
    return datetime.now(UTC)


def platform_settings(platform: Platform, **changes: Any) -> PlatformSettings:
    quick = {"call_seconds": 5, "commit_seconds": 5, "settle_seconds": 0.3, "poll_seconds": (0.05,)}
    return load_settings().platforms[platform].model_copy(update={**quick, **changes})


def make_file(folder: Path, name: str, content: bytes, **about: Any) -> MediaFile:
    path = folder / name
    if not path.exists():
        path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    return MediaFile(media_id=digest[:12], path=str(path), sha256=digest, size_bytes=len(content), **about)


def make_video(folder: Path, size: int = 300_000) -> MediaFile:
    """Bytes that no decoder reads; the simulator's check of media is switched off for them."""
    about = {"duration_seconds": 8.0, "frame_rate": 30.0, "video_codec": "h264", "audio_codec": "aac"}
    content = random.Random(size).randbytes(size)
    return make_file(folder, f"{size}.mp4", content, kind="video", mime="video/mp4", width=1080, height=1920, **about)


def make_picture(folder: Path, base_url: str, number: int = 0, size: tuple[int, int] = (1080, 1350)) -> MediaFile:
    image = io.BytesIO()
    Image.new("RGB", size, (number * 40 % 256, 80, 120)).save(image, "JPEG")
    name = f"picture-{number}-{size[0]}x{size[1]}.jpg"
    about = {"kind": "image", "mime": "image/jpeg", "width": size[0], "height": size[1]}
    return make_file(folder, name, image.getvalue(), address=lambda: f"{base_url}/{name}", **about)


class ScriptedWire:
    """A wire that gives prepared answers in order and remembers what it was asked."""

    def __init__(self, *answers: Reply | Exception) -> None:
        self.answers = list(answers)
        self.calls: list[dict[str, Any]] = []

    def call(self, method: str, url: str, **request: Any) -> Reply:
        self.calls.append({"method": method, "url": url, **request})
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def json_reply(body: Any, status: int = 200, **headers: str) -> Reply:
    return Reply(status, {"Content-Type": "application/json", **headers}, json.dumps(body))


def in_chinese(said: Sentence) -> str:
    return Words("zh").told(said)
