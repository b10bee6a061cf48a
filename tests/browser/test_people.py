"""What people do after an approval, by mouse: what they were told is what becomes of the posts."""

from __future__ import annotations

import re
import time

import pytest
from browser.house import MADE_WITHIN, House, Somebody
from playwright.sync_api import expect

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


def test_a_due_post_waits_while_staff_have_stopped_the_school_and_goes_out_when_they_let_it(house, li, op, let_go):
    campaign_id = house.campaign(platforms=["instagram"], timeline=SKIP_THE_REST)
    title = house.store.campaign(campaign_id=campaign_id).concert_title
    op.go("/accounts")
    school = op.page.locator("details.form", has=op.page.locator("input[name=scope][value=school]"))
    school.locator("summary").click()
    school.get_by_label("Why").fill("The hall has called.")
    op.button("Stop publishing", school).click()
    go = op.page.get_by_role("button", name=re.compile("^Let it go on"))
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
