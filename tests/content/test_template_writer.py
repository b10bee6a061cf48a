from __future__ import annotations

import re
from datetime import timedelta

import pytest
from every_slot import every_slot, everything
from hypothesis import HealthCheck, example, given, reject, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from encore.content.facts.fact_check import check_facts
from encore.content.facts.sheet import FactSheet
from encore.content.writing.hashtags import hashtags
from encore.content.writing.limits_check import problems
from encore.content.writing.phrase_book import VERSION
from encore.content.writing.template_writer import TemplateWriter
from encore.content.writing.writer import CaptionSlot, WritingPlan, writing_plan
from encore.domain.content import SHARED, AssetType, Language
from encore.domain.job import Platform, Touchpoint

BOTH = {platform: tuple(Language) for platform in Platform}
HOUR = {"en": "19:30", "zh": "19:30", "zh-Hant": "晚上7:30", "de": "19.30 Uhr"}
WORDS = st.text(alphabet=st.sampled_from("abZ é春音 🎵👩#@.,!“{}%\n"), min_size=1)


def texts(facts: FactSheet) -> dict[tuple, str]:
    drafts = TemplateWriter().write(facts, everything(facts))
    return {(d.asset_type, d.platform, d.touchpoint, d.language): d.content for d in drafts}


def test_one_draft_for_each_wanted_text(campaign, fact_sheet):
    plan = writing_plan(
        campaign(platforms=["tiktok", "xiaohongshu"], timeline={"reminder": "skip", "thank_you": "skip"}),
        {Platform.TIKTOK: (Language.EN,), Platform.XIAOHONGSHU: (Language.ZH,), Platform.INSTAGRAM: (Language.EN,)},
    )
    drafts = TemplateWriter().write(fact_sheet(), plan)
    assert [(d.asset_type, d.platform, d.touchpoint, d.language) for d in drafts] == [
        (AssetType.FLYER_TEXT, SHARED, None, "en"),
        (AssetType.FLYER_TEXT, SHARED, None, "zh"),
        (AssetType.CAPTION, "tiktok", "announcement", "en"),
        (AssetType.CAPTION, "tiktok", "day_of", "en"),
        (AssetType.CAPTION, "xiaohongshu", "announcement", "zh"),
        (AssetType.CAPTION, "xiaohongshu", "day_of", "zh"),
    ]
    assert all(draft.provenance == {"writer": "template", "version": VERSION, "voice": "warm"} for draft in drafts)


def test_the_same_facts_give_the_same_texts(fact_sheet):
    assert texts(fact_sheet()) == texts(fact_sheet())


@settings(
    max_examples=25, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    title=WORDS.map(lambda text: text[:200]),
    venue=WORDS.map(lambda text: text[:300]) | st.just("https://live.example/" + "x" * 270),
    highlights=st.none() | WORDS.map(lambda text: (text * 40)[:2000]),
    link=st.sampled_from([None, "https://x.example/1", "https://x.example/" + "y" * 480]),
)
@example(title="𝄞" * 200, venue="𝄞" * 300, highlights="𝄞" * 2000, link="https://x.example/" + "y" * 480)
@example(title="#a " * 60, venue="at @b " * 50, highlights="#c @d " * 300, link=None)
@example(title="Recital", venue="Hall", highlights="#@b " * 400, link=None)
@example(title="长" * 200, venue="宽" * 300, highlights="高。" * 1000, link="https://x.example/" + "y" * 480)
def test_no_text_breaks_a_limit_whatever_the_facts(fact_sheet, title, venue, highlights, link):
    try:
        facts = fact_sheet(concert_title=title, venue_or_link=venue, student_highlights=highlights, cta_link=link)
    except ValidationError:
        reject()
    for (kind, platform, *_), text in texts(facts).items():
        if kind == AssetType.CAPTION:
            assert problems(Platform(platform), text, "image") == []
            assert problems(Platform(platform), text, "video") == []


def test_every_text_before_the_concert_says_when_and_where_and_nothing_is_left_to_fill_in(fact_sheet):
    days = {
        ("announcement", "en"): "Sunday, 14 March 2027", ("announcement", "zh"): "2027年3月14日（周日）",
        ("announcement", "zh-Hant"): "2027年3月14日（週日）", ("announcement", "de"): "Sonntag, 14. März 2027",
        ("reminder", "en"): "Sunday, 14 March,", ("reminder", "zh"): "3月14日（周日）",
        ("reminder", "zh-Hant"): "3月14日（週日）", ("reminder", "de"): "Sonntag, 14. März,",
        ("day_of", "en"): "onight", ("day_of", "zh"): "今晚",
        ("day_of", "zh-Hant"): "今晚", ("day_of", "de"): "eute Abend",
    }  # fmt: skip
    for (kind, _, moment, language), text in texts(fact_sheet()).items():
        assert "Spring Recital" in text
        assert not re.search(r"[{}]", text)
        if kind == AssetType.CAPTION and moment != "thank_you":
            assert days[moment, language] in text and HOUR[language] in text and "Kleiner Saal, Berlin" in text
        elif moment == "thank_you":
            assert not any(words in text for words in ("14", "19", "7:30", "Kleiner Saal"))


def test_nothing_is_said_that_the_facts_do_not_hold(fact_sheet):
    """Every number and address in a text is one of the facts."""
    facts = fact_sheet(student_highlights=None, cta_link=None, venue_or_link="Hall")
    for text in texts(facts).values():
        assert set(re.findall(r"\d+", text)) <= {"2027", "3", "14", "19", "7", "30"}
        assert not re.search("http|bio|profil|主页|主頁|檔案", text, re.IGNORECASE)


@pytest.mark.parametrize("language", list(Language))
def test_day_of_texts_say_today_or_tonight(fact_sheet, language):
    said = fact_sheet().in_language(language).today.lower()
    for number in range(12):
        written = texts(fact_sheet(campaign_id=f"c{number}"))
        for platform in Platform:
            assert said in written[AssetType.CAPTION, platform, Touchpoint.DAY_OF, language].lower()
            assert said not in written[AssetType.CAPTION, platform, Touchpoint.ANNOUNCEMENT, language].lower()


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("days", [None, -2])
def test_a_post_of_the_day_that_goes_out_on_another_gives_the_date(fact_sheet, language, days):
    for number in range(12):
        facts = fact_sheet(campaign_id=f"c{number}")
        on = None if days is None else facts.starts_at.date() + timedelta(days=days)
        slots = [CaptionSlot(platform, Touchpoint.DAY_OF, language, on=on) for platform in Platform]
        for draft in TemplateWriter().write(facts, WritingPlan(tuple(slots), ())):
            assert facts.in_language(language).when in draft.content
            assert facts.in_language(language).today not in draft.content.lower()
            assert check_facts(draft.content, facts, draft.touchpoint, on) == ()


def test_names_as_the_database_has_them_do_as_well_as_enums(fact_sheet):
    names = [
        (str(slot.platform), str(slot.touchpoint), str(slot.language), False, slot.on)
        for slot in every_slot(fact_sheet())
    ]
    stored = WritingPlan(tuple(CaptionSlot(*name) for name in names), tuple(map(str, Language)))
    written = [draft.content for draft in TemplateWriter().write(fact_sheet(), stored)]
    assert written == list(texts(fact_sheet()).values())


def test_a_long_title_is_cut_at_a_word_in_the_headline_and_whole_below(fact_sheet):
    title = "Twelve Hands, Two Pianos: The Long Afternoon of the Whole Studio, from First Scales to Rachmaninoff"
    written = texts(fact_sheet(concert_title=title))
    headline = written[AssetType.CAPTION, "tiktok", "reminder", "en"].split("\n")[0]
    assert headline.endswith("…") and title not in headline
    assert title in written[AssetType.CAPTION, "tiktok", "reminder", "en"]


def test_hashtags_come_from_the_facts(fact_sheet):
    facts = fact_sheet(student_highlights="Piano and 小提琴; Chopin", concert_title="Recital in Bachstadt")
    assert hashtags(facts, Language.EN, 10) == (
        "concert", "piano", "violin", "recital", "chopin", "livemusic", "musicstudents",
    )  # fmt: skip
    assert hashtags(facts, Language.ZH, 3) == ("音乐会", "钢琴", "小提琴")
    assert hashtags(facts, Language.ZH_HANT, 3) == ("音樂會", "鋼琴", "小提琴")
    assert hashtags(facts, Language.DE, 3) == ("Konzert", "Klavier", "Geige")


@pytest.mark.parametrize(
    ("title", "tags"),
    [
        ("Sommerkonzert der Streicherklassen", ("Konzert", "Streicher", "Sommer", "Livemusik")),
        ("Klavierabend in Winterthur", ("Konzert", "Klavier", "Livemusik")),
        ("Adventure Time im Opernhaus", ("Konzert", "Livemusik")),
        ("蕭邦與德布西之夜：鋼琴獨奏會", ("Konzert", "Klavier", "Vorspiel", "Chopin", "Debussy", "Livemusik")),
        ("管弦乐团音乐会", ("Konzert", "Orchester", "Livemusik")),
    ],
)
def test_hashtags_know_compounds_and_both_scripts(fact_sheet, title, tags):
    assert hashtags(fact_sheet(concert_title=title, student_highlights=None), Language.DE, 10) == tags


def test_youth_is_no_spring(fact_sheet):
    for title in ("青春之歌", "青春日记", "《青春》专场"):
        assert "春天" not in hashtags(fact_sheet(concert_title=title), Language.ZH, 10)
    assert "春天" in hashtags(fact_sheet(concert_title="青春之歌：春天的音乐会"), Language.ZH, 10)


def test_another_text_has_other_phrases_and_the_same_facts(fact_sheet):
    facts = fact_sheet()
    for platform in Platform:
        plan = WritingPlan((CaptionSlot(platform, Touchpoint.ANNOUNCEMENT, Language.EN),), ())
        [first] = TemplateWriter().write(facts, plan)
        said = [first.content]
        for _ in range(3):
            [draft] = TemplateWriter().write(facts, plan, instead_of=said[-1])
            said.append(draft.content)
            assert check_facts(draft.content, facts, Touchpoint.ANNOUNCEMENT) == ()
        assert len(set(said)) == 4, platform
    [flyer] = TemplateWriter().write(facts, WritingPlan((), (Language.ZH,)))
    [other] = TemplateWriter().write(facts, WritingPlan((), (Language.ZH,)), instead_of=flyer.content)
    assert other.content != flyer.content


def test_in_place_of_what_a_person_wrote_it_is_the_first(fact_sheet):
    plan = WritingPlan((CaptionSlot(Platform.INSTAGRAM, Touchpoint.REMINDER, Language.EN),), ())
    assert TemplateWriter().write(fact_sheet(), plan, instead_of="Mine.") == TemplateWriter().write(fact_sheet(), plan)
