"""What staff see of all publishing at a glance, and that it is there for nobody else."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from app_world import WELL
from campaign_fixtures import NOW
from pages_client import seen

from encore.publishing.ending import DISCONNECTED, UNTIL_A_PERSON_ACTS
from encore_airflow.web.views.operations import MOST_AT_REST, PAGE

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
BERLIN = {"Cookie": "encore_times=own; encore_zone=Asia/Shanghai"}


@pytest.fixture
def jobs(planned, concerts, store) -> list[Any]:
    """One campaign's, none of them due for days, and publishing has just run."""
    store.open_claim(run_id="r", now=NOW)
    store.connection.execute("UPDATE publish_job SET scheduled_at = %s, useless_after = %s", (NOW + DAY, NOW + 2 * DAY))
    return sorted(concerts.jobs(planned), key=lambda job: job.job_id)


@pytest.fixture
def page(pages):
    def read(path: str = "/operations", role: str = "op", **options: Any) -> str:
        return pages.get(path, role, **options)

    return read


def put(store, job, **columns: Any) -> None:
    wanted = ", ".join(f"{name} = %s" for name in columns)
    store.connection.execute(f"UPDATE publish_job SET {wanted} WHERE job_id = %s", (*columns.values(), job.job_id))


def order_of(answer: Any) -> list[str]:
    return re.findall(r'<li id="([^"]+)" class="outcome', answer.text)


# Who ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["owner", "stranger"])
def test_for_a_teacher_it_is_not_there(pages, jobs, role):
    pages.world.asked = asked = []
    answer = pages("GET", "/operations", role)
    pages.world.asked = None
    assert answer.status_code == 404 and "There is nothing at this address." in seen(answer)
    assert asked == ["open_stops", "bell"] and "/operations" not in pages("GET", "/", role).text


@pytest.mark.parametrize("role", ["op", "admin"])
def test_staff_find_it_from_every_page(pages, jobs, role):
    assert 'href="/encore/operations"' in pages("GET", "/accounts", role).text
    assert 'href="/encore/operations" aria-current="page"' in pages("GET", "/operations", role).text


# At a glance ----------------------------------------------------------------------------------------------------


def test_when_all_is_well_it_says_so(page, jobs):
    text = page()
    assert "Publishing works." in text and "There is none." in text and "Nothing went out in the last day." in text
    assert "No platform and no account rests." in text
    assert re.search(r"0 Late 0 Failed 0 In doubt 0 Waiting", text)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda world: {"closed_pools": ("encore_claims",)}, "Airflow's pool encore_claims is missing"),
        (lambda world: {"airflow": None}, "How Airflow does cannot be seen"),
        (lambda world: {"airflow": replace(WELL, paused=("keep_house",))}, "The DAG keep_house is paused in Airflow."),
        (
            lambda world: {"airflow": replace(WELL, parts=(replace(WELL.parts[1], works=False),))},
            "Airflow's triggerer shows no sign of life.",
        ),
        (lambda world: {"now": NOW + HOUR}, "publish_due_jobs has not run lately"),
    ],
)
def test_what_is_amiss_is_told(page, pages, jobs, change, said):
    vars(pages.world).update(change(pages.world))
    text = page()
    assert "Publishing needs a look:" in text and said in text and "Publishing works" not in text


def test_a_late_post_is_trouble(page, jobs, store, job_in_state):
    job_in_state(jobs[0].job_id, "running")
    put(store, jobs[0], scheduled_at=NOW - HOUR, lease_expires_at=NOW + HOUR)
    text = page()
    assert "1 post should have gone out and has not." in text and "1 Late" in text


def test_a_stop_is_no_trouble_and_is_told(page, pages, jobs, store):
    pages.send("/accounts/stop", {"scope": "platform", "name": "tiktok", "reason": "", "on": "operations"}, "op")
    assert "Publishing works, but for what staff have stopped." in page()


def test_it_counts_for_whom_they_wait_and_leads_to_them(pages, page, jobs, job_in_state):
    job_in_state(jobs[0].job_id, "queued", "approve_content")
    job_in_state(jobs[1].job_id, "failed", "reconnect_account")
    job_in_state(jobs[2].job_id, "queued", "approve_content")
    job_in_state(jobs[3].job_id, "failed")
    text = page()
    assert "1 Failed 0 In doubt 3 Waiting Waiting for an approval 2 Waiting for a login 1" in text
    answer = pages("GET", "/operations?kind=waiting_approval", "op")
    assert order_of(answer) == [jobs[0].job_id, jobs[2].job_id]
    assert 'href="/encore/operations?kind=waiting_approval#posts"' in answer.text


# The posts ------------------------------------------------------------------------------------------------------


def test_each_leads_to_its_campaign_and_its_page_and_names_its_teacher(pages, page, jobs, store, job_in_state, planned):
    job_in_state(jobs[0].job_id, "failed", "fix_content")
    put(store, jobs[0], error_message="Its picture is too wide.")
    answer = pages("GET", "/operations", "op")
    assert f'href="/encore/campaigns/{planned}#{jobs[0].job_id}"' in answer.text
    assert f'href="/encore/jobs/{jobs[0].job_id}"' in answer.text
    assert re.search("Spring Recital · teacher-li .* Failed Its picture is too wide. It is not live.", page())


def test_a_late_one_says_so(page, jobs, store):
    put(store, jobs[0], scheduled_at=NOW - HOUR)
    assert re.search("teacher-li .* Late Planned", page())


@pytest.fixture
def many(jobs, store, concerts) -> list[str]:
    """More than a page of posts, which have failed, half of them another teacher's; in their order."""
    run = store.connection.execute
    other = concerts.put(concert_title="Autumn", teacher_id="teacher-anna")
    run("ALTER TABLE publish_job DISABLE TRIGGER USER")
    run(
        "INSERT INTO publish_job SELECT (jsonb_populate_record(j, jsonb_build_object('job_id', 'j' || n, "
        "'idempotency_key', 'k' || n, 'state', 'failed', 'error_code', 'x', 'error_message', 'Broken.', "
        "'campaign_id', CASE WHEN n %% 2 = 0 THEN j.campaign_id ELSE %s END, "
        "'useless_after', %s::timestamptz + n / 3 * interval '1 minute'))).* "
        "FROM publish_job j, generate_series(1, %s) n WHERE job_id = %s",
        (other, NOW + HOUR, 2 * PAGE + 20, jobs[0].job_id),
    )
    run("ALTER TABLE publish_job ENABLE TRIGGER USER")
    found = run("SELECT job_id FROM publish_job WHERE state = 'failed' ORDER BY useless_after, job_id").fetchall()
    return [row.job_id for row in found]


def test_all_are_on_some_page_once(pages, many):
    path, found = "/operations?kind=failed", []
    for _ in range(5):
        answer = pages("GET", path, "op")
        assert len(order_of(answer)) <= PAGE
        found += order_of(answer)
        more = re.search(r'<a href="/encore(/operations[^"]+)#posts">More</a>', answer.text)
        if more is None:
            break
        path = html.unescape(more[1])
    assert found == many and "From the beginning" in answer.text


def test_a_narrowed_list_stays_so_on_the_next_page(pages, many):
    path = "/operations?kind=failed&platform=&teacher=teacher-anna"
    answer = pages("GET", path, "op")
    more = re.search(r'<a href="/encore(/operations[^"]+)#posts">More</a>', answer.text)
    found = order_of(answer) + order_of(pages("GET", html.unescape(more[1]), "op"))
    assert found == [job_id for job_id in many if int(job_id[1:]) % 2]
    assert 'name="teacher" value="teacher-anna"' in answer.text and '<option value="failed" selected>' in answer.text


@pytest.mark.parametrize("narrowed", ["platform=instagram", "platform=myspace", "kind=nonsense", "teacher=nobody"])
def test_what_nobody_knows_leaves_nothing(pages, jobs, job_in_state, narrowed):
    [job] = [job for job in jobs if job.platform == "tiktok"][:1]
    job_in_state(job.job_id, "failed")
    assert order_of(pages("GET", "/operations?platform=tiktok", "op")) == [job.job_id]
    answer = pages("GET", f"/operations?{narrowed}", "op")
    assert order_of(answer) == [] and "There is none." in seen(answer)


@pytest.mark.parametrize("path", ["?after=!!", "?kind=%00", f"?teacher={'x' * 201}", "?after=abc"])
def test_an_address_that_cannot_be_one_is_refused(pages, path):
    assert pages("GET", f"/operations{path}", "op").status_code in (404, 422)


def test_what_people_type_stays_text(pages, concerts, store, jobs, job_in_state):
    hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}'
    campaign_id = concerts.planned(concert_title=hostile)
    [job, *_] = concerts.jobs(campaign_id)
    job_in_state(job.job_id, "failed")
    put(store, job, error_message=hostile)
    store.pause_account(account=job.account, until=NOW + HOUR, reason=hostile)
    text = pages("GET", "/operations", "op", params={"teacher": hostile}).text
    text += pages("GET", "/operations", "op").text
    assert "<script>alert" not in text and "<img src=x" not in text and "&gt;49" not in text


# What rests -----------------------------------------------------------------------------------------------------


def test_staff_stop_and_resume_here_and_stay_here(pages, page, jobs, store):
    sent = pages.send("/accounts/stop", {"scope": "school", "reason": "The hall burns", "on": "operations"}, "op")
    assert sent.headers["location"] == "/encore/operations"
    [stop] = store.open_stops()
    assert "The reason: “The hall burns”." in page() and "Resume publishing" in page()
    sent = pages.send(f"/accounts/stops/{stop.stop_id}/go", {"on": "operations"}, "op")
    assert sent.headers["location"] == "/encore/operations" and store.open_stops() == []


def test_what_rests_is_told_with_why_and_until_when(page, jobs, store, job_in_state):
    store.pause_channel(platform="tiktok", until=NOW + HOUR, reason="platform_unavailable")
    store.pause_account(account="xiaohongshu-school", until=NOW + HOUR, reason="rate_limited")
    store.pause_account(account="instagram-school", until=UNTIL_A_PERSON_ACTS, reason=DISCONNECTED)
    broken = next(job for job in jobs if job.account == "instagram-school")
    job_in_state(broken.job_id, "failed", "reconnect_account")
    put(store, broken, error_message="The login has ended.")
    text = page()
    assert "TikTok rests until Mon 23 Nov, 13:00 (platform_unavailable), with all its accounts." in text
    assert "xiaohongshu-school rests until Mon 23 Nov, 13:00 (rate_limited)." in text
    assert "instagram-school must be connected again; until then nothing is posted through it. The login has" in text
    assert "Mon 23 Nov, 21:00 (platform_unavailable)" in page(headers=BERLIN)


def test_of_many_that_rest_it_says_how_many_more(page, jobs, store):
    for number in range(MOST_AT_REST + 3):
        store.put_account(
            account=f"a-{number}", platform="tiktok", conn_id="x", owner="o", max_in_flight=1, delivery="api"
        )
        store.pause_account(account=f"a-{number}", until=NOW + HOUR, reason="rate_limited")
    assert "3 more rest." in page()


# How late posts were --------------------------------------------------------------------------------------------


@pytest.fixture
def sent(jobs, store, job_in_state) -> None:
    """Three posts, of the last hours."""
    for number, job in enumerate(jobs[:3]):
        at = NOW - (1 + 5 * number) * HOUR
        job_in_state(job.job_id, "success")
        put(
            store, job, scheduled_at=at - (1 + 60 * number) * timedelta(seconds=1), published_at=at, created_at=at - DAY
        )
        store.connection.execute(
            "INSERT INTO publish_attempt (job_id, attempt_no, fence, step, at) VALUES (%s, 1, 1, 'commit_started', %s)",
            (job.job_id, at),
        )


def test_lateness_is_told_in_words_in_a_picture_and_in_tables(pages, page, sent):
    text = page()
    assert "Of 3 sent: half within 1 min of their time, 95 of 100 within 1.9 mins, 99 of 100 within 2 mins." in text
    assert re.search(r"All platforms 3 1 min 1.9 mins 2 mins", text)
    answer = pages("GET", "/operations", "op")
    pictures = re.findall(r'<svg class="axis (?:wide|narrow)".*?</svg>', answer.text, re.DOTALL)
    assert len(pictures) == 2 and all(picture.count("<circle") == 3 for picture in pictures)
    assert all('role="img" aria-labelledby="lateness-said"' in picture for picture in pictures)
    assert "Hour by hour" in text and re.search(r"From Posts .* 11:00 1 1 sec 1 sec 1 sec", text)


@pytest.mark.parametrize("seconds", [0.3, 45, 3600, 9 * 86400])
def test_the_picture_has_room_for_tenths_of_seconds_and_for_days(pages, sent, store, seconds):
    store.connection.execute(
        "UPDATE publish_job SET scheduled_at = published_at - %s * interval '1 second', created_at = published_at - "
        "interval '99 days' WHERE state = 'success'",
        (seconds,),
    )
    for picture in re.findall(r'<svg class="axis.*?</svg>', pages("GET", "/operations", "op").text, re.DOTALL):
        [height] = map(float, re.findall(r'viewBox="0 0 \d+ (\d+)"', picture))
        named = [float(y) for y in re.findall(r'<text class="label" x="\d+" y="([\d.]+)"', picture)]
        assert len(named) >= 2 and all(below - above >= 18 for below, above in pairwise(named))
        assert all(0 < float(y) < height for y in re.findall(r"translate\([\d.]+ ([\d.]+)\)", picture))


def test_its_hours_are_the_viewers(page, sent):
    assert re.search(r"From Posts .* 19:00 1 1 sec", page(headers=BERLIN))


# Airflow --------------------------------------------------------------------------------------------------------


def test_how_airflows_parts_do(page, pages, jobs):
    silent, never = replace(WELL.parts[1], works=False, beat_at=NOW - HOUR), replace(WELL.parts[2], beat_at=None)
    pages.world.airflow = replace(WELL, parts=(WELL.parts[0], silent, replace(never, works=False)))
    text = page()
    assert "scheduler Works Last sign of life: just now" in text
    assert "triggerer Silent Last sign of life: 1 hour ago" in text
    assert "DAG processor Silent It never ran here." in text


# In other languages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-CN", ["发布正常。", "运行情况", "调度器", "没有平台或账号在休息。"]),
        ("de-DE", ["Das Veröffentlichen läuft.", "Betrieb"]),
    ],
)
def test_in_other_languages(page, jobs, sent, language, said):
    text = page(headers={"Accept-Language": language})
    assert all(one in text for one in said)


# What the model costs --------------------------------------------------------------------------------------------


def used(store, month, sent, received, millionths, currency, *, settled=True):
    use_id = store.put_model_use(
        month=month, now=NOW, purpose="write", model="m", sent=sent, received=received, millionths=millionths,
        currency=currency,
    )  # fmt: skip
    if settled:
        store.settle_model_use(use_id=use_id, sent=sent, received=received, millionths=millionths, now=NOW)


def test_without_a_model_it_says_so(page):
    assert "No model has written in the last twelve months." in page()


def test_each_month_is_a_row_and_the_budget_is_told(page, pages, store, settings):
    month = NOW.date().replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    used(store, month, 1200, 3400, 36_400, "EUR")
    used(store, month, 100, 16_000, 160_200, "EUR", settled=False)
    used(store, before, 5, 6, 0, "")
    used(store, (month - timedelta(days=500)).replace(day=1), 77_777, 0, 0, "")
    priced = {"price_in": 2.0, "price_out": 10.0, "currency": "EUR", "monthly_budget": 5.0, "monthly_tokens": 50_000}
    pages.world.settings = settings.model_copy(update={"writer": settings.writer.model_copy(update=priced)})
    said = page()
    assert f"{NOW:%B %Y} 2 1,300 19,400 €0.1966" in said and f"{before:%B %Y} 1 5 6 –" in said
    assert "77,777" not in said
    assert "This month's budget is €5.00; €4.80 is left." in said
    assert "This month's budget is 50,000 tokens; 29,300 are left." in said
    assert "No call is made that could pass this" in said
    assert "Of 1 call nobody has told what it took" in said
    assert page(role="op", headers={"Accept-Language": "zh"})
