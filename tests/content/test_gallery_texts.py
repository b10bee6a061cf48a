"""The texts of the hard concerts, in every language and voice."""

from __future__ import annotations

import itertools
import re

import pytest
from gallery.hard_concerts import hard_concerts
from gallery.texts import drafts_of

from encore.content.writing.limits_check import problems
from encore.domain.content import AssetType, Language, Voice
from encore.domain.job import Platform

CONCERTS = hard_concerts()
BADLY_SET = {
    Language.EN: re.compile(r"[{}]|,,|[^.]\.\.(?!\.)|[?!]\.|[?!.]”\.|: *:|\( *\)|““|””|[，。；！？、]"),
    Language.DE: re.compile(r"[{}]|,,|[^.]\.\.(?!\.)|[?!]\.|: *:|\( *\)|„„|““|[，。；！？、]|\b[Aa]m \w+, um"),
    Language.ZH: re.compile("[{}]|，，|。。|[？！]。|：：|（）|““|””|[\u4e00-\u9fff][,;!?]"),
    Language.ZH_HANT: re.compile(
        "[{}]|，，|。。|[？！]。|：：|（）|「「|」」|[\u4e00-\u9fff][,;!?]|今[晚天](凌晨|上午|中午|下午|傍晚|晚上)"
    ),
}


@pytest.mark.parametrize(
    ("language", "voice"), [pytest.param(*one, id="-".join(one)) for one in itertools.product(Language, Voice)]
)
def test_each_is_within_the_limits_and_well_set(language, voice):
    for name, facts in CONCERTS.items():
        for draft in drafts_of(facts, language, voice):
            own = draft.content
            for fact in (facts.highlights, facts.title, facts.venue, *re.split(r"[;；\n]| *, ", facts.highlights)):
                own = own.replace(fact.strip() or "\0", "x")
            assert not BADLY_SET[language].search(own), (name, draft.content)
            if draft.asset_type == AssetType.CAPTION:
                for kind in ("image", "video"):
                    assert problems(Platform(draft.platform), draft.content, kind) == [], (name, draft.content)


def test_there_are_two_dozen():
    assert len(CONCERTS) == 24
