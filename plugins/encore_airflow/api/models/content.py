"""Texts and media of a campaign, their revisions, and what its posts would be."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from encore.campaigns.anew import MOST_WISH
from encore.campaigns.binding import Effect, Reason
from encore.campaigns.fact_review import unsupported_facts
from encore.campaigns.media_library import done_to
from encore.campaigns.preview import Post
from encore.campaigns.review import Reviewed
from encore.campaigns.speaking import is_unused
from encore.campaigns.staleness import is_outdated, stale_parts
from encore.campaigns.texts import MOST_CHARACTERS, difference
from encore.content.facts.claims import FactKind
from encore.domain.content import AssetType
from encore.domain.job import Platform, Touchpoint
from encore.domain.json import Json
from encore.platforms.contract import Problem as Refused
from encore.settings import Settings
from encore.store import rows
from encore.words.sentence import sentence
from encore_airflow.api.models.fields import Input, Instant, Output, Told, shown_as


class ContentAsset(Output):
    """One text. `outdated`: it was written from facts that have changed since, or in other languages or another voice.
    `unused`: in a language that its posts no longer speak; it is kept, and nothing posts it."""

    asset_id: str
    asset_type: AssetType
    platform: str
    touchpoint: Touchpoint | None
    language: str
    content: str
    version: int
    written_by: str = Field(description="A person's name, a model's, or `template`.")
    outdated: bool
    unused: bool
    updated_at: Instant

    @classmethod
    def of(cls, settings: Settings, row: rows.ContentAsset, campaign: rows.Campaign) -> ContentAsset:
        told = {
            "written_by": _writer(row.provenance),
            "outdated": is_outdated(settings, campaign, row),
            "unused": is_unused(settings, campaign, row),
        }
        return cls.model_validate({**row._asdict(), **told})


class Media(Output):
    """A picture or video; `url` gives the file to whoever may see the campaign. `done`: what was done to what somebody
    put in."""

    media_id: str
    platform: str
    kind: str
    mime: str
    sha256: str
    size_bytes: int
    width: int
    height: int
    duration_seconds: float | None
    origin: str
    contains_students: bool
    consent_on_file: bool
    created_at: Instant
    url: str
    done: list[Told]

    @classmethod
    def of(cls, row: rows.MediaAsset, base: str) -> Media:
        url = f"{base}/campaigns/{row.campaign_id}/media/{row.media_id}"
        return cls.model_validate({**row._asdict(), "url": url, "done": done_to(row.facts)})


class UnsupportedFact(Output):
    """Something that a text states at `start` to `end` and the campaign's facts do not. Confirmed by its `key`."""

    key: str
    asset_id: str
    version: int
    kind: FactKind
    text: str
    start: int
    end: int
    message: Told

    @classmethod
    def each_of(cls, settings: Settings, reviewed: Reviewed, now: datetime) -> list[UnsupportedFact]:
        return [
            cls(
                key=fact.key, asset_id=fact.asset_id, version=fact.version, kind=fact.finding.kind,
                text=fact.finding.text, start=fact.finding.start, end=fact.finding.end, message=fact.finding.said,
            )
            for fact in unsupported_facts(settings, reviewed, now)
        ]  # fmt: skip


class Stale(Output):
    """A text, picture or video that was made before something in it changed. Vouched for by its `key`; `generate` with
    `anew` leaves none but the edited texts that were to be kept."""

    key: str
    part: str = Field(description="`asset_id@version` of a text, `media_id` of a picture or video.")
    what: str = Field(description="`text`, `image` or `video`.")
    platform: str
    touchpoint: Touchpoint | None
    told: Told = Field(description="What changed, in a sentence.")

    @classmethod
    def each_of(cls, settings: Settings, reviewed: Reviewed) -> list[Stale]:
        return [
            cls(
                key=found.key, part=found.part, what=found.what, platform=found.platform, touchpoint=found.touchpoint,
                told=found.said,
            )
            for found in stale_parts(settings, reviewed)
        ]  # fmt: skip


class Content(Output):
    """All that a campaign would post. `content_sha256` (also the ETag) is what an approval signs.

    `unsupported_facts`: scheduling is refused until each is confirmed (`confirmed_facts`) or corrected.
    """

    campaign_id: str
    content_sha256: str
    approved: bool
    unsupported_facts: list[UnsupportedFact]
    assets: list[ContentAsset]
    media: list[Media]

    @classmethod
    def of(
        cls, settings: Settings, reviewed: Reviewed, approval: rows.Approval | None, base: str, now: datetime
    ) -> Content:
        return cls(
            campaign_id=reviewed.campaign.campaign_id,
            content_sha256=reviewed.digest,
            approved=approval is not None and approval.content_sha256 == reviewed.digest,
            unsupported_facts=UnsupportedFact.each_of(settings, reviewed, now),
            assets=[ContentAsset.of(settings, row, reviewed.campaign) for row in reviewed.texts],
            media=[Media.of(row, base) for row in reviewed.media],
        )


class EditedAsset(Input):
    """A text as it shall be. `version` is the one that was edited; it may be left out with `If-Match`."""

    asset_id: str = Field(max_length=160)
    content: str = Field(min_length=1, max_length=MOST_CHARACTERS)
    version: int | None = Field(None, ge=1, le=2_000_000_000)


class ContentEdits(Input):
    """Edited texts; all are stored or none."""

    model_config = shown_as(
        {
            "assets": [
                {
                    "asset_id": "c-4f1c.caption.instagram.reminder.en",
                    "content": "On Sunday: come and listen!\n\n#recital",
                    "version": 1,
                }
            ]
        }
    )

    assets: list[EditedAsset] = Field(min_length=1, max_length=100)


class Regenerate(Input):
    """Have one text written anew. `version`: the one that was seen; newer ones are then left alone. `wish`: what you
    would like of it, in a line, which only a connected model can follow."""

    model_config = shown_as({"version": 1})

    version: int | None = Field(None, ge=1, le=2_000_000_000)
    wish: str = Field("", max_length=MOST_WISH)


class Revision(Output):
    """One version of a text, with its lines that differ from the version before (a unified diff)."""

    version: int
    content: str
    written_by: str
    at: Instant
    diff: str

    @classmethod
    def each_of(cls, revisions: list[rows.ContentRevision]) -> list[Revision]:
        """`revisions`: newest first."""
        earlier = [row.content for row in revisions[1:]] + [""]
        return [
            cls(
                version=row.version, content=row.content, written_by=_writer(row.provenance), at=row.at,
                diff=difference(before, row.content),
            )
            for row, before in zip(revisions, earlier, strict=True)
        ]  # fmt: skip


class Usage(Output):
    """What a text uses of one of the platform's limits; `left` is negative when it is over."""

    field: str
    used: int
    most: int
    left: int
    unit: str


class Problem(Output):
    """Why the platform would refuse the post."""

    field: str
    code: str
    message: Told

    @classmethod
    def of(cls, found: Refused) -> Problem:
        return cls(field=found.field, code=found.code, message=found.said)


class PreviewedPost(Output):
    """One post as it would go out. `left_out`: why it would not be planned now; null if it would."""

    platform: Platform
    touchpoint: Touchpoint
    planned_at: Instant
    left_out: Told | None
    payload_ref: str | None
    title: str | None
    text: str | None
    hashtags: list[str] = Field(description="Where the platform takes them apart from the text.")
    media: Media | None
    usage: list[Usage]
    problems: list[Problem]
    remarks: list[Told] = Field(description="What the platform takes, and nobody would want.")

    @classmethod
    def of(cls, post: Post, base: str) -> PreviewedPost:
        sent = post.payload
        return cls(
            platform=post.platform,
            touchpoint=post.touchpoint,
            planned_at=post.planned_at,
            left_out=sentence("approve.left_out_because", why=post.left_out) if post.left_out else None,
            payload_ref=f"{post.text.asset_id}@{post.text.version}" if post.text else None,
            title=(sent.title or None) if sent else None,
            text=sent.text if sent else None,
            hashtags=list(sent.hashtags) if sent else [],
            media=Media.of(post.media, base) if post.media else None,
            usage=[Usage.model_validate(used) for used in post.usage],
            problems=[Problem.of(found) for found in post.problems],
            remarks=list(post.remarks),
        )


class Foreseen(Output):
    """What an approval would do with one post. `at`: when it goes out, or would have; `reason`: why it is left out."""

    job_id: str
    platform: str
    touchpoint: str
    account: str
    effect: Effect
    at: Instant | None
    reason: Reason | None
    lost_time: Instant | None = Field(description="A time that a person had chosen, which does not fit any more.")


class Preview(Output):
    """Every post of the campaign; `confirmations`, `unsupported_facts`, `stale` and `privacy` are what scheduling asks
    for, `will` is what it would do, and `can_go_at_once` names the moments whose day has passed and that may go out all
    the same."""

    campaign_id: str
    content_sha256: str
    confirmations: list[str]
    unsupported_facts: list[UnsupportedFact]
    stale: list[Stale]
    privacy: dict[Platform, list[str]]
    will: list[Foreseen]
    can_go_at_once: list[Touchpoint]
    posts: list[PreviewedPost]


def _writer(provenance: Json) -> str:
    return str(next((provenance[name] for name in ("editor", "model", "writer") if provenance.get(name)), "template"))
