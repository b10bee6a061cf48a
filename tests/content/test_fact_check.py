"""What the fact checker takes for a fact, and what supports it; at large in test_fact_check_generated.py."""

from __future__ import annotations

import itertools
import time

import pytest
from in_common import FACT_CHECKED

from encore.campaigns.texts import MOST_CHARACTERS
from encore.content.facts.fact_check import check_facts, stated_facts
from encore.content.writing.template_writer import TemplateWriter
from encore.content.writing.writer import CaptionSlot, WritingPlan
from encore.domain.job import Platform, Touchpoint
from encore.words.sentence import Words

FACTS = {
    "student_highlights": "Mia (9) plays Bach's Minuet; Tom and Lena share Fauré's Dolly Suite. 王小雨演奏《夜曲》"
}


def found(facts, text, touchpoint=None):
    return [(finding.kind.value, finding.text) for finding in check_facts(text, facts, touchpoint)]


@pytest.mark.parametrize(
    "text",
    [
        "Join us on Sunday at 7:30 pm for the Spring Recital",
        "On March 14, Mia's Bach and Tom's Faure fill the Kleiner Saal in Berlin.",
        "14/03/2027, 19:30. Half past seven in the evening!",
        "Sun, 14 Mar 2027 at 7.30 p.m., at seven thirty",
        "Mark the fourteenth of March: see you there. Mark March 14: see you.",
        "Don't miss it! LISTEN LIVE. Beautiful Bach. Tom, Lena and Mia are waiting.",
        "Celebrate Mia. 100% live music by our students! 1️⃣ Come",
        "📍 Berlin, Kleiner Saal",
        "More: https://school.example/spring.",
        "周日晚上七点半，王小雨演奏《夜曲》，不见不散",
        "2027年3月14日 19:30，走进音乐厅，听王小雨演奏，感受高雅音乐",
        "三月十四日晚7点30分",
        "周末去哪儿？ This weekend: music!",
        "Dear families, A Magical Evening Awaits! Bring tissues. Bring grandma. Bring your loudest “Bravo!”",
        '"Music is the language of the spirit." Who\'s in? Swipe for a sneak peek ➡️ Link in bio! One night only.',
        "姐妹们！来听一场超治愈的音乐会吧🎶 一分耕耘一分收获，十分动人，百听不厌。一人一句祝福～",
        "有什么比看着孩子爱上音乐更幸福的事呢？老师和同学们都准备好啦，万事俱备，只等你来。",
        "谢谢大家来听，一起来剧场吧；一点一点进步；三月的夜晚",
    ],
)
def test_what_the_facts_say_in_other_words_is_supported(fact_sheet, text):
    assert found(fact_sheet(**FACTS), text) == []


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("Join us on Saturday at 7:30 pm", ("date", "Saturday")),
        ("See you on 4 March", ("date", "4 March")),
        ("A concert in June", ("date", "in June")),
        ("Come tomorrow", ("date", "tomorrow")),
        ("next week already", ("date", "next week")),
        ("We start at 8 pm", ("time", "8 pm")),
        ("We start at 7:30 am", ("time", "7:30 am")),
        ("from half past eight", ("time", "half past eight")),
        ("tonight at 9", ("time", "at 9")),
        ("Tickets 10 EUR", ("price", "10 EUR")),
        ("entry is free", ("price", "entry is free")),
        ("now 20% off", ("price", "20% off")),
        ("with 5 students", ("number", "5")),
        ("with five students", ("number", "five")),
        ("at the Town Hall", ("name", "Town Hall")),
        ("Join us in the Small Hall", ("name", "Small Hall")),
        ("📍 Berlin, Grosser Saal", ("place", "Berlin, Grosser Saal")),
        ("17 Baker Street", ("place", "17 Baker Street")),
        ("https://school.example/summer", ("url", "https://school.example/summer")),
        ("see www.other.com", ("url", "www.other.com")),
        ("with @langlang", ("url", "@langlang")),
        ("With Dr. Petrova", ("name", "Petrova")),
        ("Petrova plays for us", ("name", "Petrova")),
        ("Mia Petrova plays", ("name", "Mia Petrova")),
        ("songs by Ludwig van Beethoven", ("name", "Ludwig van Beethoven")),
        ("with سارة حداد", ("name", "سارة حداد")),
        ("3月15日见", ("date", "3月15日")),
        ("周六见", ("date", "周六")),
        ("四月的夜晚", ("date", "四月")),
        ("晚上八点", ("time", "晚上八点")),
        ("门票80元", ("price", "80元")),
        ("免费入场", ("price", "免费")),
        ("打八折", ("price", "打八折")),
        ("三位小朋友", ("number", "三")),
        ("在国家大剧院", ("place", "国家大剧院")),
        ("特邀嘉宾郎朗", ("name", "郎朗")),
        ("钢琴家：傅聪", ("name", "傅聪")),
        ("听郎朗和刘思琪", ("name", "刘思琪")),
        ("就在二十号！", ("date", "二十号")),
        ("微信：abc123", ("url", "微信：abc123")),
        ("see bit.ly/xyz", ("url", "bit.ly/xyz")),
        ("Donations welcome", ("price", "Donations welcome")),
        ("张伟老师压轴登场", ("name", "张伟")),
        ("弹奏《月光》", ("name", "月光")),
    ],
)
def test_what_they_do_not_say_is_found(fact_sheet, text, finding):
    assert finding in found(fact_sheet(**FACTS), text)


def test_a_finding_says_where_it_is_and_what_is_missing_in_both_languages(fact_sheet):
    [finding] = check_facts("Tickets: 10 EUR.", fact_sheet())
    assert (finding.start, finding.end) == (9, 15)
    assert str(finding.said) == "The concert's facts do not give the price “10 EUR”."
    assert Words("zh").told(finding.said) == "演出信息中没有“10 EUR”这个价格。"


def test_today_is_true_on_the_day_and_tonight_in_the_evening(fact_sheet):
    evening, morning = fact_sheet(), fact_sheet(concert_datetime="2027-03-14T11:00+01:00")
    assert found(evening, "Tonight!", Touchpoint.DAY_OF) == []
    assert found(evening, "Tonight!", Touchpoint.REMINDER) == [("date", "Tonight")]
    assert found(morning, "Today!", Touchpoint.DAY_OF) == []
    assert found(morning, "今晚见", Touchpoint.DAY_OF) == [("date", "今晚")]


@pytest.mark.parametrize("written", ["04/03/2027", "3/4/2027"])
def test_a_date_that_can_be_read_in_two_ways_is_right_in_either_and_a_named_month_is_not(fact_sheet, written):
    april = fact_sheet(concert_datetime="2027-04-03T19:30+02:00")
    assert found(april, written) == []
    assert found(april, "4 March 2027") == [("date", "4 March 2027")]


def test_prices_of_another_currency_are_other_prices(fact_sheet):
    facts = fact_sheet(student_highlights="Tickets 10 EUR at the door.")
    assert found(facts, "Only €10!") == []
    assert found(facts, "Only $10!") == [("price", "$10")]


@pytest.mark.parametrize("text", ["３月１４日", "３月１４日19:30", "٣月١٤日", "２０２７年３月１４日"])
def test_a_date_in_the_digits_of_any_keyboard_is_read(fact_sheet, text):
    assert found(fact_sheet(), text) == []


@pytest.mark.parametrize("digit", "3３٣³③三")
@pytest.mark.parametrize("text", ["{}月{}日", "{}点", "{}:{}", "票价{}元", "{} seats", "at {} o'clock", "{}{}{}{}年"])
def test_no_digit_of_the_world_is_an_error(fact_sheet, digit, text):
    found(fact_sheet(), text.replace("{}", digit))


def test_every_text_of_every_sample_is_supported(sample_sheets):
    slots = tuple(CaptionSlot(*slot) for slot in itertools.product(Platform, Touchpoint, FACT_CHECKED))
    for facts in sample_sheets:
        for draft in TemplateWriter().write(facts, WritingPlan(slots, FACT_CHECKED)):
            assert check_facts(draft.content, facts, draft.touchpoint) == (), draft.content


def test_a_model_is_to_type_no_fact_not_even_a_true_one():
    said = "On 14 March at 19:30, for 10 EUR: come tonight"
    assert [claim.text for claim in stated_facts(said)] == ["14 March", "19:30", "10 EUR", "tonight"]


@pytest.mark.parametrize(
    "unit", ["a.", "+-", "A ", "1.", "20", "一", "www.", "a-", "12:", "1€", "twenty ", "Spring Rec", "📍"]
)
def test_no_text_keeps_it_busy(fact_sheet, unit):
    """The longest text that may be stored, made of what patterns like to try again and again."""
    facts = fact_sheet(**FACTS)
    began = time.process_time()
    check_facts((unit * MOST_CHARACTERS)[:MOST_CHARACTERS], facts)
    assert time.process_time() - began < 3


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [("週六晚上八點，國家大劇院，免費入場，特邀嘉賓郎朗", "周六晚上八点，国家大剧院，免费入场，特邀嘉宾郎朗")],
)
def test_both_scripts_of_chinese_are_read_alike(fact_sheet, traditional, simplified):
    one, other = check_facts(traditional, fact_sheet), check_facts(simplified, fact_sheet)
    assert [(it.kind, it.start, it.end) for it in one] == [(it.kind, it.start, it.end) for it in other] != []
    assert all(it.text == traditional[it.start : it.end] for it in one)


def test_a_text_that_cannot_be_checked_is_a_finding_and_no_error(fact_sheet, monkeypatch):
    monkeypatch.setattr("encore.content.facts.support.name_claims", lambda *_: 1 / 0)
    [finding] = check_facts("Only here, so that nothing is kept of it", fact_sheet)
    assert finding.kind == "unchecked" and "could not be checked" in str(finding.said)
