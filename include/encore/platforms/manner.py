"""How people write on a platform, as data beside its limits: read by whoever writes for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Form(StrEnum):
    """What a post is read as."""

    HOOK = "hook"
    """A first line that makes one stay, and little else."""
    NOTE = "note"
    """A friend's tip: a title, short lines, a question."""
    CAPTION = "caption"
    """A few sentences in paragraphs below a picture."""


@dataclass(frozen=True)
class Manner:
    """`tags`: how many hashtags people set. `highlights`: how much of a concert's highlights they read, in the units of
    the platform's text limit; the limit may leave less."""

    form: Form = Form.CAPTION
    tags: int = 5
    highlights: int = 450
    links: bool = True
    """Whether an address within a text leads anywhere. Where it does not, it stands in the account's profile."""


USUAL = Manner()
