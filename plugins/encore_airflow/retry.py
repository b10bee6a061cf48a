"""Airflow's retries as the backoff: when a publish task is tried again is what the publisher has decided."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import Context, RetryDecision, RetryPolicy

from encore.domain.json import Json
from encore.errors import (
    ConfigurationError,
    ConflictError,
    NotFoundError,
    PublishingError,
    RefusedError,
    WriterUnavailableError,
)
from encore_airflow.told_failure import cause_of

ACCIDENTS = 6
"""How often a task is tried again for a reason that is not the platform's."""


class PublishingRetryPolicy(RetryPolicy):
    """`retry_in` of a `PublishingError` is the delay; None there means that the job has failed for good.

    Anything else (a lost database, a bug) is tried again a few times, ever later; the job stays running under its
    lease meanwhile, and is claimed again when that is over. Not consulted after SIGKILL: then Airflow's own delay
    holds, and the ledger decides what happens.
    """

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Context | None = None
    ) -> RetryDecision:
        error = cause_of(exception)
        if not isinstance(error, PublishingError):
            if try_number > ACCIDENTS:
                return RetryDecision.fail(f"{type(error).__name__}: the job is claimed again by a later run")
            return RetryDecision.retry(timedelta(seconds=5 * 2**try_number), type(error).__name__)
        if error.retry_in is None:
            return RetryDecision.fail(f"{error.code}: not tried again by itself")
        return RetryDecision.retry(error.retry_in, f"{error.code}: again in {error.retry_in}")

    def serialize(self) -> Json:
        return {}

    @classmethod
    def deserialize(cls, data: Json) -> PublishingRetryPolicy:
        return cls()


class WritingRetryPolicy(PublishingRetryPolicy):
    """The model that writes is asked again when it said, or ever later; anything else is tried again twice."""

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Context | None = None
    ) -> RetryDecision:
        from encore.campaigns.requests import LONGEST_PAUSE

        error = cause_of(exception)
        name = type(error).__name__
        if isinstance(error, WriterUnavailableError):
            wait = error.retry_after or min(timedelta(seconds=15 * 2 ** (try_number - 1)), LONGEST_PAUSE)
            return RetryDecision.retry(wait + timedelta(seconds=1), f"{name}: again in {wait}")
        if isinstance(error, ConfigurationError) or try_number > 2:
            return RetryDecision.fail(f"{name}: not tried again by itself")
        return RetryDecision.retry(timedelta(seconds=15 * 2 ** (try_number - 1)), name)


class RefusalRetryPolicy(PublishingRetryPolicy):
    """What was refused would be refused again; anything else is tried again as the task says."""

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Context | None = None
    ) -> RetryDecision:
        error = cause_of(exception)
        if isinstance(error, RefusedError | NotFoundError | ConflictError):
            return RetryDecision.fail(f"{type(error).__name__}: not tried again by itself")
        return RetryDecision.default()
