"""The processes that play the matrix: a database server, a simulator for each worker, and the workers."""

from __future__ import annotations

import contextlib
import functools
import gc
import http.server
import math
import multiprocessing
import os
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crash import breakages
from crash.copy_of_task import Surroundings
from crash.judgement import problems
from crash.play import Play
from crash.points import Hit, Point, Rehearsal, Rehearsed
from crash.world import World
from postgres_fixtures import running_server

from encore.publishing import publisher
from encore.store import clock, schema
from encore.store.store import Store, connect
from encore_simulator import running

WORKERS = 1 + (os.cpu_count() or 1)
"""One more than there are cores, since answers that come late are waited for."""
SIMULATED = {"local_media": True, "tiktok_media_checks": False, "tiktok_photos_listed": False}


@dataclass(frozen=True)
class Result:
    """What became of one point. `problems` are (kind, sentence); `story` says how it went."""

    point: Point
    breakage: str
    struck: bool
    met: bool
    end: str
    problems: tuple[tuple[str, str], ...]
    story: tuple[str, ...]
    seconds: float
    rehearsal: Rehearsal
    """Of a play in which nothing was hit: which moments there are."""


Work = Callable[[Surroundings, Store, str, Sequence[Any]], Iterator[Any]]
"""What a worker does with its parts: where it plays, its store, its name, the parts."""


@dataclass(frozen=True)
class Stage:
    """The addresses that workers play with."""

    dsns: tuple[str, ...]
    simulators: tuple[str, ...]
    media_folder: Path
    media_address: str

    def surroundings(self, worker: int) -> Surroundings:
        return Surroundings(self.dsns[worker], World(self.simulators[worker]), self.media_folder, self.media_address)


@contextlib.contextmanager
def stage(workers: int = WORKERS) -> Iterator[Stage]:
    """Everything but the workers, which must be started from a process without threads of its own."""
    with contextlib.ExitStack() as opened:
        server = opened.enter_context(running_server())
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="encore-crash-")))
        dsns = []
        for number in range(workers):
            name = f"crash_{number}"
            with server.connect("postgres", "postgres") as connection:
                connection.execute(f"CREATE DATABASE {name} OWNER encore")
            schema.upgrade(server.dsn(name, "encore"))
            dsns.append(server.dsn(name, "encore"))
        simulators = [opened.enter_context(running(**SIMULATED)).url for _ in range(workers)]
        yield Stage(tuple(dsns), tuple(simulators), folder, opened.enter_context(_served(folder)))


@contextlib.contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The folder over HTTP, as our own media app serves it."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def play_all(on: Stage, points: list[Point], broken: list[str] | None = None) -> Iterator[Result]:
    """Results as they come in. `broken` names for each point the breakage under which it is played."""
    parts = list(zip(points, broken or [""] * len(points), strict=True))
    return each_on_its_own(on, _play_points, parts)


def each_on_its_own(on: Stage, work: Work, parts: Sequence[Any]) -> Iterator[Any]:
    """What `work` gives, as it comes in. A worker has every n-th part, so that the order of each worker is fixed."""
    context = multiprocessing.get_context("spawn")
    results: Any = context.Queue()
    workers = len(on.dsns)
    processes = [
        context.Process(target=_work, args=(on, number, work, parts[number::workers], results), daemon=True)
        for number in range(workers)
    ]
    for process in processes:
        process.start()
    for _ in parts:
        got = results.get(timeout=120)
        if isinstance(got, str):
            raise RuntimeError(got)
        yield got
    for process in processes:
        process.join()


def rehearse(on: Stage, points: Iterable[Point]) -> tuple[Rehearsed, list[Result]]:
    """The moments that undisturbed posts have, and what became of these posts."""
    points = list(points)
    results = {result.point: result for result in play_all(on, points)}
    return {(point.route, point.fault): results[point].rehearsal for point in points}, list(results.values())


def judge(play: Play, breakage: str = "") -> Result:
    """Play it and say what became of it; leaves the database as it was."""
    began = time.monotonic()
    rehearsal = Rehearsal()
    try:
        played = play.run()
        found = tuple(problems(played))
        end, story = played.job.error_code or played.job.state, tuple(played.story)
        if play.point.hit is Hit.NOTHING:
            rehearsal = played.rehearsal
    except Exception as err:
        found, end = (("lost", f"the play broke off: {err!r}"),), "broken off"
        story = (*play.story, traceback.format_exc())
    finally:
        cleared_away(play.store)
    seconds = time.monotonic() - began
    return Result(play.point, breakage, play.struck, play.met, end, found, story, seconds, rehearsal)


def cleared_away(store: Store) -> None:
    """Rather than TRUNCATE, which makes a new file for each table and index."""
    for table in ("campaign", "account", "claim", "unknown_error", "channel", "stop"):
        store.connection.execute(f"DELETE FROM {table}")


def _work(on: Stage, number: int, work: Work, parts: Sequence[Any], results: Any) -> None:
    try:
        connection = connect(on.dsns[number], "crash")
        connection.execute("SET lock_timeout = '10s'")
        gc.collect()
        gc.freeze()  # so that the children's garbage collector leaves our pages shared
        around = on.surroundings(number)
        around.world.clock.govern_deadlines()
        # One answer, and one pulse before and one after a post has woken, so that each run has the same moments.
        clock.GOOD_ENOUGH = publisher.PULSE = math.inf
        for result in work(around, Store(connection), f"w{number}", parts):
            results.put(result)
    except BaseException:
        results.put(traceback.format_exc())


def _play_points(
    around: Surroundings, store: Store, worker: str, parts: Sequence[tuple[Point, str]]
) -> Iterator[Result]:
    for position, (point, breakage) in enumerate(parts):
        with breakages.applied(breakage) if breakage else contextlib.nullcontext():
            # A store of its own, whose statements are not yet those of an earlier breakage.
            yield judge(Play(point, around, Store(store.connection), f"{worker}p{position}x"), breakage)
