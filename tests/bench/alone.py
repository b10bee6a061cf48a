"""Posts as Encore would send them, to be sent by the adapters alone: with neither Airflow nor a ledger."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from bench.stage import Stage
from chaos import school

from encore.domain.job import Platform
from encore.media.media_store import MediaStore
from encore.platforms.contract import Checkpoint, Credentials, MediaFile, PlatformAdapter, Published
from encore.publishing.resolving import Resolver
from encore.publishing.submission import Submission
from encore.store import rows

FAR_AHEAD = timedelta(days=5)
"""When the posts are planned for whose texts and pictures are sent here: Encore leaves them alone."""
FIRST_PAUSE = 0.1
"""Seconds between two looks at a post that is not there yet, then twice as many each time: whoever asks in a circle is
refused (TikTok takes 30 looks a minute)."""


def submissions(on: Stage, posts: int) -> list[Submission]:
    planned = school.plan_at(on.store, on.using, [_now() + FAR_AHEAD] * posts)
    return [_submission(on, one) for one in planned]


def send(one: Submission) -> Published:
    """As a publish task does it, but that nothing is written down."""
    what = (one.content_payload, one.media_asset, one.credentials)
    assert one.adapter.validate(one.content_payload, one.media_asset) == []
    checkpoint: Checkpoint = {}
    while "waiting" in (checkpoint := one.adapter.prepare(*what, checkpoint, lambda _: None)):
        time.sleep(checkpoint.pop("waiting"))
    sent_at, pause = _now(), FIRST_PAUSE
    seen = one.adapter.commit(*what, checkpoint)
    while not (isinstance(seen, Published) and seen.url):
        seen = one.adapter.observe(*what, checkpoint, sent_at)
        if not isinstance(seen, Published):
            time.sleep(pause)
            pause *= 2
    return seen


def _submission(on: Stage, planned: school.Planned) -> Submission:
    """What Encore would send, with the address made that the platform fetches from. Nothing in it leads back to Encore,
    so that another process can send it."""
    media = MediaStore(on.using.media.directory, on.using.media.cache_directory)
    resolver = Resolver(on.store, on.using, _now, _Logins(on.stack.simulator_url), media)
    made = resolver.submission(rows.there(on.store.job_for_publishing(job_id=planned.job_id, fence=None)))
    fetched = made.adapter.fetches(made.media_asset, made.credentials)
    files: Sequence[MediaFile] = [
        replace(file, address=partial(str, file.public_address()) if fetched else None, fetched=tuple)
        for file in made.media_asset.files
    ]
    return replace(made, media_asset=replace(made.media_asset, files=tuple(files)))


class _Logins:
    """Accounts that Encore has not, one for each of its own: what Encore publishes in the same run would else count
    against the posts that TikTok takes from an account in a day (15). Their tokens need no renewal."""

    def __init__(self, simulator_url: str) -> None:
        self._simulator_url = simulator_url

    def of(self, adapter: PlatformAdapter, account: rows.Account, *, renew: bool = True) -> Credentials:
        who = f"alone-{account.account.rpartition('-')[2]}"
        login = school.login(Platform(account.platform), who, self._simulator_url)
        base_url = login.get("host", adapter.settings.base_url)
        return Credentials(account.account, base_url, login.get("extra", {}).get("user_id", ""), login["password"])

    def renewed(
        self, adapter: PlatformAdapter, account: rows.Account, refused: Credentials | None = None
    ) -> Credentials:
        raise NotImplementedError


def _now() -> datetime:
    return datetime.now(UTC)
