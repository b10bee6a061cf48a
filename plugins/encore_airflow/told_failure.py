"""A failure that was made to be read ends its task's log with sentences, and not below a traceback."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import Protocol

from encore.errors import EncoreError, GroupFailedError, PublishingError
from encore.wire.redaction import redact
from encore.words.sentence import Sentence, sentence

BROKEN_RULE = "rule.other"
"""What the schema refused without that anybody foresaw it: a bug, which is looked for by its traceback."""


class Log(Protocol):
    """What is used of an operator's log, or a module's."""

    def error(self, message: str, /, *given: object) -> object: ...

    def debug(self, message: str, /, *given: object, exc_info: bool) -> object: ...


class ToldFailureError(SystemExit):
    """Fails the task because of `error`, which its log has told by then.

    Of every other exception Airflow's task runner logs the traceback, its own frames included; of a `SystemExit` its
    `code` alone. Retries, their policy and callbacks are the same (`_run_task_and_map_outcome` of
    airflow/sdk/execution_time/task_runner.py), and are given this: `cause_of` has what they want.
    """

    def __init__(self, error: EncoreError) -> None:
        super().__init__(error.code if isinstance(error, PublishingError) else error.said.key)
        self.error = error


@contextmanager
def told_failure(log: Log | logging.Logger) -> Generator[None]:
    """Of an error that carries sentences these are logged last. Any other one is a bug, or Airflow's own signal, and
    goes on as it is."""
    try:
        yield
    except EncoreError as err:
        if err.said.key == BROKEN_RULE:
            raise
        log.debug("where it failed", exc_info=True)
        for said in _told(err):
            log.error("%s", redact(said.in_full))
        raise ToldFailureError(err) from None


def cause_of(exception: object) -> object:
    """What made a task fail, of what Airflow knows of it."""
    return exception.error if isinstance(exception, ToldFailureError) else exception


def _told(err: EncoreError) -> Iterable[Sentence]:
    if isinstance(err, GroupFailedError):
        # Each of them has been told already, with what became of it.
        counted = err.said.values
        return (sentence("failure.of_many", failed=counted["failed"], of=counted["of"]),)
    if isinstance(err, PublishingError):
        from encore.publishing.after_failure import after_failure

        return (err.said, after_failure(err.action, err.retry_in))
    return (err.said,)
