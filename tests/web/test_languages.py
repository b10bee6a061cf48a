"""Every page and refusal in each language: nothing of another language stands in it, and no key."""

from __future__ import annotations

import pytest
from left_over import left_over
from pages_client import HTMX, seen
from role_table import STATES

from encore.words.catalogue import languages


@pytest.fixture
def paths(pages, planned, concerts, job_in_state, store) -> list[str]:
    """Every page there is, of campaigns in every state; the package by hand is in the language of its post."""
    jobs = concerts.jobs(planned)
    for job, (state, action) in zip(jobs, STATES, strict=False):
        job_in_state(job.job_id, state, action)
    draft, written, off = (concerts.put(concert_title=title) for title in ("Draft", "Written", "Off"))
    for campaign_id in (written, off):
        concerts.write(campaign_id)
    pages.send(f"/campaigns/{off}/off", {"off": "called_off"})
    text = store.content_assets(campaign_id=planned)[0].asset_id
    of_campaign = ["", "/facts", "/approve", "/history", "/off", "/cancel", "/results", "/making", "/media"]
    return [
        *("/", "/?past=true", "/?q=nothing", "/new", "/import", "/accounts", "/signed-in"),
        *(f"/campaigns/{campaign_id}{part}" for campaign_id in (planned, draft, written, off) for part in of_campaign),
        *(f"/campaigns/{planned}/texts/{text}{part}" for part in ("", "/edit", "/revisions")),
        *(f"/jobs/{job.job_id}{part}" for job in jobs for part in ("", "/history")),
        *("/nothing", "/campaigns/nobody", "/jobs/nobody", f"/campaigns/{planned}/texts/nobody"),
    ]


@pytest.mark.parametrize("language", languages())
def test_every_page_says_what_it_says_in_one_language(pages, paths, language):
    wrong = {}
    for path in paths:
        for headers in ({}, HTMX):
            answer = pages("GET", path, headers={**headers, "Accept-Language": language})
            assert answer.status_code in (200, 302, 303, 404, 422), (path, answer.status_code, answer.text[:300])
            if found := left_over(seen(answer), language):
                wrong[path] = found
    assert wrong == {}


@pytest.mark.parametrize("language", languages())
def test_every_refusal_says_what_it_says_in_one_language(pages, planned, concerts, language):
    job = concerts.jobs(planned)[0].job_id
    sent = [
        ("/new", {"concert_title": "", "concert_datetime": "never", "timezone": "Mars/Base", "platforms": []}),
        ("/import", {}),
        (f"/campaigns/{planned}/facts", {"concert_datetime": "2020-01-01T10:00", "timezone": "Europe/Berlin"}),
        (f"/campaigns/{planned}/approve", {"seen": "other"}),
        (f"/campaigns/{planned}/media", {"use": "flyer"}),
        (f"/jobs/{job}/move", {"at": "2020-01-01T10:00"}),
        (f"/jobs/{job}/live", {"external_url": "https://example.org/other"}),
        (f"/jobs/{job}/retry", {}),
        (f"/jobs/{job}/uncancel", {}),
        ("/accounts/stop", {"scope": "school", "reason": "x" * 2000}),
    ]
    wrong = {}
    for path, data in sent:
        for headers in ({}, HTMX):
            answer = pages.send(path, data, headers={**headers, "Accept-Language": language})
            assert answer.status_code < 500, (path, answer.status_code, answer.text[:300])
            if found := left_over(seen(answer), language):
                wrong[path] = found
    assert wrong == {}


@pytest.mark.parametrize("language", languages())
def test_who_is_not_signed_in_or_too_fast_is_told_in_their_language(pages, settings, language):
    limits = settings.api.model_copy(update={"requests_per_minute": 1, "burst": 1})
    pages.world.settings = settings.model_copy(update={"api": limits})
    headers = {"Accept-Language": language}
    answers = [
        pages("POST", "/new", None, headers={**headers, **HTMX}),
        pages("POST", "/new", headers={**headers, "Sec-Fetch-Site": "cross-site"}),
        *(pages("GET", "/accounts", "admin", headers=headers) for _ in range(3)),
    ]
    assert {401, 403, 429} <= {answer.status_code for answer in answers}
    assert [left_over(seen(answer), language) for answer in answers] == [[]] * len(answers)
    assert all(f'lang="{language}' in answer.text for answer in answers if "<html" in answer.text)
