"""Content: read, edit, write one text anew, look back, and see exactly what would be posted."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse

from encore.campaigns.anew import Asked, write_anew
from encore.campaigns.preview import posts
from encore.campaigns.review import Reviewed, review_of
from encore.campaigns.scheduling import can_go_at_once, foresee, wanted_of
from encore.campaigns.texts import Edit, edit
from encore.errors import NotFoundError
from encore_airflow.api.call import Answer, Call, Reading, Writing
from encore_airflow.api.models.content import (
    Content,
    ContentAsset,
    ContentEdits,
    Foreseen,
    Preview,
    PreviewedPost,
    Regenerate,
    Revision,
    Stale,
    UnsupportedFact,
)
from encore_airflow.api.models.fields import Items
from encore_airflow.api.openapi import refusals
from encore_airflow.api.preconditions import IfMatch, etag, require_one, version_of
from encore_airflow.http.ids import AssetId, CampaignId

router = APIRouter(prefix="/campaigns/{campaign_id}", tags=["content"])


@router.get("/content", response_model=Content, responses=refusals(404))
def read(campaign_id: CampaignId, call: Reading) -> JSONResponse:
    """All texts and media as they are now. The ETag is what an edit and an approval are based on."""
    content = _content(call, review_of(call.store, call.campaign(campaign_id)))
    return call.reply(content, ETag=etag(content.content_sha256))


@router.patch("/content", response_model=Content, responses=refusals(404, 409, 412, 428))
def change(campaign_id: CampaignId, edits: ContentEdits, call: Writing, if_match: IfMatch = None) -> JSONResponse:
    """Edit texts, all or none. Voids the approval; an edited flyer text has the flyer drawn anew."""
    require_one(if_match, *(asset.version for asset in edits.assets))

    def do() -> Answer:
        call.campaign(campaign_id)
        wanted = [Edit(**asset.model_dump()) for asset in edits.assets]
        seen = version_of(if_match)
        became = edit(call.store, call.settings, campaign_id, wanted, call.person.name, seen, call.now)
        content = _content(call, became)
        return call.answer(content, ETag=etag(content.content_sha256))

    return call.once(do)


@router.post("/content/{asset_id}/regenerate", response_model=ContentAsset, responses=refusals(404, 409, 412))
def regenerate(
    campaign_id: CampaignId, asset_id: AssetId, call: Writing, seen: Regenerate | None = None
) -> JSONResponse:
    """Have one text written anew from today's facts, as the `wish` asks where a model is connected. All others stay;
    what it was stays in its revisions."""

    def do() -> Answer:
        campaign = call.campaign(campaign_id)
        wanted = seen or Regenerate()
        asked = Asked(campaign_id, asset_id, call.person.name, wanted.version, wanted.wish, call.person)
        row = write_anew(call.store, call.settings, call.within.writer(call.store), asked, call.now)
        return call.answer(ContentAsset.of(call.settings, row, campaign))

    return call.once_in_steps(do)


@router.get("/content/{asset_id}/revisions", response_model=Items[Revision], responses=refusals(404))
def revisions(campaign_id: CampaignId, asset_id: AssetId, call: Reading) -> JSONResponse:
    """Every version of one text, newest first, each with its differences from the one before."""
    call.campaign(campaign_id)
    rows = call.store.content_revisions(campaign_id=campaign_id, asset_id=asset_id)
    if not rows:
        raise NotFoundError("text.unknown", text=asset_id)
    return call.reply(Items[Revision](items=Revision.each_of(rows)))


@router.get("/preview", response_model=Preview, responses=refusals(404))
def preview(campaign_id: CampaignId, call: Reading) -> JSONResponse:
    """Each post as it would go out: exact text and media, limits used and left, what would be refused."""
    campaign = call.campaign(campaign_id)
    reviewed = review_of(call.store, campaign)
    found = posts(call.settings, reviewed, call.now)
    wanted = wanted_of(call.store, campaign)
    foreseen = foresee(call.store, call.settings, reviewed, call.now, by_staff=call.person.staff)
    shown = Preview(
        campaign_id=campaign_id,
        content_sha256=reviewed.digest,
        confirmations=sorted(asked.key for wants in wanted.values() for asked in wants.confirmations),
        unsupported_facts=UnsupportedFact.each_of(call.settings, reviewed, call.now),
        stale=Stale.each_of(call.settings, reviewed),
        privacy={name: [each.key for each in wants.audiences] for name, wants in wanted.items() if wants.audiences},
        will=[Foreseen.model_validate(binding) for binding in foreseen],
        can_go_at_once=list(can_go_at_once(call.settings, campaign, foreseen, call.now)),
        posts=[PreviewedPost.of(post, call.base) for post in found],
    )
    return call.reply(shown, ETag=etag(reviewed.digest))


def _content(call: Call, reviewed: Reviewed) -> Content:
    approval = call.store.approval_in_force(campaign_id=reviewed.campaign.campaign_id)
    return Content.of(call.settings, reviewed, approval, call.base, call.now)
