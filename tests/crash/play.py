"""Plays one point: the job is claimed and published, hit at its moment, and taken on to its end as Airflow would."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from crash.copy_of_task import Ended, Process, Surroundings, confirm, publish
from crash.job import plan_post
from crash.moments import BEFORE, Moment, Tripwire
from crash.points import KILLS, Hit, Point

from encore import decisions
from encore.domain.job import Action, JobState, Step
from encore.errors import ConflictError
from encore.publishing.claim import claim_due
from encore.publishing.outcome import Parked
from encore.store.store import Store

MOST_ROUNDS = 60
"""More than any job needs; a job that is not at its end by then is lost."""
ROUNDS_WHILE_SUSPENDED = 5
WATCHED_SECONDS = 900.0
PERSONS_PATIENCE = 2
"""How often a person looks and answers before the play is over."""
RIVALS = 6


@dataclass
class Played:
    """What the judge sees: the job's row, its ledger, the feed, and what has happened on the way."""

    point: Point
    job: Any
    ledger: list[Any]
    feed: list[dict[str, Any]]
    struck: bool
    """Whether the process was hit: a fault may end the attempt before the moment comes."""
    doubts: int
    """How often a person was asked."""
    untruths: list[str]
    requests: tuple[str, ...]
    story: list[str]


@dataclass
class Play:
    point: Point
    around: Surroundings
    store: Store
    account: str
    struck: bool = False
    doubts: int = 0
    untruths: list[str] = field(default_factory=list)
    requests: tuple[str, ...] = ()
    story: list[str] = field(default_factory=list)
    _runs: int = 0

    def run(self) -> Played:
        world, route = self.around.world, self.point.route
        world.reset()
        world.switch(self.account, **route.switches)
        for order in self.point.fault.orders(route, self.account):
            world.order_fault(order)
        self.post = plan_post(self.store, route, self.account, world.clock())
        last = self._until_hit()
        self._to_the_end(last)
        world.wait_until_quiet()
        return Played(
            self.point, self._job(), list(self.store.ledger(job_id=self.post.job_id)), self._feed(), self.struck,
            self.doubts, self.untruths, self.requests, self.story,
        )  # fmt: skip

    # The hit ------------------------------------------------------------------------------------------------

    def _until_hit(self) -> Ended:
        """The first copy, up to its end; what happened at its moment has happened."""
        run = self._claim()
        if self.point.hit in (*KILLS, Hit.NOTHING):
            ended = self._start(run, signal.SIGKILL).wait()
            assert ended is not None
            return self._note(ended)
        copy = self._start(run, signal.SIGSTOP)
        ended = copy.wait()
        if ended is not None:
            return self._note(ended)
        self.struck = True
        meanwhile: dict[Hit, Callable[[str], Process | None]] = {
            Hit.SUSPEND: self._others_go_on,
            Hit.TWINS: self._a_twin,
            Hit.CLAIMS: self._others_claim,
        }
        twin = meanwhile.get(self.point.hit, self._a_person_changes)(run)
        woken = self._note(copy.wake(), "woken: ")
        return self._note(twin.wake(), "twin woken: ") if twin else woken

    def _others_go_on(self, run: str) -> None:
        self._pass_lease()
        self._to_the_end(Ended(killed=True), rounds=ROUNDS_WHILE_SUSPENDED)

    def _a_twin(self, run: str) -> Process | None:
        """A second copy of the same task, stopped just before it sends; None if it has come to its end by then."""
        tripwire = Tripwire(Moment(BEFORE, "commit 1"), signal.SIGSTOP)
        twin = publish(self.around, self.point.route, self.post, run, tripwire)
        ended = twin.wait()
        if ended is not None:
            self._note(ended, "twin: ")
            return None
        return twin

    def _others_claim(self, run: str) -> None:
        for _ in range(RIVALS):
            rival = self._next_run()
            if claim_due(self.store, self.post.settings, rival, self.around.world.clock()):
                self.untruths.append("a job was claimed from a task that was alive and within its lease")

    def _a_person_changes(self, run: str) -> None:
        now = self.around.world.clock()
        match self.point.hit:
            case Hit.EDIT:
                self.post.edit(self.store, now)
            case Hit.MOVE:
                self.post.move(self.store, now)
            case Hit.CANCEL:
                try:
                    decisions.cancel(self.store, self.post.job_id, now)
                except ConflictError as err:
                    self.story.append(f"cancel: {err}")

    # To the end ---------------------------------------------------------------------------------------------

    def _to_the_end(self, last: Ended, rounds: int = MOST_ROUNDS) -> None:
        for number in range(rounds):
            job = self._job()
            if job.state in (JobState.SUCCESS, JobState.CANCELLED) or job.action_required == Action.APPROVE_CONTENT:
                return
            if job.state == JobState.FAILED:
                if job.action_required != Action.CONFIRM_OUTCOME or self.doubts >= PERSONS_PATIENCE:
                    return
                self._ask_a_person()
                last = Ended()
                continue
            last = self._go_on(job, last, number)

    def _go_on(self, job: Any, last: Ended, number: int) -> Ended:
        """The next thing that Airflow would do with this job."""
        world = self.around.world
        if job.state == JobState.QUEUED:
            due = max(moment for moment in (job.not_before, job.scheduled_at, self._rests_until(job)) if moment)
            world.skip((due - world.clock()).total_seconds() + 0.01)
            return self._again(self._claim())
        if last.killed and self.point.hit is Hit.RETRY:
            return self._again(job.claimed_by)
        if last.retry_in is not None:
            world.skip(last.retry_in, at_once=True)
            return self._again(job.claimed_by)
        if isinstance(last.outcome, Parked):
            # The trigger looks every `interval` and changes nothing; the task comes back when its window is over.
            interval = last.outcome.interval.total_seconds()
            world.skip(min(interval * 2**number, WATCHED_SECONDS))
            return self._again(job.claimed_by)
        self._pass_lease()
        return self._again(self._claim())

    def _again(self, run: str | None) -> Ended:
        if run is None:
            return Ended(killed=True)
        ended = publish(self.around, self.point.route, self.post, run, Tripwire()).wait()
        assert ended is not None
        return self._note(ended)

    def _pass_lease(self) -> None:
        lease = self._job().lease_expires_at
        if lease is not None:
            self.around.world.skip((lease - self.around.world.clock()).total_seconds() + 0.01)

    def _claim(self) -> str | None:
        """A claim by a new run; its id if it has got the job."""
        run = self._next_run()
        claimed = claim_due(self.store, self.post.settings, run, self.around.world.clock())
        return run if claimed else None

    def _ask_a_person(self) -> None:
        """They look first when everything has come to rest, and answer truthfully."""
        self.around.world.skip(60)
        self.doubts += 1
        feed = self._feed()
        hit_here = self.point.moment.what == Step.CONFIRMED and not self.struck
        tripwire = Tripwire(self.point.moment) if hit_here and self.point.hit in KILLS else Tripwire()
        ended = confirm(self.around, self.point.route, self.post, feed, tripwire).wait()
        assert ended is not None
        self._note(ended, f"a person says {'it is live' if feed else 'it is not live'}: ")
        if ended.killed:
            self._note(
                confirm(self.around, self.point.route, self.post, feed, Tripwire()).wait() or Ended(),
                "and says so again: ",
            )

    # Bookkeeping --------------------------------------------------------------------------------------------

    def _start(self, run: str | None, by: int) -> Process:
        assert run is not None, "a new job that is due is claimed"
        return publish(self.around, self.point.route, self.post, run, Tripwire(self.point.moment, by))

    def _note(self, ended: Ended, who: str = "") -> Ended:
        self.struck = self.struck or ended.killed
        self.requests = self.requests or ended.requests
        self.story.append(f"{who}{'killed' if ended.killed else ended.error or ended.outcome}")
        if ended.error.startswith("Traceback"):
            self.untruths.append(f"an error nobody expected: {ended.error.strip().splitlines()[-1]}")
        return ended

    def _rests_until(self, job: Any) -> Any:
        account = self.store.account(account=job.account)
        return account.paused_until

    def _job(self) -> Any:
        return self.store.job(job_id=self.post.job_id)

    def _feed(self) -> list[dict[str, Any]]:
        return self.around.world.feed(self.account)

    def _next_run(self) -> str:
        self._runs += 1
        return f"publish_due_jobs/{self.account}-{self._runs}"
