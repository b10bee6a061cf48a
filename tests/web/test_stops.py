"""Staff stop publishing and let it go on; everybody sees it, on every page."""

from __future__ import annotations

import pytest
from pages_client import seen

SAID = "Publishing is stopped for the whole school since Mon 23 Nov, 12:00 (UTC), by op. The reason: “The hall burns”."


@pytest.fixture
def stopped(pages, planned):
    assert pages.send("/accounts/stop", {"scope": "school", "reason": "The hall burns"}, "op").status_code == 303


def test_every_page_says_so_to_everybody(pages, planned, concerts, stopped):
    job = concerts.jobs(planned)[0]
    paths = ["/", "/new", "/import", "/accounts", f"/jobs/{job.job_id}"]
    paths += [f"/campaigns/{planned}{part}" for part in ("", "/approve", "/facts", "/cancel", "/history")]
    for role in ("owner", "op"):
        for path in paths:
            assert SAID in pages.get(path, role), path
    assert SAID in pages.get("/", "stranger")
    assert SAID in seen(pages("GET", "/campaigns/nothing")), "a refusal too"


def test_in_chinese(pages, stopped):
    text = seen(pages("GET", "/", headers={"Accept-Language": "zh-CN"}))
    assert "全校的发布自 11月23日周一 12:00" in text and "工作人员恢复之前不会发布。" in text


def test_the_posts_say_so(pages, planned, stopped):
    assert "Publishing is stopped: The hall burns. It goes out when staff resume it." in pages.get(
        f"/campaigns/{planned}"
    )


def test_staff_let_it_go_on(pages, planned, stopped, store):
    page = pages.get("/accounts", "op")
    assert "Resume publishing" in page and "Publishing through it is stopped" in page
    [row] = store.open_stops()
    assert pages.send(f"/accounts/stops/{row.stop_id}/go", role="op").status_code == 303
    assert "Publishing is stopped" not in pages.get("/") and store.open_stops() == []


@pytest.mark.parametrize(("scope", "name"), [("platform", "tiktok"), ("account", "instagram-school")])
def test_a_platform_or_an_account(pages, planned, store, scope, name):
    assert f'name="name" value="{name}"' in pages("GET", "/accounts", "op").text
    pages.send("/accounts/stop", {"scope": scope, "name": name, "reason": ""}, "op")
    [row] = store.open_stops()
    assert (row.scope, row.name) == (scope, name)
    assert "is stopped for" in pages.get("/")


def test_a_teacher_neither_sees_the_buttons_nor_may_press_them(pages, planned, store):
    assert "Stop publishing" not in pages.get("/accounts")
    assert pages.send("/accounts/stop", {"scope": "school"}).status_code == 403
    assert store.open_stops() == []
    assert pages.send("/accounts/stop", {"scope": "world"}, "op").status_code == 422
