"""What one request asks of the database: a campaign is locked once, and what is up for approval read once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from encore.store.store import Store


@pytest.fixture
def asked(api, monkeypatch) -> list[str]:
    """The names of the statements that requests run from here on."""
    names: list[str] = []
    monkeypatch.setattr(api.world, "asked", names)
    return names


def test_count(api, written, approval, asked):
    from collections import Counter
    def told(what):
        print(what, len(asked), "bind_job", asked.count("bind_job"), asked)
        asked.clear()
    seen = api.ok("GET", f"/campaigns/{written}/content")["content_sha256"]
    told("content")
    api.ok("GET", f"/campaigns/{written}/preview"); told("preview")
    api.ok("POST", f"/campaigns/{written}/schedule", json={"content_sha256": seen} | approval)
    told("approval")
    job = api.ok("GET", f"/campaigns/{written}/jobs")["items"][-1]
    told("jobs")
    api.ok("PATCH", f"/jobs/{job['job_id']}", json={"scheduled_at": "2026-12-01T07:15:00+01:00"})
    told("move")
    content = api.ok("GET", f"/campaigns/{written}/content")
    told("content")
    asset = content["assets"][0]
    api.ok("PATCH", f"/campaigns/{written}/content", json={"assets": [{"asset_id": asset["asset_id"], "content": "New."}]}, headers={"If-Match": f'"{content["content_sha256"]}"'})
    told("edit")
    assert 0
