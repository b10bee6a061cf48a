"""From a concert to planned posts, by the forms alone: mistakes told at their field, nothing done twice."""

from __future__ import annotations

import pytest
from campaign_fixtures import taken_up
from pages_client import BOOSTED, approve, form_fields, seen

from encore.campaigns.requests import finish, request_generation
from encore.campaigns.review import review
from encore.domain.job import JobState
from encore.words.sentence import verbatim


def created(pages, facts, **changes):
    answer = pages.send("/new", {**facts, **changes})
    assert answer.status_code == 303, seen(answer)
    return answer.headers["location"].removeprefix("/encore/campaigns/")


class TestNewCampaign:
    def test_is_made_in_its_own_zone_and_its_content_is_asked_for(self, pages, facts, store):
        campaign_id = created(pages, facts)
        row = store.campaign(campaign_id=campaign_id)
        assert (row.teacher_id, row.concert_datetime.isoformat()) == ("teacher-li", "2026-12-20T18:30:00+00:00")
        assert row.platforms == ["tiktok", "instagram"]
        assert store.open_generation_request(campaign_id=campaign_id).requested_by == "teacher-li"
        assert "being written" in pages.get(f"/campaigns/{campaign_id}")

    def test_sent_twice_it_is_one(self, pages, facts, store):
        assert created(pages, facts) == created(pages, facts)
        assert len(store.connection.execute("SELECT FROM campaign").fetchall()) == 1
        assert len(store.connection.execute("SELECT FROM generation_request").fetchall()) == 1

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("concert_title", " ", "Is missing."),
            ("concert_datetime", "tomorrow", "not a date with a time"),
            ("concert_datetime", "2020-01-01T10:00", "already over"),
            ("concert_datetime", "2027-03-28T02:30", "the clock is set forward"),
            ("timezone", "Gotham", "not an IANA time zone"),
            ("venue_or_link", "", "Is missing."),
            ("cta_link", "school", "not a web address"),
            ("student_highlights", "=cmd()", "spreadsheet formula"),
            ("platforms", [], "at least one platform"),
        ],
    )
    def test_a_mistake_is_told_at_its_field_and_nothing_is_retyped(self, pages, facts, field, value, said, store):
        answer = pages.send("/new", {**facts, field: value}, headers=BOOSTED)
        assert answer.status_code == 422
        wrong = answer.text.split(f'id="wrong-{field}">')[1].split("</small>")[0]
        assert said in wrong
        kept = form_fields(answer.text, "/new")
        assert {name: kept.get(name, []) for name in facts} == {**facts, field: value}
        assert store.connection.execute("SELECT FROM campaign").fetchall() == []

    def test_all_mistakes_at_once(self, pages, facts):
        answer = pages.send("/new", {**facts, "concert_title": "", "concert_datetime": "", "timezone": "x"})
        assert "3 fields need a change" in seen(answer)

    def test_posting_times_of_ones_own(self, pages, facts, store):
        campaign_id = created(
            pages,
            facts,
            when_announcement="skip",
            when_reminder="at",
            at_reminder="2026-12-18T18:00",
            when_day_of="usual",
        )
        timeline = store.campaign(campaign_id=campaign_id).timeline
        assert timeline == {"announcement": "skip", "reminder": "2026-12-18T18:00:00+01:00"}
        form = pages.fields(f"/campaigns/{campaign_id}/facts")
        assert (form["when_announcement"], form["at_reminder"]) == ("skip", "2026-12-18T18:00")

    def test_the_same_concert_with_other_facts_is_not_overwritten(self, pages, facts, store):
        created(pages, facts)
        answer = pages.send("/new", {**facts, "venue_or_link": "Elsewhere"})
        assert answer.status_code == 409 and "exists already" in answer.text and 'value="Elsewhere"' in answer.text

    def test_a_teacher_makes_none_for_another(self, pages, facts, store):
        created(pages, {**facts, "teacher_id": "teacher-li"})
        assert pages.send("/new", {**facts, "teacher_id": "teacher-anna"}).status_code == 403

    def test_staff_names_the_teacher(self, pages, facts, store):
        answer = pages.send("/new", {**facts, "teacher_id": "teacher-anna"}, role="op")
        assert store.campaign(campaign_id=answer.headers["location"].rsplit("/", 1)[1]).teacher_id == "teacher-anna"


class TestFacts:
    def test_a_change_holds_what_was_planned(self, pages, planned, store):
        form = pages.fields(f"/campaigns/{planned}/facts")
        answer = pages.send(f"/campaigns/{planned}/facts", {**form, "venue_or_link": "Great Hall"})
        assert answer.status_code == 303
        text = pages.get(f"/campaigns/{planned}")
        assert "The approval is void: the concert's facts changed" in text and "9 posts are on hold" in text

    def test_the_second_of_two_sees_both_and_loses_nothing(self, pages, written, store):
        form = pages.fields(f"/campaigns/{written}/facts")
        pages.send(f"/campaigns/{written}/facts", {**form, "venue_or_link": "Theirs"})
        second = pages.send(f"/campaigns/{written}/facts", {**form, "venue_or_link": "Mine"})
        assert second.status_code == 412
        assert "Theirs" in seen(second) and 'value="Mine"' in second.text
        assert store.campaign(campaign_id=written).venue_or_link == "Theirs"
        again = pages.send(f"/campaigns/{written}/facts", form_fields(second.text, f"/campaigns/{written}/facts"))
        assert again.status_code == 303 and store.campaign(campaign_id=written).venue_or_link == "Mine"

    def test_live_posts_that_are_now_wrong_are_listed(self, pages, planned, concerts, job_in_state):
        job_in_state(concerts.jobs(planned)[0].job_id, "success")
        form = pages.fields(f"/campaigns/{planned}/facts")
        answer = pages.send(f"/campaigns/{planned}/facts", {**form, "venue_or_link": "Great Hall"})
        assert answer.status_code == 200 and "https://platform.test/1" in answer.text

    def test_a_mistake_keeps_the_version(self, pages, written):
        form = pages.fields(f"/campaigns/{written}/facts")
        answer = pages.send(f"/campaigns/{written}/facts", {**form, "concert_title": ""})
        assert answer.status_code == 422
        assert form_fields(answer.text, f"/campaigns/{written}/facts")["version"] == form["version"]


class TestGeneration:
    def test_twice_asked_is_once_made(self, pages, concerts, store):
        campaign_id = concerts.put()
        assert "There are no texts yet" in pages.get(f"/campaigns/{campaign_id}")
        for _ in range(2):
            assert pages.send(f"/campaigns/{campaign_id}/generate").status_code == 303
        assert len(store.connection.execute("SELECT FROM generation_request").fetchall()) == 1

    def test_the_page_turns_to_the_texts_by_itself(self, pages, concerts, store):
        campaign_id = concerts.put()
        request = request_generation(store, pages.world.settings, campaign_id, "teacher-li", pages.world.now)
        turn = taken_up(store, request)
        assert pages("GET", f"/campaigns/{campaign_id}/making").status_code == 204
        finish(store, turn, "done", None, pages.world.now)
        assert pages("GET", f"/campaigns/{campaign_id}/making").headers["hx-refresh"] == "true"

    def test_a_failure_says_so_and_can_be_tried_again(self, pages, concerts, store):
        campaign_id = concerts.put()
        request = request_generation(store, pages.world.settings, campaign_id, "teacher-li", pages.world.now)
        finish(store, taken_up(store, request), "failed", verbatim("The model is away."), pages.world.now)
        text = pages.get(f"/campaigns/{campaign_id}")
        assert "could not be made" in text and "The model is away." in text and "Try again" in text


class TestApproval:
    def test_says_exactly_what_goes_out_where_and_when(self, pages, written):
        text = pages.get(f"/campaigns/{written}/approve")
        assert "This sends 9 posts" in text and "Approve and schedule 9 posts" in text
        accounts = ("tiktok-school", "instagram-school", "xiaohongshu-school")
        for said in (*accounts, "Come and listen!", "Mon 23 Nov, 13:00"):
            assert said in text

    def test_plans_once_however_often_it_is_clicked(self, pages, written, concerts, store):
        for _ in range(2):
            assert approve(pages, written).headers["location"] == f"/encore/campaigns/{written}"
        assert len(concerts.jobs(written)) == 9
        approvals = store.approvals_of_campaign(campaign_id=written)
        assert [(row.approved_by, row.privacy) for row in approvals] == [
            ("teacher-li", {"tiktok": "PUBLIC_TO_EVERYONE"})
        ]
        assert "Approved by teacher-li" in pages.get(f"/campaigns/{written}")

    @pytest.mark.parametrize(
        ("choice", "said"),
        [("privacy.tiktok", "Choose who may see the TikTok posts"), ("confirmations", "wants this declared")],
    )
    def test_without_a_choice_nothing_is_planned_and_the_others_stay(self, pages, written, concerts, choice, said):
        answer = approve(pages, written, **{choice: []})
        assert answer.status_code == 422 and said in seen(answer)
        kept = form_fields(answer.text, f"/campaigns/{written}/approve")
        other = {"privacy.tiktok": "confirmations", "confirmations": "privacy.tiktok"}[choice]
        assert kept.get(other) and not kept.get(choice)
        assert concerts.jobs(written) == []

    def test_of_what_changed_meanwhile_nothing_is_approved(self, pages, written, concerts):
        given = pages.fields(f"/campaigns/{written}/approve")
        concerts.write(written, text="Something else.")
        choices = {"privacy.tiktok": "SELF_ONLY", "confirmations": "tiktok_music_usage"}
        answer = pages.send(f"/campaigns/{written}/approve", {**given, **choices})
        assert answer.status_code == 412 and "changed after you opened this page" in seen(answer)
        assert "Something else." in answer.text and concerts.jobs(written) == []
        assert not form_fields(answer.text, f"/campaigns/{written}/approve").get("confirmations"), "it is ticked anew"

    def test_statements_without_a_fact_are_confirmed_one_by_one(self, pages, concerts, store):
        campaign_id = concerts.put()
        concerts.write(campaign_id, text="Tickets are 15 EUR, doors at 6:15 pm.")
        assert "not in the concert's facts" in pages.get(f"/campaigns/{campaign_id}")
        page = pages("GET", f"/campaigns/{campaign_id}/approve").text
        assert "15 EUR" in page
        refused = approve(pages, campaign_id)
        assert refused.status_code == 422 and concerts.jobs(campaign_id) == []
        from encore.campaigns.fact_review import unsupported_facts

        keys = [
            fact.key for fact in unsupported_facts(pages.world.settings, review(store, campaign_id), pages.world.now)
        ]
        assert approve(pages, campaign_id, facts=keys).status_code == 303
        assert set(keys) <= set(store.approval_in_force(campaign_id=campaign_id).confirmations)

    def test_students_go_out_with_consent_only(self, pages, written, store, concerts):
        media_id = f"m-{written}-instagram-image"
        store.connection.execute("UPDATE media_asset SET contains_students = true WHERE media_id = %s", (media_id,))
        assert "These pictures show students" in pages.get(f"/campaigns/{written}/approve")
        assert approve(pages, written).status_code == 422 and concerts.jobs(written) == []
        assert not media(store, written)[media_id].consent_on_file
        assert approve(pages, written, consents=media_id).status_code == 303
        assert media(store, written)[media_id].consent_on_file

    def test_a_refused_approval_takes_the_consent_back(self, pages, written, store):
        media_id = f"m-{written}-instagram-image"
        store.connection.execute("UPDATE media_asset SET contains_students = true WHERE media_id = %s", (media_id,))
        assert approve(pages, written, consents=media_id, **{"privacy.tiktok": []}).status_code == 422
        assert not media(store, written)[media_id].consent_on_file

    def test_a_text_that_a_platform_would_refuse_blocks_it(self, pages, written, concerts):
        concerts.write(written, text="a" * 3000)
        text = pages.get(f"/campaigns/{written}/approve")
        assert "cannot be approved like this" in text and "Approve and schedule 9" not in text

    def test_while_the_content_is_being_made(self, pages, written, store):
        given = pages.fields(f"/campaigns/{written}/approve")
        request_generation(store, pages.world.settings, written, "teacher-li", pages.world.now)
        answer = pages.send(
            f"/campaigns/{written}/approve",
            {**given, "privacy.tiktok": "SELF_ONLY", "confirmations": "tiktok_music_usage"},
        )
        assert answer.status_code == 409 and "being generated" in answer.text


class TestCancel:
    def test_asks_first_then_takes_back_all(self, pages, planned, concerts):
        assert "9 posts are cancelled" in pages.get(f"/campaigns/{planned}/cancel")
        assert {job.state for job in concerts.jobs(planned)} == {JobState.QUEUED}
        assert pages.send(f"/campaigns/{planned}/cancel").status_code == 303
        assert {job.state for job in concerts.jobs(planned)} == {JobState.CANCELLED}
        assert "Nothing is waiting to go out" in pages.get(f"/campaigns/{planned}/cancel")


def media(store, campaign_id):
    return {row.media_id: row for row in store.media_assets(campaign_id=campaign_id)}
