"""What people do after an approval, by mouse: what they were told is what becomes of the posts."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

import pytest
from browser.house import MADE_WITHIN, House, Somebody, concert_time
from playwright.sync_api import expect

from encore.campaigns.review import review

SKIP_THE_REST = {"reminder": "skip", "day_of": "skip"}


@pytest.fixture
def op(house: House) -> Somebody:
    return house.person("op", viewport={"width": 1400, "height": 1000})


@pytest.fixture
def let_go(house: House):
    """A stop that a failed test leaves would hold all that come after it."""
    yield
    house.store.connection.execute("UPDATE stop SET ended_at = now(), ended_by = 'op' WHERE ended_at IS NULL")


def approve(somebody: Somebody, campaign_id: str) -> None:
    """As the page asks, with nothing ticked but what the platforms want."""
    somebody.go(f"/campaigns/{campaign_id}/approve")
    audience = somebody.page.get_by_label("Everyone")
    if audience.count():
        audience.check()
        somebody.page.get_by_label("By posting, I agree").check()
    somebody.page.get_by_role("button", name=re.compile("^Approve and schedule")).click()
    expect(somebody.page).to_have_url(re.compile(f"/campaigns/{campaign_id}(#.*)?$"))


def write(somebody: Somebody, house: House, campaign_id: str, text: str) -> None:
    """Into the Instagram caption, in its place on the campaign's page."""
    somebody.go(f"/campaigns/{campaign_id}")
    card = somebody.page.locator(f"[id='text-{house.caption(campaign_id).asset_id}']")
    somebody.link("Edit", card).click()
    card.locator("textarea").fill(text)
    somebody.button("Save", card).click()
    expect(card.locator(".caption")).to_contain_text(text)


def test_a_cancelled_post_stays_cancelled_until_its_cancel_is_taken_back(house, li):
    in_a_week = {"announcement": concert_time(7).isoformat(), "reminder": concert_time(14).isoformat()}
    campaign_id = house.campaign(platforms=["instagram"], timeline={**in_a_week, "day_of": "skip"})
    house.approve(campaign_id)
    first, other = house.jobs(campaign_id)
    li.go(f"/campaigns/{campaign_id}")
    post = li.page.locator(f"[id='{first.job_id}']")
    post.get_by_role("button", name=re.compile("^Cancel")).click()
    expect(post).to_contain_text("Nothing was published.")

    write(li, house, campaign_id, "Come and listen, all of you!")
    li.go(f"/campaigns/{campaign_id}/approve")
    expect(li.page.get_by_text("These were cancelled and stay so.")).to_be_visible()
    li.picture("people-cancelled-approve")
    li.button("Approve and schedule 1 post").click()
    expect(post.get_by_role("button", name=re.compile("^Undo the cancel"))).to_be_visible()
    assert {job.job_id: job.state for job in house.jobs(campaign_id)} == {
        first.job_id: "cancelled", other.job_id: "queued",
    }  # fmt: skip
    li.picture("people-cancelled")

    post.get_by_role("button", name=re.compile("^Undo the cancel")).click()
    expect(post).to_contain_text(f"Goes out {concert_time(7):%a %-d %b}")
    first = house.jobs(campaign_id)[0]
    assert (first.state, first.scheduled_at) == ("queued", concert_time(7))
    assert li.complaints == []


def test_a_due_post_waits_while_staff_have_stopped_the_school_and_goes_out_when_they_let_it(house, li, op, let_go):
    campaign_id = house.campaign(platforms=["instagram"], timeline=SKIP_THE_REST)
    title = house.store.campaign(campaign_id=campaign_id).concert_title
    op.go("/accounts")
    school = op.page.locator("details.form", has=op.page.locator("input[name=scope][value=school]"))
    school.locator("summary").click()
    school.get_by_label("Why").fill("The hall has called.")
    op.button("Stop publishing", school).click()
    go = op.page.get_by_role("button", name=re.compile("^Resume publishing"))
    expect(go).to_have_count(1)
    op.picture("people-stopped-accounts")

    approve(li, campaign_id)
    expect(li.page.locator("#stops")).to_contain_text("The hall has called.")
    time.sleep(12)  # longer than a due post takes
    li.go(f"/campaigns/{campaign_id}")
    li.picture("people-stopped")
    assert [job.state for job in house.jobs(campaign_id)] == ["queued"] and house.feed(title) == []

    go.click()
    expect(go).to_have_count(0)
    expect(li.page.locator("#posts")).to_contain_text("1 of 1 posts are live.", timeout=MADE_WITHIN)
    expect(li.page.locator("#stops")).to_be_empty()
    assert len(house.feed(title)) == 1
    assert li.complaints == [] and op.complaints == []


def test_a_concert_is_called_off_in_one_action(house, li):
    in_two_weeks = {"reminder": concert_time(14).isoformat(), "day_of": "skip"}
    campaign_id = house.campaign(platforms=["instagram"], timeline=in_two_weeks)
    approve(li, campaign_id)
    expect(li.page.locator("#posts .outcome.success")).to_have_count(1, timeout=MADE_WITHIN)
    li.link("The concert is called off or put off").click()
    li.button("Call it off").click()

    [live] = [job for job in house.jobs(campaign_id) if job.state == "success"]
    expect(li.page.get_by_text("1 post is held.")).to_be_visible()
    expect(li.link("Open the post")).to_have_attribute("href", live.external_url)
    expect(li.page.locator("#told-en")).to_contain_text("is called off. We are sorry")
    li.picture("people-called-off")
    assert sorted(job.state for job in house.jobs(campaign_id)) == ["cancelled", "success"]
    li.link("On to the campaign").click()
    expect(li.page.locator("#stage")).to_contain_text("Nothing of it goes out.")
    li.picture("people-called-off-campaign")
    assert li.complaints == []


def test_after_the_venue_changed_one_click_makes_everything_anew(house, li):
    in_a_week = {"announcement": concert_time(7).isoformat(), **SKIP_THE_REST}
    campaign_id = house.campaign(venue_or_link="Old Boathouse", timeline=in_a_week)
    house.approve(campaign_id)
    li.go(f"/campaigns/{campaign_id}/facts")
    li.page.locator("[name=venue_or_link]").fill("New Lighthouse")
    li.button("Save the facts").click()
    expect(li.page).not_to_have_url(re.compile("/facts$"))
    li.go(f"/campaigns/{campaign_id}/approve")
    old = li.page.locator("fieldset", has_text="These were made before something in them changed")
    texts, pictures = old.locator("label:not(:has(img, video))"), old.locator("label:has(img, video)")
    expect(pictures.first).to_be_visible()
    assert texts.count() >= 3 and pictures.count() >= 3, (texts.count(), pictures.count())
    li.picture("people-stale-approve")

    li.go(f"/campaigns/{campaign_id}")
    expect(li.page.locator("#stage [name=keep_edited]")).to_be_checked()
    li.button("Write everything anew from the facts as they are now").click()
    expect(li.page.locator("#stage")).not_to_contain_text("made before something in")
    house.wait_until_written(campaign_id, requests=2)
    expect(li.link("Go on to approve and schedule").or_(li.button("Go on to approve and schedule"))).to_be_visible()
    expect(li.page.locator("#stage")).not_to_contain_text("made before something in")
    li.picture("people-anew")
    said = [row.content for row in house.store.content_assets(campaign_id=campaign_id)]
    drawn = [str(row.drawn_from) for row in review(house.store, campaign_id).media]
    assert not [text for text in [*said, *drawn] if "Boathouse" in text]
    assert drawn and any("Lighthouse" in text for text in drawn) and any("Lighthouse" in text for text in said)

    approve(li, campaign_id)
    expect(li.page.locator("#stage")).to_contain_text("Approved by teacher-li")
    assert {job.state for job in house.jobs(campaign_id)} == {"queued"}
    assert li.complaints == []


def test_a_moved_post_that_was_edited_late_goes_out_at_its_new_time_with_its_new_text(house, li):
    planned = datetime.now(UTC) + timedelta(seconds=50)
    campaign_id = house.campaign(
        platforms=["instagram"], timeline={"announcement": planned.isoformat(), **SKIP_THE_REST}
    )
    title = house.store.campaign(campaign_id=campaign_id).concert_title
    house.approve(campaign_id)
    [job] = house.jobs(campaign_id)
    moved = (datetime.now(concert_time().tzinfo) + timedelta(seconds=150)).replace(second=0, microsecond=0)
    li.go(f"/campaigns/{campaign_id}")
    post = li.page.locator(f"[id='{job.job_id}']")
    post.locator("summary", has_text="Another time").click()
    post.get_by_label("New time").fill(f"{moved:%Y-%m-%dT%H:%M}")
    li.button("Move it", post).click()
    expect(post.get_by_label("New time")).to_be_hidden()

    time.sleep(max((planned - datetime.now(UTC)).total_seconds(), 0) + 1)
    write(li, house, campaign_id, f"{title}: bring a cushion.")
    approve(li, campaign_id)
    [again] = house.jobs(campaign_id)
    assert (again.state, again.scheduled_at) == ("queued", moved) and house.feed(title) == []
    li.picture("people-moved")
    expect(li.page.locator("#posts")).to_contain_text("1 of 1 posts are live.", timeout=2.5 * MADE_WITHIN)
    assert datetime.now(UTC) >= moved
    [live] = house.feed(title)
    assert "bring a cushion" in live["text"]
    assert li.complaints == []


@pytest.mark.timeout(480)
def test_a_hand_off_is_confirmed_after_its_window(house):
    """The window closes when the concert begins; the next run, within two minutes, sees that nobody confirmed."""
    anna = house.person("teacher-anna")
    begins = datetime.now(UTC) + timedelta(seconds=60)
    campaign_id = house.campaign(
        "teacher-anna", platforms=["instagram"], concert_datetime=begins.isoformat(), timeline=SKIP_THE_REST
    )
    approve(anna, campaign_id)
    [job] = house.jobs(campaign_id)
    assert job.delivery == "handoff"
    post = anna.page.locator(f"[id='{job.job_id}']")
    expect(anna.button("Open the package", post)).to_be_visible(timeout=MADE_WITHIN)
    expect(post).to_contain_text("We don't know whether it was posted by hand", timeout=4 * MADE_WITHIN)
    anna.picture("people-hand-off-late")
    post.locator("summary", has_text="It is live").click()
    post.get_by_label("Link of the post").fill("https://www.instagram.com/p/DAbc123/")
    anna.button("It is live", post).click()
    expect(anna.page.locator("#posts")).to_contain_text("1 of 1 posts are live.")
    anna.picture("people-hand-off-live")
    assert house.jobs(campaign_id)[0].state == "success"
    assert anna.complaints == []


HIDDEN = 'A<!-- unseen --><span style="display:none">gone</span>![](http://pictures.test/x.png)'


def test_staff_see_hidden_text_and_pictures_literally_in_airflows_review(house, op):
    title, page, asked_for = f"{house.title()} {HIDDEN}", op.page, []
    page.on("request", lambda request: asked_for.append(request.url))
    form = {
        "teacher_id": "teacher-li", "concert_title": title, "concert_datetime": "+21d 19:30",
        "timezone": "Europe/Berlin", "venue_or_link": "Small Hall",
    }  # fmt: skip
    made = house.stack.api(
        "POST", "/api/v2/dags/generate_campaign/dagRuns", "op", json={"logical_date": None, "conf": form}
    )
    assert made.ok, made.text
    asked = page.get_by_role("link", name=re.compile(re.escape(f"Approve the posts of {title[:12]}")))
    for _ in range(40):
        page.goto(f"{op.base}/required_actions")
        page.wait_for_timeout(1500)
        if asked.count():
            break
    asked.first.click()
    caption = page.get_by_role("heading", name="instagram · Announcement · en (version 1)")
    expect(caption).to_be_visible()
    op.picture("people-review")
    shown = page.locator("body").inner_text()
    after = shown[shown.index("instagram · Announcement · en") :][:2000]
    for what in ("<!-- unseen -->", '<span style="display:none">gone</span>', "![](http://pictures.test/x.png)"):
        assert what in after, what
    assert not [url for url in asked_for if "pictures.test" in url]
