"""The page on which staff see how the school's apps at the platforms stand, and what to copy into their consoles."""

from __future__ import annotations

import html
import re

import pytest
from pages_client import seen

from encore.platforms.login import App
from encore_simulator import running

SECRET = "a-secret-of-these-tests-4711"
SITE = "https://school.test/encore"
ADDRESSES = {
    f"{SITE}/accounts/callback/{way}" for way in ("tiktok", "instagram", "facebook")
} | {
    f"{SITE}/callbacks/{way}/{kind}" for way in ("instagram", "facebook") for kind in ("deauthorize", "deletion")
}  # fmt: skip


@pytest.fixture(scope="module")
def consoles():
    with running(instagram_client_secret=SECRET) as started:
        yield started.url


@pytest.fixture(autouse=True)
def apps(pages, settings, consoles):
    world, before = pages.world, pages.world.apps
    world.apps = {
        "encore_instagram_app": App("sim-instagram-app", SECRET),
        "encore_facebook_app": App("sim-facebook-app", "another-secret-of-nobodys"),
    }
    at = {
        "instagram": {"base_url": f"{consoles}/instagram", "token_url": f"{consoles}/instagram/oauth/access_token"},
        "facebook": {"base_url": f"{consoles}/facebook"},
    }
    logins = {way: login.model_copy(update=at.get(way, {})) for way, login in settings.logins.items()}
    world.settings = settings.model_copy(update={"logins": logins})
    yield world.apps
    world.apps = before


def test_staff_see_every_address_to_copy(pages):
    answer = pages("GET", "/accounts/apps", "op")
    assert {html.unescape(one) for one in re.findall(r'<pre class="exact"[^>]*>([^<]+)<', answer.text)} == ADDRESSES
    page = seen(answer)
    assert "the Airflow connection encore_tiktok_app is not there" in page and "Airflow keeps logins encrypted" in page
    assert "knows the app" not in page and "were asked just now" not in page
    assert 'href="/encore/accounts/apps"' in pages("GET", "/accounts", "op").text


def test_the_platforms_are_asked_when_staff_press_the_button(pages):
    page = seen(pages.send("/accounts/apps", role="op"))
    assert "were asked just now" in page and page.count("The platform knows the app") == 1
    assert "The secret is not that of the app." in page and "after it was made anew" in page


def test_no_secret_is_on_it(pages, apps):
    for answer in (pages("GET", "/accounts/apps", "admin"), pages.send("/accounts/apps", role="admin")):
        assert answer.status_code == 200 and not any(app.client_secret in answer.text for app in apps.values())


def test_without_a_key_of_airflows_it_says_so(pages):
    pages.world.logins.encrypts = False
    try:
        page = pages.get("/accounts/apps", "op")
    finally:
        pages.world.logins.encrypts = True
    assert "Airflow keeps logins encrypted" not in page and "wrong" in page


def test_a_teacher_is_told_that_it_is_for_staff(pages):
    for method in ("GET", "POST"):
        answer = pages(method, "/accounts/apps", "owner")
        assert answer.status_code == 403 and "Only staff may look at the apps" in seen(answer), method
        assert not any(address in answer.text for address in ADDRESSES)
    assert 'href="/encore/accounts/apps"' not in pages("GET", "/accounts", "owner").text


def test_it_is_there_in_every_language(pages):
    for language, heading in (("zh", "学校在各平台的应用"), ("de", "Die Apps der Schule bei den Plattformen")):
        answer = pages("GET", "/accounts/apps", "op", headers={"Accept-Language": language})
        assert heading in answer.text and "Not set up" not in answer.text
