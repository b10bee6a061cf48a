"""How a video is cut for TikTok's file upload, and one part of a file as a request body.

https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide
"""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import BinaryIO

WHOLE_UP_TO = 64_000_000
"""A file up to here goes in one chunk. The guide says 64 MB without saying which; this is below both readings."""

CHUNK_BYTES = 10_000_000
"""Between the 5 MB (MiB) and 64 MB (MiB) that the guide allows, whichever it means."""


@dataclass(frozen=True)
class ChunkPlan:
    """`count` chunks of `chunk` bytes, the last of which takes what is left of `size`."""

    size: int
    chunk: int
    count: int

    @property
    def last_first(self) -> int:
        """Where the last chunk begins; sending it is what publishes."""
        return (self.count - 1) * self.chunk

    def end_of(self, first: int) -> int:
        """Last byte of the request that begins at `first`: the end of the chunk that holds it."""
        return self.size - 1 if first >= self.last_first else (first // self.chunk + 1) * self.chunk - 1


def chunk_plan(size: int, *, whole_up_to: int = WHOLE_UP_TO, chunk: int = CHUNK_BYTES) -> ChunkPlan:
    """The plan for a file of `size` bytes.

    TikTok checks `count == floor(size / chunk)`, and refuses a single chunk whose size is not the file's ("The
    chunk size is invalid", reported for 66 to 94 MB files cut at 64,000,000: post-for-me issue 327). Cutting at a
    tenth of the largest file keeps both true, and the last chunk below twice `chunk`.
    """
    if size < 1:
        raise ValueError("an empty file cannot be uploaded")
    if size <= whole_up_to or size < 2 * chunk:
        return ChunkPlan(size, size, 1)
    return ChunkPlan(size, chunk, size // chunk)


class FilePart:
    """Bytes `first` to `last` (inclusive) of a file, read while they are sent. Raises OSError where it is opened."""

    def __init__(self, path: str, first: int, last: int) -> None:
        self._length = self._left = last - first + 1
        self._file: BinaryIO = open(path, "rb")  # noqa: SIM115  closed by __exit__
        self._file.seek(first)

    def __enter__(self) -> FilePart:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        """`requests` makes the Content-Length of this, and streams what has `read`."""
        return self._length

    def __iter__(self) -> FilePart:
        return self

    def __next__(self) -> bytes:
        if block := self.read(65_536):
            return block
        raise StopIteration

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        block = self._file.read(wanted)
        if len(block) < wanted:
            # A body shorter than announced would leave the server waiting for the rest until the deadline.
            raise OSError("the file is shorter than it was")
        self._left -= len(block)
        return block
