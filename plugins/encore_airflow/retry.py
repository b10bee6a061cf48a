"""Airflow's retries as the backoff: when a publish task is tried again is what the publisher has decided."""

from __future__ import annotations

from typing import Any

from airflow.sdk import RetryDecision, RetryPolicy

from encore.errors import PublishingError


class PublishingRetryPolicy(RetryPolicy):
    """`retry_in` of a `PublishingError` is the delay; None there means that the job has failed for good.

    Anything else (a lost database, a bug) follows the task's own `retries` and `retry_delay`; the job stays
    running under its lease meanwhile. Not consulted after SIGKILL: then too the ledger decides what happens.
    """

    def evaluate(self, exception: BaseException, try_number: int, max_tries: int, context: Any = None) -> RetryDecision:
        if not isinstance(exception, PublishingError):
            return RetryDecision.default()
        if exception.retry_in is None:
            return RetryDecision.fail(f"{exception.code}: not tried again by itself")
        return RetryDecision.retry(exception.retry_in, f"{exception.code}: again in {exception.retry_in}")

    def serialize(self) -> dict[str, Any]:
        return {}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> PublishingRetryPolicy:
        return cls()
