"""`python -m crash --groups`: one task that publishes several jobs at once, hit while some of them are under way.

The same moments as in the matrix; since several members come to each, it is struck when so many of them have (`nth`).
A process that dies or sleeps takes all its members along, whatever each of them was at.
"""

from __future__ import annotations

import json
import logging
import signal
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

from crash import breakages, copy_of_task
from crash.copy_of_task import Ended, Process, Surroundings, sleep_of
from crash.crew import Stage, cleared_away, each_on_its_own
from crash.faults import FAULTS, Fault
from crash.job import PLANNED_AHEAD, PlannedPost, plan_posts
from crash.judgement import CLOCKS_DIFFER, DUPLICATE, EARLY, LOST, UNEXPLAINED
from crash.moments import AFTER, BEFORE, DURING, STEP_MOMENTS, Moment, Tripwire, WatchedRestingStore
from crash.points import parking
from crash.routes import ROUTES, Route

from encore.domain.job import Action, JobState, Step
from encore.errors import ContentRejectedError, PublishingError, StoreUnavailableError
from encore.ledger import read_position
from encore.publishing.claim import claim_groups
from encore.publishing.group import Group
from encore.publishing.publisher import Publisher
from encore.store.connect import connect
from encore.store.store import Store
from encore.words.sentence import verbatim

MEMBERS = {"x": 2, "y": 1, "z": 1}
"""How many jobs each account has."""
COUNT = sum(MEMBERS.values())
ROUTE_NAMES = ("instagram image", "tiktok video", "xiaohongshu image", "tiktok photo")
"""Found again and not; with a lock on the account and without."""
MOST_ROUNDS, A_ROUND = 40, 100.0
"""And seconds after the first of them; each is longer than the one before by half of it."""
DOUBLES_AHEAD = 0.6
"""Seconds, really waited for: copies that run freely cannot have time skipped, since each is amid a request."""
DOUBLES = 3


class How(StrEnum):
    """What happens to the process, and who goes on.

    RETRIED  killed; the same run starts the task again at once
    RECLAIMED  killed; the leases lapse, and other runs claim
    RUN, COPY  stopped until other runs, or a second copy of the task, have come to their end; then it wakes
    TOLD     asked to end, by SIGTERM
    DOUBLED  two copies of the task run freely, at once
    CLEARED  the same of a task all of whose jobs have failed, and which was cleared twice
    NOTHING  it is left alone
    """

    RETRIED = "killed, retried"
    RECLAIMED = "killed, reclaimed"
    RUN = "asleep until another run has ended"
    COPY = "asleep until a second copy has ended"
    TOLD = "told to end"
    DOUBLED = "two copies at once"
    CLEARED = "cleared twice at once"
    NOTHING = "left alone"


KILLED = (How.RETRIED, How.RECLAIMED)
HIT = (*KILLED, How.RUN, How.COPY, How.TOLD)
SIGNALS = {How.TOLD: signal.SIGTERM} | dict.fromkeys(KILLED, signal.SIGKILL)
NOWHERE = Moment("", "")
REFUSED = ContentRejectedError(verbatim("Refused."))


@dataclass(frozen=True)
class GroupPoint:
    """`nth`: of those that come to the moment, of a copy that runs freely its seed."""

    route: Route
    fault: Fault
    how: How
    moment: Moment = NOWHERE
    nth: int = 1

    def __str__(self) -> str:
        return f"{self.route.name} | {self.fault.name} | {self.how} | {self.moment} | {self.nth}"


def all_points() -> list[GroupPoint]:
    """Each way to be hit at each step of some member, before and after it and during its commit, with one member after
    another: all of it on one route, every third on the rest, and every fifth where the platform takes its time, at the
    steps that come then."""
    points = []
    turns = cycle(range(1, COUNT + 1))
    for row, name in enumerate(ROUTE_NAMES):
        [route] = [known for known in ROUTES if known.name == name]
        points.append(GroupPoint(route, FAULTS[0], How.NOTHING))
        for fault in (FAULTS[0], parking(route)):
            one_in = 5 if fault is not FAULTS[0] else 3 if row else 1
            for column, moment in enumerate(_moments(route, fault)):
                for number, how in enumerate(HIT):
                    if (row + column + number) % one_in == 0:
                        nth = next(turns)
                        points.append(GroupPoint(route, fault, how, _of_nth(moment, nth), nth))
        for how in (How.DOUBLED, How.CLEARED):
            points += [GroupPoint(route, FAULTS[0], how, nth=seed) for seed in range(DOUBLES)]
    return points


def _moments(route: Route, fault: Fault) -> list[Moment]:
    """No person is asked here, and some routes make nothing before the commit that they could remember."""
    never = {Step.CONFIRMED, *([Step.CHECKPOINTED] if route.create_operation == route.commit_operation else [])}
    steps = [moment for moment in STEP_MOMENTS if moment.what not in never]
    if fault is not FAULTS[0]:
        steps = [moment for moment in steps if moment.what in (Step.COMMIT_ANSWERED, Step.OBSERVED, Step.ENDED)]
    return [*steps, Moment(DURING, "commit")]


def _of_nth(moment: Moment, nth: int) -> Moment:
    return Moment(DURING, f"commit {nth}") if moment.place == DURING else moment


def sample(points: Sequence[GroupPoint]) -> list[GroupPoint]:
    """Each step and during the commit, each way to be hit, each route, and copies that run freely."""
    plain = [point for point in points if point.fault is FAULTS[0] and point.how in HIT]
    chosen = []
    for column, moment in enumerate(dict.fromkeys(point.moment.kind for point in plain)):
        here = [point for point in plain if point.moment.kind == moment]
        # Alternating between routes and ways together, so that every one of both comes up.
        here = [point for point in here if point.how is HIT[column % len(HIT)]]
        chosen.append(here[column % len(here)])
    for number, how in enumerate((How.DOUBLED, How.CLEARED)):
        here = [point for point in points if point.how is how]
        chosen += here[number :: len(here) // 2]
    return chosen


@dataclass
class NthTime(Tripwire):
    """Strikes when the moment is reached for the `nth` time, by whichever thread. A moment that has a number is reached
    once."""

    nth: int = 1
    _lock: Any = field(default_factory=threading.Lock)

    def reached(self, place: str, what: str) -> None:
        with self._lock:
            if self.moment != Moment(place, what):
                return
            self.nth -= 1
            if self.nth > 0:
                return
        self._strike()

    def begins(self, name: str) -> str:
        with self._lock:
            self.made[name] += 1
            what = f"{name} {self.made[name]}"
        self.reached(BEFORE, what)
        return what

    def done(self, what: str) -> None:
        self.reached(AFTER, what)


@dataclass(frozen=True)
class GroupResult:
    """What became of one play; `problems` are (kind, sentence)."""

    point: GroupPoint
    struck: bool
    ends: tuple[str, ...]
    problems: tuple[tuple[str, str], ...]
    story: tuple[str, ...]
    seconds: float


@dataclass
class GroupPlay:
    point: GroupPoint
    around: Surroundings
    store: Store
    name: str
    struck: bool = False
    story: list[str] = field(default_factory=list)
    untruths: list[str] = field(default_factory=list)
    _runs: int = 0

    def run(self) -> list[tuple[str, str]]:
        """The problems."""
        self._prepare()
        [(run, job_ids)] = self._claim()
        assert len(job_ids) == COUNT, f"{len(job_ids)} of {COUNT} jobs were claimed"
        match self.point.how:
            case How.DOUBLED:
                self._twice(run, job_ids, cleared=False)
            case How.CLEARED:
                self._here(run, job_ids, refused=True)
                self._twice(run, job_ids, cleared=True)
            case _:
                self._hit(run, job_ids)
        self._to_the_end()
        self.around.world.wait_until_quiet()
        return [*self._problems(), *((UNEXPLAINED, said) for said in self.untruths)]

    @property
    def _free(self) -> bool:
        return self.point.how in (How.DOUBLED, How.CLEARED)

    def _prepare(self) -> None:
        world, route = self.around.world, self.point.route
        world.reset()
        accounts = {f"{self.name}{account}": count for account, count in MEMBERS.items()}
        for account in accounts:
            world.switch(account, **route.switches)
            for order in self.point.fault.orders(route, account):
                world.order_fault(order)
        ahead = DOUBLES_AHEAD if self._free else PLANNED_AHEAD
        posts = plan_posts(self.store, route, accounts, world.clock(), ahead)
        self.posts: Mapping[str, PlannedPost] = {post.job_id: post for post in posts}

    # What tasks do ------------------------------------------------------------------------------------------

    def _claim(self) -> list[tuple[str, Sequence[str]]]:
        """The groups of a new run."""
        self._runs += 1
        run = f"publish_due_jobs/{self.name}-{self._runs}"
        settings = next(iter(self.posts.values())).settings
        return [(run, group.job_ids) for group in claim_groups(self.store, settings, run, self.around.world.clock())]

    def _copy(self, run: str, job_ids: Sequence[str], tripwire: Tripwire, *, cleared: bool = False) -> Process:
        def work() -> Ended:
            told = threading.Event()
            signal.signal(signal.SIGTERM, lambda *_: told.set())
            return replace(self._attempt(run, job_ids, tripwire, cleared, told.is_set), told=told.is_set())

        return Process(work)

    def _here(self, run: str, job_ids: Sequence[str], *, refused: bool = False) -> Ended:
        """A copy that nothing hits needs no process of its own."""
        return self._note(
            self._attempt(run, job_ids, Tripwire(), False, lambda: False, refused=refused), "afterwards: "
        )

    def _attempt(
        self,
        run: str,
        job_ids: Sequence[str],
        tripwire: Tripwire,
        cleared: bool,
        stopping: Callable[[], bool],
        *,
        refused: bool = False,
    ) -> Ended:
        around = self.around
        clock = around.world.clock
        sleep = time.sleep if self._free else sleep_of(around, tripwire)

        def submission(row: Any) -> Any:
            if refused:
                raise REFUSED
            post = replace(self.posts[row.job_id], account=row.account)
            return copy_of_task._submission(around, self.point.route, post, row, tripwire, clock)

        def publisher_on(on: Store, using: Any, now: Any) -> Publisher:
            return Publisher(on, using, submission, clock=now, sleep=sleep, stopping=stopping)

        group = Group(
            run, job_ids, self.posts[job_ids[0]].settings,
            lambda: WatchedRestingStore(partial(connect, around.dsn, f"airflow {run}"), tripwire), publisher_on,
            given_clock=clock, sleep=sleep, stopping=stopping,
        )  # fmt: skip
        try:
            ended = group.publish(cleared=cleared, watched=True)
            return Ended(error=f"{len(ended.live)} live, {ended.left} left, {len(ended.waits)} wait")
        except PublishingError as err:
            return Ended(error=f"{err.code}: {err.message}")
        except StoreUnavailableError as err:
            return Ended(error=err.message)

    def _hit(self, run: str, job_ids: Sequence[str]) -> None:
        point = self.point
        if point.how is How.NOTHING:
            self._here(run, job_ids)
            return
        nth = 1 if point.moment.place == DURING else point.nth
        tripwire = NthTime(point.moment, SIGNALS.get(point.how, signal.SIGSTOP), nth=nth)
        copy = self._copy(run, job_ids, tripwire)
        ended = copy.wait()
        if ended is not None:
            self.struck = ended.killed or ended.told
            self._note(ended, "")
            if point.how is How.RETRIED:
                self._here(run, job_ids)
            return
        self.struck = True
        self._end_its_transactions()
        if point.how is How.COPY:
            self._here(run, job_ids)
        else:
            self._pass_leases()
            for other, claimed in self._claim():
                self._here(other, claimed)
        self._note(copy.wake(), "woken: ")

    def _twice(self, run: str, job_ids: Sequence[str], *, cleared: bool) -> None:
        """The seed says by how much one is behind the other."""
        first = self._copy(run, job_ids, Tripwire(), cleared=cleared)
        time.sleep(self.point.nth * 0.02)
        second = self._copy(run, job_ids, Tripwire(), cleared=cleared)
        for copy in (first, second):
            ended = copy.wait()
            assert ended is not None
            self._note(ended, "one of two: ")
        self.struck = True

    def _end_its_transactions(self) -> None:
        """As the server does with sessions idle amid a transaction, only sooner. Again a little later, for those
        that were amid a statement, or waited for one of the others."""
        for _ in range(3):
            self.store.connection.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND state = 'idle in transaction' AND pid <> pg_backend_pid()"
            )
            time.sleep(0.05)

    def _pass_leases(self) -> None:
        leases = [job.lease_expires_at for job in self._jobs() if job.lease_expires_at]
        if leases:
            self.around.world.skip((max(leases) - self.around.world.clock()).total_seconds() + 0.01)

    def _to_the_end(self) -> None:
        """Runs come and go until there is nothing left to claim."""
        for number in range(MOST_ROUNDS):
            if not any(job.state in (JobState.QUEUED, JobState.RUNNING) for job in self._jobs()):
                return
            for run, job_ids in self._claim():
                self._here(run, job_ids)
            self.around.world.skip(A_ROUND * (1 + number / 2))

    def _note(self, ended: Ended, who: str) -> Ended:
        self.story.append(f"{who}{'killed' if ended.killed else ended.error}")
        if ended.error.startswith("Traceback"):
            self.untruths.append(f"an error nobody expected: {ended.error.strip().splitlines()[-1]}")
        return ended

    # What it came to ----------------------------------------------------------------------------------------

    def _jobs(self) -> list[Any]:
        return [self.store.job(job_id=job_id) for job_id in self.posts]

    @property
    def ends(self) -> tuple[str, ...]:
        return tuple(str(job.error_code or job.state) for job in self._jobs())

    def _problems(self) -> Iterator[tuple[str, str]]:
        jobs = self._jobs()
        for account in dict.fromkeys(post.account for post in self.posts.values()):
            there = [job for job in jobs if job.account == account]
            feed = self.around.world.feed(account)
            live = [job for job in there if job.state == JobState.SUCCESS]
            if len(feed) > len(there):
                yield DUPLICATE, f"{account}: {len(feed)} posts of {len(there)} jobs"
            if not len(live) <= len(feed) <= len(live) + sum(_is_doubtful(job) for job in there):
                yield LOST, f"{account}: {len(feed)} posts in the feed, {len(live)} jobs are live"
            known = [job.external_post_id for job in live if job.external_post_id]
            if len(set(known)) < len(known) or not set(known) <= {post["post_id"] for post in feed}:
                yield LOST, f"{account}: two jobs with the same post, or one with somebody else's"
        for job in jobs:
            yield from self._of_one(job)

    def _of_one(self, job: Any) -> Iterator[tuple[str, str]]:
        ledger = list(self.store.ledger(job_id=job.job_id))
        if _is_doubtful(job):
            if self.point.route.reconcilable:
                yield UNEXPLAINED, f"{job.job_id}: a person is asked where the platform can tell"
        elif job.state != JobState.SUCCESS:
            yield LOST, f"{job.job_id}: {job.state} {job.error_code} at the end"
        if job.state != JobState.SUCCESS and not _is_doubtful(job) and read_position(ledger).commit_open:
            yield LOST, f"{job.job_id}: {job.state} although what was sent may be live"
        for line in ledger:
            if line.step == Step.COMMIT_STARTED and line.at < job.scheduled_at - CLOCKS_DIFFER:
                yield EARLY, f"{job.job_id}: its commit began before its planned second"


def _is_doubtful(job: Any) -> bool:
    return job.state == JobState.FAILED and job.action_required == Action.CONFIRM_OUTCOME


def play_groups(on: Stage, points: Sequence[GroupPoint], broken: str = "") -> Iterator[GroupResult]:
    """`broken`: the breakage under which all of them are played, if any."""
    return each_on_its_own(on, _play_some, [(point, broken) for point in points])


def _play_some(
    around: Surroundings, store: Store, worker: str, parts: Sequence[tuple[GroupPoint, str]]
) -> Iterator[GroupResult]:
    logging.disable()  # what is to be told is in the story
    for number, (point, broken) in enumerate(parts):
        with breakages.applied(broken) if broken else nullcontext():
            yield _judged(GroupPlay(point, around, Store(store.connection), f"{worker}g{number}"))


def _judged(play: GroupPlay) -> GroupResult:
    """Play it and say what became of it; leaves the database as it was."""
    began = time.monotonic()
    try:
        problems = tuple(play.run())
        ends = play.ends
    except Exception as err:
        problems, ends = ((LOST, f"the play broke off: {err!r}"),), ("broken off",)
        play.story.append(traceback.format_exc())
    finally:
        cleared_away(play.store)
    return GroupResult(play.point, play.struck, ends, problems, tuple(play.story), time.monotonic() - began)


def tell_groups(played: Iterable[GroupResult], report: Path | None) -> int:
    """Print what went wrong and how often; 0 if nothing did."""
    began = time.monotonic()
    results = []
    for result in played:
        results.append(result)
        if result.problems:
            print(f"WRONG  {result.point}  ->  {', '.join(result.ends)}")
            for line in (*(f"{kind}: {text}" for kind, text in result.problems), *result.story):
                print(f"       {line}")
        if len(results) % 50 == 0:
            print(f"{len(results)} groups, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    struck = [result for result in results if result.struck]
    for title, counted in {
        "route": Counter(result.point.route.name for result in results),
        "way (where the process was really hit)": Counter(str(result.point.how) for result in struck),
        "moment (where the process was really hit)": Counter(result.point.moment.kind for result in struck),
        "end": Counter(end for result in results for end in result.ends),
    }.items():
        print(f"\ngroups by {title}", *(f"  {number:5}  {name}" for name, number in counted.items()), sep="\n")
    untouched = {step.value for step in Step} - {Step.CONFIRMED.value}
    untouched -= {result.point.moment.what for result in struck}
    kinds = Counter(kind for result in results for kind in {kind for kind, _ in result.problems})
    print(f"\n{len(results)} groups of {COUNT} jobs in {time.monotonic() - began:.0f} s: ", end="")
    print(f"{kinds[DUPLICATE]} duplicates, {kinds[LOST]} lost, {kinds[EARLY]} early, {kinds[UNEXPLAINED]} unexplained")
    if untouched:
        print(f"Steps at which no process was hit: {', '.join(sorted(untouched))}")
    if report:
        report.write_text(json.dumps([_as_json(result) for result in results], indent=1), encoding="utf-8")
    return 1 if kinds else 0


def _as_json(result: GroupResult) -> dict[str, object]:
    return {
        "point": str(result.point),
        "route": result.point.route.name,
        "how": str(result.point.how),
        "moment": str(result.point.moment),
        "struck": result.struck,
        "ends": result.ends,
        "problems": result.problems,
        "seconds": round(result.seconds, 3),
    }
