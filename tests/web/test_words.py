"""Every text of the pages exists in both languages, and nothing is translated that nobody says."""

from __future__ import annotations

import re

import pytest
from used_texts import page_texts, service_sentences

from encore.domain.content import Language
from encore.domain.job import Action
from encore.errors import RefusedError
from encore.posts.standing import ACTIONS, ACTIONS_ZH
from encore_airflow.web.words import Words, pages, services

ENGLISH, CHINESE = Words(Language.EN), Words(Language.ZH)
PLACE = re.compile(r"\{[^{}]*\}")


def test_each_text_of_a_page_has_its_chinese_and_no_other_does():
    assert set(pages()) == page_texts()


def test_each_sentence_of_a_service_has_its_chinese_and_no_other_does():
    assert set(services()) == service_sentences()


@pytest.mark.parametrize("catalog", [pages, services])
def test_both_languages_fill_in_the_same(catalog):
    for english, chinese in catalog().items():
        named = sorted(PLACE.findall(english))
        if not any(re.search(r"\d", place) for place in PLACE.findall(chinese)):
            assert sorted(PLACE.findall(chinese)) == named, english
        else:
            assert len(PLACE.findall(chinese)) == len(named), english


def test_the_chinese_is_chinese():
    kept = {"Encore", "{before} → {after}", "{used} of {most} {unit}", "{}, {}: {} is {}.", "{} {}: {}"}
    untold = [text for text, chinese in {**pages(), **services()}.items() if not re.search(r"[\u4e00-\u9fff]", chinese)]
    assert set(untold) <= kept


def test_a_service_is_quoted_in_chinese_with_what_it_fills_in():
    err = RefusedError("There is no text 'c-1.caption'.", "Look at it again.")
    assert CHINESE.refusal(err) == "没有文字“c-1.caption”。请再看一遍。"
    assert ENGLISH.refusal(err) == "There is no text 'c-1.caption'. Look at it again."


def test_what_is_filled_in_is_translated_too():
    note = "Xiaohongshu, day of: 2026-11-27 12:00 is already past."
    assert CHINESE.told(note) == "小红书“演出当天”：2026-11-27 12:00 已过。"
    assert CHINESE.told(f"There is nothing to plan: {note} {note}").count("已过") == 2


def test_a_sentence_that_holds_both_languages_itself_is_taken():
    err = RefusedError("Refused.", "Take another file.", message_zh="被拒绝。")
    assert CHINESE.refusal(err) == "被拒绝。请换一个文件。"


def test_what_nobody_translated_is_told_as_it_is():
    assert CHINESE.told("A sentence that nobody knows. Nor this one.") == "A sentence that nobody knows. Nor this one."


def test_hostile_text_does_not_break_a_pattern():
    assert CHINESE.told("There is no text '{0} {x} %s (?:'.") == "没有文字“{0} {x} %s (?:”。"


def test_plurals():
    assert ENGLISH.count("{n} day before", "{n} days before", 1) == "1 day before"
    assert ENGLISH.count("{n} day before", "{n} days before", 2) == "2 days before"
    assert CHINESE.count("{n} day before", "{n} days before", 1) == "提前 1 天"


def test_each_action_has_its_sentence_in_both_languages():
    assert set(ACTIONS) == set(ACTIONS_ZH) == set(Action)
