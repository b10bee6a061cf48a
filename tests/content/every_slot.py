"""Every text that a campaign can have, each caption on the day on which the school's timeline posts it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import date, timedelta

from encore.content.facts.sheet import FactSheet
from encore.content.writing.writer import CaptionSlot, WritingPlan
from encore.domain.content import Language, Voice
from encore.domain.job import Platform, Touchpoint

DAYS = {Touchpoint.ANNOUNCEMENT: -21, Touchpoint.REMINDER: -3, Touchpoint.DAY_OF: 0, Touchpoint.THANK_YOU: 1}


def day_out(facts: FactSheet, moment: str) -> date:
    return facts.starts_at.date() + timedelta(days=DAYS[Touchpoint(moment)])


def every_slot(facts: FactSheet, languages: Iterable[Language] = tuple(Language)) -> tuple[CaptionSlot, ...]:
    return tuple(
        CaptionSlot(platform, moment, language, on=day_out(facts, moment))
        for platform, moment, language in itertools.product(Platform, Touchpoint, languages)
    )


def everything(
    facts: FactSheet, languages: Iterable[Language] = tuple(Language), voice: Voice = Voice.WARM
) -> WritingPlan:
    languages = tuple(languages)
    return WritingPlan(every_slot(facts, languages), languages, voice)
