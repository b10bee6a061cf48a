"""What each post's sentence says while it waits, is handed over, was cancelled; and what is offered then."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from campaign_fixtures import NOW
from pages_client import HTMX, approve, seen

from encore.domain.job import Delivery
from encore.publishing.claim import sweep_missed_windows

LINK = "https://www.instagram.com/p/abc/"
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def job(planned, concerts):
    return next(row for row in concerts.jobs(planned) if (row.platform, row.touchpoint) == ("instagram", "reminder"))


@pytest.fixture
def handed(pages, concerts, settings, written):
    """A reminder on an account whose posts are made by hand."""
    platforms = dict(settings.platforms)
    platforms["instagram"] = platforms["instagram"].model_copy(update={"delivery": Delivery.HANDOFF})
    pages.world.settings = concerts.settings = settings.model_copy(update={"platforms": platforms})
    concerts.put()
    approve(pages, written)
    return next(row for row in concerts.jobs(written) if (row.platform, row.touchpoint) == ("instagram", "reminder"))


def entry(pages, job):
    text = pages("GET", f"/campaigns/{job.campaign_id}/results", headers=HTMX).text
    return text.split(f'id="{job.job_id}"')[1].split("</li>")[0]


def told(pages, job):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", entry(pages, job))))


class TestTakingBack:
    def test_a_cancel_is_taken_back_from_the_list(self, pages, job, store):
        pages.send(f"/jobs/{job.job_id}/cancel")
        assert "Undo the cancel" in entry(pages, job)
        answer = pages.send(f"/jobs/{job.job_id}/uncancel", headers=HTMX)
        assert 'id="posts"' in answer.text and store.job(job_id=job.job_id).state == "queued"

    def test_the_page_of_the_post_offers_it_too(self, pages, job):
        pages.send(f"/jobs/{job.job_id}/cancel")
        page = pages.get(f"/jobs/{job.job_id}")
        assert "Undo the cancel" in page and "Another time" in page

    def test_once_it_is_pointless_only_another_time_is_offered(self, pages, job):
        pages.send(f"/jobs/{job.job_id}/cancel")
        pages.world.now = job.useless_after + AN_HOUR
        assert "Undo the cancel" not in entry(pages, job) and "Another time" in entry(pages, job)

    def test_after_the_concert_nothing_is_offered(self, pages, job, job_in_state):
        job_in_state(job.job_id, "failed")
        assert "Another time" in entry(pages, job)
        pages.world.now = NOW + timedelta(days=21)
        assert "Another time" not in entry(pages, job) and "Try again" not in entry(pages, job)

    def test_what_is_in_doubt_gets_no_other_time(self, pages, job, job_in_state):
        job_in_state(job.job_id, "failed", "confirm_outcome")
        assert "Another time" not in entry(pages, job)


class TestByHand:
    def test_before_its_time_it_says_when_and_not_yet(self, pages, handed):
        text = told(pages, handed)
        assert "Planned Goes to you to post by hand at Mon 23 Nov, 13:00" in text
        assert "To post by hand" not in text and "Open the package" in text

    def test_it_can_be_confirmed_before_its_time(self, pages, handed, store):
        assert "It is live" in told(pages, handed)
        assert pages.send(f"/jobs/{handed.job_id}/live", {"link": LINK}).status_code == 303
        assert store.job(job_id=handed.job_id).state == "success"

    def test_when_due_it_says_until_when(self, pages, handed, store):
        store.hand_over_due_jobs(now=NOW + AN_HOUR, most=100)
        text = told(pages, handed)
        assert "To post by hand Until Tue 24 Nov, 13:00. Post it by hand, then confirm it with its link." in text

    def test_the_page_looks_again_until_the_window_has_closed(self, pages, handed, store, concerts, job_in_state):
        for other in concerts.jobs(handed.campaign_id):
            if other.job_id != handed.job_id:
                job_in_state(other.job_id, "success")
        store.hand_over_due_jobs(now=NOW + AN_HOUR, most=100)
        results = f"/campaigns/{handed.campaign_id}/results"
        pages.world.now = NOW + 2 * AN_HOUR
        assert 'hx-trigger="every 60s"' in pages("GET", results, headers=HTMX).text
        pages.world.now = handed.useless_after
        assert 'hx-trigger="every 3s"' in pages("GET", results, headers=HTMX).text
        sweep_missed_windows(store, handed.campaign_id, pages.world.now)
        assert "hx-trigger" not in pages("GET", results, headers=HTMX).text

    def test_past_its_window_nobody_knows_and_it_can_still_be_confirmed(self, pages, handed, store):
        pages.world.now = handed.useless_after + AN_HOUR
        store.hand_over_due_jobs(now=NOW + AN_HOUR, most=100)
        sweep_missed_windows(store, handed.campaign_id, pages.world.now)
        text = told(pages, handed)
        assert "In doubt We don't know whether it was posted by hand: look, then say so." in text
        assert "Nothing was published" not in text and "It was not posted" in text
        assert pages.send(f"/jobs/{handed.job_id}/live", {"link": LINK}).status_code == 303
        assert store.job(job_id=handed.job_id).state == "success"

    def test_cancelled_it_is_not_said_that_nothing_was_published(self, pages, handed):
        pages.send(f"/jobs/{handed.job_id}/cancel")
        assert "Nothing was published" not in told(pages, handed)

    def test_only_what_is_posted_by_hand_is_headed_so(self, pages, handed, job_in_state, store):
        assert "To post it by hand" in pages.get(f"/jobs/{handed.job_id}")
        job_in_state(handed.job_id, "success")
        assert "To post it by hand" not in pages.get(f"/jobs/{handed.job_id}")

    @pytest.mark.parametrize("state", ["queued", "success", "failed", "cancelled"])
    def test_a_post_of_the_api_is_never_headed_so(self, pages, job, job_in_state, state):
        job_in_state(job.job_id, state)
        assert "To post it by hand" not in pages.get(f"/jobs/{job.job_id}")


class TestWaiting:
    def test_for_the_schools_approval(self, pages, job, job_in_state):
        job_in_state(job.job_id, "queued", "approve_content")
        assert "On hold Waits for the school's approval. Approve the content." in told(pages, job)

    def test_a_post_that_nothing_holds_is_late(self, pages, job):
        pages.world.now = job.scheduled_at + timedelta(minutes=2)
        text = told(pages, job)
        assert "Late, being looked into." in text and "Goes out" not in text

    def test_a_minute_is_not_late(self, pages, job):
        pages.world.now = job.scheduled_at + timedelta(seconds=50)
        assert "Goes out" in told(pages, job)

    def test_what_rests_says_why(self, pages, job, store):
        pages.world.now = job.scheduled_at + timedelta(minutes=2)
        store.pause_account(account=job.account, until=pages.world.now + AN_HOUR, reason="quota_exceeded")
        assert "because the account must rest" in told(pages, job)

    def test_in_chinese(self, pages, job):
        pages.world.now = job.scheduled_at + timedelta(minutes=2)
        text = seen(pages("GET", f"/campaigns/{job.campaign_id}/results", headers={"Accept-Language": "zh-CN"}))
        assert "已延误，正在查看原因。" in text
