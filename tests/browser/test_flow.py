"""A teacher's whole way (spec §5) by mouse: sign in, create, generate, edit, approve, results, failure and retry."""

from __future__ import annotations

import re

from browser.house import MADE_WITHIN, concert_time
from playwright.sync_api import expect
from role_table import put_job_in_state


def test_from_signing_in_to_three_live_posts_with_a_failure_on_the_way(house):
    li = house.person("teacher-li", signed_in=False)
    title = house.title("Lantern Recital")

    # Sign in: a wrong password is told, the name stays, and then it leads back.
    li.go("/new")
    li.page.get_by_label("User name").fill("teacher-li")
    li.page.get_by_label("Password", exact=True).fill("not the password")
    li.button("Sign in").click()
    expect(li.page.get_by_role("alert")).to_contain_text("do not belong together")
    expect(li.page.get_by_label("User name")).to_have_value("teacher-li")
    li.wrong.clear()  # the browser notes each answer that is no success
    li.page.get_by_label("Password", exact=True).fill(house.stack.passwords["teacher-li"])
    li.button("Sign in").click()
    expect(li.page).to_have_url(re.compile("/encore/new$"))

    # Create. A mistake is told at its field, and nothing is to be typed again.
    form = li.page
    form.get_by_label("Concert title").fill(title)
    form.get_by_label("Local date and time").fill(f"{concert_time(-3):%Y-%m-%dT%H:%M}")
    expect(form.get_by_label("Time zone of the concert")).to_have_value("Europe/Berlin")
    form.get_by_label("Place, or the link").fill("Kleiner Saal, Musikschule Mitte")
    form.get_by_label("What is special").fill("Mia plays her first Chopin waltz.")
    for touchpoint in ("Reminder", "On the day"):
        open_times(form)
        form.get_by_role("group", name=touchpoint).get_by_label("Leave it out").check()
    li.button("Create the campaign").click()
    expect(form.get_by_role("alert").first).to_contain_text("1 field needs a change")
    expect(form.get_by_label("Local date and time")).to_have_attribute("aria-invalid", "true")
    expect(form.get_by_label("Concert title")).to_have_value(title)
    form.get_by_label("Local date and time").fill(f"{concert_time():%Y-%m-%dT%H:%M}")
    li.button("Create the campaign").click()

    # Generate: the page shows the texts by itself.
    expect(form.get_by_role("heading", name=title, level=1)).to_be_visible()
    campaign_id = li.path.rpartition("/")[2]
    expect(li.button("Go on to approve and schedule")).to_be_visible(timeout=MADE_WITHIN)

    # Review and edit, with the room that is left told while typing.
    card = form.locator(f"[id='text-{house.caption(campaign_id).asset_id}']")
    li.link("Edit", card).click()
    field = card.locator("textarea")
    field.fill(f"{title}: a lantern for every piece. Come and listen at 4 am!")
    expect(card.locator(".checked")).to_contain_text("left")
    expect(card.locator(".checked")).to_contain_text("Not in the concert's facts")
    field.fill(f"{title}: a lantern for every piece. Come and listen!")
    expect(card.locator(".checked")).not_to_contain_text("Not in the concert's facts")
    li.button("Save", card).click()
    expect(card.locator(".caption")).to_contain_text("a lantern for every piece")
    expect(card).to_contain_text("version 2")

    # Approve: exactly what goes out, and what TikTok wants to be told. The Instagram post is refused once.
    house.fault(platform="instagram", operation="create_container", fault="error", args={"code": 77777}, times=1)
    li.button("Go on to approve and schedule").click()
    expect(form.get_by_text("This sends 3 posts, exactly as they stand here:")).to_be_visible()
    expect(form.locator(".going")).to_contain_text("a lantern for every piece")
    form.get_by_label("Everyone").check()
    form.get_by_label("By posting, I agree").check()
    li.button("Approve and schedule 3 posts").click()

    # Results, without reloading: two live, one failed, in words.
    posts = form.locator("#posts")
    expect(posts).to_contain_text("2 of 3 posts are live. 1 needs a look.", timeout=MADE_WITHIN)
    failed = posts.locator(".outcome.failed")
    expect(failed).to_contain_text("Instagram refused the post for a reason that Encore does not know yet.")
    expect(failed).to_contain_text("It is not live.")

    # Retry, clicked twice in a hurry: it goes out once.
    again = failed.get_by_role("button", name="Try again: Instagram")
    again.dblclick()
    expect(posts).to_contain_text("3 of 3 posts are live.", timeout=MADE_WITHIN)
    expect(form.locator(".outcome.success")).to_have_count(3)

    # What the pages call live is in the platforms' feed, once each.
    feed = house.feed(title)
    assert sorted(post["platform"] for post in feed) == ["instagram", "tiktok", "xiaohongshu"]
    links = posts.get_by_role("link", name="Open the post").all()
    assert {link.get_attribute("href") for link in links} == {post["url"] for post in feed}
    assert li.complaints == []

    # Another teacher finds nothing; an op finds all.
    anna = house.person("teacher-anna")
    anna.go()
    expect(anna.page.get_by_role("heading", name="Campaigns", level=1)).to_be_visible()
    expect(anna.page.get_by_text(title)).to_have_count(0)
    assert anna.page.goto(f"{anna.base}/encore/campaigns/{campaign_id}").status == 404
    job_id = house.jobs(campaign_id)[0].job_id
    assert anna.page.goto(f"{anna.base}/encore/jobs/{job_id}").status == 404
    op = house.person("op")
    op.go(f"/campaigns/{campaign_id}")
    expect(op.page.locator("#posts")).to_contain_text("3 of 3 posts are live.")


def open_times(page) -> None:
    times = page.locator("details.times").filter(has_text="When the posts go out")
    if times.get_attribute("open") is None:
        times.locator("summary").click()


def test_a_doubtful_post_is_settled_by_its_teacher(house, li):
    """The platform did not answer when it was sent: the list leads with it; the teacher looks, and says so."""
    campaign_id = house.campaign(platforms=["instagram"], timeline=in_a_week())
    title = house.store.campaign(campaign_id=campaign_id).concert_title
    house.approve(campaign_id)
    [job] = house.jobs(campaign_id)
    put_job_in_state(house.store, job.job_id, "failed", "confirm_outcome", code="outcome_unknown")
    li.go()
    needs = li.page.locator(".needs")
    expect(needs).to_contain_text(title)
    li.link(title, needs).first.click()
    doubt = li.page.locator(".outcome.doubt")
    expect(doubt).to_contain_text("Nothing is sent again before you have said.")
    doubt.locator("summary").click()
    doubt.get_by_label("Link of the post").fill("https://www.example.org/elsewhere")
    li.button("It is live", doubt).click()
    expect(li.page.locator("#notice")).to_contain_text("Copy the link from the post itself.")
    expect(doubt.get_by_label("Link of the post")).to_have_value("https://www.example.org/elsewhere")
    doubt.get_by_label("Link of the post").fill("https://www.instagram.com/p/abc/")
    li.button("It is live", doubt).click()
    expect(li.page.locator("#posts")).to_contain_text("1 of 1 posts are live.")
    assert house.store.job(job_id=job.job_id).state == "success"
    assert house.feed(title) == [], "saying that it is live sends nothing"


def test_a_post_is_moved_and_another_cancelled(house, li):
    twice = {**in_a_week(), "day_of": concert_time(19).isoformat()}
    campaign_id = house.campaign(platforms=["instagram"], timeline=twice)
    house.approve(campaign_id)
    li.go(f"/campaigns/{campaign_id}")
    first, second = (li.page.locator(f"[id='{job.job_id}']") for job in house.jobs(campaign_id))
    first.locator("summary").click()
    field = first.get_by_label("New time")
    expect(field).to_have_value(f"{concert_time(7):%Y-%m-%dT%H:%M}")
    field.fill(f"{concert_time(30):%Y-%m-%dT%H:%M}")
    li.button("Move it", first).click()
    expect(li.page.locator("#notice")).to_contain_text("At this time the concert will have begun.")
    expect(field).to_have_value(f"{concert_time(30):%Y-%m-%dT%H:%M}")
    field.fill(f"{concert_time(9):%Y-%m-%dT%H:%M}")
    li.button("Move it", first).click()
    expect(first).to_contain_text(f"Goes out {concert_time(9):%a %-d %b}")
    expect(first.get_by_label("New time")).to_be_hidden()
    expect(li.page.locator("#notice")).to_be_empty()
    second.get_by_role("button", name="Cancel").click()
    expect(second).to_contain_text("Nothing was published.")
    states = [(job.state, job.scheduled_at) for job in house.jobs(campaign_id)]
    assert states == [("queued", concert_time(9)), ("cancelled", concert_time(19))]
    assert li.complaints == []


def in_a_week() -> dict[str, str]:
    """One post, which no run touches while the test looks."""
    return {"announcement": concert_time(7).isoformat(), "reminder": "skip", "day_of": "skip"}
