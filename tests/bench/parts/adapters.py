"""A yardstick: the three adapters called directly, with neither Airflow nor a ledger, against the same look-alikes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from bench.processor import TASKS, each, in_all
from bench.result import Result
from bench.stage import Stage
from chaos import school

from encore.media.media_store import MediaStore
from encore.platforms.contract import Checkpoint, Credentials, PlatformAdapter, Published
from encore.publishing.resolving import Resolver
from encore.publishing.submission import Submission
from encore.store import rows

THREADS, POSTS = 32, 99
FAR_AHEAD = timedelta(days=5)
"""When the posts are planned for whose texts and pictures are sent here: Encore leaves them alone."""
AT_ONCE = {"processing_seconds": 0.0, "container_seconds": 0.0, "publish_seconds": 0.0}
"""Work is measured here, and not for how long a look-alike makes believe that it works."""


def measure(on: Stage) -> Iterator[Result]:
    idle = on.idle
    begin = datetime.now(UTC) + FAR_AHEAD
    planned = school.plan_posts(on.store, on.using, POSTS, begin, 60, on.asked.seed)
    posts = [_submission(on, one) for one in planned] * on.asked.rounds
    before = len(on.feed())
    with on.switched(**AT_ONCE), ThreadPoolExecutor(THREADS) as pool, on.measured() as spent:
        began, own = time.monotonic(), time.process_time()
        list(pool.map(_send, posts))
        seconds, own = time.monotonic() - began, time.process_time() - own
    there, by_part = len(on.feed()) - before, each(spent, idle, len(posts))
    yield Result(
        "adapters_rate",
        f"{len(posts)} posts by the adapters alone, in {THREADS} threads",
        "posts a second",
        {"rate": len(posts) / seconds},
        wrong=[] if there == len(posts) else [f"{there} of {len(posts)} posts by the adapters alone are there"],
    )
    yield Result(
        "processor_adapters",
        "A post by the adapters alone, whose one process stands for the tasks",
        "s",
        in_all({**by_part, TASKS: own / len(posts)}),
        picture="processor",
    )


def _submission(on: Stage, planned: school.Planned) -> Submission:
    """What Encore would send, with the address made that the platform fetches from."""
    media = MediaStore(on.using.media.directory, on.using.media.cache_directory)
    resolver = Resolver(on.store, on.using, _now, _Logins(on.stack.simulator_url), media)
    made = resolver.submission(rows.there(on.store.job_for_publishing(job_id=planned.job_id, fence=None)))
    if not made.adapter.fetches(made.media_asset, made.credentials):
        return made
    files = [replace(file, address=partial(str, file.public_address())) for file in made.media_asset.files]
    return replace(made, media_asset=replace(made.media_asset, files=tuple(files)))


def _send(one: Submission) -> Published:
    """As a publish task does it, but that nothing is written down."""
    what = (one.content_payload, one.media_asset, one.credentials)
    assert one.adapter.validate(one.content_payload, one.media_asset) == []
    checkpoint: Checkpoint = {}
    while "waiting" in (checkpoint := one.adapter.prepare(*what, checkpoint, lambda _: None)):
        time.sleep(checkpoint.pop("waiting"))
    sent_at = _now()
    seen = one.adapter.commit(*what, checkpoint)
    while not (isinstance(seen, Published) and seen.url):
        seen = one.adapter.observe(*what, checkpoint, sent_at)
    return seen


class _Logins:
    """Those of `school`, whose tokens need no renewal."""

    def __init__(self, simulator_url: str) -> None:
        self._by_name = school.connections(simulator_url)

    def of(self, adapter: PlatformAdapter, account: rows.Account, *, renew: bool = True) -> Credentials:
        login = json.loads(self._by_name[f"AIRFLOW_CONN_{account.conn_id.upper()}"])
        base_url = login.get("host", adapter.settings.base_url)
        return Credentials(account.account, base_url, login.get("extra", {}).get("user_id", ""), login["password"])

    def renewed(
        self, adapter: PlatformAdapter, account: rows.Account, refused: Credentials | None = None
    ) -> Credentials:
        raise NotImplementedError


def _now() -> datetime:
    return datetime.now(UTC)
