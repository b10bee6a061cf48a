"""Texts from phrases (`phrases/`): no key, no network, and the same input always gives the same text."""

from __future__ import annotations

from dataclasses import replace

from encore.content.facts.sheet import FactSheet
from encore.content.shorten import shorten
from encore.content.writing.details_said import ON_FLYER, detail_lines, piece_said
from encore.content.writing.facts_said import rendered
from encore.content.writing.phrase_book import VERSION, chosen, phrases
from encore.content.writing.template_post import TemplatePost
from encore.content.writing.writer import DraftAsset, WritingPlan
from encore.domain.content import SHARED, AssetType, Language, Voice

_FLYER_HIGHLIGHTS, _FLYER_LINE, _FLYER_PIECES = 420, 90, 200
"""Characters: of all highlights, of a detail, and at least of the pieces, which have what the highlights leave."""
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
    """Paragraphs: title; date, time, place, doors, a line each; invitation; highlights; how to get in; pieces; links.

    `invitation`: another than one of the phrases.
    """
    words = phrases(language)
    said = rendered(facts, language)
    times = _times(said, language)
    times = times[:1].upper() + times[1:]  # "Noon", in a line of its own
    links = [words[f"flyer_{name}"].format(**said) for name in ("watch_link", "link") if said[name]]
    links += detail_lines(facts, said, language, ("book_link",))
    highlights = shorten(said["highlights"], _FLYER_HIGHLIGHTS)
    pieces = "\n".join(piece_said(entry, language) for entry in facts.details.pieces)
    return _paragraphs(
        said["title"],
        _lines(said["date"], times, said["where"], *detail_lines(facts, said, language, ("doors",))),
        invitation or chosen(words["voices"][voice]["invitation"], facts.seed, "invitation"),
        highlights,
        _lines(*(shorten(line, _FLYER_LINE) for line in detail_lines(facts, said, language, ON_FLYER))),
        shorten(pieces, max(_FLYER_PIECES, _FLYER_HIGHLIGHTS - len(highlights))),
        _lines(*links),
    )


def _times(said: dict[str, str], language: Language) -> str:
    """The start with the end, as far as it is known."""
    words = phrases(language)["details"]
    if said["ends"] or said["duration"]:
        return words["until" if said["ends"] else "lasts"].format(**said)
    return said["time"]


def _lines(*lines: str) -> str:
    return "\n".join(line for line in lines if line)


def _paragraphs(*paragraphs: str) -> str:
    return "\n\n".join(part for part in paragraphs if part)
