"""A concert is called off or put off on its page."""

from __future__ import annotations

import pytest


@pytest.fixture
def live(planned, concerts, job_in_state):
    job = concerts.jobs(planned)[0]
    job_in_state(job.job_id, "success")
    return job


@pytest.mark.parametrize(("how", "label"), [("called_off", "Called off"), ("put_off", "Put off: give the new date")])
def test_one_action_holds_all_and_says_what_is_live(pages, planned, live, concerts, how, label):
    path = f"/campaigns/{planned}/off"
    assert path in pages("GET", f"/campaigns/{planned}").text
    asked = pages.get(path)
    assert "Call it off" in asked and "Put it off" in asked
    assert pages.send(path, {"how": how}).headers["location"] == f"/encore{path}"
    answer = pages("GET", path).text
    assert 'href="https://platform.test/1"' in answer
    assert 'data-copy="told-en"' in answer and "“Spring Recital”" in answer
    assert {job.state for job in concerts.jobs(planned)} == {"success", "cancelled"}
    for page in (f"/campaigns/{planned}", "/", path):
        assert label in pages.get(page)


def test_the_campaign_offers_nothing_that_would_set_it_going(pages, planned, live):
    pages.send(f"/campaigns/{planned}/off", {"how": "called_off"})
    page = pages.get(f"/campaigns/{planned}")
    for offer in ("Go on to approve", "Write the texts", "Undo the cancel", "Another time"):
        assert offer not in page
    assert "The concert does not take place as planned." in page
    assert pages("GET", f"/campaigns/{planned}/approve").headers["location"] == f"/encore/campaigns/{planned}"
    assert pages.send(f"/campaigns/{planned}/generate").status_code == 409


def test_it_takes_place_after_all(pages, planned, store):
    pages.send(f"/campaigns/{planned}/off", {"how": "called_off"})
    assert pages.send(f"/campaigns/{planned}/takes-place").status_code == 303
    assert store.campaign(campaign_id=planned).off is None
    assert "Go on to approve" in pages.get(f"/campaigns/{planned}")


def test_neither_of_both_is_refused(pages, planned):
    assert pages.send(f"/campaigns/{planned}/off", {"how": "x"}).status_code == 422


def test_in_chinese(pages, planned):
    pages.send(f"/campaigns/{planned}/off", {"how": "put_off"})
    assert "已延期：请填写新的日期" in pages.get(f"/campaigns/{planned}", headers={"Accept-Language": "zh-CN"})
