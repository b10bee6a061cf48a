"""The small picture of an account, fetched once when it is connected, so that no page asks a platform for it."""

from __future__ import annotations

import io
import logging
import tempfile
from datetime import datetime
from pathlib import Path

import requests

from encore.errors import EncoreError
from encore.media.taking import BEHIND, take
from encore.store.store import Store

log = logging.getLogger(__name__)

SIDE = 96
SECONDS, MOST_BYTES = 10, 1_048_576


def keep_picture(store: Store, account: str, url: str, now: datetime) -> None:
    """`url`: as the platform's API gave it. An account without a picture is as good as one with it: whatever goes wrong
    is logged and nothing else."""
    if not url:
        return
    try:
        with requests.get(url, timeout=SECONDS, stream=True, allow_redirects=False) as reply:
            content = _small(reply.raw.read(MOST_BYTES, decode_content=True) if reply.status_code == 200 else b"")
    except (requests.RequestException, EncoreError, OSError) as err:
        log.info("%s: no picture of the account (%s)", account, type(err).__name__)  # an address may hold a signature
        return
    store.put_account_picture(account=account, content=content, content_type="image/jpeg", now=now)


def _small(content: bytes) -> bytes:
    """A JPEG of at most SIDE pixels, made of what another process has read: the file is a stranger's."""
    from PIL import Image

    with tempfile.TemporaryDirectory(prefix="encore-picture-") as folder:
        source = Path(folder, "brought")
        source.write_bytes(content)
        taken = take(source, Path(folder), image=(BEHIND,))
        with Image.open(taken.versions[BEHIND].path) as picture:
            picture.thumbnail((SIDE, SIDE))
            out = io.BytesIO()
            picture.convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()
