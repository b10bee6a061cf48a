"""A post as a package that a teacher posts by hand: pictures in order, each text ready to copy, and what to mind.

It works for every platform and makes nothing public. Once posted, `decisions.confirm_live` takes its link.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO
from zoneinfo import ZoneInfo

from encore.content.writing.caption import Caption
from encore.domain.job import Platform
from encore.domain.json import Json
from encore.errors import NotFoundError, RefusedError
from encore.media.media_store import MediaStore
from encore.platforms.limits import LIMITS
from encore.store import rows
from encore.store.store import Store
from encore.words.sentence import Sentence, Words, sentence


@dataclass(frozen=True)
class PackedFile:
    """One picture or video. `name` is what it is called in the package, `file` where it lies in the media store."""

    name: str
    file: str
    mime: str
    size_bytes: int


@dataclass(frozen=True)
class Package:
    """Everything that one post needs. `title` is empty where the platform has none; tags carry their `#`."""

    job_id: str
    platform: Platform
    account: str
    scheduled_at: datetime
    timezone: str
    title: str
    body: str
    tags: tuple[str, ...]
    link: str
    note: Sentence | None
    files: tuple[PackedFile, ...]

    def texts(self, language: str) -> dict[str, str]:
        """File name -> text, in the order in which the app asks for them; only those that there are. `language`: of who
        posts it."""
        named = {"1-title": self.title, "2-text": self.body, "3-tags": " ".join(self.tags), "4-link": self.link}
        given = {f"{name}.txt": text for name, text in named.items() if text}
        return {"0-read-me.txt": self._read_me(Words(language)), **given}

    def _read_me(self, words: Words) -> str:
        at = self.scheduled_at.astimezone(ZoneInfo(self.timezone))
        place = {"platform": self.platform, "account": self.account, "zone": self.timezone}
        return f"{words.say('package.read_me', at=at, **place)}\n{words.told(self.note)}".strip() + "\n"


def package(store: Store, job_id: str) -> Package:
    """The package of any job, with the exact bytes that were approved for it.

    Raises `NotFoundError`, and `RefusedError` for media that must not be shown.
    """
    job = store.job_for_publishing(job_id=job_id, fence=None)
    if job is None:
        raise NotFoundError("job.unknown", job=job_id)
    by_id = {row["media_id"]: row for row in job.media or ()}
    media = [by_id[name] for name in job.media_ref.split(",") if name in by_id]
    if not media:
        raise NotFoundError("media.gone_of_post")
    if any(row["contains_students"] and not row["consent_on_file"] for row in media):
        raise RefusedError("media.no_consent", field="media")
    campaign = rows.there(store.campaign(campaign_id=job.campaign_id))
    platform = Platform(job.platform)
    kind = "carousel" if len(media) > 1 else media[0]["kind"]
    caption = Caption.parse(job.content, titled=LIMITS[platform].takes_title(kind))
    return Package(
        job_id=job_id,
        platform=platform,
        account=job.account,
        scheduled_at=job.scheduled_at,
        timezone=campaign.timezone,
        title=caption.title or "",
        body=caption.body,
        tags=tuple(f"#{tag}" for tag in caption.hashtags),
        link=campaign.cta_link or "",
        note=sentence("package.ai_note") if "model" in (job.provenance or {}) else None,
        files=tuple(_packed(number, row) for number, row in enumerate(media, start=1)),
    )


def write_zip(packed: Package, language: str, media: MediaStore, out: IO[bytes]) -> None:
    """The package as a ZIP file for who reads `language`; the same package gives the same bytes."""
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in _contents(packed, language, media):
            # A fixed date, because the time of packing is nothing that anybody wants to know.
            archive.writestr(zipfile.ZipInfo(name), content)


def _contents(packed: Package, language: str, media: MediaStore) -> Iterator[tuple[str, bytes]]:
    for name, text in packed.texts(language).items():
        yield name, text.encode()
    for file in packed.files:
        with media.open(file.file) as content:
            yield file.name, content.read()


def _packed(number: int, row: Json) -> PackedFile:
    suffix = PurePosixPath(row["file"]).suffix
    name = f"{'picture' if row['kind'] == 'image' else 'video'}-{number:02}{suffix}"
    return PackedFile(name, row["file"], row["mime"], row["size_bytes"])
