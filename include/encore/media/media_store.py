"""Where pictures and videos lie: a local folder, or a bucket that fsspec knows (`s3://...`, `gs://...`).

Files are named by their content and never change, so a local copy of one in a bucket stays right for ever.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any

from encore.domain.json import Json
from encore.errors import ConfigurationError, EncoreError
from encore.platforms.contract import MediaFile

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem


class MediaStoreError(EncoreError):
    """The media store cannot be reached or does not hold the file. Trying again may help."""


class MediaStore:
    """The files below `directory`; `file` is always a relative path with slashes.

    Of what lies in a bucket, copies for upload are kept in `cache_directory`, which may be emptied at any time.
    """

    def __init__(self, directory: str, cache_directory: str) -> None:
        self.is_local = "://" not in directory
        self.directory = str(Path(directory).resolve()) if self.is_local else directory.rstrip("/")
        self.cache = Path(cache_directory).resolve()

    def exists(self, file: str) -> bool:
        if self.is_local:
            return self._local(file).is_file()
        with self._trouble(file):
            return self._bucket.isfile(self._key(file))

    def put(self, source: Path, file: str) -> None:
        """Store a copy of `source`; a reader finds all of it or nothing."""
        if self.is_local:
            with self._trouble(file):
                _place(source, self._local(file))
            return
        with self._trouble(file):
            # An object store shows an object only when it is complete; elsewhere a name of its own does the same.
            draft = self._key(f"{file}.{os.urandom(4).hex()}.draft")
            self._bucket.makedirs(str(PurePosixPath(self._key(file)).parent), exist_ok=True)
            self._bucket.put_file(str(source), draft)
            self._bucket.mv(draft, self._key(file))

    def remove(self, file: str) -> None:
        """Remove the file, and the copy of it that lies here; nothing happens where it is gone already."""
        with self._trouble(file):
            if self.is_local:
                self._local(file).unlink(missing_ok=True)
                return
            (self.cache / _inside(file)).unlink(missing_ok=True)
            with suppress(FileNotFoundError):
                self._bucket.rm_file(self._key(file))

    @contextmanager
    def open(self, file: str) -> Generator[IO[bytes]]:
        """For reading. Raises `MediaStoreError` where it is not there."""
        with self._trouble(file), self.local_path(file).open("rb") as content:
            yield content

    def local_path(self, file: str, size_bytes: int | None = None) -> Path:
        """A file of this machine with that content: the stored one, or a copy of it. A copy of another size than
        `size_bytes` is fetched anew. Raises `MediaStoreError` where the bucket does not give it."""
        if self.is_local:
            return self._local(file)
        copy = self.cache / _inside(file)
        if not copy.is_file() or (size_bytes is not None and copy.stat().st_size != size_bytes):
            with self._trouble(file):
                copy.parent.mkdir(parents=True, exist_ok=True)
                with _draft(copy) as draft:
                    self._bucket.get_file(self._key(file), str(draft))
        return copy

    @cached_property
    def _root(self) -> tuple[AbstractFileSystem, str]:
        """The bucket's file system, and our folder's path in it."""
        from fsspec.core import url_to_fs

        protocol = self.directory.partition("://")[0]
        try:
            return url_to_fs(self.directory)
        except (ImportError, ValueError) as err:
            raise ConfigurationError("media.bucket_unsupported", protocol=protocol, reason=str(err)) from None

    @property
    def _bucket(self) -> AbstractFileSystem:
        return self._root[0]

    def _local(self, file: str) -> Path:
        return Path(self.directory) / _inside(file)

    def _key(self, file: str) -> str:
        return f"{self._root[1]}/{_inside(file)}"

    @contextmanager
    def _trouble(self, file: str) -> Generator[None]:
        try:
            yield
        except OSError as err:
            raise MediaStoreError("media.store_fails", file=file, reason=err.strerror or type(err).__name__) from err


def _inside(file: str) -> PurePosixPath:
    """Raises `ConfigurationError` for a path that leads out of the store."""
    path = PurePosixPath(file)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise ConfigurationError("media.outside", file=file)
    return path


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with _draft(target) as draft:
        shutil.copyfile(source, draft)


@contextmanager
def _draft(target: Path) -> Generator[Path]:
    """A file beside `target` that takes its name once it is complete, and leaves nothing behind if it is not."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".draft-", suffix=target.suffix)
    os.close(handle)
    draft = Path(name)
    try:
        yield draft
        draft.chmod(0o644)  # mkstemp gives it to its owner alone; the media app may run as another user
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def stored_file(row: Json, path: str, **more: Any) -> MediaFile:
    """The file of a `media_asset` row, for a platform's rules and for its adapter. `more`: what the row cannot tell."""
    columns = ("media_id", "kind", "sha256", "mime", "size_bytes", "width", "height", "duration_seconds")
    details = {name: row["facts"].get(name) for name in ("frame_rate", "video_codec", "audio_codec")}
    return MediaFile(path=path, **{name: row[name] for name in columns}, **details, **more)
