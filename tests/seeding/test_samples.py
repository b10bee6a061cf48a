"""The tables that come with Encore: valid whatever the day, and what they show."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from encore.content.facts.sheet import FactSheet
from encore.content.pictures.flyer import draw_flyer
from encore.content.writing.caption import to_payload
from encore.content.writing.template_writer import TemplateWriter
from encore.content.writing.writer import writing_plan
from encore.domain.content import AssetType
from encore.domain.job import Platform
from encore.platforms.contract import MediaAsset, MediaFile
from encore.platforms.instagram.adapter import InstagramAdapter
from encore.platforms.limits import LIMITS
from encore.platforms.tiktok.adapter import TikTokAdapter
from encore.platforms.xiaohongshu.adapter import XiaohongshuAdapter
from encore.seeding.read_csv import read_csv
from encore.seeding.samples import CONCERTS, MESSY
from encore.seeding.validate import validate
from encore.settings import load_settings

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
DAYS = [NOW + timedelta(days=days, hours=days % 24) for days in range(0, 800, 5)]
ADAPTERS = (InstagramAdapter, TikTokAdapter, XiaohongshuAdapter)


@pytest.fixture(scope="module")
def concerts():
    campaigns, rejects = validate(read_csv(CONCERTS), NOW)
    assert rejects == []
    return campaigns


def test_the_sample_shows_what_it_should(concerts):
    assert len(concerts) >= 12
    assert len({campaign.timezone for campaign in concerts}) >= 4
    assert {campaign.teacher_id for campaign in concerts} == {"teacher-li", "teacher-anna"}
    chinese = [campaign for campaign in concerts if re.search("[一-鿿]", campaign.concert_title)]
    assert 4 <= len(chinese) <= len(concerts) - 4
    assert all(campaign.campaign_id for campaign in concerts)


def test_the_sample_never_grows_old():
    for now in DAYS:
        _, rejects = validate(read_csv(CONCERTS), now) if now == DAYS[0] else validate(_ROWS, now)
        assert rejects == []


_ROWS = read_csv(CONCERTS)


def test_one_concert_always_lies_beyond_a_change_of_its_clock():
    for now in DAYS:
        campaigns, _ = validate(_ROWS, now)
        concert = next(campaign for campaign in campaigns if campaign.campaign_id == "harbour-sunrise")
        zone = ZoneInfo(concert.timezone)
        between = (now + timedelta(days=days) for days in range((concert.concert_datetime - now).days + 1))
        assert len({moment.astimezone(zone).utcoffset() for moment in between}) == 2
        assert f"{concert.concert_datetime.astimezone(zone):%H:%M}" == "18:00"


def test_the_messy_table_gives_its_good_rows_and_a_reason_for_each_other():
    table = read_csv(MESSY)
    assert MESSY.read_bytes().startswith(b"\xff\xfe")
    assert table.surplus_columns == ("Notes",)
    campaigns, rejects = validate(table, NOW)
    assert [campaign.concert_title for campaign in campaigns] == [
        "Autumn Strings", "琴韵悠长：古筝专场", "No Offset", "没有编号的音乐会", "Café Concert: Müller & Søn",
    ]  # fmt: skip
    assert [(reject.row, reject.column) for reject in rejects] == [
        (3, "concert_title"),  # missing
        (4, "concert_datetime"),  # impossible
        (5, "timezone"),  # unknown
        (7, "campaign_id"),  # there already
        (8, "concert_title"),  # a formula
        (9, "student_highlights"),  # another
        (10, "concert_title"),  # 2,000 characters
        (11, "concert_datetime"),  # past
        (13, "platforms"),  # unknown
        (16, "cta_link"),
        (17, "teacher_id"),
        (17, "concert_datetime"),
        (17, "venue_or_link"),
        (19, ""),  # more cells than columns
    ]
    assert all(str(reject.said).endswith((".", "...")) and len(reject.value) <= 80 for reject in rejects)


def test_the_adapters_accept_every_text_of_the_samples(concerts):
    settings = load_settings()
    adapters = {adapter.platform: adapter(settings.platforms[adapter.platform], lambda: NOW) for adapter in ADAPTERS}
    checked = 0
    for campaign in concerts:
        plan = writing_plan(campaign, {platform: ("en", "zh") for platform in Platform})
        for draft in TemplateWriter().write(FactSheet.of(campaign), plan):
            if draft.asset_type is AssetType.FLYER_TEXT:
                continue
            platform = Platform(draft.platform)
            for media in (_picture(platform), _video()):
                privacy = "PUBLIC_TO_EVERYONE" if platform is Platform.TIKTOK else None
                payload = to_payload(draft.content, platform, media.kind, language=draft.language, privacy=privacy)
                assert adapters[platform].validate(payload, media) == []
                checked += 1
    assert checked > 300


def test_the_flyers_of_the_samples_draw_every_letter(concerts):
    for campaign in concerts:
        plan = writing_plan(campaign, {platform: ("en", "zh") for platform in Platform})
        for draft in TemplateWriter().write(FactSheet.of(campaign), plan)[:2]:
            drawn = draw_flyer(draft.content, (1080, 1350), campaign.identity)
            assert drawn.missing == frozenset()
            assert {"title", "facts", "body"} <= set(drawn.boxes)


def _picture(platform: Platform) -> MediaAsset:
    width, height = LIMITS[platform].picture_size
    return MediaAsset((MediaFile("m", "image", "f.jpg", "0" * 64, "image/jpeg", 200_000, width, height),))


def _video() -> MediaAsset:
    file = MediaFile("m", "video", "f.mp4", "0" * 64, "video/mp4", 400_000, 1080, 1920, 6.0, 30.0, "h264", "aac")
    return MediaAsset((file,))
