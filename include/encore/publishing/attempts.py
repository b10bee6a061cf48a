"""Attempts: counted where something is tried, given back wherever one waits.

A job has `attempt_no` attempts behind it and may make them up to `attempt_limit`. A pass that only waits (for a quota,
a platform's Retry-After, a free account, a person) moves the limit along, so that waiting never uses a job up; its
`attempt_no` still grows, because what was begun with it has that number. One that a dying worker broke off told nothing
of the platform and is given back too, as often as a job may be tried.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from encore.errors import PlatformUnavailableError, PublishingError, QuotaExceededError, RateLimitedError
from encore.ledger import Turn, held
from encore.settings import Settings
from encore.store.store import Store

A_MINUTE = timedelta(minutes=1)


def count(store: Store, turn: Turn, settings: Settings, now: datetime) -> Turn | datetime:
    """A new pass through prepare and commit begins.

    Where the platform bears only so many beginnings of an account a minute and they are used up, nothing is counted and
    the moment is returned from which on there is room again.
    """
    most = settings.platforms[turn.platform].begins_per_minute
    if most is None:
        return _counted(store, turn, settings, now)
    with store.transaction():
        held(store.hold_turn(**turn.key))
        begun = [at for at in held(store.lock_begins(account=turn.account)).begun_at if at > now - A_MINUTE]
        if len(begun) >= most:
            return begun[-most] + A_MINUTE
        store.note_begins(account=turn.account, begun_at=[*begun, now])
        return _counted(store, turn, settings, now)


def _counted(store: Store, turn: Turn, settings: Settings, now: datetime) -> Turn:
    given_back = turn.position.begun and turn.position.broken_off < settings.publishing.max_attempts
    counted = held(store.count_attempt(**turn.key, given_back=given_back, now=now))
    return replace(turn, attempt_no=counted.attempt_no, attempt_limit=counted.attempt_limit, counted=True)


def give_back(store: Store, turn: Turn, now: datetime) -> None:
    """This pass came to nothing because something had to be waited for. To be called in the transaction of the wait."""
    if turn.counted:
        held(store.give_attempt_back(**turn.key))


def left(turn: Turn, error: PublishingError, most: int) -> bool:
    """Whether it may be tried again: within the job's own bound, and the tighter one that some errors bring."""
    rest = turn.attempt_limit - turn.attempt_no
    return rest > 0 and (error.max_tries is None or most - rest < error.max_tries)


def is_wait(error: PublishingError) -> bool:
    """Whether the platform said when to come again, so that nothing of this job was tried in vain. An error that is
    believed only so often (`max_tries`) is counted, whatever it says."""
    if error.max_tries is not None:
        return False
    told_when = isinstance(error, PlatformUnavailableError) and error.retry_after is not None
    return told_when or isinstance(error, QuotaExceededError | RateLimitedError)
