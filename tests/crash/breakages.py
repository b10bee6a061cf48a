"""Deliberate breakages of the publisher: each must be noticed by the matrix, or the matrix proves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from crash.points import Hit

from encore.platforms.base import NotPublished
from encore.publishing import publisher
from encore.publishing.publisher import Publisher
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
        ),
    ),
    Breakage(
        "lease ignored",
        (
            ("instagram image", "none", Hit.CLAIMS, "after prepared"),
            ("tiktok video", "none", Hit.CLAIMS, "during commit 1"),
        ),
    ),
    Breakage("not published believed too early", (("instagram image", "effect late", Hit.RETRY, "during commit 1"),)),
    Breakage(
        "approval not checked again",
        (
            ("instagram image", "none", Hit.EDIT, "after prepared"),
            ("xiaohongshu image", "none", Hit.EDIT, "after prepared"),
        ),
    ),
)


@contextmanager
def applied(name: str) -> Iterator[None]:
    """The publisher of this process, and of those that it forks, is broken in the way of that name."""
    with _WAYS[name]():
        yield


@contextmanager
def _commit_first() -> Iterator[None]:
    start, commit = Publisher._start_commit, Publisher._commit

    def send_then_write(self: Publisher, job: Any, submission: Any, checkpoint: Any, started: Any) -> Any:
        def send(*given: Any) -> Any:
            seen = submission.adapter.commit(*given)
            start(self, job, started)
            return seen

        adapter = SimpleNamespace(commit=send, observe=submission.adapter.observe)
        return commit(self, job, replace(submission, adapter=adapter), checkpoint, started)

    with (
        patch.object(Publisher, "_start_commit", lambda self, job, started: None),
        patch.object(Publisher, "_commit", send_then_write),
    ):
        yield


def _observe_skipped() -> Any:
    real = publisher.read_position
    return patch.object(publisher, "read_position", lambda entries: replace(real(entries), commit_open=False))


def _fence_unchecked() -> Any:
    return _statements_given(
        lambda store, name, given: (
            {**given, "fence": store.job(job_id=given["job_id"]).fence} if "fence" in given else given
        )
    )


def _lease_ignored() -> Any:
    def late(store: Store, name: str, given: dict[str, Any]) -> dict[str, Any]:
        return {**given, "now": given["now"] + timedelta(days=365)} if name == "expired_leases" else given

    return _statements_given(late)


def _believed_early() -> Any:
    real = publisher.judge

    def judge(seen: Any, *given: Any) -> Any:
        return Believe(seen.error) if isinstance(seen, NotPublished) else real(seen, *given)

    return patch.object(publisher, "judge", judge)


def _approval_unchecked() -> Any:
    real = publisher.objection

    def objection(wanted: Any, job: Any, now: Any, **rest: Any) -> Any:
        as_before = {"payload_ref": job.payload_ref, "media_ref": job.media_ref}
        return real(wanted._replace(text_approved=True, media_approved=True, **as_before), job, now, **rest)

    return patch.object(publisher, "objection", objection)


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
    "lease ignored": _lease_ignored,
    "not published believed too early": _believed_early,
    "approval not checked again": _approval_unchecked,
}
