"""`make texts`: what the templates say of hard concerts in every language and voice, to be read aloud."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from gallery.hard_concerts import hard_concerts

from encore.content.facts.sheet import FactSheet
from encore.content.writing.template_writer import TemplateWriter
from encore.content.writing.writer import CaptionSlot, DraftAsset, WritingPlan
from encore.domain.content import Language, Voice
from encore.domain.job import Platform, Touchpoint


def drafts_of(facts: FactSheet, language: Language, voice: Voice) -> list[DraftAsset]:
    """The flyer's text, then each moment's posts."""
    slots = (
        CaptionSlot(platform, moment, language, on=_day_out(facts, moment))
        for moment, platform in itertools.product(Touchpoint, Platform)
    )
    return TemplateWriter().write(facts, WritingPlan(tuple(slots), (language,), voice))


def _day_out(facts: FactSheet, moment: Touchpoint) -> date | None:
    """As the usual timeline posts it: the post of the day at ten, or the day before where that is too late."""
    if moment != Touchpoint.DAY_OF:
        return None
    return (facts.starts_at - timedelta(days=1 if facts.starts_at.hour < 10 else 0)).date()


def main(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(_parts()) + "\n", encoding="utf-8")
    print(f"{path}: {path.stat().st_size // 1024} KB")


def _parts() -> Iterator[str]:
    for name, facts in hard_concerts().items():
        yield f"# {name}"
        for language, voice in itertools.product(Language, Voice):
            yield f"## {name}: {language}, {voice}"
            for draft in drafts_of(facts, language, voice):
                yield f"**{draft.touchpoint or 'flyer'}, {draft.platform}**\n\n```text\n{draft.content}\n```"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
