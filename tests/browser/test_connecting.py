"""Teachers connect accounts of their own at the platforms' look-alikes, post through them, and take them away."""

from __future__ import annotations

import re
import secrets

import pytest
from browser.house import MADE_WITHIN, House, Somebody
from playwright.sync_api import expect

WAYS = {"tiktok": "tiktok", "instagram": "instagram", "facebook": "instagram"}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SKIP_AFTER_APPROVAL = {"reminder": "skip", "day_of": "skip"}


@pytest.fixture(autouse=True)
def only_the_schools_afterwards(house: House):
    """Other tests post through the school's accounts."""
    yield
    house.store.connection.execute(
        "UPDATE account SET active = false WHERE origin = 'connected' AND owner = 'teacher-li'"
    )
    house.store.connection.execute("DELETE FROM login_attempt WHERE person = 'teacher-li' AND account IS NULL")


def name_at_the_platform() -> str:
    return f"li{secrets.randbelow(10**6)}x"


def goes_there(li: Somebody, way: str) -> None:
    li.go("/accounts")
    li.page.locator(f"#connect form:has(input[value={way}]) button").first.click()
    li.page.locator("#to-platform").click()
    expect(li.page.locator("input[name=account]")).to_be_visible()


def allows(li: Somebody, name: str) -> None:
    li.page.locator("input[name=account]").fill(name)
    li.page.locator("button[value=allow]").click()
    expect(li.page).to_have_url(re.compile(r"/encore/accounts/connect/"))


def connects(li: Somebody, way: str, name: str) -> None:
    goes_there(li, way)
    allows(li, name)
    expect(li.page.get_by_role("heading", level=1)).to_contain_text(f"@{name}")
    li.page.locator("button[value=keep]").click()
    expect(li.page.locator("li.account", has_text=f"@{name}")).to_be_visible()


@pytest.mark.parametrize(
    ("way", "how"), [("tiktok", {}), ("instagram", PHONE | {"locale": "zh-CN"}), ("facebook", {"locale": "de-DE"})]
)
def test_who_connects_an_account_posts_through_it_and_takes_it_away(house, way, how):
    li, name = house.person("teacher-li", **how), name_at_the_platform()
    connects(li, way, name)
    li.picture(f"connected-{way}")
    title = house.title("Owned Recital")
    campaign_id = house.campaign(concert_title=title, platforms=[WAYS[way]], timeline=SKIP_AFTER_APPROVAL)
    house.approve(campaign_id)
    house.stack.wait_until(lambda: house.feed(title), "The post is", timeout=90)
    (post,) = house.feed(title)
    assert name in post["account"]
    li.go("/accounts")
    card = li.page.locator("li.account", has_text=f"@{name}")
    card.locator("summary").click()
    card.locator("form[action$='/disconnect'] button").click()
    expect(li.page.locator("main > .left-note")).to_be_visible()
    expect(li.page.locator("li.account", has_text=f"@{name}")).to_contain_text("teacher-li")
    li.picture(f"disconnected-{way}")
    assert li.complaints == []


@pytest.mark.parametrize(("locale", "told"), [("en-GB", "was told not to allow it"), ("zh-CN", "没有同意授权")])
def test_who_denies_or_leaves_out_what_is_needed_is_told_in_one_sentence_with_one_button(house, locale, told):
    li = house.person("teacher-li", locale=locale, **PHONE)
    goes_there(li, "tiktok")
    li.page.locator("input[name=account]").fill(name_at_the_platform())
    li.page.locator("button[value=deny]").click()
    expect(li.page.get_by_role("alert")).to_contain_text(told)
    expect(li.page.locator("main a[role=button]")).to_have_count(1)
    li.picture(f"denied-{locale}")
    goes_there(li, "tiktok")
    li.page.locator("input[value='video.publish']").uncheck()
    allows_what_is_left = name_at_the_platform()
    allows(li, allows_what_is_left)
    expect(li.page.get_by_role("alert")).to_contain_text("video.publish")
    expect(li.page.locator("main a[role=button]")).to_have_count(1)
    assert not [row for row in house.store.accounts() if row.username == allows_what_is_left]
    assert li.complaints == []


def test_who_closes_the_window_finds_what_to_do_on_the_accounts_page(house):
    li = house.person("teacher-li")
    goes_there(li, "instagram")
    li.page.close()
    li.page = li.another_tab()
    li.go("/accounts")
    waiting = li.page.locator("section", has_text="have not come back yet")
    expect(waiting).to_be_visible()
    expect(waiting.locator("a[role=button]")).to_have_count(1)
    assert li.complaints == []


def test_another_account_than_the_one_to_renew_is_asked_about(house):
    li, first, second = house.person("teacher-li"), name_at_the_platform(), name_at_the_platform()
    connects(li, "tiktok", first)
    card = li.page.locator("li.account", has_text=f"@{first}")
    card.get_by_role("button", name=re.compile("^Connect again")).click()
    li.page.locator("#to-platform").click()
    allows(li, second)
    expect(li.page.locator(".held-note")).to_contain_text(f"This is not @{first}")
    li.page.locator("button[value=drop]").click()
    expect(li.page.locator("li.account", has_text=f"@{second}")).to_have_count(0)


def test_no_callback_works_in_another_session_or_twice(house):
    li, anna, name = house.person("teacher-li"), house.person("teacher-anna"), name_at_the_platform()
    goes_there(li, "tiktok")
    answers: list[str] = []
    li.page.on("request", lambda asked: "/callback/" in asked.url and answers.append(asked.url))
    allows(li, name)
    (answer,) = answers
    anna.page.goto(answer)
    expect(anna.page.get_by_role("alert")).to_contain_text("Nobody signed in here as you began this.")
    li.page.goto(answer)
    expect(li.page.get_by_role("alert")).to_contain_text("used already")
    assert not [row for row in house.store.accounts() if row.username == name]


def test_posts_that_wait_for_an_account_go_on_once_it_is_connected(house):
    li, name = house.person("teacher-li"), name_at_the_platform()
    connects(li, "tiktok", name)
    (row,) = [row for row in house.store.accounts() if row.username == name]
    card = li.page.locator("li.account", has_text=f"@{name}")
    card.locator("summary").click()
    card.locator("form[action$='/disconnect'] button").click()
    expect(card).to_contain_text("waits until it is connected again")
    title = house.title("Waiting Recital")
    campaign_id = house.campaign(concert_title=title, platforms=["tiktok"], timeline=SKIP_AFTER_APPROVAL)
    house.approve(campaign_id)
    li.go(f"/campaigns/{campaign_id}")
    (job,) = house.jobs(campaign_id)
    assert (job.account, job.state) == (row.account, "queued") and house.feed(title) == []
    li.go("/accounts")
    card = li.page.locator("li.account", has_text=f"@{name}")
    card.get_by_role("button", name=re.compile("^Connect again")).click()
    li.page.locator("#to-platform").click()
    allows(li, name)
    li.page.locator("button[value=keep]").click()
    house.stack.wait_until(lambda: house.feed(title), "The post is", timeout=MADE_WITHIN / 1000)
    assert len(house.feed(title)) == 1
