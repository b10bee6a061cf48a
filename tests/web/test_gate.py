"""Who may come in at all, and what a browser may do with the pages: every route of the route table."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from app_world import World
from pages_client import BOOSTED, HTMX

from encore_airflow.http.open_routes import OPEN_ROUTES, PAGES
from encore_airflow.web.app import create_pages
from encore_airflow.web.headers import POLICY

ROUTES = sorted(
    (method, route.path)
    for route in create_pages(World(None).surroundings()).routes
    for method in route.methods
    if method != "HEAD"
)
OF_A_CAMPAIGN = [(method, path) for method, path in ROUTES if "{campaign_id}" in path or "{job_id}" in path]
OPEN = {(route.method, route.path) for route in OPEN_ROUTES if route.app == PAGES}
ASKING = [route for route in ROUTES if route not in OPEN]
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}'


def test_the_route_table_is_not_empty():
    assert len(ROUTES) > 30 and len(OF_A_CAMPAIGN) > 20


def address(path: str, campaign_id: str, job_id: str) -> str:
    ids = {"campaign_id": campaign_id, "job_id": job_id, "asset_id": f"{campaign_id}.caption.instagram.reminder.en"}
    return path.format(
        **ids,
        media_id=f"m-{campaign_id}-instagram-image",
        name="encore.css",
        stop_id=1,
        address_id=1,
        draft_id="d-1",
        token="no-such-token",
        attempt_id="q-1",
    )


def test_nobody_unknown_gets_anything(pages):
    for method, path in ASKING:
        where = address(path, "c-1", "job-1")
        answer = pages(method, where, None)
        if method == "GET":
            assert answer.status_code == 302, path
            login = urlsplit(answer.headers["location"])
            assert login.path == "/encore/sign-in"
            assert parse_qs(login.query)["next"] == [f"/encore{where}"]
        else:
            assert answer.status_code == 401 and "signed out" in answer.text, path
        part = pages(method, where, None, headers=HTMX)
        assert part.status_code == 401 and part.headers["hx-retarget"] == "#notice", path


def test_a_stranger_finds_nothing(pages, concerts, planned):
    job = concerts.jobs(planned)[0]
    before = everything(concerts.store, planned)
    for method, path in OF_A_CAMPAIGN:
        for headers in ({}, HTMX):
            answer = pages(method, address(path, planned, job.job_id), "stranger", headers=headers)
            assert answer.status_code == 404 and "Spring Recital" not in answer.text, (method, path)
    assert everything(concerts.store, planned) == before


def test_staff_sees_everybodys(pages, concerts, planned):
    job = concerts.jobs(planned)[0]
    for method, path in OF_A_CAMPAIGN:
        if method == "GET":
            assert pages(method, address(path, planned, job.job_id), "op").status_code in (200, 303), path


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_changes_nothing(pages, concerts, planned, site):
    job = concerts.jobs(planned)[0]
    before = everything(concerts.store, planned)
    for method, path in ROUTES:
        if method != "GET":
            answer = pages(method, address(path, planned, job.job_id), headers={"Sec-Fetch-Site": site})
            assert answer.status_code == 403 and "Another site" in answer.text, path
    assert everything(concerts.store, planned) == before


def everything(store, campaign_id):
    return [
        getattr(store, name)(campaign_id=campaign_id)
        for name in ("campaign", "content_assets", "media_assets", "jobs_of_campaign", "approvals_of_campaign")
    ]


def test_a_browser_that_says_nothing_of_where_it_comes_from_must_name_its_origin(pages, facts):
    headers = {"Cookie": "_token=owner", "Origin": "https://evil.example"}
    answer = pages.client.post("/encore/new", data=facts, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("role", ["owner", "stranger", None])
def test_every_answer_forbids_scripts_and_frames(pages, concerts, planned, role):
    job = concerts.jobs(planned)[0]
    for method, path in ROUTES:
        answer = pages(method, address(path, planned, job.job_id), role)
        policy = answer.headers["content-security-policy"]
        assert policy == POLICY or policy == "default-src 'none'; sandbox", (method, path)
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert "unsafe" not in POLICY and "frame-ancestors 'none'" in POLICY


def test_a_surprise_is_a_page_with_the_same_policy_and_a_number(pages, monkeypatch):
    from encore_airflow.web.routes import accounts

    def fails(_):
        raise RuntimeError("act.planted-secret")

    monkeypatch.setattr(accounts, "account_list", fails)
    answer = pages("GET", "/accounts")
    assert answer.status_code == 500 and answer.headers["content-security-policy"] == POLICY
    assert re.search(r"number: [0-9a-f]{32}", answer.text) and "planted" not in answer.text


def test_no_page_holds_what_the_policy_forbids(pages, concerts, planned):
    job = concerts.jobs(planned)[0]
    for method, path in ROUTES:
        answer = pages(method, address(path, planned, job.job_id))
        if method != "GET" or "text/html" not in answer.headers.get("content-type", ""):
            continue
        assert not re.search(r"<[^>]+\son\w+\s*=", answer.text), path
        assert not re.search(r"<[^>]+\sstyle\s*=|<style|<script(?![^>]* src=)", answer.text), path
        assert not re.search(
            r'(?:src|href|action|poster)="(?:https?:)?//(?!www\.tiktok\.com/legal|platform\.test)', answer.text
        ), path


def test_hostile_text_in_every_field_stays_text(pages, concerts, store):
    campaign_id = concerts.put(
        concert_title=HOSTILE, venue_or_link=HOSTILE, student_highlights=HOSTILE, cta_link="https://x.example/?<script>"
    )
    concerts.write(campaign_id, text=HOSTILE)
    concerts.approve(campaign_id)
    from encore.campaigns.rebinding import rebind

    rebind(store, concerts.settings, campaign_id, pages.world.now)
    job = concerts.jobs(campaign_id)[0]
    store.connection.execute(
        "UPDATE publish_job SET error_message = %s, external_url = %s WHERE job_id = %s",
        (HOSTILE, "https://platform.test/" + HOSTILE, job.job_id),
    )
    for method, path in ROUTES:
        if method == "GET":
            text = pages(method, address(path, campaign_id, job.job_id)).text
            assert "<script>alert" not in text and "<img src=x" not in text and "onerror=alert(1)>49" not in text, path
    for path in (f"/?q={HOSTILE}", f"/new?x={HOSTILE}"):
        assert "<script>alert" not in pages("GET", path).text


def test_an_over_night_session_says_so_beside_what_was_typed(pages, written):
    where = f"/campaigns/{written}/texts/{written}.caption.instagram.reminder.en"
    answer = pages("POST", where, None, headers=HTMX, data={"content": "typed", "version": "1"})
    assert answer.status_code == 401
    assert (answer.headers["hx-retarget"], answer.headers["hx-reswap"]) == ("#notice", "innerHTML")
    assert 'target="_blank"' in answer.text and "/encore/signed-in" in answer.text.replace("%2F", "/")
    assert "<html" not in answer.text
    boosted = pages("POST", "/new", None, headers=BOOSTED, data={"concert_title": "typed"})
    assert boosted.status_code == 401 and "<html" not in boosted.text
    assert "go on there" in pages.get("/signed-in")


def test_who_asks_too_fast_is_told_to_wait(pages, settings):
    limits = settings.api.model_copy(update={"requests_per_minute": 60, "burst": 2})
    pages.world.settings = settings.model_copy(update={"api": limits})
    answers = [pages("GET", "/accounts", "admin") for _ in range(4)]
    assert answers[-1].status_code == 429 and answers[-1].headers["retry-after"] and "too quick" in answers[-1].text


def test_what_is_too_large_is_refused(pages):
    answer = pages.send("/new", {"concert_title": "x" * 600_000})
    assert answer.status_code == 413 and "too large" in answer.text


def test_a_lost_database_is_told_without_its_details(pages):
    pages.world.database_is_away = True
    answer = pages("GET", "/")
    assert answer.status_code == 503 and "cannot reach its database" in answer.text
    part = pages("GET", "/campaigns/c-1/results", headers=HTMX)
    assert part.status_code == 503 and part.headers["hx-retarget"] == "#notice"


def test_unknown_addresses_are_a_page(pages):
    for path in ("/nothing", "/campaigns/%00", "/static/encore.css", "/campaigns/" + "x" * 65, "/?after=!!!"):
        answer = pages("GET", path)
        assert answer.status_code in (404, 422) and "That did not work" in answer.text, path
