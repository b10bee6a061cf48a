"""Texts from phrases (`phrases/`): no key, no network, and the same input always gives the same text."""

from __future__ import annotations

from dataclasses import replace

from encore.content.facts.sheet import FactSheet
from encore.content.shorten import shorten
from encore.content.writing.facts_said import rendered
from encore.content.writing.phrase_book import VERSION, chosen, phrases
from encore.content.writing.template_post import TemplatePost
from encore.content.writing.writer import DraftAsset, WritingPlan
from encore.domain.content import SHARED, AssetType, Language, Voice

_FLYER_HIGHLIGHTS = 420
_TURNS = 16
"""Ways to write one text that are tried for another one."""


class TemplateWriter:
    """Implements `Writer`."""

    takes_wishes = False

    def write(self, facts: FactSheet, plan: WritingPlan, instead_of: str = "", wish: str = "") -> list[DraftAsset]:
        written = _written(facts, plan)
        return self._another(facts, plan, written, instead_of) if instead_of and written else written

    def _another(
        self, facts: FactSheet, plan: WritingPlan, first: list[DraftAsset], instead_of: str
    ) -> list[DraftAsset]:
        """With the phrases of another campaign, the next that differ from what there is; in turn, so that asking again
        and again comes by all of them."""
        others = (replace(facts, seed=f"{facts.seed} {turn}") for turn in range(1, _TURNS))
        written = [first, *(_written(each, plan) for each in others)]
        turns = list({tuple(map(_lines_of, drafts)): drafts for drafts in written}.values())
        held = set(instead_of.split("\n"))
        # A text may hold several languages; all of the first stands in it.
        at = next((turn for turn, drafts in enumerate(turns) if held.issuperset(_lines_of(drafts[0]))), -1)
        return turns[(at + 1) % len(turns)]


def _lines_of(draft: DraftAsset) -> frozenset[str]:
    """Without hashtags; neither these nor another order of the lines make another text."""
    return frozenset(line for line in draft.content.split("\n") if not line.startswith("#"))


def _written(facts: FactSheet, plan: WritingPlan) -> list[DraftAsset]:
    provenance = {"writer": "template", "version": VERSION, "voice": str(plan.voice)}
    flyers = [
        DraftAsset(
            AssetType.FLYER_TEXT, SHARED, None, language, flyer_text(facts, language, voice=plan.voice), provenance
        )
        for language in plan.flyer_languages
    ]
    captions = [
        DraftAsset(
            AssetType.CAPTION,
            slot.platform,
            slot.touchpoint,
            slot.language,
            TemplatePost(facts, slot, plan.voice).caption().render(),
            provenance,
        )
        for slot in plan.captions
    ]
    return flyers + captions


def flyer_text(facts: FactSheet, language: Language, invitation: str = "", voice: Voice = Voice.WARM) -> str:
    """Paragraphs: title; date, time and place on a line each; invitation; highlights; links.

    `invitation`: another than one of the phrases.
    """
    words = phrases(language)
    said = rendered(facts, language)
    links = [words[f"flyer_{name}"].format(**said) for name in ("watch_link", "link") if said[name]]
    return _paragraphs(
        said["title"],
        _lines(said["date"], said["time"], said["where"]),
        invitation or chosen(words["voices"][voice]["invitation"], facts.seed, "invitation"),
        shorten(said["highlights"], _FLYER_HIGHLIGHTS),
        _lines(*links),
    )


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _paragraphs(*paragraphs: str) -> str:
    return "\n\n".join(part for part in paragraphs if part)
