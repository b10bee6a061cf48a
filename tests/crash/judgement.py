"""Holds the simulator's feed against the database: nothing twice, nothing lost, everything explained."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from crash.played import Played
from crash.points import SENT, Hit

from encore.domain.job import JobState, Step
from encore.ledger import read_position
from encore.publishing.objection import MISSED_WINDOW

DUPLICATE, LOST, EARLY, UNEXPLAINED, UNWANTED = "duplicate", "lost", "early", "unexplained", "unwanted"

CLOCKS_DIFFER = timedelta(seconds=0.2)
"""By how much the witness' clock and a publisher's may: that asks the database's once, on a busy machine."""


def problems(played: Played) -> Iterator[tuple[str, str]]:
    """What breaks a promise: its kind and the sentence for it. Empty for a point that is as it must be."""
    job, posts = played.job, len(played.feed)
    if posts > 1:
        yield DUPLICATE, f"published {posts} times"
    for untruth in played.untruths:
        yield UNEXPLAINED, untruth
    yield from _early(played)
    match job.state:
        case JobState.SUCCESS:
            yield from _success(played)
        case JobState.FAILED if job.action_required == "confirm_outcome":
            pass  # judged below, like every doubt
        case JobState.FAILED:
            if posts:
                yield LOST, f"failed as {job.error_code}, as if nothing were live, with {posts} post in the feed"
        case JobState.CANCELLED:
            if posts:
                yield LOST, f"cancelled with {posts} post in the feed"
        case JobState.QUEUED if job.action_required == "approve_content":
            if posts:
                yield LOST, f"waits for an approval with {posts} post in the feed"
        case _:
            yield LOST, f"still {job.state} when nothing more would happen"
    if read_position(played.ledger).commit_open and job.state in (JobState.QUEUED, JobState.CANCELLED):
        yield LOST, f"{job.state} although what was sent may be live"
    if job.state == JobState.FAILED and not (job.error_code and job.error_message):
        yield UNEXPLAINED, "failed without a reason"
    yield from _disobeyed(played)
    if played.doubts:
        yield from _doubt(played)
    elif job.state not in (JobState.SUCCESS, JobState.FAILED) and played.point.hit not in (Hit.EDIT, Hit.CANCEL):
        yield UNEXPLAINED, f"{job.state}, which nobody asked for"
    missed = played.point.hit is Hit.MISSED and job.error_code == MISSED_WINDOW
    allowed = missed or played.point.fault.doubt or played.point.fault.refused
    if job.state == JobState.FAILED and not played.doubts and not allowed:
        yield UNEXPLAINED, f"failed as {job.error_code}, although the platform would have taken it"


def _disobeyed(played: Played) -> Iterator[tuple[str, str]]:
    """What people decide before it is sent holds."""
    point, state = played.point, played.job.state
    if not played.struck or point.moment in SENT:
        return
    if point.hit is Hit.CANCEL and (played.feed or state != JobState.CANCELLED):
        yield UNWANTED, f"{state} with {len(played.feed)} posts, although it was cancelled in time"
    if point.hit is Hit.EDIT and played.feed:
        yield UNWANTED, "a text was published whose approval was void"
    if point.hit is Hit.MISSED and played.feed:
        yield UNWANTED, "published after it had become pointless"
    if any(since <= at < until for since, until in played.held for at in _received(played)):
        yield UNWANTED, "published while people had forbidden it"


def _early(played: Played) -> Iterator[tuple[str, str]]:
    """Nothing goes out before its planned second, nor is it announced in the ledger, nor is a copy sent away for having
    tried."""
    for at in _received(played):
        if (too_soon := _planned(played, at) - at) > CLOCKS_DIFFER:
            yield EARLY, f"received {too_soon.total_seconds():.1f} s before its planned second"
    for row in played.ledger:
        if row.step == Step.COMMIT_STARTED and row.at < _planned(played, row.at):
            yield EARLY, "its commit began before its planned second"
        if row.step == Step.ENDED and row.error_code == "moved" and len(played.planned) == 1:
            yield EARLY, "it would have been sent before its planned second"


def _planned(played: Played, at: datetime) -> datetime:
    """For when it was planned at that moment."""
    return next(second for since, second in reversed(played.planned) if since <= at)


def _received(played: Played) -> list[datetime]:
    return [datetime.fromisoformat(post["received_at"]) for post in played.feed]


def _success(played: Played) -> Iterator[tuple[str, str]]:
    if not played.feed:
        yield LOST, "success without a post"
    elif played.job.external_post_id not in (None, played.feed[0]["post_id"]):
        yield LOST, "success with somebody else's post"


def _doubt(played: Played) -> Iterator[tuple[str, str]]:
    point = played.point
    if point.route.reconcilable and not point.fault.doubt:
        yield UNEXPLAINED, "a person was asked where the platform could have told"
    if not any(row.evidence and "sent_at" in row.evidence for row in played.ledger):
        yield UNEXPLAINED, "a person was asked without evidence of what was sent and what was looked for"
