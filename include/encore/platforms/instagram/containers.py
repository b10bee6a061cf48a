"""Instagram's containers: what is sent to make one, and what its status says.

A container is a post that is not public yet. It lives for 24 hours and is published at most once, so that its id serves
as the handle of a post whose publication is in doubt.
https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/ig-user/media
https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/ig-container
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from encore.domain.json import Json
from encore.errors import ContentRejectedError, PublishingError
from encore.platforms.contract import ContentPayload, Credentials, MediaAsset, MediaFile
from encore.platforms.instagram.calls import ERRORS, GraphApi
from encore.platforms.sent_text import sent_text

IN_PROGRESS, FINISHED, PUBLISHED = "IN_PROGRESS", "FINISHED", "PUBLISHED"
ERROR, EXPIRED = "ERROR", "EXPIRED"

ALT_TEXT_LENGTH = 1000
LISTED_TYPES = {"image": "IMAGE", "video": "VIDEO", "carousel": "CAROUSEL_ALBUM"}
"""`media_type` of a published post in the listing, by the kind of our media."""

_SUBCODE = re.compile(r"22070\d\d")
_BEGINNINGS = (("error", ERROR), ("finished", FINISHED), ("published", PUBLISHED), ("expired", EXPIRED))


@dataclass(frozen=True)
class ContainerStatus:
    """`code` is one of the five above; `text` is Instagram's sentence, which on ERROR names the subcode."""

    code: str
    text: str

    def failure(self, now: datetime) -> PublishingError:
        """The error of a container that will not be published any more. Nothing of it is public."""
        if self.code == EXPIRED:
            return ERRORS.error("encore_container_expired", stage="create", detail=self.text)
        if subcode := _SUBCODE.search(self.text):
            return ERRORS.error(subcode=subcode[0], stage="create", detail=self.text, now=now)
        return ERRORS.error("encore_container_error", stage="create", detail=self.text)


def read_status(api: GraphApi, container: str) -> ContainerStatus:
    """Some answers carry `status` alone (platforms.md 2.4, field). What is not known counts as still in progress."""
    answer = api.read(container, "status_code,status")
    text = str(answer.get("status") or "")
    code = answer.get("status_code")
    if code is None:
        beginning = text.strip().casefold()
        code = next((status for word, status in _BEGINNINGS if beginning.startswith(word)), IN_PROGRESS)
    known = code in (FINISHED, PUBLISHED, ERROR, EXPIRED)
    return ContainerStatus(str(code) if known else IN_PROGRESS, text)


def post_fields(content_payload: ContentPayload, media_file: MediaFile) -> Json:
    """The container of a post with one picture or one video (which is always a reel)."""
    if media_file.kind == "video":
        # share_to_feed: a concert's video belongs on the profile, not among the reels alone.
        shape = {"media_type": "REELS", "video_url": fetchable_address(media_file), "share_to_feed": True}
    else:
        shape = {"image_url": fetchable_address(media_file), **_alt_text(media_file)}
    return {**shape, **_words(content_payload)}


def child_fields(media_file: MediaFile) -> Json:
    """One item of a carousel. Caption and AI flag belong to the carousel and are refused here."""
    if media_file.kind == "video":
        return {"is_carousel_item": True, "media_type": "VIDEO", "video_url": fetchable_address(media_file)}
    return {"is_carousel_item": True, "image_url": fetchable_address(media_file), **_alt_text(media_file)}


def carousel_fields(content_payload: ContentPayload, children: Sequence[str]) -> Json:
    return {"media_type": "CAROUSEL", "children": ",".join(children), **_words(content_payload)}


def fetchable_address(media_file: MediaFile) -> str:
    """The address that Instagram fetches from; it must be US-ASCII (IG-MEDIA, `image_url`)."""
    address = media_file.public_address()
    if not address.isascii():
        raise ContentRejectedError("media.address_not_plain", code="media_address")
    return address


def fingerprint(content_payload: ContentPayload, media_asset: MediaAsset, credentials: Credentials) -> str:
    """Tells whether a container was made of exactly these words and files, for this account."""
    files = [(file.sha256, file.kind, file.alt_text) for file in media_asset.files]
    parts = [sent_text(content_payload), content_payload.ai_generated, files, credentials.user_id]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _words(content_payload: ContentPayload) -> Json:
    words = sent_text(content_payload)
    return {
        **({"caption": words} if words else {}),
        **({"is_ai_generated": True} if content_payload.ai_generated else {}),
    }


def _alt_text(media_file: MediaFile) -> dict[str, str]:
    return {"alt_text": media_file.alt_text[:ALT_TEXT_LENGTH]} if media_file.alt_text else {}
