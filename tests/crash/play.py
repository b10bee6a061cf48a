"""Plays one point: the job is claimed and published, hit at its moment, and taken on to its end as Airflow would."""

from __future__ import annotations

import signal
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from crash.copy_of_task import Ended, Process, Surroundings, confirm, publish
from crash.job import PLANNED_AHEAD, USELESS_AFTER, plan_post
from crash.moments import AFTER, BEFORE, END_OF_TRANSACTION, REST, Moment, Tripwire
from crash.played import Played
from crash.points import BY_ANOTHER_RUN, DECISIONS, KILLS, SENT, Hit, Point, Rehearsal

from encore.accounts.preflight import Preflight
from encore.accounts.stopping import Scope, go, stop
from encore.campaigns.access import Person
from encore.domain.job import Action, JobState, Platform, Step
from encore.errors import ConflictError
from encore.platforms.contract import AccountState
from encore.posts import decisions
from encore.posts.moving import move_job
from encore.publishing.claim import claim_due
from encore.publishing.ending import DISCONNECTED
from encore.publishing.outcome import Parked
from encore.store.store import Store

MOST_ROUNDS = 60
"""More than any job needs; a job that is not at its end by then is lost."""
ROUNDS_WHILE_ASLEEP = 5
WATCHED_SECONDS = 900.0
PERSONS_PATIENCE = 2
"""How often a person looks and answers before the play is over."""
RIVALS = 6
AHEAD_SECONDS = 1800.0
"""More than any platform's commit and settle time together."""
HELD_SECONDS, LATE_SECONDS = 600.0, 3600.0
STAFF = Person("head", staff=True)

_BEGUN = Moment(AFTER, f"{END_OF_TRANSACTION} 1")
_SENT = Moment(BEFORE, Step.COMMIT_ANSWERED)
_AWAKENED_AT = {Hit.RUN_BEGUN: _BEGUN, Hit.COPY_BEGUN: _BEGUN, Hit.RUN_SENT: _SENT, Hit.COPY_SENT: _SENT}
_AWAKENED_AT |= {Hit.TWINS: Moment(BEFORE, "commit 1"), Hit.COPY_WAITS: Moment(AFTER, f"{REST} 1")}
"""Where the successor of a sleeping copy stops and lets it wake. The others come to their end first."""


@dataclass
class Play:
    point: Point
    around: Surroundings
    store: Store
    account: str
    struck: bool = False
    met: bool = False
    doubts: int = 0
    untruths: list[str] = field(default_factory=list)
    rehearsal: Rehearsal = field(default_factory=Rehearsal)
    story: list[str] = field(default_factory=list)
    planned_ahead: float = PLANNED_AHEAD
    planned: list[tuple[datetime, datetime]] = field(default_factory=list)
    held: list[tuple[datetime, datetime]] = field(default_factory=list)
    _stop: Any = None
    _made: Counter[str] = field(default_factory=Counter)
    _runs: int = 0

    def run(self) -> Played:
        self.prepare()
        return self.played_on(self._again(self._claim()))

    def prepare(self) -> None:
        """One planned post that can be claimed, and a platform with its fault."""
        world, route, fault = self.around.world, self.point.route, self.point.fault
        world.reset()
        world.switch(self.account, **route.switches)
        for order in fault.orders(route, self.account):
            world.order_fault(order)
        self.post = plan_post(self.store, route, self.account, world.clock(), self.planned_ahead)
        self._note_plan(world.clock())
        if fault.elsewhere:
            now = world.clock()
            self.store.note_trouble(platform=route.platform, account="another", now=now, since=now)

    def played_on(self, last: Ended) -> Played:
        """What becomes of it after a copy that ended so."""
        self._to_the_end(last)
        self.around.world.wait_until_quiet()
        return Played(
            self.point, self._job(), list(self.store.ledger(job_id=self.post.job_id)), self._feed(), self.struck,
            self.doubts, self.untruths, self.rehearsal, self.story, self.planned, self.held, self.met,
        )  # fmt: skip

    # While a copy sleeps ------------------------------------------------------------------------------------

    def _while_it_sleeps(self, copy: Process, run: str) -> Ended:
        """Others act, then it wakes. Gives the end by which Airflow goes on."""
        self.struck = True
        if self.point.hit is not Hit.CLAIMS:
            self._end_its_transaction()
        successor: Process | None = None
        last: Ended | None = None
        match self.point.hit:
            case Hit.CLAIMS:
                self._others_claim()
            case hit if hit in DECISIONS:
                self._people_decide()
            case Hit.LATE:
                self.around.world.skip(LATE_SECONDS)
            case Hit.MISSED:
                self.around.world.skip(PLANNED_AHEAD + USELESS_AFTER)
            case _:
                successor, last = self._a_successor(run)
        woken = self._note(copy.wake(), "woken: ")
        if successor:
            last = self._note(successor.wake(), "its successor woken: ")
        return last if last and goes_on(last) else woken

    def _a_successor(self, run: str) -> tuple[Process | None, Ended | None]:
        """As far as it should come: stopped there, or at its end."""
        hit = self.point.hit
        if hit in BY_ANOTHER_RUN:
            self._pass_lease()
            claimed = self._claim()
            if claimed is None:
                return None, None
            run = claimed
        successor = publish(
            self.around, self.point.route, self.post, run, Tripwire(_AWAKENED_AT.get(hit), signal.SIGSTOP)
        )
        ended = successor.wait()
        if ended is None and isinstance(successor, Process):
            self.met = True
            return successor, None
        assert ended is not None
        self._note(ended, "its successor: ")
        if hit in (Hit.RUN_ENDED, Hit.COPY_ENDED):
            self._to_the_end(ended, rounds=ROUNDS_WHILE_ASLEEP)
            self.met = self._job().state not in (JobState.QUEUED, JobState.RUNNING)
        else:
            self.met = hit not in _AWAKENED_AT and isinstance(ended.outcome, Parked)
        return None, ended

    def _end_its_transaction(self) -> None:
        """As the server does with a session that is idle amid a transaction, only sooner."""
        self.store.connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND state = 'idle in transaction' AND pid <> pg_backend_pid()"
        )

    def _others_claim(self) -> None:
        for _ in range(RIVALS):
            rival = self._next_run()
            if claim_due(self.store, self.post.settings, rival, self.around.world.clock()):
                self.untruths.append("a job was claimed from a task that was alive and within its lease")

    def _people_decide(self) -> None:
        now, job_id = self.around.world.clock(), self.post.job_id
        try:
            match self.point.hit:
                case Hit.EDIT:
                    self.post.edit(self.store, now)
                case Hit.CANCEL:
                    decisions.cancel(self.store, job_id, now)
                case Hit.MOVE:
                    move_job(self.store, self.post.settings, job_id, now + timedelta(hours=1), now)
                case Hit.NOW:
                    move_job(self.store, self.post.settings, job_id, now, now)
                case Hit.STOP:
                    self._stop = stop(self.store, *self._scope, "A rest", STAFF, now)
                case Hit.PAUSE:
                    until = now + timedelta(seconds=HELD_SECONDS)
                    self.store.pause_account(account=self.account, until=until, reason="rate_limited")
                    self._hold(now, until)
        except ConflictError as err:
            self.story.append(f"{self.point.hit}: {err}")
            if self.point.moment not in SENT:
                self.untruths.append(f"not {self.point.hit}, although nothing was sent: {err}")
        self._note_plan(now)

    @property
    def _scope(self) -> tuple[str, str]:
        match self.point.route.platform:
            case Platform.TIKTOK:
                return Scope.SCHOOL, ""
            case Platform.INSTAGRAM:
                return Scope.ACCOUNT, self.account
            case platform:
                return Scope.PLATFORM, platform

    def _staff_let_go(self) -> None:
        """After a while in which it could have been claimed."""
        self.around.world.skip(HELD_SECONDS)
        if self._claim():
            self.untruths.append("it was claimed although staff had stopped it")
        now = self.around.world.clock()
        self._hold(self._stop.stopped_at, now)
        go(self.store, self._stop.stop_id, STAFF, now)
        self._stop = None

    def _hold(self, since: datetime, until: datetime) -> None:
        """Not for what had been sent before."""
        if self.point.moment not in SENT:
            self.held.append((since, until))

    def _note_plan(self, now: datetime) -> None:
        self.planned.append((now, self._job().scheduled_at))

    # To the end ---------------------------------------------------------------------------------------------

    def _to_the_end(self, last: Ended, rounds: int = MOST_ROUNDS) -> None:
        for number in range(rounds):
            job = self._job()
            if job.state in (JobState.SUCCESS, JobState.CANCELLED) or job.action_required == Action.APPROVE_CONTENT:
                return
            if self._is_disconnected(job):
                self._reconnect(job)
                last = Ended()
                continue
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
            if self._stop:
                self._staff_let_go()
            ahead = job.scheduled_at - timedelta(seconds=PLANNED_AHEAD)
            due = max(moment for moment in (job.not_before, ahead, self._rests_until(job)) if moment)
            world.skip((due - world.clock()).total_seconds() + 0.01)
            return self._again(self._claim())
        if last.killed and self.point.hit in (Hit.RETRY, Hit.AHEAD):
            return self._again(job.claimed_by)
        if last.retry_in is not None:
            world.skip(last.retry_in, at_once=True)
            return self._again(job.claimed_by)
        if isinstance(last.outcome, Parked):
            # The trigger looks every `interval` and changes nothing; the task comes back when its window is over.
            interval = last.outcome.interval.total_seconds()
            world.skip(min(interval * 4**number, WATCHED_SECONDS))
            return self._again(job.claimed_by)
        self._pass_lease()
        return self._again(self._claim())

    def _again(self, run: str | None) -> Ended:
        """A copy of the main line: the first of them that comes to the moment is hit there."""
        if run is None:
            return Ended(killed=True)
        ahead = AHEAD_SECONDS if self.point.hit is Hit.AHEAD and self.struck else 0.0
        copy = publish(self.around, self.point.route, self.post, run, self._tripwire(), ahead=ahead)
        ended = copy.wait()
        if ended is None and isinstance(copy, Process):
            return self._while_it_sleeps(copy, run)
        assert ended is not None
        if not self.struck:
            self.rehearsal = Rehearsal((*self.rehearsal.copies, ended.pauses), self.rehearsal.person)
            self._made = ended.made
        self._note(ended)
        if ended.told and self.point.moment not in SENT:
            state, posts = self._job().state, len(self._feed())
            if state != JobState.QUEUED or posts:
                self.untruths.append(f"told to end, it left the job {state} with {posts} posts")
        return ended

    def _tripwire(self) -> Tripwire:
        hit = self.point.hit
        by = signal.SIGKILL if hit in (*KILLS, Hit.AHEAD) else signal.SIGTERM if hit is Hit.TOLD else signal.SIGSTOP
        return Tripwire(None if self.struck or hit is Hit.NOTHING else self.point.moment, by, Counter(self._made))

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
        self.around.world.skip(600)
        self.doubts += 1
        feed = self._feed()
        tripwire = self._tripwire() if self.point.hit in KILLS else Tripwire(made=Counter(self._made))
        ended = confirm(self.around, self.point.route, self.post, feed, tripwire).wait()
        assert ended is not None
        if not self.struck:
            self.rehearsal = Rehearsal(self.rehearsal.copies, self.rehearsal.person or ended.pauses)
            self._made = ended.made
        self._note(ended, f"a person says {'it is live' if feed else 'it is not live'}: ")
        if ended.killed:
            self._note(
                confirm(self.around, self.point.route, self.post, feed, Tripwire()).wait() or Ended(),
                "and says so again: ",
            )

    def _is_disconnected(self, job: Any) -> bool:
        """Failed for it, or waiting for it after a copy that died before it could say so."""
        if job.state == JobState.QUEUED:
            return self.store.account(account=job.account).pause_reason == DISCONNECTED
        return job.state == JobState.FAILED and job.action_required == Action.RECONNECT_ACCOUNT

    def _reconnect(self, job: Any) -> None:
        """Its owner logs in again, and the next look ahead finds the login alive."""
        self.story.append("its owner reconnects the account")
        ahead = Preflight(
            self.store, self.post.settings, lambda _: AccountState(), lambda _: None, lambda _: True,
            self.around.world.clock(),
        )  # fmt: skip
        ahead.check_account(self.store.account(account=job.account))

    # Bookkeeping --------------------------------------------------------------------------------------------

    def _note(self, ended: Ended, who: str = "") -> Ended:
        self.struck = self.struck or ended.killed or ended.told
        self.story.append(f"{who}{'killed' if ended.killed else ended.error or ended.outcome}")
        if ended.error.startswith("Traceback"):
            self.untruths.append(f"an error nobody expected: {ended.error.strip().splitlines()[-1]}")
        return ended

    def _rests_until(self, job: Any) -> Any:
        """Its account, which also catches its breath between posts that are late, or the platform as a whole."""
        account = self.store.account(account=job.account)
        platform = self.store.connection.execute(
            "SELECT paused_until FROM channel WHERE platform = %s", (job.platform,)
        ).fetchone()
        rests = (account.paused_until, account.catch_up_at, platform.paused_until)
        return max((until for until in rests if until), default=None)

    def _job(self) -> Any:
        return self.store.job(job_id=self.post.job_id)

    def _feed(self) -> list[dict[str, Any]]:
        return self.around.world.feed(self.account)

    def _next_run(self) -> str:
        self._runs += 1
        return f"publish_due_jobs/{self.account}-{self._runs}"


def goes_on(ended: Ended) -> bool:
    """Whether Airflow starts this task again by itself."""
    return isinstance(ended.outcome, Parked) or ended.retry_in is not None
