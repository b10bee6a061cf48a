"""The errors that Encore raises on purpose.

Each carries a sentence for the person who sees it and, where there is one, the next step. The class of a
`PublishingError` decides whether and when a publish job is tried again; its docstring says so.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from encore.domain.job import Action
from encore.domain.json import Json
from encore.words.sentence import Sentence, of_field


class EncoreError(Exception):
    """Something went wrong in a way that a person can be told in one line.

    `said`: the sentence, as the key of the catalogue with what is filled in, or as it was stored. Where the catalogue
    has the next step too, it stands there under the same key with `.hint`. As a string it is English, hint included.
    """

    def __init__(self, said: str | Sentence, /, **values: object) -> None:
        self.said = said if isinstance(said, Sentence) else Sentence(said, values)
        super().__init__(self.said.key)

    def __str__(self) -> str:
        return self.said.in_full

    @property
    def message(self) -> str:
        """In English, without the hint."""
        return str(self.said)


def first_line(err: BaseException | None) -> str:
    """What a library says of its error, as far as a sentence repeats it."""
    return (str(err).strip().splitlines() or [type(err).__name__])[0]


class ConfigurationError(EncoreError):
    """A setting is missing or wrong. Trying again without changing it does not help."""


class StoreUnavailableError(EncoreError):
    """PostgreSQL cannot be reached or broke the connection. Trying again later helps."""


class RefusedError(EncoreError):
    """A rule of the product refuses what was asked; `field` names the input at fault, if one is."""

    def __init__(self, said: str | Sentence, /, *, field: str | None = None, **values: object) -> None:
        super().__init__(said, **values)
        self.field = field


class InvalidFactsError(RefusedError):
    """A campaign's facts are not valid. `problems`: each field at fault ("" for the whole) with a sentence."""

    def __init__(self, problems: list[tuple[str, Sentence]]) -> None:
        told = [of_field(field, said) for field, said in problems]
        super().__init__("facts.invalid", problems=told, field=problems[0][0] or None)
        self.problems = problems


class TooLargeError(RefusedError):
    """What was sent is larger than is taken."""


class KeyReusedError(RefusedError):
    """An Idempotency-Key that belongs to another request."""


class NotFoundError(EncoreError):
    """What was asked for does not exist, or belongs to somebody else."""


class ConflictError(EncoreError):
    """The stored state does not allow it (any more); look again. `code` tells a program why."""

    def __init__(self, said: str | Sentence, /, *, code: str = "conflict", **values: object) -> None:
        super().__init__(said, **values)
        self.code = code


class InProgressError(ConflictError):
    """The same is being done at this moment. Trying again after `retry_after` helps."""

    retry_after = timedelta(seconds=5)

    def __init__(self, said: str | Sentence, /, **values: object) -> None:
        super().__init__(said, code="in_progress", **values)


class UsedUpError(EncoreError):
    """A day allows this person no more of it. Trying again after `retry_after` helps."""

    def __init__(self, said: str | Sentence, /, *, retry_after: timedelta, **values: object) -> None:
        super().__init__(said, **values)
        self.retry_after = retry_after


class OutdatedError(ConflictError):
    """What the caller had before their eyes is not the newest; `current` says what is, as JSON."""

    def __init__(self, said: str | Sentence, /, *, current: Json | None = None, **values: object) -> None:
        super().__init__(said, code="changed_since", **values)
        self.current = current or {}


class ForbiddenError(EncoreError):
    """This person may not do that. What they may not even know of is a `NotFoundError` instead."""


class NotConnectedError(EncoreError):
    """An account was not connected, and nothing was kept of it. `code` tells a program why."""

    def __init__(self, said: str | Sentence, /, *, code: str, **values: object) -> None:
        super().__init__(said, **values)
        self.code = code


class WriterUnavailableError(EncoreError):
    """The model that writes cannot be reached, fails, or asks to wait. Trying again after `retry_after` helps.
    `may_cost`: what was asked may have been written, and be charged for, all the same."""

    def __init__(
        self,
        said: str | Sentence,
        /,
        *,
        retry_after: timedelta | None = None,
        may_cost: bool = False,
        **values: object,
    ) -> None:
        super().__init__(said, **values)
        self.retry_after = retry_after
        self.may_cost = may_cost


class LostFenceError(EncoreError):
    """Another copy of this publish task, or a person, took the job from it; this one must stop and write nothing."""


class LostRequestError(EncoreError):
    """Another run took the request for content over; this one must stop and write nothing."""


class PublishingError(EncoreError):
    """A publish attempt ended without a post.

    `code` is Encore's normalized code, `platform_code` what the platform said, `action` what a person must do.
    `retry_in` is set by the publisher when the job will be tried again by the same task, and stays None when it has
    failed for good.
    """

    code = "publishing_failed"
    action: Action | None = None
    retried = False
    """Whether the same job may be tried again without a person acting first."""
    unknown = False
    """Whether the platform's answer is one that our error table does not know, to be kept for triage."""
    stage = ""
    """What was being done: `read`, `create` or `publish`; empty where no platform was asked."""
    max_tries: int | None = None
    """How often this error is believed to pass; None for as often as the job may be tried at all."""

    def __init__(
        self,
        said: str | Sentence,
        /,
        *,
        code: str | None = None,
        platform_code: str | None = None,
        action: Action | None = None,
        retry_after: timedelta | None = None,
        until: datetime | None = None,
        detail: str | None = None,
        pauses: str | None = None,
        **values: object,
    ) -> None:
        super().__init__(said, **values)
        self.code = code or type(self).code
        self.platform_code = platform_code
        self.action = action if action is not None else type(self).action
        self.retry_after = retry_after
        self.until = until
        self.detail = detail
        """The platform's own words, redacted; for operators, not for teachers."""
        self.pauses = pauses
        """What the cause belongs to: `account`, `platform` (the whole app), or None for this job alone."""
        self.retry_in: timedelta | None = None


class GroupFailedError(PublishingError):
    """Of the jobs that one task publishes some have failed. `told`: each of them with its reason; `of` how many."""

    code = "group_failed"

    def __init__(self, told: list[Sentence], *, of: int) -> None:
        super().__init__("publishing.group_failed", failed=len(told), of=of, said=told)


class ContentRejectedError(PublishingError):
    """The platform (or our own check) refuses this text or media. Permanent until a person changes it."""

    code = "content_rejected"
    action = Action.FIX_CONTENT


class AccountDisconnectedError(PublishingError):
    """The account's credentials are invalid, expired or lack a permission. Permanent until it is reconnected."""

    code = "account_disconnected"
    action = Action.RECONNECT_ACCOUNT
    renewable = False
    """Whether it is the token alone that was refused, so that another one may help; a missing permission, another
    account and a login that its owner took back stay what they are."""


class MisconfiguredError(PublishingError):
    """The platform refuses us for a reason of set-up (app audit, domain, parameter). Permanent until ops act."""

    code = "misconfigured"


class QuotaExceededError(PublishingError):
    """A limit over a long window (24 h) is used up. Tried again after `until`; not an attempt."""

    code = "quota_exceeded"
    retried = True


class RateLimitedError(PublishingError):
    """Too many requests. Tried again after `retry_after`."""

    code = "rate_limited"
    retried = True


class PlatformUnavailableError(PublishingError):
    """The platform (or the way to it) failed and nothing was made public. Tried again with growing delays."""

    code = "platform_unavailable"
    retried = True


class NotWantedError(PublishingError):
    """The job was cancelled, edited, moved or became useless before it went out. Not tried again by itself."""

    code = "not_wanted"


class OutcomeUnknownError(PublishingError):
    """The post may exist. Never tried again until the platform's state, or a person, has told which."""

    code = "outcome_unknown"
    action = Action.CONFIRM_OUTCOME
