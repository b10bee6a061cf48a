"""Figures beside their yardstick, where one run has measured both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.processor import APART
from bench.result import Result

OF_QUEUE = 0.3
"""The share of a plain queue's rate that a rush through Encore should have at least."""


def ratios(results: Sequence[Result]) -> Iterator[Result]:
    numbers = {one.name: one.numbers for one in results}
    if numbers.keys() >= {"rush_rate", "queue_rate", "rush_post", "queue_post"}:
        yield Result(
            "rush_beside_queue",
            "The rush through Encore, beside the same posts by procrastinate",
            "times as much",
            {
                "posts a second": numbers["rush_rate"]["rate"] / numbers["queue_rate"]["rate"],
                "processor time of a post": numbers["rush_post"][APART] / numbers["queue_post"][APART],
            },
            floors={"posts a second": OF_QUEUE},
        )
