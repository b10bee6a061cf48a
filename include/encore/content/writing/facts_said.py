"""The fact sheet as a text for one platform may say it: by name, ready to be put into sentences."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING

from encore.content.facts.sheet import URL, FactSheet
from encore.content.facts.spoken import spoken
from encore.content.writing.phrase_book import phrases
from encore.domain.content import Language
from encore.domain.job import Touchpoint
from encore.platforms.limits import LIMITS
from encore.platforms.measures import hashtags_in, mentions_in

if TYPE_CHECKING:
    from encore.content.writing.writer import CaptionSlot


_DETAILS = (
    "doors", "ends", "duration", "prices", "payment", "booking_link", "booking_phone", "deadline", "accessibility",
    "stream",
)  # fmt: skip
BEFORE = frozenset(("when", "where", "watch_link", "today", "date", "time", *_DETAILS))
"""What a text after the concert does not say: nothing is to come any more."""
ONCE = frozenset(("where", "watch_link", "highlights", "link", *_DETAILS))
"""What a post in two languages says in its first one only, because it is the same in each."""
_ON_THE_WAY = (
    r"[\s,，;；、|/&:：(（–—-]"
    r"|\b(?:and|or|und|oder|also|auch|online|live|livestream|stream|zoom|at|via|on|im|per|unter)\b"
    r"|线上|線上|在线|在線|直播|观看|觀看|同步|链接|連結|(?<=[\s,，])[及和或]"
)
_ADDRESS = re.compile(rf"(?:{_ON_THE_WAY})*{URL.pattern}[)）]?", re.IGNORECASE)
"""A link with what only leads to it."""


def rendered(facts: FactSheet, language: Language) -> dict[str, str]:
    """Every field of `RenderedFacts`, with the hours named that people call by a name."""
    said = asdict(facts.in_language(language))
    at, named = facts.starts_at, spoken(language, facts.zone).named_hours
    if at.minute == 0 and at.hour in named:
        alone, dated = named[at.hour]
        zone = re.search(r"\s?[(（].*", said["time"])
        behind = zone[0] if zone else ""
        said |= {"time": alone + behind, "when": dated.format(date=said["date"]) + behind}
    return said


def facts_said(facts: FactSheet, slot: CaptionSlot) -> dict[str, str]:
    """Every field of `RenderedFacts`, and `Today`: `today` with a capital; empty what does not belong in a text of the
    slot's moment and day.

    Where no link in a text leads anywhere, the links are where to find them. The facts' own # and @ are left out where
    there are more of them than the platform takes.
    """
    said = rendered(facts, slot.language)
    limits = LIMITS[slot.platform]
    if not limits.manner.links:
        said |= _in_profile(said, slot.language)
    if slot.beside:
        said |= dict.fromkeys(ONCE, "")
    marks = (("#", hashtags_in, limits.hashtags), ("@", mentions_in, limits.mentions))
    for mark, found_in, most in (*marks, *marks):  # twice: without its @, a "#@name" becomes a hashtag
        if most is not None and len(found_in("\n".join(said.values()))) > most:
            said = {name: value.replace(mark, "") for name, value in said.items()}
    if slot.on != facts.starts_at.date():
        said["today"] = ""
    if slot.touchpoint == Touchpoint.THANK_YOU:
        said |= dict.fromkeys(BEFORE & said.keys(), "")
    return {**said, "Today": said["today"][:1].upper() + said["today"][1:]}


def _in_profile(said: dict[str, str], language: Language) -> dict[str, str]:
    there = phrases(language)["profile"]
    online = said["watch_link"] or URL.search(said["where"])
    return {
        "where": _ADDRESS.sub("", said["where"]).strip(),
        "highlights": _ADDRESS.sub("", said["highlights"]).strip(),
        "watch_link": there["watch_link"] if online else "",
        "link": there["link"] if said["link"] else "",
        "booking_link": there["link"] if said["booking_link"] else "",
        "stream": there["watch_link"] if URL.search(said["stream"]) else said["stream"],
        **{name: _ADDRESS.sub("", said[name]).strip() for name in ("prices", "payment", "accessibility")},
    }
