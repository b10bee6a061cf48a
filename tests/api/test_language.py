"""Sentences of the API are in the language that is asked for; what a program reads stays the same in each."""

from __future__ import annotations

import json

import pytest

from encore.words.sentence import sentence

CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}


@pytest.mark.parametrize(
    ("asked", "language", "detail"),
    [
        ({}, "en", "There is no text “nothing”."),
        ({"Accept-Language": "xx"}, "en", "There is no text “nothing”."),
        (CHINESE, "zh", "没有文字“nothing”。"),
        ({"Accept-Language": "de-AT,en;q=0.5"}, "de", "Es gibt keinen Text „nothing“."),
    ],
)
def test_a_problem(api, written, asked, language, detail):
    answer = api("GET", f"/campaigns/{written}/content/nothing/revisions", headers=asked)
    assert answer.headers["content-language"] == language
    said = answer.json()
    assert (said["detail"], said["key"], said["code"]) == (detail, "text.unknown", "not_found")


@pytest.mark.parametrize(
    ("path", "role", "key"),
    [("/campaigns", None, "api.not_signed_in"), ("/campaigns?cursor=x", "owner", "request.cursor")],
)
def test_the_next_step_too(api, path, role, key):
    english, chinese = (api("GET", path, role, headers=headers).json() for headers in ({}, CHINESE))
    assert english["key"] == chinese["key"] == key
    assert english["detail"].isascii() and english["hint"].isascii()
    assert not chinese["detail"].isascii() and not chinese["hint"].isascii()


def test_everything_that_is_wrong_with_the_input(api):
    given = {"concert_title": "", "concert_datetime": "never", "timezone": "Mars/Base", "platforms": ["x"], "more": 1}
    for headers, ours in (({}, str.isascii), (CHINESE, lambda text: not text.isascii())):
        errors = api.problem(422, "POST", "/campaigns", json=given, headers=headers)["errors"]
        assert {error["field"] for error in errors} >= {"concert_datetime", "venue_or_link", "platforms.0", "more"}
        assert all(ours(error["message"].replace("“", "").replace("”", "")) for error in errors)
        assert not any("should" in error["message"] or "Field required" in error["message"] for error in errors)


def test_what_became_of_a_job_and_why(api, concerts, store, job_in_state):
    job = concerts.jobs(concerts.planned(platforms=["instagram"]))[0]
    job_in_state(job.job_id, "failed", "fix_content")
    said = json.dumps(sentence("campaign.no_text").stored)
    store.connection.execute(
        "UPDATE publish_job SET error_message = 'It was not.', error_said = %s WHERE job_id = %s", (said, job.job_id)
    )
    assert api.ok("GET", f"/jobs/{job.job_id}")["error_message"] == "There is no text yet."
    chinese = api.ok("GET", f"/jobs/{job.job_id}", headers=CHINESE)
    assert chinese["error_message"] == chinese["explanation"] == "还没有文字。"


def test_what_was_found_amiss_and_what_a_row_of_before_says(api, concerts, store):
    concerts.put()
    store.connection.execute(
        "INSERT INTO finding (duty, account, code, message, message_zh, said, found_at, seen_at) VALUES "
        "('account', 'tiktok-school', 'x', 'The login is over.', '登录已失效。', NULL, now(), now()), "
        "('account', 'tiktok-school', 'y', 'Old.', '', %s, now(), now())",
        (json.dumps(sentence("campaign.no_picture").stored),),
    )
    for headers, told in (
        ({}, ["The login is over.", "There is no picture yet."]),
        (CHINESE, ["登录已失效。", "还没有图片。"]),
    ):
        found = [row["findings"] for row in api.ok("GET", "/accounts", headers=headers)["items"]]
        assert sorted(finding["message"] for rows in found for finding in rows) == sorted(told)


def test_notes_of_a_plan_are_read_in_the_readers_language(api, concerts, store):
    campaign_id = concerts.planned(platforms=["instagram"], timeline={"reminder": "skip"})
    for path in ("", "/cancel"):
        method = "POST" if path else "GET"
        english, chinese = (api.ok(method, f"/campaigns/{campaign_id}{path}", headers=asked) for asked in ({}, CHINESE))
        for name in ("plan_notes", "notes"):
            assert all(note.isascii() for note in english.get(name, []))
            assert not any(note.isascii() for note in chinese.get(name, []))
