"""A teacher reads that a post waits for staff; staff are told, find it and approve it."""

from __future__ import annotations

import pytest
from campaign_fixtures import NOW
from pages_client import approve

from encore.accounts.giving import Giving, give
from encore.campaigns.access import Person

IG = "instagram-school"


@pytest.fixture
def waiting(pages, concerts, written) -> str:
    give(concerts.store, Person("op", staff=True), IG, Giving(True, frozenset(), True), NOW)
    approve(pages, written)
    return f"/campaigns/{written}"


def test_the_teacher_is_told_before_and_after(pages, concerts, written):
    give(concerts.store, Person("op", staff=True), IG, Giving(True, frozenset(), True), NOW)
    before = pages.get(f"/campaigns/{written}/approve")
    assert "3 of them wait after that until staff have approved them as well" in before
    assert "until staff have approved" not in pages.get(f"/campaigns/{written}/approve", "op")
    approve(pages, written)
    page = pages.get(f"/campaigns/{written}")
    assert "3 posts wait for the approval of staff. Staff have been told." in page
    assert page.count("Waits for the approval of staff.") == page.count("Staff approve by") == 3
    assert "posts through instagram-school wait for the approval of staff" in page


def test_only_staff_are_led_to_approve(pages, waiting):
    link = f'href="/encore{waiting}/approve"'
    assert link not in pages("GET", waiting).text and link in pages("GET", waiting, "op").text
    assert "3 posts wait for the approval of staff." in pages.get("/")
    assert f'href="/encore{waiting}/approve"' in pages("GET", "/", "op").text
    assert f'href="/encore{waiting}/approve"' not in pages("GET", "/").text
    assert "Waits for the approval of staff: Spring Recital" in pages.get("/notices", "op")
    assert "Spring Recital" not in pages.get("/notices")


def test_staff_approve_on_the_same_page(pages, waiting, concerts):
    given = pages.fields(f"{waiting}/approve", "op")
    answers = {"privacy.tiktok": "PUBLIC_TO_EVERYONE", "confirmations": "tiktok_music_usage"}
    assert pages.send(f"{waiting}/approve", {**given, **answers}, "op").status_code == 303
    assert "wait for the approval of staff" not in pages.get(waiting)
    jobs = concerts.jobs(waiting.rsplit("/", 1)[1])
    assert {job.action_required for job in jobs} == {None}


def test_the_teacher_cannot_do_it_by_approving_again(pages, waiting, concerts):
    given = pages.fields(f"{waiting}/approve")
    answers = {"privacy.tiktok": "SELF_ONLY", "confirmations": "tiktok_music_usage"}
    assert pages.send(f"{waiting}/approve", {**given, **answers}).status_code == 303
    assert "3 posts wait for the approval of staff." in pages.get(waiting)
