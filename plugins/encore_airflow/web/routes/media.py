"""Pictures and videos: put in, consent for who is shown, and the files themselves, small where that will do."""

from __future__ import annotations

import io
from collections.abc import Mapping

from fastapi import APIRouter
from PIL import ImageOps
from starlette.responses import FileResponse
from starlette.responses import Response as PlainResponse

from encore.campaigns import media_library
from encore.domain.job import Platform
from encore.errors import NotFoundError, RefusedError, UsedUpError
from encore.media.file_facts import opened_picture
from encore_airflow.http.ids import CampaignId, MediaId
from encore_airflow.http.statuses import status_of
from encore_airflow.http.uploads import NEVER_A_PAGE, chosen, on_disk, put_in
from encore_airflow.web.visit import Form, Response, Visit, Visiting, text_of

router = APIRouter(prefix="/campaigns/{campaign_id}/media")
SMALL = (360, 640)
NOTHING_CHOSEN = {"behind": False, "platform": None, "contains_students": False, "consent_on_file": False}
HEADERS = {
    # Named by its content, and only for who may see the campaign.
    "Cache-Control": "private, max-age=31536000, immutable",
    **NEVER_A_PAGE,
}


@router.post("")
def upload(campaign_id: CampaignId, visit: Visiting, sent: Form) -> Response:
    """In place of the flyer, or behind its text, which is then drawn anew; voids the approval."""
    visit.campaign(campaign_id)
    platform = text_of(sent, "platform")
    chosen_for = Platform(platform) if platform in list(Platform) else None
    said = {name: bool(text_of(sent, name)) for name in ("contains_students", "consent_on_file")}
    behind = text_of(sent, "use") == "flyer"
    try:
        with on_disk(chosen(sent.get("file"))) as path:
            put_in(visit, campaign_id, path, behind=behind, platform=chosen_for, **said)
    except (RefusedError, UsedUpError) as err:
        kept = {"behind": behind, "platform": chosen_for, **said}
        return _form(visit, campaign_id, visit.words.in_full(err.said), status_of(err), kept)
    return visit.go(f"/campaigns/{campaign_id}#pictures")


@router.post("/background/remove")
def remove_background(campaign_id: CampaignId, visit: Visiting) -> Response:
    """The flyer is drawn in its own colours again."""
    visit.campaign(campaign_id)
    media_library.remove_background(visit.store, visit.settings, campaign_id, visit.person.name, visit.now)
    return visit.go(f"/campaigns/{campaign_id}#pictures")


@router.get("")
def ask(campaign_id: CampaignId, visit: Visiting) -> Response:
    return _form(visit, campaign_id)


def _form(
    visit: Visit, campaign_id: str, wrong: str = "", status: int = 200, kept: Mapping[str, object] = NOTHING_CHOSEN
) -> Response:
    """`kept`: what was chosen in it before."""
    return visit.page("upload.html", status, campaign=visit.campaign(campaign_id), wrong=wrong, kept=kept)


@router.post("/{media_id}/consent")
def set_consent(campaign_id: CampaignId, media_id: MediaId, visit: Visiting, sent: Form) -> Response:
    """Taken back, nothing with this picture goes out any more."""
    visit.media(campaign_id, media_id)
    media_library.set_consent(
        visit.store, visit.settings, campaign_id, media_id, bool(text_of(sent, "consent_on_file")), visit.now
    )
    return visit.go(f"/campaigns/{campaign_id}#pictures")


@router.get("/{media_id}")
def full(campaign_id: CampaignId, media_id: MediaId, visit: Visiting) -> Response:
    row = visit.media(campaign_id, media_id)
    return FileResponse(visit.file_of(row), media_type=row.mime, headers=HEADERS)


@router.get("/{media_id}/small")
def small(campaign_id: CampaignId, media_id: MediaId, visit: Visiting) -> Response:
    """A picture as large as a preview shows it: a tenth of its weight."""
    row = visit.media(campaign_id, media_id)
    if row.kind != "image":
        raise NotFoundError("media.no_small_video")
    with opened_picture(visit.file_of(row)) as picture:
        picture.draft("RGB", SMALL)
        shown = ImageOps.exif_transpose(picture).convert("RGB")
    shown.thumbnail(SMALL)
    out = io.BytesIO()
    shown.save(out, "JPEG", quality=72, optimize=True)
    return PlainResponse(out.getvalue(), media_type="image/jpeg", headers=HEADERS)
