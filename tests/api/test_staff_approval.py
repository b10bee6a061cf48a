"""Whose approval it is, and what waits for that of staff."""

from __future__ import annotations

import pytest
from campaign_fixtures import NOW

from encore.accounts.giving import Giving, give
from encore.campaigns.access import Person

SCHEDULE = {"privacy": {"tiktok": "PUBLIC_TO_EVERYONE"}, "confirmations": ["tiktok_music_usage"]}


@pytest.fixture
def campaign(concerts):
    campaign_id = concerts.put()
    concerts.write(campaign_id)
    give(concerts.store, Person("op", staff=True), "instagram-school", Giving(True, frozenset(), True), NOW)
    return f"/campaigns/{campaign_id}"


def scheduled(api, campaign, role):
    seen = api.ok("GET", f"{campaign}/content", role)["content_sha256"]
    return api.ok("POST", f"{campaign}/schedule", role, json={**SCHEDULE, "content_sha256": seen})


def holds(done) -> dict[str, set]:
    found: dict[str, set] = {}
    for job in done["jobs"]:
        found.setdefault(job["platform"], set()).add(job["action_required"])
    return found


def test_posts_wait_until_staff_approve_too(api, campaign):
    done = scheduled(api, campaign, "owner")
    assert done["approval"]["by_staff"] is False
    assert holds(done) == {"instagram": {"approve_content"}, "tiktok": {None}, "xiaohongshu": {None}}
    assert any("wait for the approval of staff" in str(note) for note in done["notes"])
    done = scheduled(api, campaign, "op")
    assert done["approval"]["by_staff"] is True and set.union(*holds(done).values()) == {None}
    assert scheduled(api, campaign, "owner")["approval"]["by_staff"] is True
