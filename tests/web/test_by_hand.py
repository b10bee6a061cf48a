"""The page that adds an account without a login."""

from __future__ import annotations

import re

import pytest
from campaign_fixtures import NOW
from pages_client import form_fields, seen

from encore.accounts.configured import put_accounts

HERE = "/accounts/by-hand"


@pytest.fixture(autouse=True)
def channels(store, settings, pages):
    put_accounts(store, settings, NOW)


def added(store):
    return [row for row in store.accounts() if row.origin == "connected"]


def test_a_teacher_adds_one(pages, store):
    given = form_fields(pages("GET", f"{HERE}?platform=xiaohongshu").text, HERE)
    assert given == {"platform": "xiaohongshu", "name": "", "link": ""}
    link = "https://www.xiaohongshu.com/user/profile/5f1a"
    answer = pages.send(HERE, {**given, "name": "李老师的琴房", "link": link})
    assert (answer.status_code, answer.headers["location"]) == (303, "/encore/accounts")
    [row] = added(store)
    assert (row.owner, row.platform, row.display_name, row.profile_link) == (
        "teacher-li", "xiaohongshu", "李老师的琴房", link,
    )  # fmt: skip
    assert row.account in pages.get("/accounts") and row.account not in pages.get("/accounts", "stranger")


@pytest.mark.parametrize(("whose", "owner"), [("school", None), ("own", "op")])
def test_staff_say_whose_it_is(pages, store, whose, owner):
    assert "whose" in pages.fields(HERE, "op") and "whose" not in pages.fields(HERE)
    pages.send(HERE, {"platform": "tiktok", "name": "Choir", "link": "", "whose": whose}, "op")
    assert [row.owner for row in added(store)] == [owner]


def test_a_teacher_adds_none_for_the_school(pages, store):
    answer = pages.send(HERE, {"platform": "tiktok", "name": "Choir", "link": "", "whose": "school"})
    assert answer.status_code == 403 and added(store) == []


@pytest.mark.parametrize(
    ("language", "wrong", "said"),
    [
        ("en", {"link": "https://example.com/@li"}, "That link leads to example.com"),
        ("en", {"name": "   "}, "Say what the account is called"),
        ("en", {"platform": "none"}, "Choose the platform"),
        ("zh", {"link": "http://tiktok.com/@li"}, "Encore 无法识别这个链接"),
    ],
)
def test_wrong_input_keeps_what_was_typed_and_names_the_field(pages, store, language, wrong, said):
    typed = {"platform": "tiktok", "name": "Li plays", "link": "https://tiktok.com/@li", **wrong}
    answer = pages.send(HERE, typed, headers={"Accept-Language": language})
    assert answer.status_code == 422 and said in seen(answer) and added(store) == []
    kept = form_fields(answer.text, HERE)
    assert kept == {**typed, "platform": typed["platform"].replace("none", "")}
    [field] = wrong
    [at_fault] = re.findall(r'<\w+ name="(\w+)"[^>]*aria-invalid="true"', answer.text)
    assert at_fault == field
