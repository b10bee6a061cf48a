"""Xiaohongshu (RedNote), through a xiaohongshu-mcp service that the operator runs.

There is no public posting API, so that the service is unofficial and may break with any change of the site; `RISK` says
what that means for the account.

It has no idempotency key, never tells a note's id, has answered success without a note (issues 494, 516, 670, 683), and
its list of own notes is one page of unknown length. Therefore a note counts as published only when it was seen: new
since `prepare`, with our title, our text and a fitting time. Not seeing it proves nothing: `observe` never answers
NotPublished.

AI provenance: the contract has no field for it (service.go, PublishRequest), so that `ai_generated` cannot be passed
on; where it must be declared, the words have to be in the text. `schedule_at` is never sent: until such a note is live
nothing could be learned of it, and Encore keeps the time itself.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import quote

from encore.domain.job import Platform
from encore.domain.json import Json
from encore.errors import OutcomeUnknownError, PublishingError
from encore.platforms.contract import (
    AccountState,
    CannotTell,
    Checkpoint,
    ContentPayload,
    Credentials,
    MediaAsset,
    Observation,
    PlatformAdapter,
    Problem,
    Processing,
    Published,
    Save,
)
from encore.platforms.sent_text import sent_text, tags_to_add
from encore.platforms.validation import media_problems, text_problems
from encore.platforms.xiaohongshu.calls import ERRORS, NoteService, OwnNote
from encore.platforms.xiaohongshu.media import media_sources
from encore.settings import PlatformSettings
from encore.wire.call import Wire
from encore.words.sentence import sentence

VISIBILITIES = ("公开可见", "仅自己可见", "仅互关好友可见")
"""The first is the default. Any other word fails only after everything was uploaded (publish.go setVisibility)."""
RISK = sentence("xiaohongshu.risk")
SKEW = timedelta(seconds=60)
"""The site's clock and ours may differ."""
LARGEST_ANSWER = 4_194_304
"""A profile page or a note with its comments may be long."""


class XiaohongshuAdapter(PlatformAdapter):
    """One account per service instance. Credentials: `base_url` of the instance; `token` if the operator has set
    AUTH_TOKEN there; `secrets` as `media_sources` says.

    Checkpoint: `title` and `text` of the note, `prepared_at` (ISO 8601), `seen_notes` (ids of the own notes before the
    first attempt), `same_title_before` (those at `prepared_at` that bear our title already), `sent` once the commit was
    and was not refused; `earlier`, the attempts before (`title`, `text`, `since`), whose notes may still turn up;
    `appeared` (id, title and xsec_token) if one has.

    `commit_seconds` below 660 for pictures or 960 for videos would turn ordinary slowness into a doubtful post, since
    the service stops midway when its caller hangs up (platforms.md 3.5).
    """

    platform: ClassVar[Platform] = Platform.XIAOHONGSHU
    private = VISIBILITIES[1]
    risk = RISK

    def __init__(self, settings: PlatformSettings, clock: Callable[[], datetime], wire: Wire | None = None) -> None:
        super().__init__(settings, clock)
        self.wire = wire or Wire(max_body_bytes=LARGEST_ANSWER)

    def validate(self, content_payload: ContentPayload, media_asset: MediaAsset) -> list[Problem]:
        typed = sent_text(content_payload, self.limits.tag_form)
        problems = [
            Problem(field, f"{field}_missing", sentence(f"limit.{field}_missing", platform=self.platform))
            for field, value in (("title", content_payload.title), ("text", content_payload.text))
            if not value.strip()
        ]
        problems += text_problems("title", content_payload.title, self.limits.title)
        problems += text_problems("text", typed, self.limits.text, self.limits)
        problems += media_problems(media_asset, self.limits)
        if content_payload.privacy and content_payload.privacy not in VISIBILITIES:
            refusal = ERRORS.error("PUBLISH_FAILED", text="不支持的可见范围", stage="publish")
            problems.append(Problem("privacy", refusal.code, refusal.said))
        return problems

    def prepare(
        self,
        content_payload: ContentPayload,
        media_asset: MediaAsset,
        credentials: Credentials,
        checkpoint: Checkpoint,
        save: Save,
    ) -> Checkpoint:
        service = self._service(credentials)
        _check_login(service)
        listed = service.own_notes()
        prepared: Checkpoint = {
            "title": content_payload.title,
            "text": content_payload.text,
            "seen_notes": [note.note_id for note in listed],
            "same_title_before": [note.note_id for note in listed if _same(note.title, content_payload.title)],
            "prepared_at": self.clock().isoformat(),
        }
        if earlier := _earlier(checkpoint, content_payload):
            # The notes from before the first attempt: one that is listed late must not count as an old one by then.
            prepared |= {"seen_notes": checkpoint["seen_notes"], "earlier": earlier}
        for attempt in earlier:
            # Its error may have been taken for harmless although its note went live, by the words that it had then.
            since = datetime.fromisoformat(attempt["since"])
            for note in _new_notes(listed, checkpoint["seen_notes"], attempt["title"]):
                if self._is_ours(service, note, attempt["text"], since):
                    found = {"note_id": note.note_id, "title": note.title, "xsec_token": note.xsec_token}
                    return {**prepared, "appeared": found}
        if checkpoint.get("sent") and not checkpoint.get("denied"):
            raise ERRORS.error("encore_note_unclear", stage="create")
        media_sources(media_asset, credentials)
        return prepared

    def commit(
        self, content_payload: ContentPayload, media_asset: MediaAsset, credentials: Credentials, checkpoint: Checkpoint
    ) -> Observation:
        if adopted := self._adopted(checkpoint):
            return adopted
        body: Json = {
            "title": content_payload.title,
            "content": content_payload.text,
            "tags": tags_to_add(content_payload),
            "visibility": content_payload.privacy or VISIBILITIES[0],
        }
        sources = media_sources(media_asset, credentials)
        video = media_asset.kind == "video"
        route, media = ("publish_video", {"video": sources[0]}) if video else ("publish", {"images": sources})
        checkpoint["sent"] = True
        try:
            self._service(credentials).publish(route, {**body, **media})
        except OutcomeUnknownError:
            raise
        except PublishingError:
            del checkpoint["sent"]
            raise
        return Processing("the service says that it has published; the note itself has not been seen yet")

    def observe(
        self,
        content_payload: ContentPayload,
        media_asset: MediaAsset,
        credentials: Credentials,
        checkpoint: Checkpoint,
        committed_at: datetime,
    ) -> Observation:
        if adopted := self._adopted(checkpoint):
            return adopted
        if "seen_notes" not in checkpoint:
            return CannotTell("which notes were there before the commit is not known", {"checkpoint": []})
        service = self._service(credentials)
        listed = service.own_notes()
        title, text = checkpoint.get("title", content_payload.title), checkpoint.get("text", content_payload.text)
        candidates = _new_notes(listed, checkpoint["seen_notes"], title)
        confirmed, unreadable = [], []
        for note in candidates:
            try:
                if self._is_ours(service, note, text, committed_at):
                    confirmed.append(note)
            except PublishingError as err:
                unreadable.append(f"{note.note_id} ({err.code})")
        evidence = {
            "listed": len(listed),
            "new_with_our_title": [note.note_id for note in candidates],
            "confirmed": [note.note_id for note in confirmed],
            "unreadable": unreadable,
            "same_title_before": checkpoint.get("same_title_before", []),
        }
        if len(confirmed) == 1:
            return self._published(confirmed[0], evidence)
        if confirmed:
            return CannotTell("more than one new note has this title and text", evidence)
        return CannotTell("no new note with this title and text is listed, which does not rule it out", evidence)

    def probe(self, credentials: Credentials) -> AccountState:
        _check_login(self._service(credentials))
        return AccountState()

    def fetches(self, media_asset: MediaAsset, credentials: Credentials) -> bool:
        return media_asset.kind != "video" and not credentials.secrets.get("shared_folder")

    def _service(self, credentials: Credentials) -> NoteService:
        return NoteService(self.settings, credentials, self.wire, self.clock)

    def _adopted(self, checkpoint: Checkpoint) -> Published | None:
        """The note of an earlier attempt that has turned up since."""
        if not (appeared := checkpoint.get("appeared")):
            return None
        note = OwnNote(appeared["note_id"], appeared.get("title", ""), appeared["xsec_token"])
        return self._published(note, {"adopted": "appeared since an earlier attempt"})

    def _is_ours(self, service: NoteService, note: OwnNote, text: str, since: datetime) -> bool:
        """The listing tells neither text nor time. A note without a time cannot be told from an old one."""
        detail = service.detail(note)
        in_time = detail.at is not None and detail.at >= since - SKEW
        return in_time and _squeezed(text) in _squeezed(detail.body)

    def _published(self, note: OwnNote, evidence: Json) -> Published:
        # A note opens in a browser only with its xsec_token. That pc_user is the right source is [unverified].
        parts = {"post_id": quote(note.note_id, safe=""), "xsec_token": quote(note.xsec_token, safe="")}
        return Published(note.note_id, self.settings.post_url.format(**parts) or None, evidence)


def _check_login(service: NoteService) -> None:
    """One "no" may come from a slow page (PR 724); two in a row are believed."""
    if not service.is_logged_in() and not service.is_logged_in():
        raise ERRORS.error("encore_not_logged_in", stage="read")


def _earlier(checkpoint: Checkpoint, content_payload: ContentPayload) -> list[dict[str, str]]:
    """The attempts before this one, oldest first and each text once; a checkpoint of old does not tell its text."""
    if "seen_notes" not in checkpoint or "prepared_at" not in checkpoint:
        return []
    title, text = checkpoint.get("title", content_payload.title), checkpoint.get("text", content_payload.text)
    known: list[dict[str, str]] = checkpoint.get("earlier", [])
    if any((attempt["title"], attempt["text"]) == (title, text) for attempt in known):
        return known
    return [*known, {"title": title, "text": text, "since": checkpoint["prepared_at"]}]


def _new_notes(listed: Sequence[OwnNote], seen: Sequence[str], title: str) -> list[OwnNote]:
    known = set(seen)
    return [note for note in listed if note.note_id not in known and _same(note.title, title)]


def _same(title: str, other: str) -> bool:
    return unicodedata.normalize("NFC", title).strip() == unicodedata.normalize("NFC", other).strip()


def _squeezed(text: str) -> str:
    """Text without white space, which the editor changes."""
    return "".join(unicodedata.normalize("NFC", text).split())
