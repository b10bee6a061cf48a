"""Every route, as every role, with every method: what `include/docs/api.md` says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from encore_airflow.api.app import create_api
from encore_airflow.surroundings import Surroundings

DOCUMENT = Path(__file__).parents[2] / "include" / "docs" / "api.md"
ROLES = ("anonymous", "stranger", "owner", "op", "admin")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
TABLE_HEAD = b"teacher_id,concert_title,concert_datetime,timezone,venue_or_link\n"
LINK = "https://www.instagram.com/p/abc/"

_ROW = re.compile(r"^\| (GET|POST|PUT|PATCH|DELETE) \| `([^`]+)` \|(.+)\|$", re.MULTILINE)
TABLE = {
    (method, path): dict(zip(ROLES, map(int, cells.split("|")), strict=True))
    for method, path, cells in _ROW.findall(DOCUMENT.read_text(encoding="utf-8"))
}


def test_the_table_has_every_route():
    app = create_api(Surroundings(*[None] * 6))
    routes = {(method, route.path) for route in app.routes for method in route.methods}
    assert set(TABLE) == routes


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "picture.jpg"
    Image.new("RGB", (1080, 1350), "navy").save(path)
    return path.read_bytes()


@pytest.fixture
def request_of(api, concerts, job_in_state, facts, picture):
    """A request that is in order, for a route of a new campaign that is in the state it needs."""
    made = 0

    def prepare(method: str, path: str) -> tuple[str, dict[str, Any]]:
        nonlocal made
        made += 1
        campaign_id = concerts.planned(concert_title=f"No. {made}", platforms=["instagram"])
        job = concerts.jobs(campaign_id)[0]
        content = api.ok("GET", f"/campaigns/{campaign_id}/content")
        asset, media = content["assets"][0], content["media"][0]
        body = {
            ("POST", "/campaigns"): {"json": {**facts, "concert_title": f"New {made}"}},
            ("PATCH", "/campaigns/{campaign_id}"): {"json": {"venue_or_link": "Great Hall"}},
            ("PATCH", "/campaigns/{campaign_id}/content"): {
                "json": {"assets": [{"asset_id": asset["asset_id"], "version": 1, "content": "Come!"}]}
            },
            ("POST", "/campaigns/{campaign_id}/schedule"): {"json": {"content_sha256": content["content_sha256"]}},
            ("POST", "/campaigns/{campaign_id}/reschedule"): {"json": {"times": {"reminder": "2026-12-01T08:15:00Z"}}},
            ("POST", "/campaigns/{campaign_id}/media"): {"files": {"file": ("p.jpg", picture)}},
            ("PATCH", "/campaigns/{campaign_id}/media/{media_id}"): {"json": {"consent_on_file": True}},
            ("PATCH", "/jobs/{job_id}"): {"json": {"scheduled_at": "2026-12-01T08:15:00Z"}},
            ("POST", "/jobs/{job_id}/outcome"): {"json": {"live": True, "link": LINK}},
            ("POST", "/jobs/{job_id}/handoff"): {"json": {"link": LINK}},
            ("POST", "/imports"): {"files": {"file": ("c.csv", TABLE_HEAD)}},
        }.get((method, path), {})  # fmt: skip
        if path.endswith("/outcome"):
            job_in_state(job.job_id, "failed", "confirm_outcome")
        elif path.endswith("/handoff"):
            job_in_state(job.job_id, "queued", "post_by_hand")
        elif path.endswith("/retry"):
            job_in_state(job.job_id, "failed")
        elif path.endswith("/generation"):
            api.ok("POST", f"/campaigns/{campaign_id}/generate")
        elif "{media_id}" in path:
            api.world.media.put(Path(__file__), f"instagram.{media['kind']}")
        ids = {"campaign_id": campaign_id, "job_id": job.job_id, "asset_id": asset["asset_id"]}
        return path.format(**ids, media_id=media["media_id"]), body

    return prepare


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_the_table_says(api, request_of, role):
    token = None if role == "anonymous" else role
    said = {}
    for method, path in TABLE:
        where, request = request_of(method, path)
        said[method, path] = api(method, where, token, **request).status_code
    assert said == {route: by_role[role] for route, by_role in TABLE.items()}


def test_no_route_takes_another_method(api, concerts):
    paths = {path for _, path in TABLE}
    for path in paths:
        where = re.sub(r"\{\w+\}", "some", path)
        for method in METHODS:
            if (method, path) not in TABLE:
                assert api(method, where).status_code == 405, (method, path)
                expected = 405 if path == "/health/live" else 401
                assert api(method, where, None).status_code == expected, (method, path)
