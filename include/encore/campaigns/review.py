"""What a person is shown before an approval, and signs by it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from encore.campaigns.days_out import Settled, settled_times
from encore.domain.content import approval_sha256, payload_ref, text_sha256
from encore.errors import NotFoundError
from encore.store import rows
from encore.store.store import Store


@dataclass(frozen=True)
class Reviewed:
    """What a person is shown: the texts and media as they are now, each with its reference and sha256. `background`:
    the picture that stands behind the flyer's text, if it may be shown. `settled`: which posts have their time
    already."""

    campaign: rows.Campaign
    texts: tuple[rows.ContentAsset, ...]
    media: tuple[rows.MediaAsset, ...]
    background: rows.MediaAsset | None = None
    settled: Settled = field(default_factory=dict)

    @property
    def parts(self) -> dict[str, str]:
        """Reference (payload_ref or media_id) -> sha256 of the bytes."""
        texts = {payload_ref(row.asset_id, row.version): text_sha256(row.content) for row in self.texts}
        return texts | {row.media_id: row.sha256 for row in self.media}

    @property
    def digest(self) -> str:
        """One value for all of it, which an approval signs."""
        return approval_sha256(self.parts)

    def with_texts(self, changed: Iterable[rows.ContentAsset]) -> Reviewed:
        """The same with newer rows of some of its texts."""
        newer = {row.asset_id: row for row in changed}
        return replace(self, texts=tuple(newer.get(row.asset_id, row) for row in self.texts))


def require_campaign(store: Store, campaign_id: str) -> rows.Campaign:
    """The campaign's row. Raises `NotFoundError`."""
    campaign = store.campaign(campaign_id=campaign_id)
    if campaign is None:
        raise NotFoundError("campaign.unknown", campaign=campaign_id)
    return campaign


def review(store: Store, campaign_id: str) -> Reviewed:
    return review_of(store, require_campaign(store, campaign_id))


def review_of(store: Store, campaign: rows.Campaign) -> Reviewed:
    """The same for whoever has the campaign's row."""
    media = store.media_assets(campaign_id=campaign.campaign_id)
    texts = store.content_assets(campaign_id=campaign.campaign_id)
    settled = settled_times(store, campaign.campaign_id)
    return Reviewed(campaign, tuple(texts), tuple(_current_media(media)), _background(media), settled)


def _current_media(media: list[rows.MediaAsset]) -> list[rows.MediaAsset]:
    """For each platform and kind the newest that a person put in, else the newest flyer. What stands behind the flyer
    is in it, and not posted itself."""
    flyers = [row for row in media if row.origin == "flyer"]
    uploads = [row for row in media if row.origin == "upload"]
    return list({(row.platform, row.kind): row for row in (*flyers, *uploads)}.values())


def _background(media: list[rows.MediaAsset]) -> rows.MediaAsset | None:
    """The newest; one that shows people without their consent is never drawn."""
    newest = next((row for row in reversed(media) if row.origin == "background"), None)
    return newest if newest and (newest.consent_on_file or not newest.contains_students) else None
