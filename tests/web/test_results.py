"""What became of each post, and what a person may do about it."""

from __future__ import annotations

import html
import io
import re
import zipfile
from datetime import date, timedelta

import pytest
from campaign_fixtures import NOW
from pages_client import BOOSTED, HTMX, seen

from encore.campaigns.texts import Edit, edit
from encore.words.sentence import sentence

LINK = "https://www.instagram.com/p/abc/"


@pytest.fixture
def job(planned, concerts):
    return next(row for row in concerts.jobs(planned) if (row.platform, row.touchpoint) == ("instagram", "reminder"))


def results(pages, campaign_id, **options):
    return pages("GET", f"/campaigns/{campaign_id}/results", headers=HTMX, **options)


class TestLive:
    def test_looks_by_itself_while_something_is_in_motion_and_then_no_more(
        self, pages, planned, concerts, job_in_state
    ):
        assert 'hx-trigger="every 3s"' in results(pages, planned).text, "due within a minute"
        for row in concerts.jobs(planned):
            job_in_state(row.job_id, "success")
        assert "hx-trigger" not in results(pages, planned).text
        job_in_state(concerts.jobs(planned)[0].job_id, "running")
        assert 'hx-trigger="every 3s"' in results(pages, planned).text

    def test_what_waits_for_another_day_is_looked_at_now_and_then(self, pages, planned, store):
        store.connection.execute("UPDATE publish_job SET scheduled_at = %s", (NOW + timedelta(days=1),))
        assert 'hx-trigger="every 60s"' in results(pages, planned).text

    def test_nothing_new_is_no_answer(self, pages, planned, job, job_in_state):
        digest = re.search(r"results\?seen=(\w+)", results(pages, planned).text)[1]
        assert pages("GET", f"/campaigns/{planned}/results?seen={digest}", headers=HTMX).status_code == 204
        job_in_state(job.job_id, "success")
        assert pages("GET", f"/campaigns/{planned}/results?seen={digest}", headers=HTMX).status_code == 200

    def test_a_live_post_has_its_link(self, pages, planned, job, job_in_state):
        job_in_state(job.job_id, "success")
        text = results(pages, planned).text
        assert 'href="https://platform.test/1"' in text and "1 of 9 posts are live." in text

    @pytest.mark.parametrize(
        ("state", "action", "said"),
        [
            ("queued", None, "Planned : Goes out Mon 23 Nov, 13:00"),
            ("queued", "approve_content", "On hold Waits for the school's approval. Approve the content."),
            ("queued", "post_by_hand", "To post by hand Until Tue 24 Nov, 13:00. Post it by hand"),
            ("running", None, "Planned : Goes out Mon 23 Nov, 13:00"),
            ("failed", None, "Failed : It failed. It is not live."),
            ("failed", "confirm_outcome", "Nothing is sent again before you have said. Look on the platform"),
            ("failed", "reconnect_account", "Reconnect the account."),
            ("cancelled", None, "Cancelled : Nothing was published."),
        ],
    )
    def test_each_state_in_the_teachers_words(self, pages, planned, job, job_in_state, state, action, said):
        job_in_state(job.job_id, state, action)
        text = results(pages, planned).text.split(f'id="{job.job_id}"')[1].split("</li>")[0]
        text = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", text)))
        assert said.replace(" :", "") in text.replace(" :", "")

    def test_what_a_task_has_is_planned_until_its_second_and_can_be_moved_until_it_is_sent(
        self, pages, planned, job, job_in_state, store
    ):
        job_in_state(job.job_id, "running")
        assert f'id="move-{job.job_id}"' in results(pages, planned).text
        store.connection.execute("UPDATE publish_job SET scheduled_at = %s WHERE job_id = %s", (NOW, job.job_id))
        text = results(pages, planned).text.split(f'id="{job.job_id}"')[1].split("</li>")[0]
        assert "It is being published." in text and f'id="move-{job.job_id}"' in text
        line = {"checkpoint": None, "evidence": None, "outcome": None, "error_code": None, "error_message": None}
        store.put_ledger_entry(
            job_id=job.job_id, fence=job.fence, step="commit_started", commit_deadline_at=NOW, lease_expires_at=None,
            error_said=None, now=NOW, **line,
        )  # fmt: skip
        assert f'id="move-{job.job_id}"' not in results(pages, planned).text

    def test_who_must_act_by_when(self, pages, planned, job, job_in_state, store):
        job_in_state(job.job_id, "queued", "approve_content")
        assert "Approve by Tue 24 Nov, 13:00" in seen(results(pages, planned))

    def test_what_preflight_found(self, pages, planned, job, store):
        store.put_finding(
            duty="job", job_id=job.job_id, account=None, code="x", message="The picture is too wide.",
            said=sentence("limit.picture_too_wide").stored, action=None, detail=None, now=NOW,
        )  # fmt: skip
        assert "The picture is too wide for this platform." in seen(results(pages, planned))
        chinese = pages("GET", f"/campaigns/{planned}/results", headers={"Accept-Language": "zh-CN"})
        assert "图片对这个平台来说太宽。" in chinese.text and "已安排" in chinese.text


class TestDecisions:
    def test_retry_once_however_often_it_is_clicked(self, pages, planned, job, job_in_state, store):
        job_in_state(job.job_id, "failed")
        assert "Try again" in results(pages, planned).text
        for _ in range(2):
            answer = pages.send(f"/jobs/{job.job_id}/retry", headers=HTMX)
            assert answer.status_code == 200 and 'id="posts"' in answer.text
        assert store.job(job_id=job.job_id).state == "queued"
        events = [event.to_state for event in store.job_events(job_id=job.job_id) if event.from_state == "failed"]
        assert events == ["queued"]

    @pytest.mark.parametrize("action", ["confirm_outcome", "reconnect_account"])
    def test_no_retry_before_a_person_has_acted(self, pages, planned, job, job_in_state, action):
        job_in_state(job.job_id, "failed", action)
        assert f"/jobs/{job.job_id}/retry" not in results(pages, planned).text
        answer = pages.send(f"/jobs/{job.job_id}/retry", headers=HTMX)
        assert answer.status_code == 409 and answer.headers["hx-retarget"] == "#notice"

    def test_cancel(self, pages, planned, job, store):
        assert pages.send(f"/jobs/{job.job_id}/cancel").headers["location"] == f"/encore/campaigns/{planned}#posts"
        assert store.job(job_id=job.job_id).state == "cancelled"

    def test_move_on_the_clock_that_is_shown(self, pages, planned, job, store):
        assert "New time (Berlin time" in results(pages, planned).text
        pages.send(f"/jobs/{job.job_id}/move", {"at": "2026-12-01T08:15"})
        assert store.job(job_id=job.job_id).scheduled_at.isoformat() == "2026-12-01T07:15:00+00:00"
        own = {"Cookie": "encore_times=own; encore_zone=Asia/Shanghai"}
        assert "New time (Beijing time" in pages("GET", f"/campaigns/{planned}/results", headers=own).text
        pages.send(f"/jobs/{job.job_id}/move", {"at": "2026-12-01T08:15"}, headers=own)
        assert store.job(job_id=job.job_id).scheduled_at.isoformat() == "2026-12-01T00:15:00+00:00"

    def test_a_text_that_would_not_be_true_then_is_asked_about(self, pages, planned, job, store):
        name = f"{job.platform}.{job.touchpoint}.en"
        texts = store.content_assets(campaign_id=planned)
        asset = next(row for row in texts if row.asset_id.endswith(name))
        pages.send(f"/jobs/{job.job_id}/move", {"at": "2026-12-01T08:15"})
        days = (store.campaign(campaign_id=planned).concert_datetime.date() - date(2026, 12, 1)).days
        edited = Edit(asset.asset_id, f"In {days} days!")
        edit(store, pages.world.settings, planned, [edited], "li", None, pages.world.now)
        for headers in (HTMX, BOOSTED):
            answer = pages.send(f"/jobs/{job.job_id}/move", {"at": "2026-12-02T08:15"}, headers=headers)
            assert (
                answer.status_code == 422 and "Move it all the same" in answer.text and f"In {days} days" in answer.text
            )
            assert f"#text-{asset.asset_id}" in answer.text
        assert store.job(job_id=job.job_id).scheduled_at.day == 1
        given = {"at": "2026-12-02T08:15", "reread": "yes"}
        assert pages.send(f"/jobs/{job.job_id}/move", given, headers=BOOSTED).status_code == 303
        assert store.job(job_id=job.job_id).scheduled_at.isoformat() == "2026-12-02T07:15:00+00:00"

    @pytest.mark.parametrize("at", ["", "soon", "2020-01-01T00:00", "2099-01-01T00:00", "2027-03-28T02:30"])
    def test_a_time_that_cannot_be(self, pages, job, store, at):
        answer = pages.send(f"/jobs/{job.job_id}/move", {"at": at}, headers=HTMX)
        assert answer.status_code == 422 and answer.headers["hx-retarget"] == "#notice"
        assert store.job(job_id=job.job_id).scheduled_at == job.scheduled_at

    def test_it_is_live(self, pages, planned, job, job_in_state, store):
        job_in_state(job.job_id, "failed", "confirm_outcome")
        assert pages.send(f"/jobs/{job.job_id}/live", {"link": ""}, headers=HTMX).status_code == 422
        assert (
            pages.send(f"/jobs/{job.job_id}/live", {"link": "https://evil.example/x"}, headers=HTMX).status_code == 422
        )
        assert pages.send(f"/jobs/{job.job_id}/live", {"link": f" {LINK} "}, headers=HTMX).status_code == 200
        assert (store.job(job_id=job.job_id).state, store.job(job_id=job.job_id).external_url) == ("success", LINK)

    def test_it_is_not(self, pages, job, job_in_state, store):
        job_in_state(job.job_id, "failed", "confirm_outcome")
        assert pages.send(f"/jobs/{job.job_id}/not-live").status_code == 303
        assert store.job(job_id=job.job_id).state == "queued"

    def test_who_decided_is_in_the_history(self, pages, job, store):
        pages.send(f"/jobs/{job.job_id}/cancel")
        text = pages.get(f"/jobs/{job.job_id}")
        assert "Planned → Cancelled" in text and "teacher-li (pages)" in text

    def test_the_history_tells_times_and_duties_as_a_person_would(self, pages, job, job_in_state):
        job_in_state(job.job_id, "queued", "approve_content")
        assert pages.send(f"/jobs/{job.job_id}/move", {"at": "2026-12-03T18:30"}).status_code == 303
        text = pages.get(f"/jobs/{job.job_id}")
        assert "what a person must do: – → Approve the content." in text
        assert "→ Thu 3 Dec, 18:30" in text


class TestPackage:
    @pytest.fixture
    def by_hand(self, job, job_in_state):
        job_in_state(job.job_id, "queued", "post_by_hand")
        return job

    def test_texts_to_copy_pictures_in_order_and_a_code_for_the_phone(self, pages, by_hand):
        page = pages("GET", f"/jobs/{by_hand.job_id}").text
        assert 'data-copy="part-text"' in page and ">instagram reminder\n\nCome and listen!</pre>" in page
        assert re.search(r'<svg[^>]*viewBox[^>]*class="code"', page) and "style=" not in page
        assert "picture-01" in page

    def test_as_one_file(self, pages, by_hand):
        answer = pages("GET", f"/jobs/{by_hand.job_id}/package")
        assert answer.headers["content-type"] == "application/zip"
        assert "2-text.txt" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()

    def test_confirmed_with_its_link(self, pages, by_hand, store):
        assert pages.send(f"/jobs/{by_hand.job_id}/live", {"link": LINK}).status_code == 303
        assert store.job(job_id=by_hand.job_id).state == "success"

    def test_students_without_consent_are_not_handed_out(self, pages, by_hand, store):
        store.connection.execute("UPDATE media_asset SET contains_students = true")
        assert "no consent is on file" in pages.get(f"/jobs/{by_hand.job_id}")
        assert pages("GET", f"/jobs/{by_hand.job_id}/package").status_code == 422


def test_the_campaigns_history(pages, planned):
    text = seen(pages("GET", f"/campaigns/{planned}/history", headers=HTMX))
    assert "Approved the content" in text and "Draft → Scheduled" in text and "Made; Draft" in text
