"""What is published where, with everything resolved, and how its platform is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from encore.errors import AccountDisconnectedError, PublishingError
from encore.ledger import Position
from encore.platforms.contract import (
    AccountState,
    CannotTell,
    Checkpoint,
    ContentPayload,
    Credentials,
    MediaAsset,
    Observation,
    PlatformAdapter,
    Processing,
    Published,
    Save,
)
from encore.platforms.tokens import NOT_RENEWED

Answer = TypeVar("Answer")

Renew = Callable[[Credentials], Credentials]
"""A login whose token the platform has just refused, with a new token. Gives the same token back, or raises
`PublishingError`, where there is no new one."""


@dataclass
class Submission:
    """One post, bound to its adapter (`resolving`).

    A token that is refused before its end is renewed and the question asked once more (platforms.md 1.10), since the
    refresh token may well work; only `commit` is never repeated here.
    """

    adapter: PlatformAdapter
    content_payload: ContentPayload
    media_asset: MediaAsset
    credentials: Credentials
    renew: Renew | None = field(default=None, repr=False)

    def prepare(self, checkpoint: Checkpoint, save: Save) -> Checkpoint:
        return self._asked(
            lambda: self.adapter.prepare(self.content_payload, self.media_asset, self.credentials, checkpoint, save)
        )

    def commit(self, checkpoint: Checkpoint) -> Observation:
        return self.adapter.commit(self.content_payload, self.media_asset, self.credentials, checkpoint)

    def look(self, position: Position) -> Observation:
        """One look at the platform. Raises `PublishingError` where it cannot be looked."""
        sent_at = position.committed_at
        assert sent_at is not None
        return self._asked(
            lambda: self.adapter.observe(
                self.content_payload, self.media_asset, self.credentials, position.handle, sent_at
            )
        )

    def observe(self, position: Position) -> Observation:
        """The same, where what keeps us from seeing says nothing about the post: for now or, where a person must act
        before we can look again, for good."""
        try:
            return self.look(position)
        except PublishingError as err:
            return unseen(err)

    def identify(self, position: Position) -> Published | None:
        """Id and address of a post that is live without them, if the platform can name them by now."""
        sent_at = position.committed_at
        assert sent_at is not None
        return self._asked(
            lambda: self.adapter.identify(
                self.content_payload, self.media_asset, self.credentials, position.handle, sent_at
            )
        )

    def probe(self) -> AccountState:
        """What the platform says of the account; posts nothing."""
        return self._asked(lambda: self.adapter.probe(self.credentials))

    def has_new_login(self, err: PublishingError) -> bool:
        """Whether `err` refused a token in place of which there is another one by now. Raises `PublishingError` where
        that cannot be told at the moment."""
        if self.renew is None or not (isinstance(err, AccountDisconnectedError) and err.renewable):
            return False
        refused = self.credentials.token
        try:
            self.credentials = self.renew(self.credentials)
        except PublishingError as failure:
            if failure.code == NOT_RENEWED:
                return False
            raise
        return self.credentials.token != refused

    def _asked(self, ask: Callable[[], Answer]) -> Answer:
        try:
            return ask()
        except AccountDisconnectedError as err:
            if not self.has_new_login(err):
                raise
        return ask()


def unseen(err: PublishingError) -> Observation:
    """What an error on the way to the platform tells about a post there."""
    if err.retried:
        return Processing(f"could not look ({err.code})")
    return CannotTell(f"could not look ({err.code})", {"detail": err.detail})
