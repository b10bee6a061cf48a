"""The composition root: with `credentials` beside it the only place that reads Airflow connections, Variables and the
environment.

Everything is made when it is asked for and nothing at import, because each publish task imports this module.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from encore.errors import MisconfiguredError
from encore.settings import Settings, load_settings
from encore.store.clock import DatabaseClock
from encore.store.connect import connect
from encore.store.store import Store
from encore_airflow import credentials
from encore_airflow.credentials import connection

if TYPE_CHECKING:
    from encore.content.writing.writer import Writer
    from encore.media.media_store import MediaStore
    from encore.platforms.contract import AccountState, MediaAsset, MediaFile, PlatformAdapter
    from encore.publishing.publisher import Publisher
    from encore.publishing.submission import Submission

Clock = Callable[[], datetime]
"""Gives aware UTC."""

ENCORE_DB = "encore_db"


def settings() -> Settings:
    """The packaged settings with the file named by ENCORE_CONFIG laid over them."""
    return load_settings(os.environ.get("ENCORE_CONFIG"))


def dsn(conn_id: str = ENCORE_DB) -> str:
    """A PostgreSQL connection string for libpq, from the Airflow connection of that name."""
    from psycopg.conninfo import make_conninfo

    found = connection(conn_id)
    given = {
        "host": found.host,
        "port": found.port,
        "user": found.login,
        "password": found.password,
        "dbname": found.schema,
        "application_name": "encore",
        **{key: value for key, value in found.extra_dejson.items() if key.startswith("ssl") or key == "host"},
    }
    return make_conninfo(**{key: value for key, value in given.items() if value not in (None, "")})


@contextmanager
def store(actor: str) -> Iterator[Store]:
    """A store on a connection of its own; `actor` is who the audit trail names."""
    connection = connect(dsn(), actor)
    try:
        yield Store(connection)
    finally:
        connection.close()


@contextmanager
def patient_store(actor: str, max_idle: float = 5.0) -> Iterator[Store]:
    """The same for who waits for a model or a bucket in between: a connection that has not been needed for `max_idle`
    seconds is closed."""
    from encore.store.pool import open_pool, store_from

    with open_pool(dsn(), most=1, application_name="encore", max_idle=max_idle) as pool:
        yield store_from(pool, actor)


def clock(on: Store) -> DatabaseClock:
    """The time of the database that `on` is a store of; it is asked at the first call, and seldom afterwards."""
    return DatabaseClock(on.database_time)


def use_airflow_store() -> None:
    """Let this process, which is none of Airflow's own, read the connections and Variables in Airflow's database, as
    Airflow's own command line does; only where it has been told which database that is."""
    if os.environ.get("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"):
        os.environ.setdefault("_AIRFLOW_PROCESS_CONTEXT", "server")


def adapter(platform: str, using: Settings, clock: Clock) -> PlatformAdapter:
    """The adapter that the settings name for a platform; a task loads only its own."""
    from importlib import import_module

    from encore.domain.job import Platform

    channel = using.platforms[Platform(platform)]
    module, _, name = channel.adapter.partition(":")
    return getattr(import_module(module), name)(channel, clock)


def media_store(using: Settings) -> MediaStore:
    from encore.media.media_store import MediaStore

    return MediaStore(using.media.directory, using.media.cache_directory)


def writer(using: Settings, on: Store | None = None) -> Writer:
    """A model if its connection is there, else the templates. `on`: where answers that were paid for are kept."""
    from encore.content.writing.template_writer import TemplateWriter

    endpoint = credentials.model_endpoint(using.writer)
    if endpoint is None:
        return TemplateWriter()
    from encore.content.writing.model_answers import StoredAnswers
    from encore.content.writing.openai_writer import OpenAIWriter

    answers = StoredAnswers(on, clock(on)) if on else None
    return OpenAIWriter(endpoint, using.writer.prompt, using.writer.repairs, answers)


def publisher(on: Store, *, stopping: Callable[[], bool] = lambda: False) -> Publisher:
    from encore.publishing.publisher import Publisher

    using, now = settings(), clock(on)
    return Publisher(on, using, partial(submission, on, using, now, renew=True), clock=now, stopping=stopping)


def submission(on: Store, using: Settings, clock: Clock, job: Any, *, renew: bool = False) -> Submission:
    """Resolve text, media, login and adapter of a `job_for_publishing` row.

    `renew`: renew a token that is about to end, which only a task can store.
    """
    from encore.content.writing.caption import to_payload
    from encore.domain.job import Platform
    from encore.platforms.contract import MediaAsset
    from encore.platforms.error_table import own_error
    from encore.publishing.submission import Submission

    by_id = {row["media_id"]: row for row in job.media or ()}
    missing = [name for name in job.media_ref.split(",") if name not in by_id]
    if missing:
        raise MisconfiguredError(f"The media {', '.join(missing)} of this post is gone.", code="media_missing")
    rows = [by_id[name] for name in job.media_ref.split(",")]
    if any(row["contains_students"] and not row["consent_on_file"] for row in rows):
        raise own_error("consent_missing", job.platform)
    files = tuple(_media_file(on, using, clock, job, row) for row in rows)
    payload = to_payload(
        job.content,
        Platform(job.platform),
        MediaAsset(files).kind,
        language=job.language,
        privacy=(job.approved_privacy or {}).get(job.platform),
        ai_generated="model" in (job.provenance or {}),
        submission_key=f"{job.job_id}-{job.attempt_no}",
    )
    channel, account = adapter(job.platform, using, clock), on.account(account=job.account)
    login = credentials.login(on, channel, account, renew=renew)
    renewed = partial(credentials.renewed_login, on, channel, account) if renew else None
    return Submission(channel, payload, MediaAsset(files), login, renewed)


def _media_file(on: Store, using: Settings, clock: Clock, job: Any, row: dict[str, Any]) -> MediaFile:
    from encore.platforms.contract import MediaFile

    facts = row["facts"]
    return MediaFile(
        media_id=row["media_id"],
        kind=row["kind"],
        path=str(_local_file(using, job, row)),
        sha256=row["sha256"],
        mime=row["mime"],
        size_bytes=row["size_bytes"],
        width=row["width"],
        height=row["height"],
        duration_seconds=row["duration_seconds"],
        frame_rate=facts.get("frame_rate"),
        video_codec=facts.get("video_codec"),
        audio_codec=facts.get("audio_codec"),
        alt_text=job.concert_title,
        address=partial(_media_address, on, using, clock, job, row),
        fetched=lambda: tuple(seen.at for seen in on.media_fetches(job_id=job.job_id, media_id=row["media_id"])),
    )


def _local_file(using: Settings, job: Any, row: dict[str, Any]) -> Path:
    """Raises `PlatformUnavailableError` while a bucket cannot be reached: the post waits, and nothing was sent."""
    from encore.media.media_store import MediaStoreError
    from encore.platforms.error_table import own_error

    try:
        return media_store(using).local_path(row["file"], row["size_bytes"])
    except MediaStoreError as err:
        raise own_error("media_store_away", job.platform, detail=str(err)) from err


def _media_address(on: Store, using: Settings, clock: Clock, job: Any, row: dict[str, Any]) -> str:
    """A new unguessable address for one attempt; who fetches it is kept as evidence."""
    if not using.media.public_base_url:
        raise MisconfiguredError(
            "This platform fetches the picture, but Encore has no public address.",
            "Set media.public_base_url to where the platforms can reach /media.",
            code="media_not_reachable", message_zh="平台需要下载图片，但系统没有公开地址，请联系管理员。",
        )  # fmt: skip
    token = token_urlsafe(24)
    now = clock()
    on.put_media_address(
        token=token,
        media_id=row["media_id"],
        job_id=job.job_id,
        attempt_no=job.attempt_no,
        now=now,
        expires_at=now + timedelta(hours=using.media.address_hours),
    )
    suffix = Path(row["file"]).suffix
    return f"{using.media.public_base_url.rstrip('/')}/{token}{suffix}"


def probe(on: Store, using: Settings, clock: Clock, account: Any, *, renew: bool = True) -> AccountState:
    """What the platform says of an `account` row; posts nothing. Raises `PublishingError`."""
    from encore.platforms.contract import ContentPayload, MediaAsset
    from encore.publishing.submission import Submission

    channel = adapter(account.platform, using, clock)
    login = credentials.login(on, channel, account, renew=renew)
    renewed = partial(credentials.renewed_login, on, channel, account) if renew else None
    return Submission(channel, ContentPayload(""), MediaAsset(()), login, renewed).probe()


def reaches(media: MediaAsset) -> bool:
    """Whether the first file of `media` can be fetched from the address that a platform would get."""
    from encore.wire.call import Wire, WireError

    try:
        return Wire().call("HEAD", media.files[0].public_address(), seconds=20).status == 200
    except (WireError, MisconfiguredError):
        return False
