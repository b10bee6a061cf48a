"""Random sequences of what publishing, crashes, people and time can do; after each step both promises and the state
table must hold, and at the end every job must have come to one.

`--hypothesis-profile=thorough` (part of `make crash`) tries many more than a plain test run.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from campaign_fixtures import Campaigns
from crash.moments import AFTER, BEFORE, PULSE, STEP_MOMENTS, WAITING, Moment, Tripwire, WatchedStore
from fake_platform import Clock
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from encore.accounts import stopping
from encore.campaigns.access import Person
from encore.campaigns.rebinding import void_approval
from encore.campaigns.review import review
from encore.domain.campaign import STATUS_TRANSITIONS
from encore.domain.job import TRANSITIONS, Action, JobState, Platform
from encore.errors import ConflictError, OutcomeUnknownError, PlatformUnavailableError, PublishingError, RefusedError
from encore.ledger import read_position
from encore.platforms.contract import (
    CannotTell,
    ContentPayload,
    Credentials,
    MediaAsset,
    NotPublished,
    Observation,
    PlatformAdapter,
    Processing,
    Published,
)
from encore.posts import decisions
from encore.posts import moving as rescheduling
from encore.publishing import publisher
from encore.publishing.claim import claim_due
from encore.publishing.publisher import Publisher
from encore.publishing.submission import Submission
from encore.settings import Settings
from encore.store.store import Store
from encore.words.sentence import verbatim

LATEST_EFFECT = timedelta(seconds=100)
"""How long after it was sent a commit may still land: less than Instagram's `commit_seconds`."""

COMMITS = (
    "goes well",
    "answer lost",
    "lost on its way",
    "effect late",
    "refused for now",
    "processing",
    "dies sending",
)
LOOKS = ("truthful", "down", "blind")
MEANWHILE = (
    "nothing",
    "a second copy",
    "a cancel",
    "an edit",
    "a new time",
    "its own time is now",
    "a stop",
    "a pause",
    "other claims",
    "its lease lapses and another run goes on",
    "hours",
)
KILLED_AT = (*STEP_MOMENTS, *(Moment(place, f"{name} 1") for name in WAITING for place in (BEFORE, AFTER)))
AHEAD = timedelta(seconds=8)
"""Within `claim_ahead_seconds`: a post that is claimed then waits for its second."""
LATER = (AHEAD, timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=5))
STAFF = Person("head", staff=True)
OPEN = (JobState.QUEUED, JobState.RUNNING)


class Killed(BaseException):
    """The process ends here."""


class Trap(Tripwire):
    """Ends the process by an exception: PostgreSQL rolls back what is open either way. `killed`: where, or after how
    many moments."""

    def __init__(self, killed: Moment | int | None) -> None:
        super().__init__(killed if isinstance(killed, Moment) else None)
        self._left = killed if isinstance(killed, int) else None

    def reached(self, place: str, what: str) -> None:
        if self._left is not None:
            self._left -= 1
        if self._left == 0:
            self._strike()
        super().reached(place, what)

    def _strike(self) -> None:
        self.moment = None
        raise Killed


@dataclass
class TruthfulPlatform:
    """What is live, by job; a late effect lands when its time has come."""

    clock: Clock
    live: dict[str, list[datetime]] = field(default_factory=dict)
    commit: str = "goes well"
    look: str = "truthful"
    meanwhile: dict[str, Callable[[], None]] = field(default_factory=dict)
    """What others do while the adapter is in the step of that name: once."""
    unwanted: list[str] = field(default_factory=list)
    """Jobs that were sent although they must not be: not so, or not yet."""

    def pause(self, step: str) -> None:
        self.meanwhile.pop(step, lambda: None)()

    def land(self, job_id: str, after: timedelta = timedelta(0)) -> None:
        self.live.setdefault(job_id, []).append(self.clock() + after)

    def posts(self, job_id: str) -> int:
        return sum(at <= self.clock() for at in self.live.get(job_id, ()))

    def pending(self, job_id: str) -> bool:
        return any(at > self.clock() for at in self.live.get(job_id, ()))


class TruthfulAdapter(PlatformAdapter):
    platform = Platform.INSTAGRAM

    def __init__(self, settings: Any, world: TruthfulPlatform, job_id: str, is_wanted: Callable[[], bool]) -> None:
        super().__init__(settings, world.clock)
        self.world, self.job_id, self.is_wanted = world, job_id, is_wanted

    def validate(self, *_: Any) -> list[Any]:
        return []

    def prepare(self, content: Any, media: Any, login: Any, checkpoint: Any, save: Any) -> Any:
        made = {"container": checkpoint.get("container", self.job_id)}
        save(made)
        self.world.pause("prepare")
        return made

    def commit(self, *_: Any) -> Observation:
        if not self.is_wanted():
            self.world.unwanted.append(self.job_id)
        fate = self.world.commit
        self.world.pause("commit")
        match fate:
            case "lost on its way":
                raise OutcomeUnknownError(verbatim("No answer came back."))
            case "refused for now":
                raise PlatformUnavailableError(verbatim("Not now."), retry_after=timedelta(seconds=5))
            case "effect late":
                self.world.land(self.job_id, LATEST_EFFECT)
                raise OutcomeUnknownError(verbatim("No answer came back."))
        self.world.land(self.job_id)
        match fate:
            case "answer lost":
                raise OutcomeUnknownError(verbatim("No answer came back."))
            case "dies sending":
                raise Killed
            case "processing":
                return Processing("transcoding")
        return self._post()

    def observe(self, *_: Any) -> Observation:
        if self.world.look == "down":
            raise PlatformUnavailableError(verbatim("It is down."))
        if self.world.look == "blind":
            return CannotTell("It lists nothing.", {"looked_for": self.job_id})
        if self.world.posts(self.job_id):
            return self._post()
        gone = PlatformUnavailableError(verbatim("There is no such post."), retry_after=timedelta(seconds=5))
        return NotPublished(gone)

    def _post(self) -> Published:
        return Published(f"post-{self.job_id}", f"https://platform.test/{self.job_id}")


def quick(settings: Settings) -> Settings:
    """No sleep between looks: time is the machine's alone."""
    channel = settings.platforms[Platform.INSTAGRAM].model_copy(update={"poll_seconds": ()})
    useful = {
        name: about.model_copy(update={"useful_seconds": 86400.0}) for name, about in settings.touchpoints.items()
    }
    return settings.model_copy(
        update={"platforms": {**settings.platforms, Platform.INSTAGRAM: channel}, "touchpoints": useful}
    )


class Sequences(RuleBasedStateMachine):
    """Given its `store` and `settings` by the test below."""

    store: Store
    settings: Settings

    def __init__(self) -> None:
        super().__init__()
        self.store.connection.execute("TRUNCATE campaign, account, claim, stop CASCADE")
        self.clock = Clock()
        self.world = TruthfulPlatform(self.clock)
        self.concerts = Campaigns(self.store, self.settings)
        self.runs = 0
        self.stopped = 0
        self.plan()

    # What publishing does -----------------------------------------------------------------------------------

    @rule()
    def claim(self) -> None:
        self.runs += 1
        claim_due(self.store, self.settings, self._run, self.clock())

    @rule(
        number=some.integers(0, 2),
        commit=some.sampled_from(COMMITS),
        look=some.sampled_from(LOOKS),
        killed=some.none() | some.sampled_from(KILLED_AT) | some.integers(1, 80),
        meanwhile=some.sampled_from(MEANWHILE),
        amid=some.sampled_from(("prepare", "commit")),
    )
    def publish(
        self, number: int, commit: str, look: str, killed: Moment | int | None, meanwhile: str, amid: str
    ) -> None:
        """A task of the run that has the job. Others act amid it."""
        if not self._running():
            self.claim()
        if running := self._running():
            job = running[number % len(running)]
            self.world.meanwhile = {amid: lambda: self._others(meanwhile, job.job_id, amid)}
            self._publish(job, job.claimed_by, commit, look, killed, cleared=False)

    @rule(
        number=some.integers(0, 2),
        commit=some.sampled_from(COMMITS),
        killed=some.none() | some.sampled_from(KILLED_AT),
        meanwhile=some.sampled_from(MEANWHILE),
    )
    def publish_ahead(self, number: int, commit: str, killed: Moment | None, meanwhile: str) -> None:
        """The same with one that waits for its second, approved and not stopped. Others act meanwhile."""
        self.plan()
        if self.stopped:
            self.stop_or_go()
        self.move(number, AHEAD)
        self.claim()
        job = self._job(number)
        if job.state == JobState.RUNNING:
            self.world.meanwhile = {"wait": lambda: self._others(meanwhile, job.job_id, "wait")}
            self._publish(job, job.claimed_by, commit, "truthful", killed, cleared=False)

    @rule(number=some.integers(0, 2), commit=some.sampled_from(COMMITS))
    def clear(self, number: int, commit: str) -> None:
        """In Airflow, of a task whose run may long have lost the job."""
        self._publish(self._job(number), "publish_due_jobs/1", commit, "truthful", None, cleared=True)

    # What people do -----------------------------------------------------------------------------------------

    @rule(number=some.integers(0, 2))
    def retry(self, number: int) -> None:
        with contextlib.suppress(ConflictError):
            decisions.retry(self.store, self.settings, self._job(number).job_id, self.clock())

    @rule(number=some.integers(0, 2))
    def cancel(self, number: int) -> None:
        with contextlib.suppress(ConflictError):
            decisions.cancel(self.store, self._job(number).job_id, self.clock())

    @rule(number=some.integers(0, 2), by=some.sampled_from(LATER))
    def move(self, number: int, by: timedelta) -> None:
        at = self.clock() + by
        with contextlib.suppress(ConflictError, RefusedError):
            rescheduling.move_job(self.store, self.settings, self._job(number).job_id, at, self.clock())

    @rule()
    def stop_or_go(self) -> None:
        if self.stopped:
            stopping.go(self.store, self.stopped, STAFF, self.clock())
            self.stopped = 0
        else:
            self.stopped = stopping.stop(self.store, "school", "", "", STAFF, self.clock()).stop_id

    @rule(words=some.sampled_from(("Come!", "Come and listen!", "At the hall.")))
    def edit(self, words: str) -> None:
        with self.store.transaction():
            self.store.lock_jobs_of_campaign(campaign_id=self.campaign_id)
            self.store.lock_campaign(campaign_id=self.campaign_id)
            self.concerts.write(self.campaign_id, self.clock(), text=words)
            reviewed = review(self.store, self.campaign_id)
            void_approval(self.store, self.settings, reviewed, "edited", self.clock())

    @rule()
    def plan(self) -> None:
        """Put in, written, approved and planned; again, what is there takes the plan."""
        self.campaign_id = self.concerts.planned(
            campaign_id="recital", concert_datetime=Clock().now + timedelta(days=3), platforms=["instagram"]
        )

    @rule(number=some.integers(0, 2))
    def confirm(self, number: int) -> None:
        """A person looks, and says what is there. What may still land they cannot see, so they are not asked then."""
        job = self._job(number)
        if job.action_required != Action.CONFIRM_OUTCOME:
            return
        assert not self.world.pending(job.job_id), "a person was asked while it could still land"
        if self.world.posts(job.job_id):
            link, post_id = f"https://instagram.com/p/{job.job_id}/", f"post-{job.job_id}"
            decisions.confirm_live(self.store, self.settings, job.job_id, link, "teacher-li", self.clock(), post_id)
        else:
            decisions.confirm_not_live(self.store, self.settings, job.job_id, "teacher-li", self.clock())

    @rule(seconds=some.sampled_from((1, 30, 200, 1000, 3600, 20000)))
    def wait(self, seconds: int) -> None:
        self.clock.sleep(seconds)

    # What must hold -----------------------------------------------------------------------------------------

    @invariant()
    def never_twice_and_never_lost(self) -> None:
        for job in self._jobs():
            posts = self.world.posts(job.job_id)
            assert len(self.world.live.get(job.job_id, ())) <= 1, f"{job.job_id} was sent twice with effect"
            position = read_position(self.store.ledger(job_id=job.job_id))
            match job.state:
                case JobState.SUCCESS:
                    assert posts == 1
                case JobState.FAILED if job.action_required == Action.CONFIRM_OUTCOME:
                    assert position.commit_open
                case JobState.FAILED | JobState.CANCELLED | JobState.QUEUED:
                    assert not self.world.live.get(job.job_id), f"{job.state} as if nothing had been sent"
                    assert not position.commit_open
            if job.state == JobState.FAILED:
                assert job.error_code and job.error_message

    @invariant()
    def nothing_unwanted(self) -> None:
        assert self.world.unwanted == []

    @invariant()
    def only_legal_changes(self) -> None:
        for entity, legal in (("job", TRANSITIONS), ("campaign", STATUS_TRANSITIONS)):
            rows = self.store.connection.execute(
                f"SELECT DISTINCT from_state, to_state FROM {entity}_event WHERE from_state <> to_state"
            )
            assert {tuple(row) for row in rows} <= {(str(old), str(new)) for old, new in legal}

    def teardown(self) -> None:
        """Left to itself, with a platform that works and people who answer, everything comes to an end."""
        if self.stopped:
            self.stop_or_go()
        for _ in range(40):
            self.claim()
            for number, job in enumerate(self._jobs()):
                if job.state == JobState.RUNNING:
                    self._publish(job, job.claimed_by, "goes well", "truthful", None, cleared=False)
                self.confirm(number)
            self.never_twice_and_never_lost()
            self.clock.sleep(4000)
            if not any(job.state in OPEN for job in self._jobs()):
                break
        assert not [job.state for job in self._jobs() if job.state in OPEN]
        assert not [job for job in self._jobs() if job.action_required == Action.CONFIRM_OUTCOME]

    # -------------------------------------------------------------------------------------------------------

    def _others(self, what: str, job_id: str, amid: str) -> None:
        job = self.store.job(job_id=job_id)
        number = [known.job_id for known in self._jobs()].index(job_id)
        match what:
            case "a second copy":
                self._publish(job, job.claimed_by, self.world.commit, "truthful", None, cleared=False)
            case "a cancel":
                self.cancel(number)
            case "an edit":
                self.edit("Changed at the last moment.")
            case "a new time":
                self.move(number, timedelta(hours=1))
            case "its own time is now":
                self.move(number, timedelta(0))
            case "a stop" if not self.stopped:
                self.stop_or_go()
            case "a pause":
                until = self.clock() + timedelta(hours=1)
                self.store.pause_account(account=job.account, until=until, reason="rate_limited")
            case "other claims":
                self.claim()
            case "hours" if amid == "wait":
                self.clock.sleep(6 * 3600)
            case "its lease lapses and another run goes on" if amid != "commit":
                self.clock.sleep(1000)
                self.claim()
                self._publish(job, self._run, self.world.commit, "truthful", None, cleared=False)

    def _publish(
        self, job: Any, run: str, commit: str, look: str, killed: Moment | int | None, *, cleared: bool
    ) -> None:
        self.world.commit, self.world.look = commit, look
        trap = Trap(killed)
        store = WatchedStore(self.store.connection, trap)

        def sleep(seconds: float) -> None:
            with trap.around(PULSE):
                self.world.pause("wait")
                self.clock.sleep(seconds)

        publisher = Publisher(store, self.settings, self._submission, clock=self.clock, sleep=sleep)
        with contextlib.suppress(Killed, PublishingError):
            publisher.publish(job.job_id, run, cleared=cleared)

    def _submission(self, job: Any) -> Submission:
        def is_wanted() -> bool:
            approval = self.store.approval_in_force(campaign_id=job.campaign_id)
            approved = approval is not None and job.payload_ref in approval.payload_refs
            known, now = self.store.job(job_id=job.job_id), self.clock()
            paused_until = self.store.account(account=job.account).paused_until
            held = self.stopped or (paused_until is not None and paused_until > now)
            return approved and not held and known.scheduled_at <= now < known.useless_after

        adapter = TruthfulAdapter(self.settings.platforms[Platform.INSTAGRAM], self.world, job.job_id, is_wanted)
        return Submission(adapter, ContentPayload(job.content), MediaAsset(()), Credentials(job.account))

    def _jobs(self) -> list[Any]:
        return sorted(self.concerts.jobs(self.campaign_id), key=lambda job: job.touchpoint)

    def _running(self) -> list[Any]:
        return [job for job in self._jobs() if job.state == JobState.RUNNING]

    def _job(self, number: int) -> Any:
        return self._jobs()[number]

    @property
    def _run(self) -> str:
        return f"publish_due_jobs/{self.runs}"


@pytest.fixture
def machine(store: Store, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Sequences]]:
    monkeypatch.setattr(publisher, "PULSE", math.inf)
    yield type("SequencesHere", (Sequences,), {"store": store, "settings": quick(settings)})


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_whatever_happens_nothing_goes_out_twice_and_nothing_is_lost(machine):
    profile = hypothesis_settings.get_current_profile_name()
    chosen = hypothesis_settings(
        hypothesis_settings.get_profile(profile if profile == "thorough" else "bounded"),
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=chosen)
