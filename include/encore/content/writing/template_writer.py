"""Texts from phrases (`phrases.yaml`): no key, no network, and the same input always gives the same text."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path

import yaml

from encore.content.facts.sheet import FactSheet
from encore.content.shorten import shorten
from encore.content.writing.caption import Caption
from encore.content.writing.facts_said import facts_said
from encore.content.writing.hashtags import hashtags
from encore.content.writing.limits_check import usage
from encore.content.writing.writer import CaptionSlot, DraftAsset, WritingPlan
from encore.domain.content import SHARED, AssetType, Language
from encore.domain.job import Platform
from encore.domain.json import Json
from encore.platforms.limits import LIMITS
from encore.platforms.measures import hashtags_in

MOST_HIGHLIGHTS = {Platform.TIKTOK: 220, Platform.INSTAGRAM: 900, Platform.XIAOHONGSHU: 450}
"""How much of the highlights readers of each platform expect, in its own units; limits may leave less."""
USUAL_HIGHLIGHTS, USUAL_TAGS = 450, 5

_HEADLINE_OPENS = frozenset({Platform.TIKTOK})
"""Where the first line is read as part of the text, so that an opening would only say it again."""

TAGS = {Platform.TIKTOK: 5, Platform.INSTAGRAM: 5, Platform.XIAOHONGSHU: 8}
_FLYER_HIGHLIGHTS = 420
_MEDIA_KINDS = ("image", "video")
"""A caption fits both: its short first line is a picture post's title and a video's first line."""


@cache
def _phrases() -> Json:
    return yaml.safe_load(Path(__file__).with_name("phrases.yaml").read_text(encoding="utf-8"))


def _choice(options: Sequence[str], *key: str) -> str:
    """One of the options; the same for the same key, on every machine."""
    digest = hashlib.sha256("\n".join(key).encode()).digest()
    return options[int.from_bytes(digest[:8], "big") % len(options)]


def tone_of(facts: FactSheet, language: Language) -> str:
    """One tone per concert, so that its own texts belong together and its neighbours' differ."""
    return _choice(sorted(_phrases()[language]["tones"]), facts.seed, "tone")


class TemplateWriter:
    """Implements `Writer`."""

    def write(self, facts: FactSheet, plan: WritingPlan, instead_of: str = "") -> list[DraftAsset]:
        provenance = {"writer": "template", "version": _phrases()["version"]}
        flyers = [
            DraftAsset(AssetType.FLYER_TEXT, SHARED, None, language, flyer_text(facts, language), provenance)
            for language in plan.flyer_languages
        ]
        captions = [
            DraftAsset(
                AssetType.CAPTION,
                slot.platform,
                slot.touchpoint,
                slot.language,
                _CaptionTemplate(facts, slot).filled().render(),
                provenance,
            )
            for slot in plan.captions
        ]
        return flyers + captions


def flyer_text(facts: FactSheet, language: Language, invitation: str = "") -> str:
    """Paragraphs: title; date, time and place on a line each; invitation; highlights; links.

    `invitation`: another than one of the phrases.
    """
    words = _phrases()[language]
    said = facts.in_language(language)
    invitations = words["tones"][tone_of(facts, language)]["invitation"]
    links = [words[f"flyer_{name}"].format(**asdict(said)) for name in ("watch_link", "link") if getattr(said, name)]
    return _paragraphs(
        said.title,
        _lines(said.date, said.time, said.where),
        invitation or _choice(invitations, facts.seed, "invitation"),
        shorten(said.highlights, _FLYER_HIGHLIGHTS),
        _lines(*links),
    )


class _CaptionTemplate:
    """The phrases chosen for one caption, with the facts to be put in."""

    def __init__(self, facts: FactSheet, slot: CaptionSlot) -> None:
        self._facts, self._slot = facts, slot
        self._limits = LIMITS[slot.platform]
        self._words = _phrases()[slot.language]
        moment = self._words["tones"][tone_of(facts, slot.language)][slot.touchpoint]
        self._phrase = {name: _choice(options, facts.seed, slot.touchpoint, name) for name, options in moment.items()}
        self._said = facts_said(facts, slot)

    def filled(self) -> Caption:
        """What must be said always fits; links, then highlights, then tags get the room that is left."""
        links: list[str] = []
        for link in (self._line("watch_link"), self._line("link")):
            if link and self._room(self._caption([*links, link])) >= 0:
                links.append(link)
        return self._caption(links, self._highlights(links))

    def _highlights(self, links: Sequence[str]) -> str:
        count = self._limits.text.count
        frame = count("\n\n" + self._words["highlights"].format(highlights=""))
        room = min(MOST_HIGHLIGHTS.get(self._slot.platform, USUAL_HIGHLIGHTS), self._room(self._caption(links)) - frame)
        highlights = shorten(self._said["highlights"], room, count)
        return self._words["highlights"].format(highlights=highlights) if highlights else ""

    def _caption(self, links: Sequence[str], highlights: str = "") -> Caption:
        body = _paragraphs(
            self._opening(),
            _lines(self._line("when"), self._line("where"), *links),
            highlights,
            self._phrase["closing"].format(**self._said),
        )
        return Caption(body, self._headline(), hashtags(self._facts, self._slot.language, self._tags_left(body)))

    def _line(self, name: str) -> str:
        return self._words[name].format(**self._said) if self._said[name] else ""

    def _opening(self) -> str:
        named_in_full = self._said["title"] in (self._headline() or "")
        if self._slot.platform in _HEADLINE_OPENS and named_in_full:
            return ""
        return self._phrase["opening"].format(**self._said)

    def _headline(self) -> str | None:
        """The first line, the concert's title cut to what the platform's title leaves room for."""
        limit = self._limits.title
        if limit is None:
            return None
        template = self._phrase["headline"]
        room = limit.most - limit.count(template.format(**{**self._said, "title": ""}))
        title = shorten(self._said["title"], room, limit.count)
        return template.format(**{**self._said, "title": title}).strip()

    def _tags_left(self, body: str) -> int:
        most = TAGS.get(self._slot.platform, USUAL_TAGS)
        if self._limits.hashtags is None:
            return most
        return max(0, min(most, self._limits.hashtags - len(hashtags_in(body))))

    def _room(self, caption: Caption) -> int:
        """Units left in the text, whichever kind of media it is posted with."""
        uses = (use for kind in _MEDIA_KINDS for use in usage(self._slot.platform, caption.render(), kind))
        return min(use.left for use in uses if use.field == "text")


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _paragraphs(*paragraphs: str) -> str:
    return "\n\n".join(part for part in paragraphs if part)
