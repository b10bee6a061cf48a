"""Every text of the templates for three hundred concerts, in every language: true, within the limits, no two moments
alike. Each voice has its turn; every fourth concert gives all that can be given."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from concerts_varied import varied_concerts
from every_slot import day_out, everything
from in_common import own_words, pairs_in_common

from encore.content.facts.fact_check import check_facts
from encore.content.writing.limits_check import problems
from encore.content.writing.template_writer import TemplateWriter
from encore.domain.content import AssetType, Language, Voice
from encore.domain.details import ConcertDetails
from encore.domain.job import Platform, Touchpoint
from encore.platforms.limits import LIMITS

MANY, MOST_IN_COMMON = 300, 0.4
MORE = ConcertDetails.model_validate(
    {
        "duration_minutes": 75, "prices": "12 EUR", "where_to_pay": "Kasse",
        "booking_url": "https://school.example/book", "booking_phone": "+49 30 1234567",
        "pieces": "Arioso (Bach): Mia, piano\n《月光》（德彪西）：陈子墨，钢琴",
    }
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.timeout(600)  # some four thousand texts are checked, two minutes of a core
@pytest.mark.parametrize("language", Language)
def test_all_is_true_within_the_limits_and_said_once(language):
    seen, alike = 0, []
    for facts, voice, turn in zip(
        varied_concerts(MANY), itertools.cycle(Voice), itertools.cycle(range(4)), strict=False
    ):
        if turn == 0:
            facts = replace(facts, details=MORE)
        posts: dict[str, list[str]] = {}
        for draft in TemplateWriter().write(facts, everything(facts, (language,), voice)):
            on = day_out(facts, draft.touchpoint) if draft.touchpoint else None
            assert check_facts(draft.content, facts, draft.touchpoint, on) == (), draft.content
            seen += 1
            if draft.asset_type == AssetType.FLYER_TEXT:
                continue
            platform = Platform(draft.platform)
            for kind in ("image", "video"):
                assert problems(platform, draft.content, kind) == [], draft.content
            titled = LIMITS[platform].title is not None
            posts.setdefault(platform, []).append(own_words(draft.content, facts, language, titled=titled))
        if turn:  # what more is given stands in each moment's facts, not in its own words
            alike += [max(pairs_in_common(mine)) for mine in posts.values()]
    assert seen == MANY * (1 + len(Platform) * len(Touchpoint))
    # Of two posts of a few words each, one phrase is much.
    assert max(alike) <= 0.5 and sum(part > MOST_IN_COMMON for part in alike) <= len(alike) // 200
