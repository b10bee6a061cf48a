"""The fact sheet as a text for one platform may say it: by name, ready to be put into sentences."""

from __future__ import annotations

from dataclasses import asdict

from encore.content.facts import FactSheet
from encore.domain.content import Language
from encore.domain.job import Platform
from encore.platforms.limits import HASHTAG, LIMITS, MENTION


def facts_said(facts: FactSheet, platform: Platform, language: Language) -> dict[str, str]:
    """Every field of `RenderedFacts`, and `Today`: `today` with a capital.

    The facts' own # and @ are left out where there are more of them than the platform takes.
    """
    said = asdict(facts.in_language(language))
    text = "\n".join(said.values())
    limits = LIMITS[platform]
    for mark, pattern, most in (("#", HASHTAG, limits.hashtags), ("@", MENTION, limits.mentions)):
        if most is not None and len(pattern.findall(text)) > most:
            said = {name: value.replace(mark, "") for name, value in said.items()}
    return {**said, "Today": said["today"].capitalize()}
