"""How often one post asks the database: each statement is a round trip that every post pays."""

from __future__ import annotations

import pytest
from fake_platform import make_publisher

from encore.publishing.claim import claim_due
from encore.publishing.outcome import Done
from encore.store.store import Store

RUN = "run"


class Listening(Store):
    """Keeps the names of the statements that it runs."""

    def __init__(self, connection) -> None:
        super().__init__(connection)
        self.asked: list[str] = []

    def statement(self, name):
        run = super().statement(name)

        def noted(**parameters):
            self.asked.append(name)
            return run(**parameters)

        self.__dict__[name] = noted
        return noted


@pytest.fixture
def listening(store) -> Listening:
    return Listening(store.connection)


CLAIM, POST = 9, 26
"""Ceilings: what a claim asks whatever it takes, and a post that goes out at the first try."""


def test_a_claim_asks_as_often_for_three_posts_as_for_one(listening, concerts, settings, clock):
    concerts.planned()
    assert len(claim_due(listening, settings, RUN, clock())) == 3
    assert len(listening.asked) <= CLAIM, listening.asked


def test_a_post_asks_little(listening, concerts, settings, clock, world):
    concerts.planned()
    publisher = make_publisher(listening, settings, clock, world)
    for job in claim_due(listening, settings, RUN, clock()):
        listening.asked.clear()
        assert isinstance(publisher.publish(job.job_id, RUN), Done)
        assert 20 < len(listening.asked) <= POST, listening.asked
