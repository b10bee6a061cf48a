"""Files that somebody sends: pictures and videos for a while on disk, tables of campaigns read and put in; and files
that are sent back."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import UploadFile

from encore.campaigns import media_library
from encore.campaigns.day_limits import Counting, Use
from encore.domain.job import Platform
from encore.domain.written import Order
from encore.errors import RefusedError, TooLargeError
from encore.seeding.read_table import Reading, table_of_content
from encore.seeding.seed import Generate, Seeded, rows_of_teacher, seed
from encore.seeding.table import Table
from encore.seeding.validate import Reject
from encore_airflow.http.context import Context

NEVER_A_PAGE = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox"}
"""Headers for what somebody uploaded, which must not run in another's browser."""


def chosen(sent: object) -> UploadFile:
    """What a form's field holds for a file."""
    if not isinstance(sent, UploadFile) or not sent.filename:
        raise RefusedError("upload.no_file", field="file")
    return sent


@contextmanager
def on_disk(file: UploadFile) -> Generator[Path]:
    with tempfile.TemporaryDirectory(prefix="encore-upload-") as folder:
        path = Path(folder, "upload")
        with path.open("wb") as target:
            shutil.copyfileobj(file.file, target)
        yield path


def put_in(
    by: Context, campaign_id: str, path: Path, *, behind: bool, platform: Platform | None, **consent: bool
) -> list[media_library.PutIn]:
    """Put a picture or video into a campaign in place of the flyer, or a picture `behind` its text; returns what was
    put in for each platform. Counts in a teacher's day whatever becomes of it: reading it is the work."""
    zone = by.campaign(campaign_id).timezone
    Counting(by.person, by.settings.day).use(by.store, Use.UPLOAD, zone, by.now, path.stat().st_size)
    media = by.within.media_store(by.settings)
    if behind:
        done = media_library.put_background(
            by.store, by.settings, media, campaign_id, path, **consent, who=by.person.name, now=by.now
        )
        return [done]
    return media_library.put_media(
        by.store, by.settings, media, campaign_id, path, **consent, now=by.now, platform=platform
    )


@dataclass(frozen=True)
class SentTable:
    """A table of campaigns; `sha256` of its bytes, as hex. `order`: of day and month, where a person has said so."""

    table: Table
    sha256: str
    order: Order | None = None

    def put_in(self, by: Context, *, generate: bool) -> tuple[Seeded, list[Reject]]:
        """The good rows, of a teacher their own; returns what became of them and the rejects from before that.
        `generate`: ask for the content of what is new."""
        staff, name = by.person.staff, by.person.name
        rows, others = (self.table, []) if staff else rows_of_teacher(self.table, name)
        wanted = Generate(name) if generate else None
        return seed(by.store, by.settings, rows, by.now, wanted, by.person, self.order), others


def table_of(file: UploadFile, by: Context) -> SentTable:
    """A teacher's rows may leave their name out. Raises `RefusedError` for what is no table, `TooLargeError`."""
    content = content_of_table(file, by)
    reading = Reading({} if by.person.staff else {"teacher_id": by.person.name})
    return SentTable(table_of_content(content, reading), hashlib.sha256(content).hexdigest())


def content_of_table(file: UploadFile, by: Context) -> bytes:
    """Raises `TooLargeError`."""
    most = by.settings.api.import_megabytes
    if (file.size or 0) > most * 1_000_000:
        raise TooLargeError("upload.table_too_large", most=most, field="file")
    return file.file.read()
