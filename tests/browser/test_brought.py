"""What people bring from elsewhere, by mouse, in Chinese and English: tables, a phone's picture and video, a link."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from brought_media import CASES, film
from browser.house import MADE_WITHIN, House, Somebody, concert_time
from openpyxl import Workbook
from playwright.sync_api import expect

from encore.words.sentence import Words


def person(house: House, language: str, name: str = "teacher-li") -> Somebody:
    locale = {"en": "en-GB", "zh": "zh-CN"}[language]
    return house.person(name, locale=locale, timezone_id="Asia/Shanghai")


def said(language: str, key: str, **values: object) -> str:
    return Words(language).say(key, **values)


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def send(somebody: Somebody, language: str, path: Path) -> None:
    somebody.go("/import")
    somebody.page.set_input_files("input[type=file]", path)
    somebody.button(said(language, "import.look")).click()
    expect(somebody.page).to_have_url(re.compile("/import/[^/]+$"))


def starts(house: House, title: str) -> datetime:
    found = house.store.connection.execute("SELECT concert_datetime FROM campaign WHERE concert_title = %s", (title,))
    [(at,)] = [tuple(row.values()) if isinstance(row, dict) else tuple(row) for row in found.fetchall()]
    return at


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_excel_sheet_with_chinese_headers_goes_in_with_two_clicks(house, language, tmp_path):
    li, title = person(house, language), house.title("春之声")
    day = datetime.now(UTC) + timedelta(days=40)
    sheet = workbook(
        tmp_path / "音乐会.xlsx",
        [
            ["2027 春季音乐会安排"],
            ["音乐会名称", "日期", "时间", "地点", "节目", "平台"],
            [title, f"{day.year}年{day.month}月{day.day}日", "晚上7点半", "国家大剧院", "肖邦夜曲", "小红书、TikTok"],
        ],
    )
    send(li, language, sheet)
    li.picture(f"brought-table-{language}")
    li.button(said(language, "import.put_in", n=1)).click()
    expect(li.page.locator("section[role=status]")).to_be_visible()
    li.picture(f"brought-table-in-{language}")
    assert starts(house, title).astimezone(UTC) == day.replace(hour=11, minute=30, second=0, microsecond=0)
    assert li.complaints == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_sheet_with_mixed_faults_is_mended_in_place(house, language, tmp_path):
    li, titles = person(house, language), [house.title(name) for name in ("Good", "Late", "Nowhere")]
    year = datetime.now(UTC).year + 1
    sheet = workbook(
        tmp_path / "concerts.xlsx",
        [
            ["Title", "When", "Zone", "Place", "Link"],
            [titles[0], datetime(year, 5, 8, 19, 30), "Asia/Shanghai", "Hall", None],
            [titles[1], "next Friday", "Asia/Shanghai", "Hall", None],
            [titles[2], f"{year}-05-10 19:30", "Mars/Olympus", "Hall", "at the box office"],
        ],
    )
    send(li, language, sheet)
    for row, column, value in (
        (3, "concert_datetime", f"{year}-05-09 19:30"), (4, "timezone", "Asia/Shanghai"),
        (4, "cta_link", "www.school.example"),
    ):  # fmt: skip
        field = li.page.locator(f"input[name='cell.{row}.{column}']")
        expect(field).to_have_attribute("aria-invalid", "true")
        field.fill(value)
    li.picture(f"brought-faults-{language}")
    li.button(said(language, "import.look_again")).click()
    li.button(said(language, "import.put_in", n=3)).click()
    expect(li.page.locator("section[role=status]")).to_be_visible()
    assert [starts(house, title).day for title in titles] == [8, 9, 10]
    assert li.complaints == []


@pytest.mark.timeout(480)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_phones_picture_and_a_sideways_video_become_posts(house, language, tmp_path):
    li = person(house, language)
    in_a_while = {"announcement": "usual", "reminder": "skip", "day_of": "skip"}
    campaign_id = house.campaign(platforms=["instagram", "tiktok"], timeline=in_a_while)
    title = house.store.campaign(campaign_id=campaign_id).concert_title
    heic = shutil.copy(CASES / "post-iphone.heic", tmp_path / "IMG_0042.HEIC")
    # Larger than the smallest that TikTok takes, filmed upright.
    sideways = film(tmp_path / "VID_0043.MOV", size=(960, 540), seconds=4, sound="aac", turned_by=90)
    for path, platform in ((heic, "instagram"), (sideways, "tiktok")):
        li.go(f"/campaigns/{campaign_id}/media")
        li.page.set_input_files("input[type=file]", path)
        li.page.locator("select[name=platform]").select_option(platform)
        li.button(said(language, "picture.submit")).click()
        expect(li.page).to_have_url(re.compile(f"/campaigns/{campaign_id}(#pictures)?$"), timeout=MADE_WITHIN)
    expect(li.page.locator("#pictures")).to_contain_text("JPEG")
    li.picture(f"brought-media-{language}")
    house.approve(campaign_id)
    house.stack.wait_until(lambda: len(house.feed(title)) == 2, "Both posts are", timeout=180)
    media = {row.platform: row for row in house.store.media_assets(campaign_id=campaign_id) if row.origin == "upload"}
    assert (media["instagram"].mime, media["tiktok"].mime) == ("image/jpeg", "video/mp4")
    assert media["tiktok"].width < media["tiktok"].height
    assert {job.state for job in house.jobs(campaign_id)} == {"success"}
    assert li.complaints == []


@pytest.mark.timeout(480)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_pasted_share_text_confirms_a_hand_off(house, language):
    anna = person(house, language, "teacher-anna")
    campaign_id = house.campaign(
        "teacher-anna", platforms=["xiaohongshu"], concert_datetime=concert_time().isoformat(),
        timeline={"reminder": "skip", "day_of": "skip"},
    )  # fmt: skip
    house.approve(campaign_id, "teacher-anna")
    [job] = house.jobs(campaign_id)
    assert job.delivery == "handoff"
    anna.go(f"/campaigns/{campaign_id}")
    post = anna.page.locator(f"[id='{job.job_id}']")
    expect(anna.button(said(language, "result.open_package"), post)).to_be_visible(timeout=MADE_WITHIN)
    live = said(language, "result.is_live")
    post.locator("summary", has_text=live).click()
    link = post.get_by_label(said(language, "result.post_link"))
    link.fill("https://www.xiaohongshu.com/user/profile/5f0c0ffee")
    anna.button(live, post).click()
    expect(anna.page.get_by_role("alert").first).to_be_visible()
    anna.picture(f"brought-profile-{language}")
    if not post.get_by_label(said(language, "result.post_link")).is_visible():
        post.locator("summary", has_text=live).click()
    note = f"65f0c0ffee00000000{job.job_id[-6:].encode().hex()[:6]}"
    post.get_by_label(said(language, "result.post_link")).fill(
        f"33 【春之声 | 小红书】 😆 AbC 😆 https://www.xiaohongshu.com/discovery/item/{note}?source=webshare，快来看"
    )
    anna.button(live, post).click()
    expect(anna.page.locator("#posts")).to_contain_text(said(language, "result.live_count", live=1, all=1))
    house.stack.wait_until(lambda: house.jobs(campaign_id)[0].state == "success", "The post is", timeout=30)
    assert house.jobs(campaign_id)[0].external_url == (
        f"https://www.xiaohongshu.com/discovery/item/{note}?source=webshare"
    )
    anna.picture(f"brought-hand-off-{language}")
    assert anna.complaints == []
