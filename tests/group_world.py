"""Groups of posts over a fake platform, on a clock that the test turns: one teacher with an account of their own each,
whose posts a claim takes together."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from campaign_fixtures import Campaigns
from fake_platform import Clock, FakeAdapter, FakePlatform

from encore.domain.job import Platform, Touchpoint
from encore.platforms.contract import ContentPayload, Credentials, MediaAsset
from encore.publishing.claim import claim_groups
from encore.publishing.group import Ended, Group
from encore.publishing.publisher import Publisher
from encore.publishing.submission import Submission
from encore.settings import AccountSettings, Settings
from encore.store.connect import connect
from encore.store.resting import RestingStore
from encore.store.store import Store

RUN, LATER_RUN = "publish_due_jobs/run-1", "publish_due_jobs/run-2"
TEACHERS = tuple("abcdefghij")
MOMENTS = (Touchpoint.ANNOUNCEMENT, Touchpoint.REMINDER, Touchpoint.DAY_OF)
PATIENCE = 10.0
"""Seconds that a thread of a test waits for another."""


def of_teachers(settings: Settings, platform: Platform = Platform.INSTAGRAM) -> Settings:
    """With an account for each teacher, called like them."""
    accounts = [AccountSettings(account=name, platform=platform, conn_id="x", owner=name) for name in TEACHERS]
    return settings.model_copy(update={"accounts": tuple(accounts)})


class Breaking(RestingStore):
    """Its connection is gone at the statements named in `at`, each of which breaks once."""

    def __init__(self, open_one: Callable[[], Any], at: list[str]) -> None:
        super().__init__(open_one)
        self.at = at

    def statement(self, name: str) -> Callable[..., Any]:
        run = super().statement(name)

        def broken(**parameters: Any) -> Any:
            if name in self.at:
                self.at.remove(name)
                self.connection.close()
            return run(**parameters)

        self.__dict__[name] = broken
        return broken


@dataclass
class OfOnePost(FakePlatform):
    """What the platform does with one post; its checkpoint names it."""

    job_id: str = ""
    account: str = ""
    school: Any = None

    def next(self, step: str, *given: Any) -> Any:
        with self.school.asking(step, self):
            answer = super().next(step, *given)
        return {"container": self.job_id} if step == "prepare" and answer is None else answer


@dataclass
class Groups:
    """Plans posts, claims and publishes them. `asked`: the requests of all posts, as (step, job), in their order;
    `most`: how many were under way at once, of each account and "" of all. `script` of a post as `FakePlatform`'s;
    `later`: what is done at a moment of the clock while a task sleeps. `counted`: what each try said that it has
    brought to its end."""

    dsn: str
    store: Store
    settings: Settings
    concerts: Campaigns
    clock: Clock
    breaks: list[str] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    most: Counter[str] = field(default_factory=Counter)
    told_to_end: bool = False
    counted: list[tuple[str, int, int]] = field(default_factory=list)
    _posts: dict[str, OfOnePost] = field(default_factory=dict)
    _later: list[tuple[datetime, Callable[[], object]]] = field(default_factory=list)
    _now: Counter[str] = field(default_factory=Counter)
    _lock: Any = field(default_factory=threading.Lock)

    # What is planned ----------------------------------------------------------------------------------------

    def plan(self, at: datetime, *, apart: timedelta = timedelta(0), **counts: int) -> dict[str, list[str]]:
        """So many posts for each account, the first of each at `at`; their ids in the order of their times."""
        found = {}
        for account, count in counts.items():
            now = self.clock()
            times = {moment: at + number * apart for number, moment in enumerate(MOMENTS[:count])}
            timeline = {moment: max(planned_at, now).isoformat() for moment, planned_at in times.items()}
            campaign_id = self.concerts.planned(
                now, concert_title=f"Recital {account}", teacher_id=account,
                timeline={**dict.fromkeys(MOMENTS, "skip"), **timeline},
                platforms=[self.settings.accounts[0].platform],
            )  # fmt: skip
            found[account] = [self._job(campaign_id, moment) for moment in times]
            for job_id, planned_at in zip(found[account], times.values(), strict=True):
                if planned_at < now:
                    self.plan_again(job_id, planned_at)
        return found

    def plan_again(self, job_id: str, at: datetime) -> None:
        self.store.connection.execute("UPDATE publish_job SET scheduled_at = %s WHERE job_id = %s", (at, job_id))

    def _job(self, campaign_id: str, moment: Touchpoint) -> str:
        return next(job.job_id for job in self.concerts.jobs(campaign_id) if job.touchpoint == moment)

    def claim(self, run: str = RUN) -> list[str]:
        """The jobs of the only group that a claim makes."""
        groups = claim_groups(self.store, self.settings, run, self.clock())
        assert len(groups) < 2
        return [job_id for group in groups for job_id in group.job_ids]

    def claimed(self, at: datetime, *, apart: timedelta = timedelta(0), **counts: int) -> dict[str, list[str]]:
        planned = self.plan(at, apart=apart, **counts)
        assert sorted(self.claim()) == sorted(job_id for ids in planned.values() for job_id in ids)
        return planned

    # What a task does ---------------------------------------------------------------------------------------

    def group(self, job_ids: Sequence[str], run: str = RUN) -> Group:
        return Group(
            run, job_ids, self.settings, lambda: Breaking(partial(self._connect, run), self.breaks), self._publisher,
            given_clock=self.clock, sleep=self.sleep, stopping=lambda: self.told_to_end,
            count=lambda *counts: self.counted.append(counts),
        )  # fmt: skip

    def publish(self, planned: Any, run: str = RUN, *, cleared: bool = False, watched: bool = False) -> Ended:
        job_ids = [job_id for ids in planned.values() for job_id in ids] if isinstance(planned, dict) else planned
        return self.group(job_ids, run).publish(cleared=cleared, watched=watched)

    def sleep(self, seconds: float) -> None:
        self.clock.sleep(seconds)
        while self._later and self._later[0][0] <= self.clock():
            self._later.pop(0)[1]()

    def later(self, at: datetime, do: Callable[[], object]) -> None:
        self._later = sorted([*self._later, (at, do)], key=lambda one: one[0])

    def stop(self) -> None:
        self.told_to_end = True

    def _connect(self, actor: str) -> Any:
        if "connect" in self.breaks:
            self.breaks.remove("connect")
            return connect("host=/nowhere", actor)
        return connect(self.dsn, actor)

    def _publisher(self, on: Store, using: Settings, clock: Callable[[], datetime]) -> Publisher:
        def submission(row: Any) -> Submission:
            adapter = FakeAdapter(using.platforms[Platform(row.platform)], clock, self.of(row.job_id, row.account))
            payload = ContentPayload(text=row.content, language=row.language)
            return Submission(adapter, payload, MediaAsset(()), Credentials(row.account))

        return Publisher(on, using, submission, clock=clock, sleep=self.sleep, stopping=lambda: self.told_to_end)

    # What the platform saw ----------------------------------------------------------------------------------

    def of(self, job_id: str, account: str = "") -> OfOnePost:
        with self._lock:
            post = self._posts.setdefault(job_id, OfOnePost(job_id=job_id, school=self))
            post.account = account or post.account
            return post

    def script(self, job_id: str, **steps: list[Any]) -> None:
        self.of(job_id).script |= steps

    @contextmanager
    def asking(self, step: str, post: OfOnePost) -> Iterator[None]:
        with self._lock:
            if step != "validate":
                self.asked.append((step, post.job_id))
            for name in (post.account, ""):
                self._now[name] += 1
                self.most[name] = max(self.most[name], self._now[name])
        try:
            yield
        finally:
            with self._lock:
                self._now.subtract((post.account, ""))

    @property
    def feed(self) -> Counter[str]:
        """How often each post became public."""
        return Counter(job_id for post in list(self._posts.values()) for job_id in post.feed)

    def commits(self) -> list[str]:
        return [job_id for step, job_id in self.asked if step == "commit"]

    # What is stored -----------------------------------------------------------------------------------------

    def job(self, job_id: str) -> Any:
        return self.store.job(job_id=job_id)

    def states(self, job_ids: Sequence[str]) -> list[str]:
        return [str(self.job(job_id).state) for job_id in job_ids]

    def sent_at(self, job_id: str) -> datetime:
        [started] = [line.at for line in self.store.ledger(job_id=job_id) if line.step == "commit_started"]
        return started


def ids(planned: dict[str, list[str]]) -> list[str]:
    return [job_id for of_account in planned.values() for job_id in of_account]


def by_account(planned: dict[str, list[str]], asked: Sequence[str]) -> dict[str, list[str]]:
    """The jobs in `asked`, in that order, of each account."""
    accounts = {job_id: account for account, job_ids in planned.items() for job_id in job_ids}
    found: dict[str, list[str]] = defaultdict(list)
    for job_id in asked:
        found[accounts[job_id]].append(job_id)
    return dict(found)
