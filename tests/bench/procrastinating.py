"""The yardstick `queue`: procrastinate with the adapters, and nothing of Encore's besides. Run as a module it is one of
its workers; the arguments are the database and a file of posts."""

from __future__ import annotations

import asyncio
import pickle
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

from bench.alone import send
from procrastinate import App, PsycopgConnector

from encore.publishing.submission import Submission

CONCURRENCY = 32
POLL_SECONDS = 0.25
"""How often a worker asks what has fallen due, for nobody tells it: as often as Airflow's scheduler looks here, and not
every five seconds, as it would by itself."""
TASK = "publish"


def app(dsn: str, posts: Sequence[Submission]) -> App:
    """A job names a post by its place in `posts`."""
    made = App(connector=PsycopgConnector(conninfo=dsn))
    made.task(name=TASK)(lambda number: send(posts[number]) and None)
    return made


def put_in(dsn: str, posts: Sequence[Submission], at: datetime) -> None:
    """All of them for that moment. One account of Xiaohongshu posts one at a time, as its service needs it."""
    with app(dsn, posts).open() as opened:
        opened.schema_manager.apply_schema()
        for number, post in enumerate(posts):
            alone = post.adapter.settings.max_in_flight_per_account == 1
            lock = post.credentials.base_url if alone else None
            opened.configure_task(TASK, schedule_at=at, lock=lock).defer(number=number)


async def work(dsn: str, posts: Sequence[Submission]) -> None:
    # Threads for tasks come from the loop's own executor, which has four more than there are cores.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(CONCURRENCY))
    async with app(dsn, posts).open_async() as opened:
        await opened.run_worker_async(concurrency=CONCURRENCY, fetch_job_polling_interval=POLL_SECONDS)


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], pickle.loads(Path(sys.argv[2]).read_bytes())))
