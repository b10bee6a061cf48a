"""What one request asks of the database: a campaign is locked once, and what is up for approval read once."""

from __future__ import annotations

import pytest

PROOF = ("take_turn_on_campaign", "lock_jobs_of_campaign", "lock_campaign", "content_assets", "media_assets")
"""The statements of `lock` and `review`; the campaign's row is that of the lock."""


@pytest.fixture
def asked(api, monkeypatch) -> list[str]:
    """The names of the statements that requests run from here on."""
    names: list[str] = []
    monkeypatch.setattr(api.world, "asked", names)
    return names


def test_an_approval_locks_and_reviews_its_campaign_once(api, written, approval, asked):
    seen = api.ok("GET", f"/campaigns/{written}/content")["content_sha256"]
    asked.clear()
    planned = api.ok("POST", f"/campaigns/{written}/schedule", json={"content_sha256": seen} | approval)
    assert {name: asked.count(name) for name in PROOF} == dict.fromkeys(PROOF, 1)
    assert asked.count("bind_job") == len(planned["jobs"]) == 9
    assert len(asked) - asked.count("bind_job") == 18, asked


def test_so_do_a_move_and_an_edit(api, written, concerts, asked):
    concerts.approve(written)
    job = api.ok("GET", f"/campaigns/{written}/jobs")["items"][-1]
    content = api.ok("GET", f"/campaigns/{written}/content")
    edited = {"assets": [{"asset_id": content["assets"][0]["asset_id"], "content": "New."}]}
    based_on = {"If-Match": f'"{content["content_sha256"]}"'}
    asked.clear()
    api.ok("PATCH", f"/jobs/{job['job_id']}", json={"scheduled_at": "2026-12-01T07:15:00+01:00"})
    assert {name: asked.count(name) for name in PROOF} == dict.fromkeys(PROOF, 1)
    asked.clear()
    api.ok("PATCH", f"/campaigns/{written}/content", json=edited, headers=based_on)
    assert {name: asked.count(name) for name in PROOF} == dict.fromkeys(PROOF, 1)
