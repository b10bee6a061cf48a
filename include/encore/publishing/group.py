"""Publish a group: jobs of one platform, in one task. What becomes of each is the `Publisher`'s to say."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import TypeVar

from encore.domain.job import JobState, Platform
from encore.errors import GroupFailedError, StoreUnavailableError
from encore.publishing.after_failure import after_failure
from encore.publishing.grouping import name_of
from encore.publishing.lines import about
from encore.publishing.outcome import Done, Outcome, Ready
from encore.publishing.publisher import Publisher
from encore.publishing.settling import WATCH_WINDOW
from encore.publishing.shift import Member, Shift
from encore.settings import Settings
from encore.store import rows
from encore.store.clock import DatabaseClock
from encore.store.outlasting import outlasting
from encore.store.store import Store
from encore.words.sentence import Sentence, said_by, sentence

log = logging.getLogger(__name__)

MOST_AT_ONCE = 8
"""Jobs that one task has between prepare and answer, and so commits that can be open in it."""

Clock = Callable[[], datetime]

Result = TypeVar("Result")


@dataclass(frozen=True)
class Ended:
    """What a group came to that has not failed. `live`: the posts that are, by whichever run. `parked`: jobs that their
    platform works on, to be looked at again every `interval` and `watch_until` then; so many as are `left` are looked
    after by a later claim. `waits`: why the others do not go on here."""

    live: tuple[Done, ...] = ()
    parked: tuple[str, ...] = ()
    interval: timedelta = timedelta(0)
    watch_until: datetime = datetime.max
    left: int = 0
    waits: tuple[Sentence | str, ...] = ()


@dataclass
class Group:
    """`open_store` gives a store on a connection of its own, `publisher_on` what publishes on one, by this clock; each
    thread has another. `stopping` is read before each step that can still be left out. `count` is told the platform and
    how many posts this try has published, and how many have failed in it."""

    run_id: str
    job_ids: Sequence[str]
    settings: Settings
    open_store: Callable[[], Store]
    publisher_on: Callable[[Store, Settings, Clock], Publisher]
    _: KW_ONLY
    given_clock: Clock | None = None
    sleep: Callable[[float], None] = time.sleep
    stopping: Callable[[], bool] = lambda: False
    count: Callable[[str, int, int], None] = lambda *_: None
    _idle: list[Publisher] = field(default_factory=list, init=False)
    _lending: Lock = field(default_factory=Lock, init=False)

    def __post_init__(self) -> None:
        self._clock = self.given_clock or DatabaseClock(lambda: self.ask(lambda on: on.database_time()))
        self._rules = self.settings if self._alone else _of_many(self.settings)

    def clock(self) -> datetime:
        return self._clock()

    @property
    def _alone(self) -> bool:
        return len(self.job_ids) == 1

    def publish(self, *, cleared: bool = False, watched: bool = False) -> Ended:
        """Take each member as far as it gets. `watched`: they have been watched for as long as a task does that; what
        their platform still works on is left to a later claim.

        Raises a single job's `PublishingError` as it is, for many one `GroupFailedError` that names all that failed;
        any other error leaves its job to the next try, which goes by the ledger.
        """
        try:
            found = self._patiently(self._members)
            shift = self._shift([Member(row, cleared) for row in found if self._has_work(row, cleared)])
            shift.work()
            if shift.published or shift.failed:
                self.count(found[0].platform, shift.published, shift.failed)
            if shift.accident:
                raise shift.accident
            if self._alone and shift.errors:
                raise shift.errors.popitem()[1]
            waits = tuple(reason if self._alone else f"{member.name}: {reason}" for member, reason in shift.reasons)
            return self._patiently(lambda on: self._ended(on, waits, watched or self.stopping()))
        finally:
            for publisher in self._idle:
                publisher.store.close()
            self._idle.clear()

    def _members(self, on: Store) -> list[rows.GroupMember]:
        order = {job_id: number for number, job_id in enumerate(self.job_ids)}
        return sorted(on.group_members(job_ids=list(self.job_ids)), key=lambda row: order[row.job_id])

    def _has_work(self, row: rows.GroupMember, cleared: bool) -> bool:
        """A single job's turn says itself why there is nothing to do."""
        return self._alone or self._is_ours(row) or (cleared and row.state == JobState.FAILED)

    def _is_ours(self, row: rows.GroupMember) -> bool:
        return row.state == JobState.RUNNING and row.claimed_by == self.run_id

    def _shift(self, members: Sequence[Member]) -> Shift:
        if not members:
            return Shift(self, members, 0, ())
        platform = self.settings.platforms[Platform(members[0].row.platform)]
        threads = min(MOST_AT_ONCE, -(-platform.max_in_flight // self.settings.publishing.most_groups))
        looks = () if self._alone else tuple(timedelta(seconds=pause) for pause in platform.poll_seconds)
        return Shift(self, members, threads, looks)

    def _ended(self, on: Store, waits: tuple[Sentence | str, ...], leaving: bool) -> Ended:
        """By the rows: what an earlier try of this task has done counts as well."""
        found = self._members(on)
        failed = [row for row in found if row.state == JobState.FAILED and row.last_run == self.run_id]
        parked = [row for row in found if self._is_ours(row) and row.observing]
        interval = timedelta(seconds=self.settings.platforms[Platform(found[0].platform)].watch_seconds if found else 0)
        if parked and (failed or leaving):
            job_ids = [row.job_id for row in parked]
            on.leave_members(job_ids=job_ids, run_id=self.run_id, lease_expires_at=self.clock() + interval)
        if failed:
            raise GroupFailedError([self._told(row) for row in failed], of=len(self.job_ids))
        live = tuple(Done(row.external_url, row.external_post_id) for row in found if row.state == JobState.SUCCESS)
        if leaving:
            return Ended(live, left=len(parked), waits=waits)
        parked_ids = tuple(row.job_id for row in parked)
        return Ended(live, parked_ids, interval, self.clock() + WATCH_WINDOW, waits=waits)

    def _told(self, row: rows.GroupMember) -> Sentence:
        why = [said_by(row), after_failure(row.action_required)]
        told = sentence("publishing.failed_one", post=name_of(row), job=row.job_id, why=why)
        log.error("%s", told)
        return told

    # What a shift asks for ---------------------------------------------------------------------------------

    def step(self, member: Member) -> Outcome | Ready:
        """A database that goes away is waited for; who was ready goes by the ledger then, as after any other crash."""
        ready = [member.ready] if member.ready else []
        member.ready = None

        def once() -> Outcome | Ready:
            with self._lent() as publisher:
                if ready:
                    return publisher.commit(ready.pop())
                return publisher.begin(member.job_id, self.run_id, cleared=member.asks())

        with about(f"{member.name} · {member.row.campaign_id} · {member.job_id}"):
            return outlasting(once, stopping=self.stopping, sleep=self.sleep)

    def rest(self) -> None:
        for publisher in self._idle:
            publisher.store.rest()

    def wake(self, most: int) -> None:
        """A database that is away is waited for by who works then."""
        for publisher in self._idle[-most:]:
            try:
                publisher.store.wake()
            except StoreUnavailableError:
                return

    def renew(self, members: Sequence[Member]) -> None:
        until = self.clock() + timedelta(seconds=self.settings.publishing.lease_seconds)
        job_ids, fences = [member.job_id for member in members], [member.fence for member in members]
        self.ask(lambda on: on.renew_members(job_ids=job_ids, fences=fences, lease_expires_at=until))

    def give_back(self, members: Sequence[Member]) -> None:
        job_ids, fences = [member.job_id for member in members], [member.fence for member in members]
        now = self.clock()
        self._patiently(lambda on: on.give_members_back(job_ids=job_ids, fences=fences, now=now))

    # Who works on which connection -------------------------------------------------------------------------

    @contextmanager
    def _lent(self) -> Generator[Publisher]:
        """One that nobody else has meanwhile. Where its connection broke it is not used again: what that held is
        lost."""
        with self._lending:
            publisher = self._idle.pop() if self._idle else None
        publisher = publisher or self.publisher_on(self.open_store(), self._rules, self.clock)
        try:
            yield publisher
        except StoreUnavailableError:
            publisher.store.close()
            raise
        except BaseException:
            self._return(publisher)
            raise
        self._return(publisher)

    def _return(self, publisher: Publisher) -> None:
        with self._lending:
            self._idle.append(publisher)

    def ask(self, question: Callable[[Store], Result]) -> Result:
        with self._lent() as publisher:
            return question(publisher.store)

    def _patiently(self, question: Callable[[Store], Result]) -> Result:
        return outlasting(lambda: self.ask(question), stopping=self.stopping, sleep=self.sleep)


def _of_many(settings: Settings) -> Settings:
    """A job among others keeps none of them waiting: what is to be tried again goes back to the queue, and who waits
    for a look holds no thread."""
    platforms = {name: one.model_copy(update={"poll_seconds": ()}) for name, one in settings.platforms.items()}
    publishing = settings.publishing.model_copy(update={"retry_in_task_seconds": 0.0})
    return settings.model_copy(update={"platforms": platforms, "publishing": publishing})
