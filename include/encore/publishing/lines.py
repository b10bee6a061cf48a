"""Lines of the log that say which post they are about: a task publishes many, a few of them at the same time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

_about: ContextVar[str] = ContextVar("about", default="")


@contextmanager
def about(post: str) -> Generator[None]:
    """Each line of Encore's that this thread logs meanwhile begins with `post`."""
    before = _about.set(post)
    try:
        yield
    finally:
        _about.reset(before)


def attempt(number: int) -> None:
    """From now on the lines name the attempt as well."""
    if post := _about.get():
        _about.set(f"{post.partition(' · attempt ')[0]} · attempt {number}")


def name_posts() -> None:
    """From now on records that are made in this process carry it. A filter would miss those of other loggers below
    ours, and a handler's would be for whoever made the handler to add."""
    made = logging.getLogRecordFactory()
    if not isinstance(made, _Named):
        logging.setLogRecordFactory(_Named(made))


@dataclass(frozen=True)
class _Named:
    made: Callable[..., logging.LogRecord]

    def __call__(self, name: str | None, *args: object, **more: object) -> logging.LogRecord:
        """A formatter that copies a record makes it without a `name`."""
        record = self.made(name, *args, **more)
        if (post := _about.get()) and name and name.split(".", 1)[0] == "encore":
            record.msg = f"[{post.replace('%', '%%') if record.args else post}] {record.msg}"
        return record
