"""A value that the facts give is right in its own role only, and what a text promises needs a fact."""

from __future__ import annotations

from datetime import date

import pytest

from encore.content.facts.fact_check import check_facts
from encore.content.facts.relative_days import Calendar, Coming, Span, is_right
from encore.domain.job import Touchpoint
from encore.words.sentence import Words

HIGHLIGHTS = (
    "Doors 18:45. Ida (8) plays a Schumann romance on the oboe; Karim (14) plays Vivaldi's Winter on the violin; the "
    "junior choir sings three carols. 22 pupils take part. Adults €12, children €6, book by 1 March. About 80 minutes "
    "with a 15-minute interval."
)


@pytest.fixture
def facts(fact_sheet):
    """On Sunday, 14 March 2027, at 19:30 in Berlin."""
    return fact_sheet(student_highlights=HIGHLIGHTS)


def said(text, facts, **when):
    return [finding.text for finding in check_facts(text, facts, **when)]


@pytest.mark.parametrize(
    "text",
    [
        "Doors at quarter to seven, music from half past seven.",
        "Book by 1 March. The concert is on 14 March.",
        "Children pay €6, grown-ups €12.",
        "Ida, 8, and Karim (14): an oboe and a violin.",
        "Karim's Vivaldi, Ida's Schumann",
        "22 young musicians and three carols",
        "An hour and twenty minutes of music, with a break of a quarter of an hour",
        "Good luck to Ida and Karim! The junior choir is ready for its carols.",
        "Schumann, Vivaldi and a choir: what an evening of music on Sunday",
        "19:30 Uhr, um halb acht, 7.30pm CET, half six in London time",
        "A million thanks; you are second to none. One night only, feel free to hum along.",
        "Bring snacks for the train, and your own umbrella.",
        "舒曼和维瓦尔第，22位学生，周日晚上七点半；六点四十五分开放入场",
        "成人12欧元，儿童6欧元，3月1日前订票",
    ],
)
def test_values_in_their_roles_raise_nothing(facts, text):
    assert said(text, facts) == []


@pytest.mark.parametrize(
    ("text", "wrong", "key"),
    [
        ("We start at 18:45.", "18:45", "is_doors"),
        ("Doors open at 7:30 pm.", "7:30 pm", "is_start"),
        ("Join us on 1 March!", "1 March", "is_deadline"),
        ("Book by 14 March.", "14 March", "date_unsupported"),
        ("Fourteen violinists on one stage", "Fourteen", "is_age"),
        ("Karim is 22.", "22", "not_their_age"),
        ("8-year-old Karim", "8", "not_their_age"),
        ("Children pay €12.", "€12", "price_of_others"),
        ("Tickets are €6.", "€6", "price_of_others"),
        ("Ida plays Vivaldi.", "Ida plays Vivaldi", "not_together"),
        ("Karim on the oboe", "Karim on the oboe", "not_together"),
        ("Half eight on Sunday", "Half eight", "time_unsupported"),
        ("A concert of 90 minutes", "90 minutes", "number_unsupported"),
        ("with four carols", "four", "number_unsupported"),
        ("our 3rd annual concert", "3rd annual", "number_unsupported"),
        ("a harp on stage", "harp", "name_unsupported"),
        ("音乐会18:45开始", "18:45", "is_doors"),
        ("3月1日不见不散", "3月1日", "is_deadline"),
        ("十四位学生登台", "十四", "is_age"),
        ("儿童票12欧元", "12欧元", "price_of_others"),
        ("一起听萧邦", "萧邦", "name_unsupported"),
        ("一起聽蕭邦", "蕭邦", "name_unsupported"),
        ("還有二胡獨奏", "二胡", "name_unsupported"),
        ("上海見", "上海", "place_unsupported"),
        ("指导老师：周老师", "周老师", "name_unsupported"),
    ],
)
def test_a_value_of_another_role_is_a_finding_that_says_so(facts, text, wrong, key):
    [finding] = [one for one in check_facts(text, facts) if one.text == wrong] or check_facts(text, facts)
    assert (finding.text, finding.said.key) == (wrong, f"fact.{key}")
    assert text[finding.start : finding.end] == wrong
    assert all(Words(language).told(finding.said).strip() for language in ("en", "zh", "de"))


@pytest.mark.parametrize(
    "text",
    [
        "Free parking behind the hall", "We take cards", "No interval", "We stream it live", "A recording follows",
        "Drinks and nibbles in the foyer", "The hall is step-free", "Our prize-winning pupils", "Nearly sold out",
        "With a special guest", "Suitable for all ages", "Gift bags for every child", "现场可刷卡", "免费停车",
        "無中場休息", "全程直播", "备有茶点", "曾获金奖", "座位所剩无几", "輪椅通道", "神秘嘉宾助阵", "老少皆宜",
    ],
)  # fmt: skip
def test_a_promise_needs_a_fact(fact_sheet, facts, text):
    assert {finding.kind for finding in check_facts(text, facts)} >= {"promise"}
    assert said(text, fact_sheet(student_highlights=text)) == []


def test_a_promise_is_true_in_its_own_sense_only(fact_sheet):
    assert said("No interval", fact_sheet(student_highlights="One interval.")) == ["No interval"]
    assert said("With one interval", fact_sheet(student_highlights="Played without an interval.")) == ["interval"]


@pytest.mark.parametrize(
    ("text", "on", "wrong"),
    [
        ("Three days to go!", date(2027, 3, 11), []),
        ("Three days to go!", date(2027, 3, 10), ["Three days to go"]),
        ("A fortnight today", date(2027, 2, 28), []),
        ("See you tomorrow", date(2027, 3, 13), []),
        ("See you tonight", date(2027, 3, 14), []),
        ("See you tonight", date(2027, 3, 13), ["tonight"]),
        ("This Sunday!", date(2027, 2, 28), ["This Sunday"]),
        ("Next Sunday!", date(2027, 3, 5), []),
        ("大后天见", date(2027, 3, 11), []),
        ("倒數2天", date(2027, 3, 11), ["倒數2天"]),
        ("下周日见", date(2027, 3, 4), []),
        ("下周日见", date(2027, 3, 9), ["下周日"]),
    ],
)
def test_relative_days_are_counted_from_the_day_of_the_post(facts, text, on, wrong):
    assert said(text, facts, on=on) == wrong


def test_without_its_day_a_post_goes_out_when_its_moment_usually_does(facts):
    assert said("Three days to go!", facts, touchpoint=Touchpoint.REMINDER) == []
    assert said("Three days to go!", facts, touchpoint=Touchpoint.ANNOUNCEMENT) == ["Three days to go"]


def test_what_nobody_knows_the_day_of_is_right_by_its_weekday_only(facts):
    sunday = facts.starts_at
    assert is_right(Coming(6, 0, 6), None, sunday) and is_right(Calendar("week", 0, 6), None, sunday)
    assert not is_right(Coming(5, 0, 6), None, sunday) and not is_right(Span(3, 3), None, sunday)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("Ensemble in E flat", "in E-flat major"),
        ("周老师与学生合奏", "周老师"),
        ("Debussy's Clair de lune", "德彪西《月光》"),
        ("王小雨演奏二胡", "Wang Xiaoyu on the erhu"),
        ("Concord, MA", "Concord, Massachusetts"),
    ],
)
def test_other_names_of_the_same_are_known(fact_sheet, given, text):
    assert said(text, fact_sheet(student_highlights=given)) == []


def test_an_address_is_known_in_short(fact_sheet):
    at = fact_sheet(venue_or_link="First Parish Unitarian Church, 26 Pleasant Street")
    assert said("First Parish Church, 26 Pleasant St.", at) == []
    assert said("62 Pleasant St.", at) == ["62 Pleasant St"]


def test_whose_office_it_is_belongs_to_them_alone(fact_sheet):
    brass = fact_sheet(student_highlights="The youth brass with conductor Ruth Hill. Soloist: Sam Wood on the cornet.")
    assert said("Conductor Ruth Hill, and tubas, and Sam Wood's cornet", brass) == []
    assert said("Conductor Sam Wood leads", brass) == ["Conductor Sam Wood"]


def test_what_a_text_asks_or_asks_for_is_no_promise(facts):
    assert said("Cookies? Up to you. Bring your own lemonade!", facts) == []
