"""One text: edited in place with its limits and facts told, by two people at once, written anew, looked back at."""

from __future__ import annotations

import json

import pytest
from pages_client import HTMX, approve, form_fields, seen

from encore.content.facts.fact_check import check_facts
from encore_airflow.web.views.differences import ADDED, REMOVED, SAME, difference


@pytest.fixture
def text(written):
    return f"/campaigns/{written}/texts/{written}.caption.instagram.reminder.en"


def content(store, text):
    campaign_id, asset_id = text.split("/")[2], text.split("/")[4]
    return next(row for row in store.content_assets(campaign_id=campaign_id) if row.asset_id == asset_id)


class TestEditing:
    def test_in_place_and_what_follows_from_it(self, pages, planned, store):
        text = f"/campaigns/{planned}/texts/{planned}.caption.instagram.reminder.en"
        editor = pages("GET", f"{text}/edit", headers=HTMX).text
        assert "<html" not in editor
        sent = form_fields(editor, text)
        assert sent["content"].startswith("instagram reminder")
        answer = pages.send(text, {**sent, "content": "Come on Sunday!"}, headers=HTMX)
        assert answer.status_code == 200 and "Come on Sunday!" in answer.text
        assert 'hx-swap-oob="true"' in answer.text and "9 posts are on hold" in seen(answer)
        assert json.loads(answer.headers["hx-trigger"])["encore:saved"]["draft"] == text.split("/")[4]
        row = content(store, text)
        assert (row.content, row.version, row.provenance["editor"]) == ("Come on Sunday!", 2, "teacher-li")

    def test_without_a_script_it_is_a_page(self, pages, text, store):
        assert "<html" in pages("GET", f"{text}/edit").text
        sent = form_fields(pages("GET", f"{text}/edit").text, text)
        answer = pages.send(text, {**sent, "content": "New."})
        assert answer.status_code == 303 and content(store, text).content == "New."

    def test_the_second_of_two_is_shown_both_and_loses_nothing(self, pages, text, store):
        sent = form_fields(pages("GET", f"{text}/edit", headers=HTMX).text, text)
        pages.send(text, {**sent, "content": "What Anna wrote."}, role="op", headers=HTMX)
        second = pages.send(text, {**sent, "content": "What Li wrote."}, headers=HTMX)
        assert second.status_code == 412 and "<html" not in second.text and "hx-retarget" not in second.headers
        assert "Somebody else changed this text while you did" in seen(second)
        assert "<ins>Anna</ins>" in second.text and "<del>Li</del>" in second.text
        kept = form_fields(second.text, text)
        assert (kept["content"], kept["version"]) == ("What Li wrote.", "2")
        assert content(store, text).content == "What Anna wrote."
        assert pages.send(text, kept, headers=HTMX).status_code == 200
        assert (content(store, text).content, content(store, text).version) == ("What Li wrote.", 3)

    @pytest.mark.parametrize("typed", ["", "  \n ", "a\x01b", "x" * 10_001])
    def test_what_is_refused_stays_in_the_field(self, pages, text, store, typed):
        sent = form_fields(pages("GET", f"{text}/edit", headers=HTMX).text, text)
        answer = pages.send(text, {**sent, "content": typed}, headers=HTMX)
        assert answer.status_code == 422 and 'role="alert"' in answer.text
        assert form_fields(answer.text, text)["content"] == typed
        assert content(store, text).version == 1

    @pytest.mark.parametrize("version", ["", "x", "-1", "99", "9" * 30])
    def test_a_version_that_is_none_overwrites_nothing(self, pages, text, store, version):
        assert pages.send(text, {"content": "New.", "version": version}, headers=HTMX).status_code == 412
        assert content(store, text).version == 1

    def test_sent_twice_it_is_one_version(self, pages, text, store):
        sent = form_fields(pages("GET", f"{text}/edit", headers=HTMX).text, text)
        answers = [pages.send(text, {**sent, "content": "New."}, headers=HTMX) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [200, 200]
        assert content(store, text).version == 2

    def test_what_nobody_sees_is_told_and_goes(self, pages, text, store):
        sent = {**form_fields(pages("GET", f"{text}/edit", headers=HTMX).text, text), "content": "Come\u202e dnA\u200b"}
        assert "signs that nobody sees" in seen(pages.send(f"{text}/check", sent, headers=HTMX))
        assert pages.send(text, sent, headers=HTMX).status_code == 200
        assert pages.send(text, sent, headers=HTMX).status_code == 200
        assert (content(store, text).content, content(store, text).version) == ("Come dnA", 2)

    def test_leaving_it_gives_the_text_as_it_is(self, pages, text):
        answer = pages("GET", text, headers=HTMX)
        assert "instagram reminder" in answer.text and "hx-swap-oob" not in answer.text


class TestLooking:
    def test_limits_are_counted_in_the_platforms_units(self, pages, text, store):
        said = seen(pages.send(f"{text}/check", {"content": "Come! #a #b #c"}, headers=HTMX))
        assert "14 of 2200 characters · 2186 left" in said and "3 of 5 hashtags" in said
        tiktok = text.replace("instagram", "tiktok")
        assert "2 of 2200 characters (most emoji count as two)" in seen(
            pages.send(f"{tiktok}/check", {"content": "🎵"}, headers=HTMX)
        )
        assert content(store, text).version == 1, "looking stores nothing"

    def test_too_much_and_unsupported_are_told(self, pages, text):
        said = seen(pages.send(f"{text}/check", {"content": "Tickets 15 EUR! #a #b #c #d #e #f"}, headers=HTMX))
        assert "1 too many" in said and "would refuse" in said and "15 EUR" in said

    def test_all_is_well(self, pages, text):
        assert "in the facts" in seen(pages.send(f"{text}/check", {"content": "Come and listen!"}, headers=HTMX))


class TestVersions:
    def test_each_with_its_difference_and_a_way_back(self, pages, text, store):
        for typed in ("Come on Sunday!", "Come on Monday!"):
            sent = form_fields(pages("GET", f"{text}/edit", headers=HTMX).text, text)
            pages.send(text, {**sent, "content": typed}, headers=HTMX)
        page = pages("GET", f"{text}/revisions").text
        assert "<del>Sunday</del><ins>Monday</ins>" in page and "edited by teacher-li" in page
        back = form_fields(page, text)
        assert pages.send(text, back).status_code == 303
        assert (content(store, text).content, content(store, text).version) == ("Come on Sunday!", 4)

    def test_differences_are_of_words_and_of_chinese_characters(self):
        assert [(piece.kind, piece.text) for piece in difference("on Sunday night", "on Monday night")] == [
            (SAME, "on "), (REMOVED, "Sunday"), (ADDED, "Monday"), (SAME, " night"),
        ]  # fmt: skip
        assert [(piece.kind, piece.text) for piece in difference("周六晚上", "周日晚上")] == [
            (SAME, "周"), (REMOVED, "六"), (ADDED, "日"), (SAME, "晚上"),
        ]  # fmt: skip

    def test_a_new_sentence_is_not_crossed_with_the_old_one_word_by_word(self):
        old, new = "It is a pleasure to announce the evening.", "Doors open at the usual hour. Come early!"
        assert [(piece.kind, piece.text) for piece in difference(old, new)] == [(REMOVED, old), (ADDED, new)]


@pytest.mark.parametrize("version", ["²", "٣", "-1", "9" * 40, "1²"])
def test_a_version_that_is_no_number_overwrites_nothing(pages, text, store, version):
    for path, sent in ((text, {"content": "New.", "version": version}), (f"{text}/anew", {"version": version})):
        answer = pages.send(path, sent, headers=HTMX)
        assert answer.status_code == 412, answer.text[:200]
    assert content(store, text).version == 1


def test_a_check_that_falls_takes_no_page_along_and_the_approval_asks(pages, written, text, store, monkeypatch):
    def falls(*_):
        raise ValueError("substring not found")

    check_facts.cache_clear()
    monkeypatch.setattr("encore.content.facts.fact_check._support", falls)
    for path in (f"/campaigns/{written}", f"{text}/edit", f"{text}/revisions", f"/campaigns/{written}/approve"):
        assert pages("GET", path).status_code == 200, path
    answer = approve(pages, written)
    check_facts.cache_clear()
    assert answer.status_code == 422 and "could not be checked" in seen(answer)
    assert store.approval_in_force(campaign_id=written) is None
