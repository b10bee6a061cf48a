"""How xiaohongshu-mcp gets at pictures and videos: by address, or from a folder that it shares with us.

A picture may come from an address that the service downloads; a video only from a file on the service's own machine. A
local picture that is missing is skipped by the service without a word and still counted in its answer (publish.go
`uploadImages`), so that every file is put into the folder and looked at before the call.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path, PurePosixPath

from encore.platforms.contract import Credentials, MediaAsset, MediaFile
from encore.platforms.xiaohongshu.calls import ERRORS


def media_sources(media_asset: MediaAsset, credentials: Credentials) -> list[str]:
    """What to name in a publish request: addresses, or absolute paths as the service sees them.

    Fields of the connection: `shared_folder`, the folder as we see it, and `service_folder`, the same one as the
    service sees it (in its container /app/images; left out where both see the same path). Raises PublishingError.
    """
    ours, theirs = credentials.secrets.get("shared_folder"), credentials.secrets.get("service_folder")
    if ours:
        return [_placed(file, Path(ours), PurePosixPath(theirs or ours)) for file in media_asset.files]
    if media_asset.kind == "video":
        raise ERRORS.error("encore_folder_missing", stage="create")
    return [file.public_address() for file in media_asset.files]


def _placed(file: MediaFile, ours: Path, theirs: PurePosixPath) -> str:
    """Copies `file` into the shared folder unless it is there; its path as the service sees it."""
    name = f"{file.sha256}{Path(file.path).suffix}"
    try:
        if not _is_whole(ours / name, file):
            # Moved into place when it is complete, so that the service never reads half a file.
            with tempfile.NamedTemporaryFile(dir=ours, delete=False) as copy, open(file.path, "rb") as original:
                shutil.copyfileobj(original, copy)
            os.chmod(copy.name, 0o644)  # the service runs as another user
            os.replace(copy.name, ours / name)
        if _is_whole(ours / name, file):
            return str(theirs / name)
        problem = "the copy has another size than the approved file"
    except OSError as err:
        problem = err.strerror or type(err).__name__
    raise ERRORS.error("encore_folder_unusable", stage="create", detail=problem)


def _is_whole(path: Path, file: MediaFile) -> bool:
    return path.is_file() and path.stat().st_size == file.size_bytes
