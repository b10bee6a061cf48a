"""Somebody leaves: their session, their campaigns, what is planned."""

from __future__ import annotations

import pytest
from campaign_fixtures import NOW
from pages_client import seen

from encore.accounts.configured import put_accounts
from encore.accounts.connected import NewAccount, Way, put_connected
from encore.campaigns.facts import put_campaign
from encore.campaigns.rebinding import rebind
from encore.domain.campaign import facts_sha256, stored_facts
from encore.domain.job import Platform
from encore.people.leaving import Posts, leave


@pytest.fixture
def jobs(concerts, planned):
    return lambda: concerts.jobs(planned)


def go(pages, **sent):
    return pages.send("/people/leaves", {"name": "teacher-li", "to": "", "posts": "hold", **sent}, "op")


def test_the_page_tells_what_there_is_before_anything_happens(pages, planned, jobs):
    page = pages.get("/people/leaves?name=teacher-li", "op")
    assert "Li Wei leaves" in page and "1 campaign" in page and f"{len(jobs())} planned posts" in page
    assert "Anna" in page and pages.world.people.there["teacher-li"].active


@pytest.mark.parametrize("posts", list(Posts))
def test_planned_posts_become_what_was_chosen(pages, planned, jobs, posts):
    before = [(job.state, job.action_required, job.scheduled_at) for job in jobs()]
    answer = go(pages, posts=posts)
    assert answer.status_code == 200 and not pages.world.people.there["teacher-li"].active
    after = [(job.state, job.action_required, job.scheduled_at) for job in jobs()]
    if posts is Posts.GO:
        assert after == before and {state for state, _, _ in after} == {"queued"}
    elif posts is Posts.HOLD:
        assert {(state, action) for state, action, _ in after} == {("queued", "approve_content")}
    else:
        assert {state for state, _, _ in after} == {"cancelled"}


@pytest.mark.parametrize("posts", list(Posts))
def test_campaigns_are_handed_over_whole(pages, store, planned, jobs, posts):
    texts = store.content_assets(campaign_id=planned)
    answer = go(pages, to="teacher-anna", posts=posts)
    assert "1 campaign went to Anna" in seen(answer)
    campaign = store.campaign(campaign_id=planned)
    assert campaign.teacher_id == "teacher-anna" and campaign.facts_sha256 == facts_sha256(stored_facts(campaign))
    assert pages("GET", f"/campaigns/{planned}", "stranger").status_code == 200
    assert pages("GET", f"/campaigns/{planned}", "owner").status_code == 404
    assert [text.content for text in store.content_assets(campaign_id=planned)] == [text.content for text in texts]
    states = {(job.state, job.action_required) for job in jobs()}
    assert states == {Posts.GO: {("queued", None)}, Posts.HOLD: {("queued", "approve_content")},
                      Posts.CANCEL: {("cancelled", None)}}[posts]  # fmt: skip


def test_what_was_handed_over_is_not_changed_by_saving_it_unchanged(pages, store, settings, planned):
    store.connection.execute(
        "UPDATE content_asset a SET provenance = a.provenance || jsonb_build_object('facts', c.facts_sha256) "
        "FROM campaign c WHERE c.campaign_id = a.campaign_id"
    )
    go(pages, to="teacher-anna", posts="go")
    campaign = store.campaign(campaign_id=planned)
    assert put_campaign(store, settings, stored_facts(campaign), pages.world.now) == (planned, "unchanged")
    texts = store.content_assets(campaign_id=planned)
    assert texts and {text.provenance["facts"] for text in texts} == {campaign.facts_sha256}
    assert store.approval_in_force(campaign_id=planned) is not None


@pytest.fixture
def annas_account(store, planned):
    store.connection.execute(
        "INSERT INTO account SELECT (jsonb_populate_record(a, jsonb_build_object("
        "'account', 'annas', 'owner', 'teacher-anna', 'conn_id', 'annas'))).* "
        "FROM account a WHERE platform = 'instagram' LIMIT 1"
    )


def test_posts_follow_to_the_accounts_of_who_gets_them(pages, planned, jobs, annas_account):
    go(pages, to="teacher-anna", posts="go")
    waiting = {job.account for job in jobs() if job.platform == "instagram" and job.state == "queued"}
    assert waiting == {"annas"}


@pytest.mark.parametrize("posts", ["hold", "cancel"])
def test_what_was_to_wait_is_not_planned_on_another_account(
    pages, store, settings, planned, jobs, annas_account, posts
):
    for job in jobs():
        pages.send(f"/jobs/{job.job_id}/cancel", {}, "owner")
    assert {job.state for job in jobs()} == {"cancelled"}
    go(pages, to="teacher-anna", posts=posts)
    rebind(store, settings, planned, pages.world.now)
    assert {job.state for job in jobs()} == {"cancelled"}


def test_a_concert_that_the_other_has_already_stays(pages, store, concerts, planned):
    mine = store.campaign(campaign_id=planned)
    concerts.put(teacher_id="teacher-anna", concert_title=mine.concert_title, concert_datetime=mine.concert_datetime)
    answer = go(pages, to="teacher-anna", posts="go")
    assert "has these concerts already" in seen(answer) and mine.concert_title in answer.text
    assert store.campaign(campaign_id=planned).teacher_id == "teacher-li"


def test_done_twice_nothing_changes(store, settings, pages, planned, jobs):
    leave(store, settings, "teacher-li", "teacher-anna", Posts.HOLD, pages.world.now)
    before = jobs()
    left = leave(store, settings, "teacher-li", "teacher-anna", Posts.HOLD, pages.world.now)
    assert (left.handed, left.kept, left.notes, jobs()) == (0, (), (), before)


def test_a_post_that_is_being_sent_is_left_alone_and_told(pages, store, planned, jobs, job_in_state, settings):
    job, *others = jobs()
    job_in_state(job.job_id, "running")
    store.connection.execute(
        "INSERT INTO publish_attempt (job_id, attempt_no, fence, step, at) VALUES (%s, 1, %s, 'commit_started', %s)",
        (job.job_id, job.fence, pages.world.now),
    )
    before = store.job(job_id=job.job_id)
    left = leave(store, settings, "teacher-li", "teacher-anna", Posts.CANCEL, pages.world.now)
    after = store.job(job_id=job.job_id)
    assert after.state == before.state == "running" and after.fence == before.fence and len(left.notes) == 1
    assert {store.job(job_id=other.job_id).state for other in others} == {"cancelled"}
    assert store.campaign(campaign_id=planned).teacher_id == "teacher-anna"


def test_the_session_ends_though_the_rest_breaks_off(pages, planned, monkeypatch):
    from encore_airflow.web.routes import people

    def breaks(*_):
        raise RuntimeError

    monkeypatch.setattr(people.leaving, "leave", breaks)
    assert go(pages).status_code == 500 and not pages.world.people.there["teacher-li"].active
    monkeypatch.undo()
    assert "has left" in pages.get("/people/leaves?name=teacher-li", "op")
    assert go(pages, posts="cancel").status_code == 200


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [({"name": "op"}, 422, "yourself"), ({"name": "nobody"}, 404, "nobody of that name"),
     ({"posts": "burn"}, 422, "planned posts"), ({"to": "teacher-li"}, 422, "somebody else"),
     ({"to": "nobody"}, 404, "nobody of that name")],
)  # fmt: skip
def test_what_cannot_be_is_refused_before_anything_happens(pages, planned, jobs, sent, status, said):
    before = jobs()
    answer = go(pages, **sent)
    assert answer.status_code == status and said in seen(answer)
    assert all(one.active for one in pages.world.people.members()) and jobs() == before


def test_nobody_is_given_to_who_has_left(pages, planned):
    pages.world.people.set_active("teacher-anna", False)
    assert go(pages, to="teacher-anna").status_code == 422


def test_who_left_can_be_let_back(pages):
    go(pages)
    assert pages.send("/people/back", {"name": "teacher-li"}, "op").status_code == 303
    assert pages.world.people.there["teacher-li"].active


@pytest.mark.parametrize(
    ("posts", "to", "stays"), [("hold", "", False), ("go", "", True), ("go", "teacher-anna", False)]
)
def test_own_accounts_go_with_whoever_leaves_unless_posts_still_need_them(pages, store, settings, posts, to, stays):
    put_accounts(store, settings, NOW)
    new = NewAccount(Way.HANDOFF, Platform.TIKTOK, "teacher-li", external_id="li", username="li-music")
    put_connected(store, settings, new, None, "teacher-li", NOW)
    page = pages.send("/people/leaves", {"name": "teacher-li", "posts": posts, "to": to}, "op")
    assert page.status_code == 200
    assert any(row.owner == "teacher-li" for row in store.accounts()) is stays
    assert ("@li-music" in page.text) is not stays


# The school's accounts -----------------------------------------------------------------------------------------


@pytest.fixture
def given(store, planned, pages):
    """One account of the school's that is given to who leaves."""
    store.give_account(account="instagram-school", for_all=False, staff_approves=False)
    store.put_account_uses(accounts=["instagram-school"], teachers=["teacher-li"], who="op", now=pages.world.now)
    return lambda: [use.teacher for use in store.users_of_account(account="instagram-school")]


@pytest.mark.parametrize("posts", list(Posts))
def test_who_leaves_and_hands_over_uses_the_schools_accounts_no_more(pages, given, jobs, posts):
    go(pages, to="teacher-anna", posts=posts)
    assert given() == []
    states = {job.state for job in jobs() if job.account == "instagram-school"}
    assert states == {"cancelled"}, "it was not given to who has the concert now"


@pytest.mark.parametrize("posts", [Posts.GO, Posts.HOLD])
def test_what_stays_under_their_name_still_goes_through_it(pages, given, jobs, store, posts):
    go(pages, posts=posts)
    assert given() == ["teacher-li"]
    assert {job.state for job in jobs()} == {"queued"}
    store.connection.execute("DELETE FROM campaign")
    go(pages, posts=posts)
    assert given() == []
