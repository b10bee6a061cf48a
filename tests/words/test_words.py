"""How a sentence is said: plurals, times, names, sentences within sentences, and what is stored."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from string import Formatter
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog

from encore.errors import EncoreError, RefusedError
from encore.words import catalogue, times
from encore.words.catalogue import Catalogue, languages
from encore.words.sentence import Sentence, Words, said_by, sentence, sentence_of, verbatim

parse = Formatter().parse
ENGLISH, CHINESE = Words("en"), Words("zh")
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def says(monkeypatch):
    """Sentences of this test alone, in English and Chinese."""

    def given(**texts: tuple[str | tuple[str, str], str]) -> None:
        catalog = Catalog("zh_Hans_CN")
        for key, (english, chinese) in texts.items():
            string = (chinese,) if isinstance(english, tuple) else chinese
            catalog.add(english, string, context=f"test.{key}")
        monkeypatch.setattr(catalogue, "source", lambda: catalog)
        monkeypatch.setattr(catalogue, "_keyed", lambda: {message.context: message.id for message in catalog})
        Catalogue.of.cache_clear()

    yield given
    monkeypatch.undo()
    Catalogue.of.cache_clear()


def test_plurals(says):
    says(days=(("{n} day before", "{n} days before"), "提前 {n} 天"))
    assert [Words("en").say("test.days", n=n) for n in (0, 1, 2)] == ["0 days before", "1 day before", "2 days before"]
    assert [Words("zh").say("test.days", n=n) for n in (1, 2)] == ["提前 1 天", "提前 2 天"]


def test_a_moment_is_shown_on_the_clock_that_it_is_in_before_and_after_both_changes(says):
    says(out=("Out {at:when}.", "{at:when} 发布。"), past=("{at:time}", "{at:time}"))
    hour = timedelta(hours=1)
    for change in (datetime(2027, 3, 28, 1, tzinfo=UTC), datetime(2027, 10, 31, 1, tzinfo=UTC)):
        for at in (change - hour, change, change + hour):
            local = at.astimezone(BERLIN)
            assert f"{local:%H:%M}" == Words("en").say("test.past", at=local)
            assert Words("en").say("test.past", at=sentence("x", at=local).stored["values"]["at"]) == f"{local:%H:%M}"
    at = datetime(2027, 3, 14, 18, 30, tzinfo=UTC).astimezone(BERLIN)
    assert Words("en").say("test.out", at=at) == "Out Sun, 14 Mar 2027, 19:30."
    assert Words("zh").say("test.out", at=at) == "2027年3月14日周日 19:30 发布。"


def test_what_is_filled_in_is_said_in_the_same_language(says):
    says(
        outer=("{platform:test} refuses {parts}: {why}", "{platform:test}不接受{parts}：{why}"),
        tiktok=("TikTok", "抖音"),
        why=("too long.", "太长。"),
    )
    said = sentence("test.outer", platform="tiktok", parts=["text", "title"], why=[sentence("test.why")] * 2)
    assert Words("en").told(said) == "TikTok refuses text and title: too long. too long."
    assert Words("zh").told(said) == "抖音不接受text和title：太长。太长。"


def test_a_hint_follows_where_there_is_one(says):
    says(
        no=("No {what}.", "没有{what}。"),
        **{"no.hint": ("Choose {what}.", "请选择{what}。"), "bare": ("Bare.", "无。")},
    )
    err = RefusedError("test.no", what="time", field="at")
    assert (str(err), err.message, err.field) == ("No time. Choose time.", "No time.", "at")
    assert Words("zh").in_full(err.said) == "没有time。请选择time。"
    assert Words("zh").hint(sentence("test.bare")) == "" and str(EncoreError("test.bare")) == "Bare."


def test_what_is_stored_comes_back_and_is_said_in_any_language(says):
    says(outer=("{inner} {at:when} {n}", "{inner} {at:when} {n}"), inner=("in", "内"))
    at = datetime(2027, 3, 14, 19, 30, tzinfo=BERLIN)
    said = sentence("test.outer", inner=sentence("test.inner"), at=at, n=3, more=[verbatim("x"), "y"])
    stored = json.loads(json.dumps(said.stored))
    assert Words("en").told(sentence_of(stored)) == Words("en").told(said) == "in Sun, 14 Mar 2027, 19:30 3"
    assert Words("zh").stored(stored, "English", "中文") == "内 2027年3月14日周日 19:30 3"


def test_whatever_is_filled_in_can_be_stored():
    values = sentence("x", a=Path("/x"), b=timedelta(1), c=OSError("no"), d=Decimal("1.5"), e={"f": {1}}).stored
    assert json.loads(json.dumps(values))["values"]["a"] == "/x"


def test_rows_of_before_are_said_as_they_stand():
    assert CHINESE.stored(None, "English.", "中文。") == "中文。"
    assert CHINESE.stored(None, "English.", None) == ENGLISH.stored(None, "English.", "中文。") == "English."
    assert CHINESE.stored(None, None) == ""


def test_a_stored_sentence_that_the_catalogue_of_today_cannot_fill_in_falls_back_to_its_english(says):
    says(grown=("It took {seconds} s.", "用了 {seconds} 秒。"))
    assert Words("zh").stored({"key": "test.grown", "values": {}}, "It took long.") == "It took long."


@pytest.mark.parametrize("key", ["publishing.was_stopped_because", "publishing.of_another_day"])
def test_what_a_job_says_is_told_in_another_one_s_sentence_whoever_wrote_it(key):
    """A sweep tells what a post last waited for, and must not fail about a sentence that is another by now."""
    job = SimpleNamespace(error_said={"key": key, "values": {}}, error_message="It took long.", error_message_zh=None)
    said = sentence("publishing.last_waited_for", earlier=said_by(job))
    for again in (said, sentence_of(json.loads(json.dumps(said.stored)))):
        assert str(again) == "What it last waited for: It took long."
    job.error_said = sentence("publishing.was_stopped").stored
    assert "当时发布已暂停。" in CHINESE.told(sentence("publishing.last_waited_for", earlier=said_by(job)))


def test_a_key_that_nobody_knows_never_breaks_a_page():
    assert ENGLISH.say("touchpoint.open_rehearsal") == "open rehearsal"


def test_hostile_values_are_filled_in_as_they_are():
    for text in ("{0} {x} %s (?:", "{key.__class__}", "\\{at:when}"):
        assert CHINESE.told(verbatim(text)) == text


def test_a_sentence_without_words_in_a_language_is_said_in_english(monkeypatch, tmp_path):
    (tmp_path / "fr.po").write_text(
        'msgid ""\nmsgstr ""\n"Language: fr\\n"\n\nmsgctxt "page.back"\nmsgid "Back"\nmsgstr "Retour"\n'
    )
    (tmp_path / "zh.po").write_bytes((catalogue.FOLDER / "zh.po").read_bytes())
    monkeypatch.setattr(catalogue, "FOLDER", tmp_path)
    languages.cache_clear()
    try:
        assert languages() == ("en", "zh", "fr")
        french = Words("fr")
        assert (french.say("page.back"), french.say("page.more")) == ("Retour", "More")
        assert times.day(datetime(2027, 3, 14), french.catalogue.locale) == "dim. 14 mars 2027"
    finally:
        monkeypatch.undo()
        languages.cache_clear()
        Catalogue.of.cache_clear()


@pytest.mark.parametrize("language", languages())
def test_every_sentence_is_said_in_every_language(language):
    """With something in each of its places: no brace and no gap is left."""
    words, at = Words(language), datetime(2027, 3, 14, 19, 30, tzinfo=BERLIN)
    kinds = {**dict.fromkeys(times.SHOWN, at), "g": 1.5, ",": 2200, "": "x"}
    texts = {message.context: message.id for message in catalogue.source() if message.context}
    families = {key.partition(".")[0]: key.partition(".")[2] for key in texts}
    for key, text in texts.items():
        places = {name: spec for one in ((text,) if isinstance(text, str) else text) for _, name, spec, _ in parse(one)}
        values = {name: kinds.get(spec, families.get(spec)) for name, spec in places.items() if name}
        said = [words.say(key, **values, **({} if "n" in values else {"n": n})) for n in (1, 2)]
        assert all(said) and not any(re.search(r"[{}]", one) for one in said), (key, said)


def test_as_a_string_a_sentence_is_english():
    assert str(Sentence("page.back")) == "Back" and f"{verbatim('so')}" == "so"
