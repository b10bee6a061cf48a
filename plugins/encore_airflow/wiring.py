"""The composition root: the only place that reads Airflow connections, Variables and the environment.

Everything is made when it is asked for and nothing at import, because each publish task imports this module.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from encore.errors import ConfigurationError, MisconfiguredError
from encore.settings import Settings, load_settings
from encore.store.store import Store, connect

if TYPE_CHECKING:
    from encore.platforms.base import Credentials, MediaFile, PlatformAdapter
    from encore.publishing.publisher import Publisher, Submission

ENCORE_DB = "encore_db"


def utcnow() -> datetime:
    return datetime.now(UTC)


def settings() -> Settings:
    """The packaged settings with the file named by ENCORE_CONFIG laid over them."""
    return load_settings(os.environ.get("ENCORE_CONFIG"))


def _connection(conn_id: str) -> Any:
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowException, AirflowRuntimeError

    try:
        return Connection.get(conn_id)
    except (AirflowException, AirflowRuntimeError):
        raise ConfigurationError(
            f"The Airflow connection '{conn_id}' is not defined.",
            f"Define it in Airflow (Admin, Connections) or as AIRFLOW_CONN_{conn_id.upper()}.",
        ) from None


def dsn(conn_id: str = ENCORE_DB) -> str:
    """A PostgreSQL connection string for libpq, from the Airflow connection of that name."""
    from psycopg.conninfo import make_conninfo

    found = _connection(conn_id)
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


def adapter(platform: str, using: Settings) -> PlatformAdapter:
    """The adapter that the settings name for a platform; a task loads only its own."""
    from importlib import import_module

    from encore.domain.job import Platform

    channel = using.platforms[Platform(platform)]
    module, _, name = channel.adapter.partition(":")
    return getattr(import_module(module), name)(channel)


def credentials(account: str, conn_id: str, base_url: str) -> Credentials:
    """An account's login, from its Airflow connection, at the moment of use.

    Password: the access token. Host (a full URL): a base address of the account's own. Extra: `user_id`, and
    whatever the platform's token refresh needs. Raises `MisconfiguredError` if the connection is missing.
    """
    from encore.platforms.base import Credentials
    from encore.platforms.redaction import register_secret

    try:
        found = _connection(conn_id)
    except ConfigurationError as err:
        raise MisconfiguredError(
            f"No login is stored for the account {account}.", err.hint, code="credentials_missing",
            message_zh=f"账号 {account} 没有保存登录信息，请联系管理员。",
        ) from None  # fmt: skip
    extra = {key: str(value) for key, value in found.extra_dejson.items()}
    secrets = {key: value for key, value in extra.items() if key != "user_id"}
    for secret in (found.password, *secrets.values()):
        if secret:
            register_secret(secret)
    own = found.host if found.host and "://" in found.host else ""
    return Credentials(account, own or base_url, extra.get("user_id", ""), found.password or "", secrets)


def media_path(using: Settings, file: str) -> Path:
    """Where a media file lies. `file` is relative, and stays inside the media directory."""
    root = Path(using.media.directory).resolve()
    path = (root / file).resolve()
    if not path.is_relative_to(root):
        raise ConfigurationError(f"The media file '{file}' lies outside the media directory.")
    return path


def publisher(on: Store, *, stopping: Callable[[], bool] = lambda: False) -> Publisher:
    from encore.publishing.publisher import Publisher

    using = settings()
    return Publisher(on, using, partial(submission, on, using), clock=utcnow, stopping=stopping)


def submission(on: Store, using: Settings, job: Any) -> Submission:
    """Resolve text, media, login and adapter of a `job_for_publishing` row."""
    from encore.content.caption import to_payload
    from encore.domain.job import Platform
    from encore.platforms.base import MediaAsset
    from encore.publishing.publisher import Submission

    platform = using.platforms[job.platform]
    by_id = {row["media_id"]: row for row in job.media or ()}
    missing = [name for name in job.media_ref.split(",") if name not in by_id]
    if missing:
        raise MisconfiguredError(f"The media {', '.join(missing)} of this post is gone.", code="media_missing")
    files = tuple(_media_file(on, using, job, by_id[name]) for name in job.media_ref.split(","))
    payload = to_payload(
        job.content,
        Platform(job.platform),
        MediaAsset(files).kind,
        language=job.language,
        privacy=(job.approved_privacy or {}).get(job.platform),
        ai_generated="model" in (job.provenance or {}),
        submission_key=f"{job.job_id}-{job.attempt_no}",
    )
    login = credentials(job.account, job.conn_id, platform.base_url)
    return Submission(adapter(job.platform, using), payload, MediaAsset(files), login)


def _media_file(on: Store, using: Settings, job: Any, row: dict[str, Any]) -> MediaFile:
    from encore.platforms.base import MediaFile

    facts = row["facts"]
    return MediaFile(
        media_id=row["media_id"],
        kind=row["kind"],
        path=str(media_path(using, row["file"])),
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
        address=partial(_media_address, on, using, job, row),
    )


def _media_address(on: Store, using: Settings, job: Any, row: dict[str, Any]) -> str:
    """A new unguessable address for one attempt; who fetches it is kept as evidence."""
    if not using.media.public_base_url:
        raise MisconfiguredError(
            "This platform fetches the picture, but Encore has no public address.",
            "Set media.public_base_url to where the platforms can reach /media.",
            code="media_not_reachable", message_zh="平台需要下载图片，但系统没有公开地址，请联系管理员。",
        )  # fmt: skip
    token = token_urlsafe(24)
    now = utcnow()
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
