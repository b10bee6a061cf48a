"""What a campaign's posts would be: exact text and media, room left under each limit, what would be refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from encore.campaigns.review import Reviewed
from encore.campaigns.speaking import caption_id
from encore.campaigns.timeline import objection, touchpoint_moment
from encore.content.writing.caption import to_payload
from encore.content.writing.limits_check import Usage, problems, remarks, usage
from encore.domain.job import Platform, Touchpoint
from encore.media.media_store import stored_file
from encore.platforms.contract import ContentPayload, MediaAsset, Problem
from encore.platforms.limits import LIMITS
from encore.platforms.validation import media_problems
from encore.settings import Settings
from encore.store import rows
from encore.words.sentence import Sentence, sentence


@dataclass(frozen=True)
class Post:
    """One post as it would go out if it were scheduled now. `text` and `media` are None until they are generated.

    `left_out`: why it would not be planned, for `{why}` in "its time is {why}". `remarks`: what the platform takes, and
    nobody would want.
    """

    platform: Platform
    touchpoint: Touchpoint
    planned_at: datetime
    left_out: Sentence | None
    text: rows.ContentAsset | None
    media: rows.MediaAsset | None
    payload: ContentPayload | None
    usage: tuple[Usage, ...]
    problems: tuple[Problem, ...]
    remarks: tuple[Sentence, ...] = ()


def posts(settings: Settings, reviewed: Reviewed, now: datetime) -> list[Post]:
    """Every post of the campaign's timeline that it does not do without."""
    campaign = reviewed.campaign
    texts = {row.asset_id: row for row in reviewed.texts}
    media = {(row.platform, row.kind): row for row in reviewed.media}
    found = []
    for platform in map(Platform, campaign.platforms):
        channel = settings.platforms[platform]
        for touchpoint in settings.moments_of(campaign.timeline):
            at = touchpoint_moment(campaign, platform, touchpoint, now, settings)
            if at is not None:
                text = texts.get(caption_id(settings, campaign, platform, touchpoint))
                picture = media.get((platform, channel.media))
                against = objection(campaign, touchpoint, at, settings, now)
                why_not = sentence(f"time.{against}") if against else None
                found.append(_post(platform, touchpoint, at, why_not, text, picture, channel.media))
    return found


def _post(
    platform: Platform,
    touchpoint: Touchpoint,
    at: datetime,
    why_not: Sentence | None,
    text: rows.ContentAsset | None,
    media: rows.MediaAsset | None,
    kind: str,
) -> Post:
    refused: list[Problem] = []
    if media is not None:
        refused += media_problems(MediaAsset((stored_file(media._asdict(), media.file),)), LIMITS[platform])
    if text is None:
        return Post(platform, touchpoint, at, why_not, None, media, None, (), tuple(refused))
    payload = to_payload(text.content, platform, kind, language=text.language)
    refused = problems(platform, text.content, kind) + refused
    used, told = tuple(usage(platform, text.content, kind)), tuple(remarks(platform, text.content, kind))
    return Post(platform, touchpoint, at, why_not, text, media, payload, used, tuple(refused), told)
