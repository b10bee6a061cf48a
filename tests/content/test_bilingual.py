from __future__ import annotations

import itertools
import re

import pytest
from every_slot import day_out, everything

from encore.content.facts.fact_check import check_facts
from encore.content.writing.bilingual import in_one_post
from encore.content.writing.limits_check import problems
from encore.content.writing.template_writer import TemplateWriter
from encore.content.writing.writer import DraftAsset, writing_plan
from encore.domain.content import AssetType, Language, Voice
from encore.domain.job import Platform, Touchpoint

BOTH = {platform: (Language.ZH, Language.EN) for platform in Platform}


def draft(language, content, **provenance):
    moment = Touchpoint.REMINDER
    return DraftAsset(AssetType.CAPTION, Platform.XIAOHONGSHU, moment, language, content, provenance)


@pytest.mark.parametrize("both", list(itertools.permutations(Language, 2)), ids="-".join)
def test_every_sample_in_both_languages_is_within_the_limits_and_true(sample_sheets, both):
    for facts in sample_sheets:
        drafts = in_one_post(TemplateWriter().write(facts, everything(facts, both)), dict.fromkeys(Platform, both))
        captions = [one for one in drafts if one.asset_type == AssetType.CAPTION]
        assert len(drafts) == 14 and {one.language for one in captions} == {both[0]}
        for one in captions:
            assert check_facts(one.content, facts, one.touchpoint, day_out(facts, one.touchpoint)) == ()
            for kind in ("image", "video"):
                assert problems(Platform(one.platform), one.content, kind) == [], one.content


def test_the_title_is_the_firsts_and_the_tags_are_both():
    first, second = draft("zh", "题\n\n正文\n\n#音乐"), draft("en", "Title\n\nBody\n\n#music")
    [one] = in_one_post([first, second], BOTH)
    assert one.content == "题\n\n正文\n\nBody\n\n#音乐 #music"


def test_a_line_that_both_have_word_for_word_stands_once():
    first = draft("zh", "今晚\n\n今晚见\n🚀 19:30")
    [one] = in_one_post([first, draft("en", "Tonight\n\n🚀 19:30\nSee you")], BOTH)
    assert one.content == "今晚\n\n今晚见\n🚀 19:30\n\nSee you"
    [one] = in_one_post([first, draft("en", "Tonight\n\n🚀 19:30")], BOTH)
    assert one.content == "今晚\n\n今晚见\n🚀 19:30\n\nTonight"


def test_what_does_not_fit_is_left_out():
    long = "长" * 600
    first, second = draft("zh", f"题\n\n{long}"), draft("en", f"Title\n\n{long[1:]}")
    assert in_one_post([first, second], BOTH) == [first]
    many = " ".join(f"#t{number}" for number in range(6))
    [one] = in_one_post([draft("zh", f"题\n\n正文\n\n{many}"), draft("en", f"T\n\nBody\n\n{many.upper()}")], BOTH)
    assert one.content.endswith(f"Body\n\n{many}")


@pytest.mark.parametrize(("first", "second"), [({"model": "m"}, {}), ({}, {"model": "m"}), ({}, {})])
def test_what_a_model_had_a_part_in_is_its(first, second):
    [one] = in_one_post([draft("zh", "题\n\n正文", **first), draft("en", "T\n\nBody", **second)], BOTH)
    assert ("model" in one.provenance) is bool(first or second)


def test_a_channel_in_one_language_stays_as_it_is():
    drafts = [draft("zh", "题\n\n正文")]
    assert in_one_post(drafts, {Platform.XIAOHONGSHU: (Language.ZH,)}) == drafts


@pytest.mark.parametrize(
    ("order", "voice"), list(zip(itertools.permutations(Language, 2), itertools.cycle(Voice), strict=False))
)
def test_a_post_in_two_languages_tells_the_facts_once(sample_sheets, campaign, order, voice):
    spoken = dict.fromkeys(Platform, order)
    plan = writing_plan(campaign(), spoken, voice=voice)
    for facts in sample_sheets:
        written = TemplateWriter().write(facts, plan)
        alone = {(one.platform, one.touchpoint): one.content for one in written if one.language == order[0]}
        for one in in_one_post(written, spoken):
            if one.asset_type == AssetType.FLYER_TEXT:
                continue
            assert one.language == order[0] and one.provenance["second_language"]
            again = one.content.count(facts.title) - alone[one.platform, one.touchpoint].count(facts.title)
            assert again <= 1, one.content
            lines = [line for line in one.content.splitlines() if line.strip()]
            assert len(lines) == len(set(lines)), one.content
            told = [part for part in re.split(r"[;；。\n]|\. ", facts.highlights) if len(part) > 8]
            for said in (facts.venue, *told):
                assert one.content.count(said.strip()) <= 1, one.content
            assert len(re.findall("主页|bio|profile", one.content)) <= 2
