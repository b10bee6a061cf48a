"""Deliberate breakages of the publisher: each must be noticed by the matrix, or the matrix proves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from crash import copy_of_task
from crash.points import Hit

from encore.campaigns import interrupting
from encore.platforms.contract import NotPublished
from encore.publishing import acquire, attempts, committing, settling
from encore.publishing.committing import Committing
from encore.publishing.shift import Shift
from encore.publishing.verdict import Believe
from encore.store.store import Store


@dataclass(frozen=True)
class Breakage:
    """`noticed_at`: points that show it, each as (route, fault, hit, moment)."""

    name: str
    noticed_at: tuple[tuple[str, str, Hit, str], ...]


BREAKAGES = (
    # Instagram notices by itself that its container has been published; TikTok and Xiaohongshu have no such handle.
    Breakage(
        "commit before its line is written",
        (
            ("tiktok photo", "none", Hit.RETRY, "after commit 1"),
            ("tiktok photo", "body cut", Hit.RECLAIM, "before commit_answered"),
        ),
    ),
    Breakage(
        "observe skipped after a crash",
        (
            ("tiktok photo", "none", Hit.RETRY, "after commit 1"),
            ("tiktok photo", "answer lost", Hit.RECLAIM, "before commit_answered"),
        ),
    ),
    Breakage(
        "fence not checked",
        (
            ("instagram image", "none", Hit.TWINS, "after prepared"),
            ("tiktok photo", "none", Hit.TWINS, "after prepared"),
            ("tiktok photo", "none", Hit.TWINS, "after rest 1"),
        ),
    ),
    Breakage(
        "a row's own fence is trusted",
        (
            ("instagram image", "none", Hit.TWINS, "before job_for_publishing 1"),
            ("tiktok photo", "none", Hit.COPY_SENT, "before job_for_publishing 1"),
            ("tiktok video", "processing a while", Hit.RUN_PARKED, "before job_for_publishing 1"),
        ),
    ),
    Breakage(
        "a wait costs an attempt",
        (
            ("instagram image", "asked to wait", Hit.NOTHING, ""),
            ("tiktok video", "asked to wait", Hit.NOTHING, ""),
        ),
    ),
    Breakage(
        "lease ignored",
        (
            ("instagram image", "none", Hit.CLAIMS, "after prepared"),
            ("xiaohongshu image", "none", Hit.CLAIMS, "after rest 1"),
            ("tiktok video", "none", Hit.CLAIMS, "during commit 1"),
        ),
    ),
    Breakage("not published believed too early", (("instagram image", "effect late", Hit.RETRY, "during commit 1"),)),
    # Amid the commit, as long as possible before its late effect: the copy that goes on has to look before that.
    Breakage(
        "a late clock",
        (
            ("instagram image", "effect late", Hit.AHEAD, "during commit 1"),
            ("instagram carousel", "effect late", Hit.AHEAD, "during commit 1"),
        ),
    ),
    Breakage(
        "a decision takes no post from its task",
        (
            ("instagram image", "none", Hit.CANCEL, "after rest 1"),
            ("xiaohongshu image", "none", Hit.MOVE, "after pulse 1"),
            ("tiktok photo", "none", Hit.NOW, "after rest 1"),
        ),
    ),
    Breakage(
        "nor is the approval checked again",
        (
            ("instagram image", "none", Hit.EDIT, "after prepared"),
            ("xiaohongshu image", "none", Hit.EDIT, "after pulse 1"),
        ),
    ),
    Breakage(
        "nothing is checked again",
        (
            ("instagram image", "none", Hit.PAUSE, "after rest 1"),
            ("xiaohongshu image", "none", Hit.PAUSE, "after prepared"),
            ("tiktok photo", "none", Hit.MISSED, "after pulse 1"),
        ),
    ),
    Breakage(
        "a wait that ends too early",
        (("instagram image", "none", Hit.NOTHING, ""), ("tiktok photo", "none", Hit.RETRY, "after rest 1")),
    ),
    Breakage(
        "nor is the planned second checked",
        (("xiaohongshu image", "none", Hit.NOTHING, ""), ("tiktok video", "none", Hit.RETRY, "after rest 1")),
    ),
)


@contextmanager
def applied(name: str) -> Iterator[None]:
    """The publisher of this process, and of those that it forks, is broken in the way of that name."""
    with _WAYS[name]():
        yield


@contextmanager
def _commit_first() -> Iterator[None]:
    start, send = Committing._start, Committing._send
    jobs: dict[str, Any] = {}

    def start_later(self: Committing, turn: Any, job: Any, now: Any) -> None:
        jobs[turn.job_id] = job

    def send_then_write(self: Committing, turn: Any, submission: Any, checkpoint: Any, started: Any) -> Any:
        def commit(given: Any) -> Any:
            seen = submission.commit(given)
            start(self, turn, jobs[turn.job_id], started)
            return seen

        return send(self, turn, SimpleNamespace(commit=commit), checkpoint, started)

    with patch.object(Committing, "_start", start_later), patch.object(Committing, "_send", send_then_write):
        yield


def _observe_skipped() -> Any:
    real = acquire.read_position
    return patch.object(acquire, "read_position", lambda entries: replace(real(entries), commit_open=False))


def _fence_unchecked() -> Any:
    def current(store: Store, name: str, given: dict[str, Any]) -> dict[str, Any]:
        return {**given, "fence": store.job(job_id=given["job_id"]).fence} if "fence" in given else given

    return _statements_given(current)


def _row_trusted() -> Any:
    """The work goes on under the fence of the row that was read for it, whoever's that is by then."""

    def of_the_row(store: Store, name: str, given: dict[str, Any]) -> dict[str, Any]:
        if name == "job_for_publishing":
            store.__dict__["trusted"] = store.job(job_id=given["job_id"]).fence
        trusted = store.__dict__.get("trusted")
        return {**given, "fence": trusted} if trusted and "fence" in given else given

    return _statements_given(of_the_row)


def _waits_counted() -> Any:
    return patch.object(attempts, "give_back", lambda *_: None)


def _lease_ignored() -> Any:
    def late(store: Store, name: str, given: dict[str, Any]) -> dict[str, Any]:
        silent = name in ("work_for_claim", "silent_jobs", "lock_silent_job")
        return {**given, "now": given["now"] + timedelta(days=365)} if silent else given

    return _statements_given(late)


def _believed_early() -> Any:
    real = settling.judge

    def judge(seen: Any, *given: Any) -> Any:
        return Believe(seen.error) if isinstance(seen, NotPublished) else real(seen, *given)

    return patch.object(settling, "judge", judge)


def _own_clock() -> Any:
    """Each machine goes by its own clock, whatever the database's says."""

    def own(around: Any, database_time: Any, ahead: float) -> Any:
        return lambda: around.world.clock() + timedelta(seconds=ahead)

    return patch.object(copy_of_task, "clock_of", own)


def _taken_from_nobody() -> Any:
    """Whatever a task has is taken for sent."""
    real = interrupting.read_position
    return patch.object(interrupting, "read_position", lambda entries: replace(real(entries), commit_open=True))


@contextmanager
def _approval_unchecked() -> Iterator[None]:
    def as_before(job: Any) -> dict[str, Any]:
        refs = {"payload_ref": job.payload_ref, "media_ref": job.media_ref}
        return {"text_approved": True, "media_approved": True, **refs}

    with _taken_from_nobody(), _objections_without(as_before):
        yield


def _unchecked() -> Any:
    return patch.object(committing, "objection", lambda *_, **__: None)


def _wait_too_short() -> Any:
    real = Shift._wait
    return patch.object(Shift, "_wait", lambda self, one, until: real(self, one, until - timedelta(seconds=1)))


@contextmanager
def _second_unchecked() -> Iterator[None]:
    with _wait_too_short(), _objections_without(lambda _: {"moved": False}):
        yield


def _objections_without(known: Callable[[Any], dict[str, Any]]) -> Any:
    """`known`: what a job's row is taken to say, whatever it says."""
    real = committing.objection

    def objection(wanted: Any, job: Any, now: Any, **rest: Any) -> Any:
        return real(wanted._replace(**known(job)), job, now, **rest)

    return patch.object(committing, "objection", objection)


def _statements_given(change: Any) -> Any:
    """Every statement gets other parameters than it was called with."""
    real = Store.__getattr__

    def broken(self: Store, name: str) -> Any:
        statement = real(self, name)
        self.__dict__[name] = lambda **given: statement(**change(self, name, given))
        return self.__dict__[name]

    return patch.object(Store, "__getattr__", broken)


_WAYS = {
    "commit before its line is written": _commit_first,
    "observe skipped after a crash": _observe_skipped,
    "fence not checked": _fence_unchecked,
    "a row's own fence is trusted": _row_trusted,
    "a wait costs an attempt": _waits_counted,
    "lease ignored": _lease_ignored,
    "not published believed too early": _believed_early,
    "a late clock": _own_clock,
    "a decision takes no post from its task": _taken_from_nobody,
    "nor is the approval checked again": _approval_unchecked,
    "nothing is checked again": _unchecked,
    "a wait that ends too early": _wait_too_short,
    "nor is the planned second checked": _second_unchecked,
}
