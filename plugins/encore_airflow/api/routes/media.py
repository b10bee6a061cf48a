"""Pictures and videos that people put in, and the files of all media."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, File, Form, UploadFile
from starlette.responses import FileResponse, JSONResponse

from encore.campaigns import media_library
from encore.domain.job import Platform
from encore.media.file_facts import sha256_of
from encore_airflow.api.call import Answer, Reading, Writing
from encore_airflow.api.models.content import Media
from encore_airflow.api.models.fields import Items
from encore_airflow.api.models.media import Consent, PutIn
from encore_airflow.api.openapi import refusals
from encore_airflow.http.ids import CampaignId, MediaId
from encore_airflow.http.uploads import NEVER_A_PAGE, on_disk, put_in

router = APIRouter(prefix="/campaigns/{campaign_id}", tags=["media"])


@router.post("/media", status_code=201, response_model=Items[PutIn], responses=refusals(404, 409))
def upload(
    campaign_id: CampaignId,
    call: Writing,
    file: Annotated[UploadFile, File(description="A picture or a video.")],
    platform: Annotated[Platform | None, Form(description="Only for this one.")] = None,
    contains_students: Annotated[bool, Form()] = False,
    consent_on_file: Annotated[bool, Form(description="Without it, nothing that shows students goes out.")] = False,
    use: Annotated[Literal["post", "flyer"], Form(description="`flyer`: to stand behind the flyer's text.")] = "post",
) -> JSONResponse:
    """Put a picture or video in, in place of the flyer; it is fitted to each platform. Voids the approval.

    With `use=flyer` a picture stands behind the flyer's text instead, which is then drawn anew."""
    call.campaign(campaign_id)
    with on_disk(file) as path:
        consent = {"contains_students": contains_students, "consent_on_file": consent_on_file}

        def do() -> Answer:
            done = put_in(call, campaign_id, path, behind=use == "flyer", platform=platform, **consent)
            return call.answer(Items[PutIn](items=[PutIn.model_validate(entry) for entry in done]), 201)

        told = f"{sha256_of(path)} {platform} {contains_students} {consent_on_file} {use}"
        return call.once_in_steps(do, also=told)


@router.delete("/flyer-background", response_model=Items[PutIn], responses=refusals(404))
def remove_background(campaign_id: CampaignId, call: Writing) -> JSONResponse:
    """Take away what stands behind the flyer's text; it is drawn in its own colours again."""

    def do() -> Answer:
        call.campaign(campaign_id)
        media_library.remove_background(call.store, call.settings, campaign_id, call.person.name, call.now)
        return call.answer(Items[PutIn](items=[]))

    return call.once(do)


@router.patch("/media/{media_id}", response_model=Media, responses=refusals(404))
def set_consent(campaign_id: CampaignId, media_id: MediaId, given: Consent, call: Writing) -> JSONResponse:
    """Say whether consent is on file. Taken back, nothing with this picture goes out any more."""

    def do() -> Answer:
        call.media(campaign_id, media_id)
        media_library.set_consent(call.store, call.settings, campaign_id, media_id, given.consent_on_file, call.now)
        return call.answer(Media.of(call.media(campaign_id, media_id), call.base))

    return call.once(do)


@router.get(
    "/media/{media_id}",
    response_class=FileResponse,
    responses={200: {"description": "The file", "content": {"image/*": {}, "video/*": {}}}, **refusals(404)},
)
def download(campaign_id: CampaignId, media_id: MediaId, call: Reading) -> FileResponse:
    """The file itself."""
    row = call.media(campaign_id, media_id)
    return FileResponse(call.file_of(row), media_type=row.mime, headers=NEVER_A_PAGE)
