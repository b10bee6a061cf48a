"""Airflow's retries: when a task is tried again is what the publisher decided."""

from __future__ import annotations

from datetime import timedelta

import pytest
from airflow.sdk import RetryAction

from encore.errors import (
    ConfigurationError,
    ContentRejectedError,
    OutcomeUnknownError,
    RateLimitedError,
    WriterUnavailableError,
)
from encore_airflow.retry import PublishingRetryPolicy, WritingRetryPolicy


def decide(error, try_number=1):
    return PublishingRetryPolicy().evaluate(error, try_number, 20)


@pytest.mark.parametrize(
    "error", [ContentRejectedError("No."), OutcomeUnknownError("Perhaps."), RateLimitedError("Slow.")]
)
def test_what_the_publisher_ended_fails_at_once(error):
    assert decide(error).action is RetryAction.FAIL


def test_the_delay_is_the_publishers():
    error = RateLimitedError("Slow.")
    error.retry_in = timedelta(seconds=8.5)
    decision = decide(error)
    assert (decision.action, decision.retry_delay) == (RetryAction.RETRY, timedelta(seconds=8.5))
    assert "rate_limited" in decision.reason


def test_an_accident_is_tried_again_ever_later_and_not_for_ever():
    delays = [decide(RuntimeError("bug"), number).retry_delay for number in (1, 2, 3)]
    assert delays == sorted(delays) and delays[0] < delays[-1]
    assert decide(RuntimeError("bug"), 7).action is RetryAction.FAIL


def test_it_survives_serialization():
    policy = PublishingRetryPolicy()
    assert isinstance(PublishingRetryPolicy.deserialize(policy.serialize()), PublishingRetryPolicy)


class TestWriting:
    """generate_campaign's writing task."""

    def decide(self, error, try_number=1):
        return WritingRetryPolicy().evaluate(error, try_number, 10)

    def test_it_waits_as_long_as_the_model_asked(self):
        decision = self.decide(WriterUnavailableError("Wait.", retry_after=timedelta(seconds=42)))
        assert decision.action is RetryAction.RETRY
        assert decision.retry_delay >= timedelta(seconds=42)

    def test_an_outage_is_waited_for_ever_longer(self):
        delays = [self.decide(WriterUnavailableError("Away."), number).retry_delay for number in (1, 2, 3, 9)]
        assert delays == sorted(delays) and delays[0] < timedelta(minutes=1) and delays[-1] < timedelta(minutes=20)

    def test_a_wrong_setting_is_not_tried_again(self):
        assert self.decide(ConfigurationError("writer.no_key")).action is RetryAction.FAIL

    def test_an_accident_is_tried_twice_more(self):
        actions = [self.decide(KeyError("x"), number).action for number in (1, 2, 3)]
        assert actions == [RetryAction.RETRY, RetryAction.RETRY, RetryAction.FAIL]
