"""Put pictures and videos into a campaign: for each platform a version that it accepts, with the consent that is on
file for it. Whatever changes the media voids the approval."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from encore.campaigns.rebinding import void_approval
from encore.campaigns.requests import request_in_turn
from encore.campaigns.review import Reviewed, require_campaign, review_of
from encore.campaigns.turn import lock
from encore.domain.content import SHARED
from encore.domain.job import Platform
from encore.domain.json import Json
from encore.errors import RefusedError
from encore.media.file_facts import SUFFIXES, MediaFacts, sha256_of
from encore.media.media_store import MediaStore
from encore.media.taking import BEHIND, Version, take
from encore.platforms.contract import MediaAsset
from encore.platforms.limits import LIMITS
from encore.platforms.validation import media_problems
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store
from encore.words.sentence import Sentence, sentence, sentence_of

FLYER = "flyer"
"""`origin` of what Encore has drawn itself."""

UPLOAD, BACKGROUND = "upload", "background"
"""`origin` of what a person put in: to be posted, or to stand behind the flyer's text."""

SMALLEST_BACKGROUND = 700
"""Pixels of the shorter side: a smaller picture would be blown up to a blur."""


@dataclass(frozen=True)
class PutIn:
    """One platform's version of a file, or, with no platform, what stands behind the flyer's text. `done`: what was
    done to the file for that."""

    platform: Platform | None
    media_id: str
    done: tuple[Sentence, ...]

    @property
    def repaired(self) -> bool:
        return bool(self.done)


def put_media(
    store: Store,
    settings: Settings,
    media: MediaStore,
    campaign_id: str,
    source: Path,
    *,
    contains_students: bool,
    consent_on_file: bool,
    now: datetime,
    platform: Platform | None = None,
) -> list[PutIn]:
    """Put the file `source` in for `platform`, or for each platform of the campaign that posts this kind of file.

    From then on it is the campaign's media there, and what was approved is no longer. Raises `RefusedError` naming
    every problem that no repair solves; then nothing has changed. The same file again changes nothing but the consent.
    Not for within a transaction: decoding and the media store take their time.
    """
    campaign = require_campaign(store, campaign_id)
    posting = {kind: _posting(settings, campaign, kind, platform) for kind in ("image", "video")}
    with tempfile.TemporaryDirectory(prefix="encore-media-") as folder:
        taken = take(source, Path(folder), **posting)
        if not taken.versions:
            where = sentence(f"platform.{platform}") if platform else sentence("media.any_platform")
            raise RefusedError(f"media.{taken.kind}_not_posted", where=where, field="media")
        versions = {Platform(name): version for name, version in taken.versions.items()}
        _check(versions)
        for name, version in versions.items():
            _put_once(media, version.path, _file_of(campaign_id, name, version.facts))
        made_of = sha256_of(source)
        put_in = _store(store, settings, campaign_id, versions, made_of, contains_students, consent_on_file, now)
        for name, version in versions.items():
            # One that nobody needed any more may have been removed just now; from its row on it is needed again.
            _put_once(media, version.path, _file_of(campaign_id, name, version.facts))
    return put_in


def put_background(
    store: Store,
    settings: Settings,
    media: MediaStore,
    campaign_id: str,
    source: Path,
    *,
    contains_students: bool,
    consent_on_file: bool,
    who: str,
    now: datetime,
) -> PutIn:
    """Let the picture `source` stand behind the flyer's text, which is drawn anew for it.

    Raises `RefusedError` for what is no picture, is too small, or shows students without their consent. Not for within
    a transaction, as `put_media`."""
    require_campaign(store, campaign_id)
    with tempfile.TemporaryDirectory(prefix="encore-media-") as folder:
        taken = take(source, Path(folder), image=[BEHIND])
        if taken.kind != "image":
            raise RefusedError("media.background_not_picture", field="media")
        version = taken.versions[BEHIND]
        facts = version.facts
        if min(facts.width, facts.height) < SMALLEST_BACKGROUND:
            size = {"width": facts.width, "height": facts.height, "least": SMALLEST_BACKGROUND}
            raise RefusedError("media.background_small", **size, field="media")
        if contains_students and not consent_on_file:
            raise RefusedError("media.no_consent", field="consent_on_file")
        media_id = media_id_of(campaign_id, BACKGROUND, facts)
        name = f"{campaign_id}/background-{facts.sha256[:24]}{SUFFIXES[facts.mime]}"
        _put_once(media, version.path, name)
        with store.transaction():
            campaign = lock(store, campaign_id)
            store.put_media_upload(
                **media_row(media_id, name, facts, version.done), campaign_id=campaign_id, origin=BACKGROUND,
                platform=SHARED, contains_students=contains_students, consent_on_file=consent_on_file,
                made_of=sha256_of(source), now=now,
            )  # fmt: skip
            store.set_consent(campaign_id=campaign_id, media_id=media_id, consent_on_file=consent_on_file)
            _draw_anew(store, settings, campaign, "void.background_added", who, now)
        _put_once(media, version.path, name)
    return PutIn(None, media_id, version.done)


def remove_background(store: Store, settings: Settings, campaign_id: str, who: str, now: datetime) -> None:
    """The flyer is drawn in its own colours again. Removed twice, nothing more happens."""
    with store.transaction():
        campaign = lock(store, campaign_id)
        if store.remove_backgrounds(campaign_id=campaign_id):
            _draw_anew(store, settings, campaign, "void.background_removed", who, now)


def _draw_anew(store: Store, settings: Settings, campaign: rows.Campaign, reason: str, who: str, now: datetime) -> None:
    reviewed = review_of(store, campaign)
    void_approval(store, settings, reviewed, reason, now)
    if reviewed.texts:
        request_in_turn(store, campaign, who, now)


def set_consent(
    store: Store, settings: Settings, campaign_id: str, media_id: str, consent_on_file: bool, now: datetime
) -> None:
    """Say whether the consent of everybody shown is on file, for this file and all that was made of it. Taken back,
    nothing of that goes out any more, from this transaction on."""
    with store.transaction():
        set_consent_in_turn(store, settings, lock(store, campaign_id), media_id, consent_on_file, now)


def set_consent_in_turn(
    store: Store, settings: Settings, campaign: rows.Campaign, media_id: str, consent_on_file: bool, now: datetime
) -> None:
    """The same for whoever has the campaign's turn."""
    campaign_id = campaign.campaign_id
    before = store.background_of_campaign(campaign_id=campaign_id)
    if store.set_consent(campaign_id=campaign_id, media_id=media_id, consent_on_file=consent_on_file):
        reviewed = review_of(store, campaign)
        void_approval(store, settings, reviewed, "void.consent_changed", now)
        after = store.background_of_campaign(campaign_id=campaign_id)
        if before and after and before.consent_on_file != after.consent_on_file and not _drawn_with_it(reviewed):
            request_in_turn(store, campaign, "a change of consent", now)


def _drawn_with_it(reviewed: Reviewed) -> bool:
    """Whether every flyer shows what stands behind it now, and nothing else."""
    wanted = reviewed.background.media_id if reviewed.background else None
    flyers = [row for row in reviewed.media if row.origin == FLYER]
    return all("background" in row.drawn_from and row.drawn_from["background"] == wanted for row in flyers)


def media_row(media_id: str, file: str, facts: MediaFacts, done: Iterable[Sentence] = ()) -> Json:
    """The parameters of `put_media_asset` and `put_media_upload` that follow from the file itself."""
    columns = asdict(facts)
    details = {name: columns.pop(name) for name in ("frame_rate", "video_codec", "audio_codec")}
    details["done"] = [said.stored for said in done]
    return {"media_id": media_id, "file": file, **columns, "facts": details}


def done_to(facts: Json) -> list[Sentence]:
    """What was done to a file before it became ours, by the `facts` of its row."""
    return [sentence_of(said) for said in facts.get("done", ())]


def media_id_of(campaign_id: str, platform: str, facts: MediaFacts) -> str:
    """The same bytes for the same platform are the same media."""
    return f"m-{campaign_id}-{platform}-{facts.kind}-{facts.sha256[:12]}"


def _put_once(media: MediaStore, source: Path, file: str) -> None:
    """Files are named by their content, so the same one is never sent twice."""
    if not media.exists(file):
        media.put(source, file)


def _posting(settings: Settings, campaign: rows.Campaign, kind: str, platform: Platform | None) -> list[Platform]:
    """Where the campaign posts this kind of file; of `platform` alone, if that is asked for."""
    posting = [Platform(name) for name in campaign.platforms if settings.platforms[Platform(name)].media == kind]
    return [name for name in posting if platform in (None, name)]


def _check(versions: dict[Platform, Version]) -> None:
    """Raises `RefusedError` for what a platform would not take."""
    problems = [
        sentence("media.of_platform", platform=name, said=problem.said)
        for name, version in versions.items()
        for problem in media_problems(MediaAsset((version.facts.media_file("new", version.path),)), LIMITS[name])
    ]
    if problems:
        raise RefusedError("media.refused", problems=problems, field="media")


def _file_of(campaign_id: str, platform: Platform, facts: MediaFacts) -> str:
    return f"{campaign_id}/upload-{platform}-{facts.sha256[:24]}{SUFFIXES[facts.mime]}"


def _store(
    store: Store,
    settings: Settings,
    campaign_id: str,
    versions: dict[Platform, Version],
    made_of: str,
    contains_students: bool,
    consent_on_file: bool,
    now: datetime,
) -> list[PutIn]:
    said = {"contains_students": contains_students, "consent_on_file": consent_on_file}
    with store.transaction():
        campaign = lock(store, campaign_id)
        current = {
            row.media_id: {name: getattr(row, name) for name in said} for row in review_of(store, campaign).media
        }
        put_in = []
        for name, version in versions.items():
            media_id = media_id_of(campaign_id, name, version.facts)
            row = media_row(media_id, _file_of(campaign_id, name, version.facts), version.facts, version.done)
            if current.get(media_id) != said:
                store.put_media_upload(
                    **row, **said, campaign_id=campaign_id, origin=UPLOAD, platform=name, made_of=made_of, now=now
                )
            put_in.append(PutIn(name, media_id, version.done))
        others = store.set_consent(campaign_id=campaign_id, media_id=media_id, consent_on_file=consent_on_file)
        if others or any(current.get(entry.media_id) != said for entry in put_in):
            void_approval(store, settings, review_of(store, campaign), "void.media_added", now)
    return put_in
