"""Sentences of the API are in the language that is asked for; what a program reads stays the same in each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from left_over import left_over
from role_table import STATES

from encore.words.catalogue import languages
from encore.words.sentence import sentence


def texts_in(answer: Any) -> Iterator[str]:
    """Every text of a JSON value; names of fields are not texts."""
    if isinstance(answer, str):
        yield answer
    elif isinstance(answer, dict | list):
        for one in answer.values() if isinstance(answer, dict) else answer:
            yield from texts_in(one)


@pytest.mark.parametrize("language", languages())
def test_every_answer_and_refusal_says_what_it_says_in_one_language(api, concerts, job_in_state, language):
    planned = concerts.planned()
    jobs = [job.job_id for job in concerts.jobs(planned)]
    for job, (state, action) in zip(jobs, STATES, strict=False):
        job_in_state(job, state, action)
    here, job = f"/campaigns/{planned}", f"/jobs/{jobs[0]}"
    asked = [
        *(("GET", path, {}) for path in ("/campaigns", "/accounts", "/stops", "/health", "/nothing")),
        *(("GET", f"{here}{path}", {}) for path in ("", "/content", "/preview", "/jobs", "/audit", "/generation")),
        *(("GET", f"/jobs/{one}{path}", {}) for one in jobs for path in ("", "/audit")),
        ("POST", "/campaigns", {"concert_title": "", "concert_datetime": "never", "timezone": "Mars/Base"}),
        ("PATCH", here, {"concert_datetime": "2020-01-01T10:00:00+00:00"}),
        ("PATCH", f"{here}/content", {"assets": [{"asset_id": "x", "content": "y", "version": 1}]}),
        ("POST", f"{here}/schedule", {"content_sha256": "0" * 64}),
        ("POST", f"{here}/reschedule", {"times": {"reminder": "2020-01-01T10:00:00+00:00"}}),
        *(("POST", f"/jobs/{one}/{what}", {}) for one in jobs for what in ("retry", "cancel", "uncancel")),
        ("PATCH", job, {"scheduled_at": "2020-01-01T10:00:00+00:00"}),
        ("POST", f"{job}/outcome", {"live": True, "external_url": "https://example.org/other"}),
        ("POST", f"{job}/handoff", {"external_url": "https://example.org/other"}),
        ("POST", "/stops", {"scope": "school", "reason": "x" * 2000}),
        ("POST", f"{here}/cancel", {}),
    ]
    wrong = {}
    for method, path, body in asked:
        answer = api(method, path, headers={"Accept-Language": language}, **({"json": body} if body else {}))
        assert answer.status_code < 500, (path, answer.text[:300])
        if found := left_over(" ".join(texts_in({**answer.json(), "key": ""})), language):
            wrong[method, path] = found
    assert wrong == {}


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
