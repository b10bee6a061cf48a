"""An account on Xiaohongshu is connected by a QR code, on a phone and in Chinese."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime

import pytest
import requests
from browser.house import House
from playwright.sync_api import expect

from encore_airflow.stack.simulated_world import FREE_SERVICE

ACCOUNT = "li_laoshi"
PHONE = {"viewport": {"width": 390, "height": 844}, "locale": "zh-CN"}


@pytest.fixture
def scanned(house: House):
    """Scans the code that the service shows, with the simulator as the phone. Afterwards the service is free again."""
    service = f"{house.stack.simulator_url}/xiaohongshu/free-service"

    def scan() -> None:
        code = requests.get(f"{service}/scan", timeout=10).url
        requests.post(code, data={"account": ACCOUNT, "decision": "confirm"}, timeout=10).raise_for_status()

    yield scan
    requests.delete(f"{service}/api/v1/login/cookies", timeout=10).raise_for_status()
    with house.store.transaction():
        for row in house.store.accounts():
            if row.conn_id == FREE_SERVICE:
                house.store.retire_account(account=row.account)
        house.store.connection.execute(
            "UPDATE login_attempt SET status = 'dropped', settled_at = now() WHERE settled_at IS NULL"
        )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_teacher_connects_on_a_phone_in_chinese(house, scanned, scheme):
    li = house.person("teacher-li", color_scheme=scheme, **PHONE)
    li.go("/accounts/qr")
    expect(li.page.get_by_text("可能导致账号被封")).to_be_visible()
    li.picture(f"qr-choice-{scheme}")
    li.button("显示二维码").click()
    code = li.page.get_by_alt_text("小红书登录二维码")
    expect(code).to_be_visible()
    expect(li.page.locator("#qr-state")).to_contain_text("还有约 4 分钟可以扫描")
    assert base64.b64decode(code.get_attribute("src").partition(",")[2]).startswith(b"\x89PNG")
    assert li.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    li.picture(f"qr-code-{scheme}")

    scanned()
    keep = li.button("连接")  # the page goes on by itself
    expect(keep).to_be_visible()
    expect(li.page.get_by_role("heading", level=1)).to_have_text(f"连接 {ACCOUNT}？")
    li.picture(f"qr-asked-{scheme}")
    keep.click()
    expect(li.page.get_by_role("heading", level=1)).to_have_text(f"{ACCOUNT} 已连接")
    li.picture(f"qr-kept-{scheme}")
    [row] = [row for row in house.store.accounts() if row.conn_id == FREE_SERVICE]
    assert (row.owner, row.username, row.delivery) == ("teacher-li", ACCOUNT, "api")
    assert row.connected_at <= datetime.now(UTC)
    li.go("/accounts")
    expect(li.page.get_by_text(re.compile(re.escape(row.account)))).to_be_visible()
    assert li.complaints == []


def test_staff_choose_the_service_and_whose_it_will_be(house, scanned):
    op = house.person("op")
    op.go("/accounts/qr?account=xiaohongshu-school")
    expect(op.page.get_by_label("Which service")).to_have_value("encore_xiaohongshu_school")
    op.page.get_by_label("Which service").select_option(FREE_SERVICE)
    op.page.get_by_label("A teacher's").check()
    op.picture("qr-choice-staff")
    op.button("Show the code").click()
    expect(op.page.get_by_role("alert")).to_contain_text("Give the user name of the teacher")
    op.page.get_by_label("User name of the teacher").fill("teacher-li")
    op.button("Show the code").click()
    expect(op.page.get_by_role("heading", level=1)).to_have_text("Scan this code with Xiaohongshu")
    op.picture("qr-code-staff")
    op.button("Stop").click()
    expect(op.page.get_by_text("Nothing was kept.")).to_be_visible()
    op.picture("qr-dropped-staff")
    assert op.complaints == []


def test_an_account_is_added_by_hand_on_a_phone(house):
    li = house.person("teacher-li", **PHONE)
    li.go("/accounts/by-hand?platform=xiaohongshu")
    li.page.locator("[name=name]").fill("李老师的琴房")
    li.page.locator("[name=link]").fill("https://example.com/li")
    li.button("添加账号").click()
    expect(li.page.get_by_role("alert")).to_contain_text("那个链接指向 example.com")
    expect(li.page.locator("[name=name]")).to_have_value("李老师的琴房")
    li.picture("by-hand-wrong")
    li.page.locator("[name=link]").fill("https://www.xiaohongshu.com/user/profile/5f1a")
    li.button("添加账号").click()
    expect(li.page).to_have_url(re.compile("/accounts$"))
    [row] = [row for row in house.store.accounts() if row.way == "handoff" and row.owner == "teacher-li"]
    house.store.retire_account(account=row.account)
    assert li.complaints == []
