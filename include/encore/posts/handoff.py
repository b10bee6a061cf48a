"""A post as a package that a teacher posts by hand: pictures in order, each text ready to copy, and what to mind.

It works for every platform and makes nothing public. Once posted, `decisions.confirm_live` takes its link.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO, Any
from zoneinfo import ZoneInfo

from encore.content.writing.caption import Caption
from encore.domain.content import Language
from encore.domain.job import Platform
from encore.errors import NotFoundError, RefusedError
from encore.media.media_store import MediaStore
from encore.platforms.about import names_of
from encore.platforms.limits import LIMITS
from encore.store.store import Store

AI_NOTE = {
    Language.EN: "This text was written with the help of AI. Where the app asks for it, mark the post as AI-generated.",
    Language.ZH: "本文由 AI 辅助生成。如果应用要求声明，请标记为 AI 生成内容。",
}


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
    language: Language
    title: str
    body: str
    tags: tuple[str, ...]
    link: str
    note: str
    files: tuple[PackedFile, ...]

    @property
    def texts(self) -> dict[str, str]:
        """File name -> text, in the order in which the app asks for them; only those that there are."""
        named = {"1-title": self.title, "2-text": self.body, "3-tags": " ".join(self.tags), "4-link": self.link}
        given = {f"{name}.txt": text for name, text in named.items() if text}
        return {"0-read-me.txt": self._read_me(), **given}

    def _read_me(self) -> str:
        at = self.scheduled_at.astimezone(ZoneInfo(self.timezone))
        name, name_zh = names_of(self.platform)
        if self.language is Language.ZH:
            lines = [
                f"请于 {at:%Y-%m-%d %H:%M}（{self.timezone}）在{name_zh}账号 {self.account} 手动发布。",
                "按编号顺序添加图片或视频，再复制各个文本文件的内容。发布后请在 Encore 中用链接确认。",
            ]
        else:
            lines = [
                f"Post this on {name}, account {self.account}, at {at:%Y-%m-%d %H:%M} ({self.timezone}).",
                "Add the pictures or the video in the order of their numbers, then copy each text file into its field. "
                "Afterwards confirm it in Encore with the link of the post.",
            ]
        return "\n".join([*lines, self.note]).strip() + "\n"


def package(store: Store, job_id: str) -> Package:
    """The package of any job, with the exact bytes that were approved for it.

    Raises `NotFoundError`, and `RefusedError` for media that must not be shown.
    """
    job = store.job_for_publishing(job_id=job_id, fence=None)
    if job is None:
        raise NotFoundError(f"There is no job '{job_id}'.")
    by_id = {row["media_id"]: row for row in job.media or ()}
    rows = [by_id[name] for name in job.media_ref.split(",") if name in by_id]
    if not rows:
        raise NotFoundError("The pictures of this post are gone.", "Put in others and approve again.")
    if any(row["contains_students"] and not row["consent_on_file"] for row in rows):
        raise RefusedError(
            "A picture shows students, and no consent is on file.", "Tick the consent or take another picture.",
            field="media",
        )  # fmt: skip
    campaign = store.campaign(campaign_id=job.campaign_id)
    platform, language = Platform(job.platform), Language(job.language)
    kind = "carousel" if len(rows) > 1 else rows[0]["kind"]
    caption = Caption.parse(job.content, titled=LIMITS[platform].takes_title(kind))
    return Package(
        job_id=job_id,
        platform=platform,
        account=job.account,
        scheduled_at=job.scheduled_at,
        timezone=campaign.timezone,
        language=language,
        title=caption.title or "",
        body=caption.body,
        tags=tuple(f"#{tag}" for tag in caption.hashtags),
        link=campaign.cta_link or "",
        note=AI_NOTE[language] if "model" in (job.provenance or {}) else "",
        files=tuple(_packed(number, row) for number, row in enumerate(rows, start=1)),
    )


def write_zip(packed: Package, media: MediaStore, out: IO[bytes]) -> None:
    """The package as a ZIP file; the same package gives the same bytes."""
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in _contents(packed, media):
            # A fixed date, because the time of packing is nothing that anybody wants to know.
            archive.writestr(zipfile.ZipInfo(name), content)


def _contents(packed: Package, media: MediaStore) -> Iterator[tuple[str, bytes]]:
    for name, text in packed.texts.items():
        yield name, text.encode()
    for file in packed.files:
        with media.open(file.file) as content:
            yield file.name, content.read()


def _packed(number: int, row: dict[str, Any]) -> PackedFile:
    suffix = PurePosixPath(row["file"]).suffix
    name = f"{'picture' if row['kind'] == 'image' else 'video'}-{number:02}{suffix}"
    return PackedFile(name, row["file"], row["mime"], row["size_bytes"])
