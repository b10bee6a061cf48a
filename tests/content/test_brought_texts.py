"""Texts as people and models write them, each with what it means: made after public bug reports of comparable
products."""

from __future__ import annotations

from pathlib import Path

import pytest

from encore.content.facts.fact_check import check_facts
from encore.content.facts.sheet import FactSheet
from encore.content.writing.caption import to_payload
from encore.content.writing.limits_check import problems, remarks, usage
from encore.content.writing.manners import talks_about_itself, without_markup
from encore.content.writing.placeholders import fill_caption, placeholders
from encore.content.writing.writer import CaptionSlot
from encore.domain.chinese import simplified
from encore.domain.content import Language
from encore.domain.job import Platform, Touchpoint
from encore.platforms.measures import hashtags_in, tags_as_words
from encore.words.sentence import Words

CASES = Path(__file__).parent / "cases"


def text_of(name: str) -> str:
    return (CASES / name).read_text(encoding="utf-8")


@pytest.fixture
def gala(fact_sheet):
    """At the National Theatre, on a Sunday at seven, with a ticket at eighty yuan."""
    return fact_sheet(
        concert_title="春之声",
        concert_datetime="2027-03-14T19:00+08:00",
        timezone="Asia/Shanghai",
        venue_or_link="国家图书馆音乐厅",
        student_highlights="门票80元。李凯欣独奏。",
    )


def kinds(text: str, facts: FactSheet) -> list[str]:
    return sorted(str(found.kind) for found in check_facts(text, facts))


def test_a_date_in_full_width_digits_is_read_as_the_date_that_it_is(gala):
    assert {"date", "time"} <= set(kinds(text_of("text-fullwidth-date.txt"), gala))
    assert kinds("春之声 ３月１４日晚上７：００见", gala) == []


def test_a_text_in_traditional_characters_has_the_findings_of_its_twin(gala):
    said = text_of("text-traditional-wrong-time.txt")
    found = kinds(said, gala)
    assert found == kinds(simplified(said), gala) and {"time", "price"} <= set(found)


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("週日晚上七點，門票八十元，李凱欣獨奏", "週六晚上八點，門票九十元，陳凱欣獨奏"),
        ("周日晚上七点，门票八十元，李凯欣独奏", "周六晚上八点，门票九十元，陈凯欣独奏"),
    ],
)
def test_what_is_true_raises_no_alarm_in_either_script(gala, true, false):
    assert kinds(true, gala) == []
    assert {"date", "time", "price"} <= set(kinds(false, gala))


def test_hashtags_right_behind_one_another_are_as_many_as_the_platform_counts():
    said = text_of("text-instagram-31-tags-in-one-run.txt")
    [problem] = problems(Platform.INSTAGRAM, said, "image")
    assert problem.code == "too_many_hashtags"
    assert problem.said.values["found"] == 31 and str(problem.said.values["most"]) in str(problem.said)


def test_a_number_is_no_hashtag():
    said = text_of("text-instagram-numbers.txt")
    assert problems(Platform.INSTAGRAM, said, "image") == []
    assert [one.used for one in usage(Platform.INSTAGRAM, said, "image") if one.field == "hashtags"] == [0]


@pytest.mark.parametrize(
    ("said", "tags"),
    [
        ("＃ピアノ＃発表会 ＃２０２７ #2027夏 #C♯minor", ["ピアノ", "発表会", "2027夏", "C"]),
        ("コンサートへどうぞ＃ピアノ", ["ピアノ"]),
        ("欢迎来听#钢琴[话题]# #音乐会[话题]#", ["钢琴", "音乐会"]),
        ("Write to ana#studio or see https://school.example/#tickets. #encore", ["encore"]),
        ("见 https://school.example/a#b，#音乐", ["音乐"]),
        ("Q&#39;A and &#x27; A#1", []),
    ],
)
def test_a_hashtag_is_what_platforms_take_for_one(said, tags):
    assert hashtags_in(said) == tags


def test_tiktok_counts_five_which_is_told_and_refuses_nothing():
    said = text_of("text-tiktok-8-tags.txt")
    assert problems(Platform.TIKTOK, said, "video") == []
    [told] = remarks(Platform.TIKTOK, said, "video")
    assert told.key == "remark.hashtags_counted" and "5" in str(told) and "8" in str(told)
    assert remarks(Platform.TIKTOK, "Come! #a1 #b2 #c3 #d4 #e5", "video") == []


def test_every_tag_of_a_note_becomes_one_and_no_dead_sign_stays():
    post = to_payload(
        text_of("text-xiaohongshu-tags-not-tags.txt"), Platform.XIAOHONGSHU, "image", language=Language.ZH
    )
    assert post.hashtags == ("钢琴", "音乐会", "演奏会", "钢琴曲")
    assert not set("#＃[]") & set(post.text)
    assert tags_as_words("来听#钢琴 https://a.example/#x 第#1") == "来听 钢琴 https://a.example/#x 第#1"


def test_signs_that_nobody_sees_are_told():
    said = "Recital\u202e 03:7 ta \u202cSunday\u200b\u200b at 7:30 pm"
    assert [one.key for one in remarks(Platform.INSTAGRAM, said, "image")] == ["remark.invisible"]
    assert remarks(Platform.INSTAGRAM, "👩‍🎤🎶❤️ می‌خواهم", "image") == []


# A model's manners ------------------------------------------------------------------------------------------------

SLOT = CaptionSlot(Platform.INSTAGRAM, Touchpoint.ANNOUNCEMENT, Language.EN)


@pytest.mark.parametrize("body", text_of("model-bodies.txt").split("---\n"))
def test_what_a_model_puts_around_a_text_is_taken_off_or_sent_back(fact_sheet, body):
    facts = fact_sheet()
    _, needed = placeholders(facts, SLOT)
    filled = fill_caption(facts, SLOT, body + " ".join(f"{{{name}}}" for name in needed), None)
    if "Here is" in body:
        assert [one for one in filled.problems if "Write the post alone" in one.told]
    else:
        assert filled.problems == () and not set("*`") & set(filled.text)


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("<think>They want a caption.</think>\n{title}", "{title}"),
        ("```markdown\n{title}\n```", "{title}"),
        ("## {title}\n> **{when}** · *{where}*", "{title}\n{when} · {where}"),
        ("“{title}: {when}”", "{title}: {when}"),
        ("[Tickets]({link}) and `{title}`", "Tickets {link} and {title}"),
        ("{title}\n---\n__{when}__", "{title}\n\n{when}"),
        ("5 * 3 * 2 = 30 and snake_case_name, {student_name}", "5 * 3 * 2 = 30 and snake_case_name, {student_name}"),
        ("- Bach\n- Mozart\n“Für Elise” and “Clair”", "- Bach\n- Mozart\n“Für Elise” and “Clair”"),
        ("* * *\n♪ {title} ♪", "♪ {title} ♪"),
    ],
)
def test_markup_is_none_of_a_post(said, plain):
    assert without_markup(said).strip() == plain


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ("Sure! Here's a caption for TikTok:\n{title}", True),
        ("Of course!\n{title}", True),
        ("好的，以下是为您写的文案：\n{title}", True),
        ("好的，這是為您寫的文案：\n{title}", True),
        ("Hier ist der Text für Instagram:\n{title}", True),
        ("{title}\nLet me know if you'd like another version!", True),
        ("{title}\n如果您需要修改，请告诉我。", True),
        ("Here is what you will hear:\n- Bach\n- Mozart", False),
        ("Sure to be a wonderful evening!\n{title}", False),
        ("{title}\nWould you come?", False),
        ("欢迎大家：\n{title}", False),
    ],
)
def test_a_sentence_to_whoever_asked_is_none_of_a_post(said, about):
    assert bool(talks_about_itself(said)) is about


def test_a_text_that_the_check_falls_over_is_told_and_not_passed(gala, monkeypatch, caplog):
    def falls(*_):
        raise ValueError("invalid literal for int(): '１０'")

    check_facts.cache_clear()
    monkeypatch.setattr("encore.content.facts.fact_check._support", falls)
    [found] = check_facts("Whatever it says.", gala)
    check_facts.cache_clear()
    assert found.kind == "unchecked" and "could not be checked" in caplog.text
    for language in ("en", "zh", "de"):
        told = Words(language).in_full(found.said)
        assert told and "int()" not in told
