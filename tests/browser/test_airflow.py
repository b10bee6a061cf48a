"""What staff and ops click in Airflow's own pages: trigger with the form, approve the review, clear a failed post."""

from __future__ import annotations

import re

import pytest
from browser.house import MADE_WITHIN, Somebody
from playwright.sync_api import expect


@pytest.fixture
def op(house) -> Somebody:
    return house.person("op", viewport={"width": 1400, "height": 1000})


def test_staff_trigger_a_campaign_and_approve_its_posts(house, op):
    title, page = house.title("Clicked"), op.page
    page.goto(f"{op.base}/dags/generate_campaign")
    page.get_by_role("button", name="Trigger").first.click()
    form = page.get_by_role("dialog")
    given = {
        "Teacher": "teacher-li",
        "Concert title": title,
        "Concert date and time": "+21d 19:30",
        "Venue or link": "Small Hall",
    }
    for name, value in given.items():
        form.get_by_role("group").filter(has_text=name).last.get_by_role("textbox").fill(value)
    form.get_by_role("combobox", name="Time zone").click()
    page.keyboard.type("Europe/Berlin")
    page.get_by_role("option", name="Europe/Berlin", exact=True).click()
    expect(page.get_by_role("option")).to_have_count(0)  # the list is gone, which takes a click for its own
    form.get_by_role("button", name="Trigger").click()
    expect(page).to_have_url(re.compile("/runs/manual"), timeout=60_000)

    # The review shows up under "Required actions", with every text, and leads to the pictures.
    asked = page.get_by_role("link", name=f"Approve the posts of {title}?")
    for _ in range(30):
        page.goto(f"{op.base}/required_actions")
        page.wait_for_timeout(1500)
        if asked.count():
            break
    asked.click()
    expect(page.get_by_role("heading", name="tiktok · Announcement · en (version 1)")).to_be_visible()
    pictures = page.get_by_role("link", name="See the flyer, and each post as it will look")
    campaign_id = pictures.get_attribute("href").rpartition("/")[2]
    page.get_by_role("combobox", name="Who may see the TikTok posts").click()
    page.get_by_role("option", name="Everyone").click()
    # A switch: what can be pressed lies over the box that keeps the answer.
    page.locator("input[name='element_tiktok_music_usage']").evaluate("box => box.click()")
    page.get_by_role("button", name="Approve", exact=True).click()

    # The teacher sees what became of it.
    house.stack.wait_until(lambda: house.jobs(campaign_id), "The plan is", timeout=60)
    op.go(f"/campaigns/{campaign_id}")
    expect(page.locator("#posts")).to_contain_text("9 of 9 posts are live.", timeout=2 * MADE_WITHIN)
    assert len(house.feed(title)) == 9


def test_ops_clear_a_failed_post_in_the_grid_and_it_goes_out_once(house, op):
    house.fault(platform="instagram", operation="create_container", fault="error", args={"code": 77777}, times=1)
    skip = {"reminder": "skip", "day_of": "skip"}
    campaign_id = house.campaign(platforms=["instagram"], timeline=skip)
    title = house.store.campaign(campaign_id=campaign_id).concert_title
    house.approve(campaign_id)
    house.stack.wait_until(lambda: house.jobs(campaign_id)[0].state == "failed", "The failure is", timeout=60)
    assert house.feed(title) == []

    page = op.page
    run = _run_of(house, house.jobs(campaign_id)[0].job_id).partition("+")[0]
    page.goto(f"{op.base}/dags/publish_due_jobs")
    page.locator(f"a[href*='{run}'][href$='/tasks/publish/mapped']").first.click()
    page.mouse.move(0, 0)  # or the grid's hint lies over the table
    page.get_by_role("link", name=f"instagram · {title} · announcement").click()
    expect(page.get_by_text("Instagram refused the post for a reason").first).to_be_visible()
    page.go_back()
    row = page.get_by_role("row").filter(has_text=title)
    # Airflow may notice only seconds after the job has failed that its task has.
    expect(row.get_by_text("Failed")).to_be_visible()
    row.get_by_role("button", name="Clear Task Instance").click()
    page.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    house.stack.wait_until(lambda: house.jobs(campaign_id)[0].state == "success", "The post is", timeout=60)
    [post] = house.feed(title)
    assert post["url"] == house.jobs(campaign_id)[0].external_url
    # In Airflow's navigation, the teacher's pages are one click away.
    page.get_by_text("Campaigns", exact=True).click()
    expect(page.get_by_role("heading", name="Campaigns", level=1)).to_be_visible()


def _run_of(house, job_id: str) -> str:
    """The run that has claimed the job."""
    claims = "SELECT run_id FROM claim_batch WHERE job_id = %s"
    return house.store.connection.execute(claims, (job_id,)).fetchone().run_id.partition("/")[2]
