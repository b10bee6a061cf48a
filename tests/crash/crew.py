"""The processes that play the matrix: a database server, a simulator for each worker, and the workers."""

from __future__ import annotations

import contextlib
import functools
import gc
import http.server
import multiprocessing
import os
import tempfile
import threading
import time
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crash import breakages
from crash.copy_of_task import Surroundings
from crash.judgement import problems
from crash.play import Play
from crash.points import Hit, Point, all_points
from crash.routes import ROUTES
from crash.world import World
from postgres_fixtures import running_server

from encore.simulator import running
from encore.store import schema
from encore.store.store import Store, connect

WORKERS = max(2, os.cpu_count() or 1)
SIMULATED = {"local_media": True, "tiktok_media_checks": False, "tiktok_photos_listed": False}


@dataclass(frozen=True)
class Result:
    """What became of one point. `problems` are (kind, sentence); `story` says how it went."""

    point: Point
    breakage: str
    struck: bool
    end: str
    problems: tuple[tuple[str, str], ...]
    story: tuple[str, ...]
    seconds: float


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
    """Results as they come in. A worker has every n-th point, so that the order of each worker is fixed.

    `broken` names for each point the breakage under which it is played.
    """
    parts = list(zip(points, broken or [""] * len(points), strict=True))
    context = multiprocessing.get_context("spawn")
    results: Any = context.Queue()
    workers = len(on.dsns)
    processes = [
        context.Process(target=_work, args=(on, number, parts[number::workers], results), daemon=True)
        for number in range(workers)
    ]
    for process in processes:
        process.start()
    for _ in points:
        got = results.get(timeout=120)
        if isinstance(got, str):
            raise RuntimeError(got)
        yield got
    for process in processes:
        process.join()


def rehearse(on: Stage, points: Iterable[Point]) -> dict[str, tuple[str, ...]]:
    """The requests that one undisturbed post of each route makes."""
    requests: dict[str, tuple[str, ...]] = {}
    for result in play_all(on, list(points)):
        if result.problems:
            raise RuntimeError(f"{result.point.route.name} does not work undisturbed: {result.problems} {result.story}")
        requests[result.point.route.name] = tuple(dict.fromkeys(result.story[0].split(", ")))
    return requests


def undisturbed() -> list[Point]:
    nothing = all_points({route.name: () for route in ROUTES})
    return [point for point in nothing if point.fault.name == "none" and point.hit is Hit.NOTHING]


def _work(on: Stage, number: int, parts: list[tuple[Point, str]], results: Any) -> None:
    try:
        around = on.surroundings(number)
        connection = connect(on.dsns[number], "crash")
        connection.execute("SET lock_timeout = '10s'")
        gc.collect()
        gc.freeze()  # so that the children's garbage collector leaves our pages shared
        for position, (point, breakage) in enumerate(parts):
            with breakages.applied(breakage) if breakage else contextlib.nullcontext():
                results.put(_play(point, breakage, around, Store(connection), f"w{number}p{position}x"))
    except BaseException:
        results.put(traceback.format_exc())


def _play(point: Point, breakage: str, around: Surroundings, store: Store, account: str) -> Result:
    began = time.monotonic()
    play = Play(point, around, store, account)
    try:
        played = play.run()
        found = tuple(problems(played))
        end = played.job.error_code or played.job.state
        story = (", ".join(played.requests), *played.story)
    except Exception as err:
        found, end, story = (("lost", f"the play broke off: {err!r}"),), "broken off", tuple(play.story)
        story = (*story, traceback.format_exc())
    finally:
        # Rather than TRUNCATE, which makes a new file for each table and index.
        store.connection.execute("DELETE FROM campaign; DELETE FROM account; DELETE FROM claim")
    return Result(point, breakage, play.struck, end, found, story, time.monotonic() - began)
