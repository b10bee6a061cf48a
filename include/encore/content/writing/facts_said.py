"""The fact sheet as a text for one platform may say it: by name, ready to be put into sentences."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from encore.content.facts.sheet import FactSheet
from encore.domain.job import Touchpoint
from encore.platforms.limits import LIMITS
from encore.platforms.measures import hashtags_in, mentions_in

if TYPE_CHECKING:
    from encore.content.writing.writer import CaptionSlot


BEFORE = frozenset(("when", "where", "watch_link", "today", "date", "time"))
"""What a text after the concert does not say: nothing is to come any more."""


def facts_said(facts: FactSheet, slot: CaptionSlot) -> dict[str, str]:
    """Every field of `RenderedFacts`, and `Today`: `today` with a capital; empty what does not belong in a text of the
    slot's moment.

    The facts' own # and @ are left out where there are more of them than the platform takes.
    """
    said = asdict(facts.in_language(slot.language))
    limits = LIMITS[slot.platform]
    marks = (("#", hashtags_in, limits.hashtags), ("@", mentions_in, limits.mentions))
    for mark, found_in, most in (*marks, *marks):  # twice: without its @, a "#@name" becomes a hashtag
        if most is not None and len(found_in("\n".join(said.values()))) > most:
            said = {name: value.replace(mark, "") for name, value in said.items()}
    if slot.touchpoint == Touchpoint.THANK_YOU:
        said |= dict.fromkeys(BEFORE & said.keys(), "")
    return {**said, "Today": said["today"].capitalize()}
