"""Two people at one text, two clicks for one, and a page that was left open over night."""

from __future__ import annotations

from browser.house import MADE_WITHIN
from playwright.sync_api import expect


def edit(somebody, asset_id):
    """Opens the editor in its place; returns the text's card."""
    card = somebody.page.locator(f"[id='text-{asset_id}']")
    somebody.link("Edit", card).click()
    expect(card.locator("textarea")).to_be_focused()
    return card


def test_the_second_of_two_editors_sees_both_texts_and_loses_nothing(house, li, written):
    asset_id = house.caption(written).asset_id
    op = house.person("op")
    for somebody in (li, op):
        somebody.go(f"/campaigns/{written}")
    mine, theirs = edit(li, asset_id), edit(op, asset_id)
    theirs.locator("textarea").fill("Doors open at the usual time. Come early!")
    op.button("Save", theirs).click()
    expect(theirs.locator(".caption")).to_contain_text("Come early!")

    mine.locator("textarea").fill("Bring your friends. Come early!")
    li.button("Save", mine).click()
    expect(mine.get_by_role("alert")).to_contain_text("Somebody else changed this text while you did.")
    expect(mine.locator("ins").first).to_contain_text("Doors")
    expect(mine.locator("textarea")).to_have_value("Bring your friends. Come early!")
    assert house.caption(written).content == "Doors open at the usual time. Come early!"

    li.button("Save", mine).click()
    expect(mine.locator(".caption")).to_contain_text("Bring your friends. Come early!")
    li.link("Versions", mine).click()
    expect(li.page.locator("ol.versions > li")).to_have_count(3)
    expect(li.page.locator("ol.versions")).to_contain_text("Doors open at the usual time.")


def test_a_double_click_schedules_once(house, li):
    campaign_id = house.campaign(platforms=["instagram"], timeline={"reminder": "skip", "day_of": "skip"})
    li.go(f"/campaigns/{campaign_id}/approve")
    li.button("Approve and schedule 1 post").dblclick()
    expect(li.page.locator("#posts")).to_contain_text("1 of 1 posts are live.", timeout=MADE_WITHIN)
    # And as a browser without our script would send it: twice.
    for _ in range(2):
        form = {"content_sha256": house.store.approval_in_force(campaign_id=campaign_id).content_sha256}
        answer = li.context.request.post(
            f"{li.base}/encore/campaigns/{campaign_id}/approve", form=form, headers={"Origin": li.base}
        )
        assert answer.status == 200, answer.text()[:500]
    assert len(house.jobs(campaign_id)) == 1
    assert len(house.feed(house.jobs(campaign_id)[0].concert_title)) == 1


def test_a_session_that_ended_over_night_costs_no_text(house, li, written):
    asset_id = house.caption(written, "tiktok").asset_id
    li.go(f"/campaigns/{written}")
    card = edit(li, asset_id)
    card.locator("textarea").fill("Written late at night. Come and listen!")
    li.context.clear_cookies(name="_token")

    li.button("Save", card).click()
    notice = li.page.locator("#notice")
    expect(notice).to_contain_text("You are signed out.")
    expect(card.locator("textarea")).to_have_value("Written late at night. Come and listen!")
    # Signed in again in another tab, the first one goes on.
    with li.context.expect_page() as opened:
        li.link("Sign in in a new tab", notice).click()
    login = opened.value
    login.get_by_label("User name").fill("teacher-li")
    login.get_by_label("Password", exact=True).fill(house.stack.passwords["teacher-li"])
    login.get_by_role("button", name="Sign in", exact=True).click()
    expect(login.get_by_role("heading", name="You are signed in")).to_be_visible()
    login.close()
    li.button("Save", card).click()
    expect(card.locator(".caption")).to_contain_text("Written late at night.")
    assert house.caption(written, "tiktok").content == "Written late at night. Come and listen!"


def test_what_was_typed_outlives_its_tab(house, li, written):
    asset_id = house.caption(written, "instagram", "reminder").asset_id
    li.go(f"/campaigns/{written}")
    edit(li, asset_id).locator("textarea").fill("Half a thought")
    li.page.close()
    li.page = li.another_tab()
    li.go(f"/campaigns/{written}")
    card = edit(li, asset_id)
    expect(card.locator("textarea")).to_have_value("Half a thought")
    expect(card).to_contain_text("This is what you had typed and not saved.")
    li.button("Discard it", card).click()
    expect(card.locator("textarea")).to_have_value(house.caption(written, "instagram", "reminder").content)


def test_what_was_typed_is_checked_again_where_it_is_found_again(house, li, written):
    caption = house.caption(written, "instagram", "reminder")
    li.go(f"/campaigns/{written}")
    edit(li, caption.asset_id).locator("textarea").fill("#music " * 31)
    expect(li.page.locator(".checked .refused")).to_be_visible()
    li.page.reload()
    edit(li, caption.asset_id)
    expect(li.page.locator(".checked .refused")).to_be_visible()
    li.go(f"/campaigns/{written}/texts/{caption.asset_id}/edit")
    expect(li.page.locator("textarea")).to_have_value("#music " * 31)
    expect(li.page.locator(".checked .refused")).to_be_visible()
    li.button("Discard it").click()
    expect(li.page.locator("textarea")).to_have_value(caption.content)
    expect(li.page.locator(".checked .refused")).to_have_count(0)


TYPE_AT_ONCE = """text => new MutationObserver((_, observer) => {
  const area = document.querySelector("textarea");
  if (!area) return;
  observer.disconnect();
  area.value = text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
}).observe(document.body, { childList: true, subtree: true })"""


def test_what_is_typed_the_moment_the_editor_opens_is_checked(house, li, written):
    caption = house.caption(written, "instagram", "day_of")
    li.go(f"/campaigns/{written}")
    li.page.evaluate(TYPE_AT_ONCE, "#music " * 31)
    card = edit(li, caption.asset_id)
    expect(card.locator(".checked .refused")).to_be_visible()
    li.link("Leave it as it was", card).click()
    expect(card.locator("textarea")).to_have_count(0)


def test_no_network_is_said_and_costs_no_text(house, li, written):
    asset_id = house.caption(written, "instagram", "day_of").asset_id
    li.go(f"/campaigns/{written}")
    card = edit(li, asset_id)
    card.locator("textarea").fill("Typed in a tunnel.")
    li.context.set_offline(True)
    li.button("Save", card).click()
    expect(li.page.locator("#offline")).to_be_visible()
    expect(card.locator("textarea")).to_have_value("Typed in a tunnel.")
    li.context.set_offline(False)
    li.button("Save", card).click()
    expect(card.locator(".caption")).to_contain_text("Typed in a tunnel.")
    expect(li.page.locator("#offline")).to_be_hidden()
