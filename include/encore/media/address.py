"""The public addresses of our media: for a platform that fetches a file instead of being sent it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import PurePosixPath
from secrets import token_urlsafe

from encore.domain.json import Json
from encore.errors import MisconfiguredError
from encore.platforms.contract import MediaAsset
from encore.settings import MediaSettings
from encore.store import rows
from encore.store.store import Store
from encore.wire.call import Wire, WireError


def new_address(store: Store, settings: MediaSettings, job: rows.PublishJob, media: Json, now: datetime) -> str:
    """An unguessable one for one attempt of `job`; who fetches it is kept as evidence. `media`: a `media_asset` row.

    Raises `MisconfiguredError` where nothing of ours can be reached from outside.
    """
    if not settings.public_base_url:
        raise MisconfiguredError("media.no_public_address", code="media_not_reachable")
    token = token_urlsafe(24)
    store.put_media_address(
        token=token,
        media_id=media["media_id"],
        job_id=job.job_id,
        attempt_no=job.attempt_no,
        now=now,
        expires_at=now + timedelta(hours=settings.address_hours),
    )
    return f"{settings.public_base_url.rstrip('/')}/{token}{PurePosixPath(media['file']).suffix}"


def reaches(media: MediaAsset) -> bool:
    """Whether the first file of `media` can be fetched from the address that a platform would get."""
    try:
        return Wire().call("HEAD", media.files[0].public_address(), seconds=20).status == 200
    except (WireError, MisconfiguredError):
        return False
