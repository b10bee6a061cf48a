"""One copy of a publish task, in a process of its own that can be killed or suspended at an exact moment."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import psycopg
from crash.faults import COMMIT_SECONDS
from crash.job import PlannedPost
from crash.moments import PULSE, Pause, Tripwire, WatchedAdapter, WatchedRestingStore, WatchedWire
from crash.routes import Route
from crash.world import World

from encore.content.writing.caption import to_payload
from encore.domain.job import Platform
from encore.errors import EncoreError, PublishingError, StoreUnavailableError
from encore.platforms.contract import Credentials
from encore.posts import decisions
from encore.publishing import group as groups
from encore.publishing.group import Group
from encore.publishing.outcome import Outcome, Parked, Skipped
from encore.publishing.publisher import Publisher
from encore.publishing.submission import Submission
from encore.settings import Settings
from encore.store.clock import DatabaseClock, uptime
from encore.store.store import Store, connect

STUCK_AFTER = 20.0
SHORT_SLEEP = 0.05
"""Seconds: no pulse of a wait is shorter, and no sleep between two looks is longer in the matrix."""

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Surroundings:
    """What the copies of one worker need: where the database, the platforms and the media are."""

    dsn: str
    world: World
    media_folder: Path
    media_address: str
    _kept: dict[int, psycopg.Connection] = field(default_factory=dict)
    """By the process that opened it: one that a fork took along would close it under everybody else, by its rest."""

    def store(self, actor: str, tripwire: Tripwire) -> WatchedRestingStore:
        """On a connection of its own for a copy that may be hit; the others of a process, one after another, share
        one."""

        def shared() -> psycopg.Connection:
            kept = self._kept.get(os.getpid())
            if kept is None or kept.closed:
                kept = self._kept[os.getpid()] = connect(self.dsn, actor)
            kept.execute("SELECT set_config('encore.actor', %s, false)", (actor,))
            return kept

        own = partial(connect, self.dsn, actor)
        return WatchedRestingStore(shared if tripwire.moment is None else own, tripwire)


@dataclass(frozen=True)
class Ended:
    """How a copy ended. `killed` at its moment, or with an `outcome`, or with an error that is as Airflow sees it.
    `told`: it was asked to end at its moment."""

    killed: bool = False
    told: bool = False
    outcome: Outcome | None = None
    error: str = ""
    retry_in: float | None = None
    pauses: tuple[Pause, ...] = ()
    made: Counter[str] = field(default_factory=Counter)


class Process:
    """A forked process and its last words."""

    def __init__(self, work: Callable[[], Ended]) -> None:
        self._from_child, to_child = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _be_the_child(work, to_child)
        os.close(to_child)
        self._status: int | None = None

    def wait(self) -> Ended | None:
        """Until it ends; None if it has suspended itself."""
        ends = time.monotonic() + STUCK_AFTER
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
            if pid and os.WIFSTOPPED(status):
                return None
            if pid:
                return self._last_words(status)
            if time.monotonic() > ends:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                raise TimeoutError(f"a copy did not end within {STUCK_AFTER:g} s")
            time.sleep(0.001)

    def wake(self) -> Ended:
        os.kill(self.pid, signal.SIGCONT)
        ended = self.wait()
        assert ended is not None, "a copy suspends itself once"
        return ended

    def _last_words(self, status: int) -> Ended:
        with os.fdopen(self._from_child, "rb") as pipe:
            said = pipe.read()
        if os.WIFSIGNALED(status):
            return Ended(killed=True)
        return pickle.loads(said)


class Here:
    """The same for a copy that nothing hits: it needs no process of its own, which would cost more than it does."""

    def __init__(self, work: Callable[[], Ended]) -> None:
        self._work = work

    def wait(self) -> Ended:
        return self._work()


def _start(work: Callable[[], Ended], tripwire: Tripwire) -> Process | Here:
    return Here(work) if tripwire.moment is None else Process(work)


def _be_the_child(work: Callable[[], Ended], to_parent: int) -> NoReturn:
    try:
        said = pickle.dumps(work())
    except BaseException:
        said = pickle.dumps(Ended(error=traceback.format_exc()))
    with os.fdopen(to_parent, "wb") as pipe:
        pipe.write(said)
    os._exit(0)  # nothing of the parent's is closed or flushed here


def publish(
    around: Surroundings, route: Route, post: PlannedPost, run_id: str, tripwire: Tripwire, *, ahead: float = 0.0
) -> Process | Here:
    """Start a copy of the publish task of `run_id`, on a machine whose clock is `ahead` by so many seconds."""

    def work() -> Ended:
        told = threading.Event()
        if tripwire.moment is not None and tripwire.signal == signal.SIGTERM:
            signal.signal(signal.SIGTERM, lambda *_: told.set())
        ended = attempt(
            around, route, post, run_id, tripwire,
            ahead=ahead, sleep=sleep_of(around, tripwire), stopping=told.is_set,
        )  # fmt: skip
        return replace(ended, told=told.is_set())

    return _start(work, tripwire)


def sleep_of(around: Surroundings, tripwire: Tripwire) -> Callable[[float], None]:
    """The wait for the planned second is skipped pulse by pulse, for everybody; what is shorter passes."""

    def sleep(seconds: float) -> None:
        if seconds < SHORT_SLEEP:
            time.sleep(seconds)
            return
        with tripwire.around(PULSE):
            around.world.skip(seconds, at_once=True)

    return sleep


def attempt(
    around: Surroundings,
    route: Route,
    post: PlannedPost,
    run_id: str,
    tripwire: Tripwire,
    *,
    cleared: bool = False,
    ahead: float = 0.0,
    sleep: Callable[[float], None] = time.sleep,
    stopping: Callable[[], bool] = lambda: False,
) -> Ended:
    """What one copy does, in whichever process."""

    def publisher_on(on: Store, using: Settings, now: Clock) -> Publisher:
        return Publisher(
            on, using, lambda row: _submission(around, route, post, row, tripwire, now),
            clock=now, sleep=sleep, stopping=stopping,
        )  # fmt: skip

    group = Group(
        run_id, [post.job_id], post.settings, lambda: around.store(f"airflow {run_id}", tripwire), publisher_on,
        given_clock=clock_of(around, lambda: group.ask(lambda on: on.database_time()), ahead),
        sleep=sleep, stopping=stopping,
    )  # fmt: skip
    try:
        ended = Ended(outcome=_outcome(group.publish(cleared=cleared)))
    except PublishingError as err:
        delay = err.retry_in.total_seconds() if err.retry_in is not None else None
        ended = Ended(error=f"{err.code}: {err.message}", retry_in=delay)
    except StoreUnavailableError as err:
        ended = Ended(error=err.message)
    return replace(ended, pauses=tripwire.pauses, made=tripwire.made)


def _outcome(ended: groups.Ended) -> Outcome:
    """Of the group's one post."""
    if ended.live:
        return ended.live[0]
    return Parked(ended.interval) if ended.parked else Skipped("\n".join(map(str, ended.waits)))


def clock_of(around: Surroundings, database_time: Callable[[], datetime], ahead: float) -> Clock:
    """As the composition root makes it: the database's, in which the time that was skipped has passed. That the
    machine's own is `ahead` changes nothing."""
    skipped = around.world.clock

    def ask() -> datetime:
        return database_time() + timedelta(seconds=skipped.skipped)

    return DatabaseClock(ask, lambda: uptime() + skipped.skipped)


def confirm(
    around: Surroundings, route: Route, post: PlannedPost, feed: list[dict[str, Any]], tripwire: Tripwire
) -> Process | Here:
    """A person has looked at the feed and says what is there."""

    def work() -> Ended:
        store = around.store("teacher-li", tripwire)
        now = around.world.clock()
        error = ""
        try:
            if feed:
                link = f"https://{post.settings.platforms[route.platform].post_hosts[0]}/post/{feed[0]['post_id']}"
                decisions.confirm_live(store, post.settings, post.job_id, link, "teacher-li", now, feed[0]["post_id"])
            else:
                decisions.confirm_not_live(store, post.settings, post.job_id, "teacher-li", now)
        except EncoreError as err:
            error = str(err)
        return Ended(error=error, pauses=tripwire.pauses, made=tripwire.made)

    return _start(work, tripwire)


def _submission(
    around: Surroundings, route: Route, post: PlannedPost, row: Any, tripwire: Tripwire, clock: Clock
) -> Submission:
    """As the composition root makes it, with the simulator's logins and the route's media."""
    channel = post.settings.platforms[route.platform].model_copy(
        update={
            "call_seconds": 5.0,
            "commit_seconds": COMMIT_SECONDS,
            "base_url": f"{around.world.url}/{route.platform}",
            "post_url": "https://platform.test/{post_id}",
        }
    )
    wire = WatchedWire(tripwire)
    adapter = route.adapter(channel, clock, wire)  # type: ignore[call-arg]
    media = route.media(around.media_folder, around.media_address)
    payload = to_payload(
        row.content, Platform(row.platform), media.kind, language=row.language,
        privacy=(row.approved_privacy or {}).get(row.platform), submission_key=f"{row.job_id}-{row.attempt_no}",
    )  # fmt: skip
    login = Credentials(post.account, user_id=f"ig-{post.account}", token=f"sim-{post.account}")
    if route.platform is Platform.XIAOHONGSHU:
        login = replace(login, base_url=f"{around.world.url}/xiaohongshu/{post.account}", token="")
    return Submission(WatchedAdapter(adapter, wire), payload, media, login)
