"""The contract between Encore and a platform (spec §8), cut into the steps that a crash makes necessary.

`validate` and `observe` may be repeated at any time, `prepare` too (it makes nothing public), `commit` never
blindly: after it was sent, only `observe` tells what became of it.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar

from encore.domain.job import Platform
from encore.domain.json import Json
from encore.errors import ContentRejectedError, OutcomeUnknownError, PublishingError
from encore.platforms.limits import LIMITS
from encore.platforms.measures import Limits
from encore.platforms.tokens import RenewalRule, Token
from encore.settings import PlatformSettings
from encore.words.sentence import Sentence

Checkpoint = Json
"""What a platform gave us before the post is public (ids, upload plan). JSON; never a secret that outlives
its use: an upload address is stored because it is the only handle to resume with, and expires in an hour."""

Save = Callable[[Checkpoint], None]
"""Stores a checkpoint in the ledger. Called before the request that the checkpoint would be needed for."""


@dataclass(frozen=True)
class ContentPayload:
    """The exact text that was approved, and what was decided with it."""

    text: str
    title: str = ""
    hashtags: tuple[str, ...] = ()
    language: str = "en"
    privacy: str | None = None
    ai_generated: bool = False
    submission_key: str = ""
    """Unique for each attempt of a job; for temporary names, never shown."""


@dataclass(frozen=True)
class MediaFile:
    """One picture or video. `path` is local; `address` gives the place where a platform can fetch it."""

    media_id: str
    kind: str
    path: str
    sha256: str
    mime: str
    size_bytes: int
    width: int
    height: int
    duration_seconds: float | None = None
    frame_rate: float | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    alt_text: str = ""
    address: Callable[[], str] | None = field(default=None, compare=False, repr=False)
    fetched: Callable[[], tuple[datetime, ...]] = field(default=tuple, compare=False, repr=False)
    """When the addresses that this job gave out for it were fetched."""

    def public_address(self) -> str:
        if self.address is None:
            raise ContentRejectedError("media.no_public_address")
        return self.address()


@dataclass(frozen=True)
class MediaAsset:
    """What is posted: one picture, one video, or several pictures in order."""

    files: tuple[MediaFile, ...]

    @property
    def kind(self) -> str:
        if len(self.files) > 1:
            return "carousel"
        return self.files[0].kind if self.files else "none"


@dataclass(frozen=True)
class Credentials:
    """One account's login, resolved at the moment of use. Its fields never show in a repr or a log."""

    account: str
    base_url: str = ""
    user_id: str = ""
    token: str = field(default="", repr=False)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    scopes: tuple[str, ...] = ()
    """What the login allows, where the platform has told it."""

    def with_token(self, token: Token) -> Credentials:
        """The same login with the token that is in force now."""
        kept = {**self.secrets, "refresh_token": token.refresh_token} if token.refresh_token else self.secrets
        return replace(self, token=token.access_token, secrets=kept, scopes=token.scopes)


@dataclass(frozen=True)
class AccountState:
    """What a platform says of an account, without anything being posted. None or empty: it does not say.

    `findings` are what a person should know, each as the error that a post would meet.
    """

    findings: tuple[PublishingError, ...] = ()
    username: str = ""
    posts_left: int | None = None
    privacy_options: tuple[str, ...] = ()
    longest_video_seconds: float | None = None


@dataclass(frozen=True)
class Problem:
    """One reason why a post would be refused, found before anything is sent."""

    field: str
    code: str
    said: Sentence


@dataclass(frozen=True)
class Published:
    """The post is there. `post_id` is None where the platform does not tell (private TikTok posts)."""

    post_id: str | None = None
    url: str | None = None
    evidence: Json = field(default_factory=dict)


@dataclass(frozen=True)
class Processing:
    """The platform has it and is still working; nothing is to be sent."""

    detail: str = ""


@dataclass(frozen=True)
class NotPublished:
    """The platform says that there is no post. Believed only when an earlier commit cannot land any more,
    unless `final`: the platform itself has closed that commit."""

    error: PublishingError
    final: bool = False


@dataclass(frozen=True)
class CannotTell:
    """Neither seen nor ruled out. `evidence` says what was looked for and what was found."""

    reason: str
    evidence: Json = field(default_factory=dict)


Observation = Published | Processing | NotPublished | CannotTell


@dataclass(frozen=True)
class PublishResult:
    """The answer of the spec's `publish` (§8), and `said`, which is `error_message` in every language."""

    state: str
    external_post_id: str | None = None
    error_code: str | None = None
    error_message: str | None = None
    external_url: str | None = None
    said: Sentence | None = None


class PlatformAdapter(ABC):
    """One platform. Stateless: whatever must outlive a call is in the checkpoint. `clock` gives aware UTC.

    Methods raise `PublishingError`s. From `validate`, `prepare` and `observe` they mean that nothing was made public by
    that call; from `commit` too, except `OutcomeUnknownError`. An adapter never sleeps and never repeats a request.
    """

    platform: ClassVar[Platform]
    private: ClassVar[str | None] = None
    """The audience (`ContentPayload.privacy`) of a post that only its owner sees; None where there is none."""
    risk: ClassVar[Sentence | None] = None
    """What whoever switches this channel on must know beforehand."""
    renewal: ClassVar[RenewalRule | None] = None
    """When this platform's tokens are renewed; None where they do not rotate."""

    def __init__(self, settings: PlatformSettings, clock: Callable[[], datetime]) -> None:
        self.settings = settings
        self.clock = clock

    @property
    def limits(self) -> Limits:
        return LIMITS[self.platform]

    @abstractmethod
    def validate(self, content_payload: ContentPayload, media_asset: MediaAsset) -> list[Problem]:
        """Every problem that can be told without asking the platform; empty when there is none. Pure."""

    @abstractmethod
    def prepare(
        self,
        content_payload: ContentPayload,
        media_asset: MediaAsset,
        credentials: Credentials,
        checkpoint: Checkpoint,
        save: Save,
    ) -> Checkpoint:
        """Do all that can be done without making anything public.

        `checkpoint` is what an earlier attempt left ({} at first), also of a text or media edited since, maybe stale.
        What it names is adopted where it has gone live, whatever it was made of; waited for while it still may; used
        again where it was made of the very same; else replaced. Returns the checkpoint to commit with.
        `{"waiting": seconds}` in it means that the platform needs time before the commit; call again then.

        `"denied": True` in `checkpoint`: a person has looked and said that what was begun with this handle is not live.
        What the platform shows as live is adopted all the same; what it does not know, or still works on, is given up.
        Neither the result nor what is saved carries this on.
        """

    @abstractmethod
    def commit(
        self, content_payload: ContentPayload, media_asset: MediaAsset, credentials: Credentials, checkpoint: Checkpoint
    ) -> Observation:
        """Send the one request that makes the post public.

        May add to `checkpoint` what the answer told and `observe` will need (an id); the caller stores it, whether
        this returns or raises.
        """

    @abstractmethod
    def observe(
        self,
        content_payload: ContentPayload,
        media_asset: MediaAsset,
        credentials: Credentials,
        checkpoint: Checkpoint,
        committed_at: datetime,
    ) -> Observation:
        """Look, and change nothing. `committed_at`: when the commit in question was started."""

    def identify(
        self,
        content_payload: ContentPayload,
        media_asset: MediaAsset,
        credentials: Credentials,
        checkpoint: Checkpoint,
        committed_at: datetime,
    ) -> Published | None:
        """The id and address of a post that is live without either, if they can be told by now; asks, changes nothing.

        It may cost a listing; one that cannot be read tells nothing. Raises PublishingError where nobody answers."""
        return None

    def probe(self, credentials: Credentials) -> AccountState:
        """Ask how the account stands; posts nothing and changes nothing.

        Raises `PublishingError` for a login that does not work and for a platform that cannot be asked. A platform
        without such a question knows nothing.
        """
        return AccountState()

    def fetches(self, media_asset: MediaAsset, credentials: Credentials) -> bool:
        """Whether the platform fetches the media from us, so that it needs a public address."""
        return False

    def renew(self, credentials: Credentials, token: Token) -> Token:
        """Ask the platform once for the token that follows `token`; stores nothing. Raises AccountDisconnectedError
        when only a person can bring the login back; after any other error the old token is what it was."""
        raise NotImplementedError(f"{self.platform} has no tokens that rotate")

    def publish(
        self, content_payload: ContentPayload, media_asset: MediaAsset, credentials: Credentials
    ) -> PublishResult:
        """The spec's contract: all steps in a row, for trying an account by hand. Keeps no ledger, so a crash in
        the middle is not recovered; publish jobs go through `encore.publishing` instead."""
        problems = self.validate(content_payload, media_asset)
        if problems:
            told = " ".join(str(p.said) for p in problems)
            return PublishResult("failed", None, problems[0].code, told, said=problems[0].said)
        started = self.clock()
        deadline = time.monotonic() + self.settings.commit_seconds + self.settings.settle_seconds
        try:
            checkpoint: Checkpoint = {}
            while "waiting" in (
                checkpoint := self.prepare(content_payload, media_asset, credentials, checkpoint, lambda _: None)
            ):
                time.sleep(checkpoint.pop("waiting"))
            seen = self.commit(content_payload, media_asset, credentials, checkpoint)
            while isinstance(seen, Processing | CannotTell) and time.monotonic() < deadline:
                time.sleep(self.settings.poll_seconds[-1] if self.settings.poll_seconds else 1)
                seen = self.observe(content_payload, media_asset, credentials, checkpoint, started)
            if isinstance(seen, Published):
                return PublishResult("success", seen.post_id, external_url=seen.url)
            if isinstance(seen, NotPublished):
                raise seen.error
            raise OutcomeUnknownError("publishing.not_told")
        except PublishingError as err:
            return PublishResult("failed", None, err.code, err.message, said=err.said)
