"""Pictures and videos: put in, consent for who is shown, and the files themselves, small where that will do."""

from __future__ import annotations

import io
import shutil
import tempfile
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import APIRouter, Path
from PIL import Image, ImageOps
from starlette.datastructures import FormData, UploadFile
from starlette.responses import FileResponse
from starlette.responses import Response as PlainResponse

from encore.campaigns import media_library
from encore.domain.job import Platform
from encore.errors import NotFoundError, RefusedError
from encore_airflow.web.routes.campaign import CampaignId
from encore_airflow.web.visit import Form, Response, Visit, Visiting, text_of

router = APIRouter(prefix="/campaigns/{campaign_id}/media")
MediaId = Annotated[str, Path(max_length=160, pattern=r"^[A-Za-z0-9][A-Za-z0-9._@-]*$")]
SMALL = (360, 640)
HEADERS = {
    # Named by its content, and only for who may see the campaign.
    "Cache-Control": "private, max-age=31536000, immutable",
    # Never as a page: what somebody uploaded must not run in another's browser.
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@router.post("")
def upload(campaign_id: CampaignId, visit: Visiting, sent: Form) -> Response:
    """In place of the flyer, or behind its text, which is then drawn anew; voids the approval."""
    campaign = visit.campaign(campaign_id)
    file = sent.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        return _refused(visit, campaign, RefusedError("Choose a file first.", field="file"))
    with tempfile.TemporaryDirectory(prefix="encore-upload-") as folder:
        path = FilePath(folder, "upload")
        with path.open("wb") as target:
            shutil.copyfileobj(file.file, target)
        try:
            _put(visit, campaign_id, path, sent)
        except RefusedError as err:
            return _refused(visit, campaign, err, text_of(sent, "use"))
    return visit.go(f"/campaigns/{campaign_id}#pictures")


def _put(visit: Visit, campaign_id: str, path: FilePath, sent: FormData) -> None:
    media = visit.within.media_store(visit.settings)
    consent = {name: bool(text_of(sent, name)) for name in ("contains_students", "consent_on_file")}
    if text_of(sent, "use") == "flyer":
        media_library.put_background(
            visit.store, visit.settings, media, campaign_id, path, **consent, who=visit.person.name, now=visit.now
        )
        return
    platform = text_of(sent, "platform")
    media_library.put_media(
        visit.store, visit.settings, media, campaign_id, path, **consent, now=visit.now,
        platform=Platform(platform) if platform in list(Platform) else None,
    )  # fmt: skip


@router.post("/background/remove")
def remove_background(campaign_id: CampaignId, visit: Visiting) -> Response:
    """The flyer is drawn in its own colours again."""
    visit.campaign(campaign_id)
    media_library.remove_background(visit.store, visit.settings, campaign_id, visit.person.name, visit.now)
    return visit.go(f"/campaigns/{campaign_id}#pictures")


@router.get("")
def ask(campaign_id: CampaignId, visit: Visiting) -> Response:
    return visit.page("upload.html", campaign=visit.campaign(campaign_id), wrong="", use="")


@router.post("/{media_id}/consent")
def set_consent(campaign_id: CampaignId, media_id: MediaId, visit: Visiting, sent: Form) -> Response:
    """Taken back, nothing with this picture goes out any more."""
    _row(visit, campaign_id, media_id)
    media_library.set_consent(
        visit.store, visit.settings, campaign_id, media_id, bool(text_of(sent, "consent_on_file")), visit.now
    )
    return visit.go(f"/campaigns/{campaign_id}#pictures")


@router.get("/{media_id}")
def full(campaign_id: CampaignId, media_id: MediaId, visit: Visiting) -> Response:
    row = _row(visit, campaign_id, media_id)
    return FileResponse(_file(visit, row), media_type=row.mime, headers=HEADERS)


@router.get("/{media_id}/small")
def small(campaign_id: CampaignId, media_id: MediaId, visit: Visiting) -> Response:
    """A picture as large as a preview shows it: a tenth of its weight."""
    row = _row(visit, campaign_id, media_id)
    if row.kind != "image":
        raise NotFoundError("A video has no small version.")
    with Image.open(_file(visit, row)) as picture:
        picture.draft("RGB", SMALL)
        shown = ImageOps.exif_transpose(picture).convert("RGB")
    shown.thumbnail(SMALL)
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=72, optimize=True)
    return PlainResponse(out.getvalue(), media_type="image/jpeg", headers=HEADERS)


def _row(visit: Visit, campaign_id: str, media_id: str) -> Any:
    visit.campaign(campaign_id)
    found = [row for row in visit.store.media_assets(campaign_id=campaign_id) if row.media_id == media_id]
    if not found:
        raise NotFoundError(f"There is no media '{media_id}'.")
    return found[0]


def _file(visit: Visit, row: Any) -> FilePath:
    path = visit.within.media_store(visit.settings).local_path(row.file, row.size_bytes)
    if not path.is_file():
        raise NotFoundError("The file of this media is gone.")
    return path


def _refused(visit: Visit, campaign: Any, err: RefusedError, use: str = "") -> Response:
    return visit.page("upload.html", 422, campaign=campaign, wrong=visit.words.refusal(err), use=use)
