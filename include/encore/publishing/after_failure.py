"""What a failed post means to who reads of it: is it live, and who must act."""

from __future__ import annotations

from datetime import timedelta

from encore.domain.job import Action
from encore.words.sentence import Sentence, sentence


def after_failure(action: str | None, again_in: timedelta | None = None) -> Sentence:
    """`action`: what a person must do; `again_in`: when the same task tries it again by itself, None for never."""
    if again_in is not None:
        return sentence("failure.again", seconds=max(1, round(again_in.total_seconds())))
    if action == Action.CONFIRM_OUTCOME:
        return sentence("failure.doubtful")
    return sentence("failure.acts", to_do=action) if action else sentence("failure.over")
