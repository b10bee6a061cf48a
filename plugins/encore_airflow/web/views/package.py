"""A post as a package for a person: its texts to copy, its pictures in order, a code that opens it on the phone."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import segno
from markupsafe import Markup

from encore.posts.handoff import Package, package
from encore.store import rows
from encore_airflow.web.views.labels import PARTS
from encore_airflow.web.views.posts import Picture, picture_of
from encore_airflow.web.visit import Visit


@dataclass(frozen=True)
class Part:
    """One text for one field of the platform's app."""

    key: str
    label: str
    text: str


@dataclass(frozen=True)
class PackedView:
    packed: Package
    parts: tuple[Part, ...]
    pictures: tuple[Picture, ...]
    address: str
    code: Markup


def packed_view(visit: Visit, job: rows.Report) -> PackedView:
    """Raises `EncoreError` for media that is gone or must not be shown."""
    packed = package(visit.store, job.job_id)
    texts = {"title": packed.title, "text": packed.body, "tags": " ".join(packed.tags), "link": packed.link}
    media = {row.media_id: row for row in visit.store.media_assets(campaign_id=job.campaign_id)}
    pictures = tuple(picture_of(visit, media[name]) for name in job.media_ref.split(",") if name in media)
    root = str(visit.request.base_url).rstrip("/")
    address = f"{root}/jobs/{job.job_id}"
    parts = tuple(Part(key, visit.say(PARTS[key]), text) for key, text in texts.items() if text)
    return PackedView(packed, parts, pictures, address, _code(address))


def _code(address: str) -> Markup:
    """An SVG without style attributes, which our policy forbids. The address is ours; segno escapes what it draws."""
    out = BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=False, scale=4, border=3, dark="#000", light="#fff", svgclass="code",
        lineclass=None, omitsize=True,
    )  # fmt: skip
    return Markup(out.getvalue().decode())
