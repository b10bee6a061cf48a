"""Posts of 300 accounts, all due at one second, on platforms that take no time to process them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bench.parts.lateness import broken
from bench.processor import APART, apart, each, in_all
from bench.result import Result, distribution
from bench.stage import AT_ONCE, QUIET_SECONDS, TOO_MANY, Stage
from chaos.verdict import judge

SETTLE_SECONDS = (240.0, 1.5)
"""The longest that it may take: to begin with, and for each post."""
LAST, PROCESSOR = 40.0, 0.06


def measure(on: Stage) -> Iterator[Result]:
    idle, count = on.idle, on.asked.rush
    # An account has four of a thousand; TikTok lets one begin six in a minute, and planning takes longer than that
    # after whatever was published before.
    planned, planning = on.plan([0.0] * count)
    before = len(on.feed())
    with on.switched(**AT_ONCE), on.measured() as spent:
        at_first, one = SETTLE_SECONDS
        on.await_end(planned, at_first + count * one)
    judged = judge(on.store, planned, on.feed()[before:])
    requests = on.request_log(planned[0].scheduled_at - timedelta(seconds=QUIET_SECONDS))
    refused = sum(request["status"] == TOO_MANY for request in requests)
    late = sorted(job.late_seconds for job in judged if job.late_seconds is not None)
    yield Result(
        "planning", f"{count} posts are written, approved and planned", "posts a second", {"rate": count / planning}
    )
    yield Result(
        "rush",
        f"{count} posts of {len({(one.platform, one.who) for one in planned})} accounts, due at one second: from then "
        "until the platform receives the request that publishes",
        "s",
        distribution(late),
        late,
        "rush",
        {"most": LAST},
        wrong=[*broken(judged), *([f"{refused} requests in the rush were refused as too many"] if refused else [])],
    )
    yield Result("rush_rate", f"{count} posts due at one second", "posts a second", {"rate": len(late) / late[-1]})
    yield Result(
        "rush_requests",
        "Requests to the platforms for a post of them, and how many in all were refused as too many (429)",
        "requests",
        {"a post": len(requests) / count, "refused": float(refused)},
        targets={"refused": 0},
    )
    by_part = each(spent, idle, count)
    yield Result("processor_rush", "A post in a rush", "s", in_all(by_part), picture="processor")
    yield Result("rush_post", "A post in a rush", "s", apart(by_part), targets={APART: PROCESSOR})
