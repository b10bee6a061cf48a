"""People on FAB: they sign in on our pages, come by an invitation, choose a new password, leave."""

from __future__ import annotations

import re

import pytest
import requests
from live.fab_server import PASSWORD, Server

from encore.store.store import Store, connect

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(400)]

HERE = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "en"}
AIRFLOWS_UI = {"/ui/config": 200, "/api/v2/dags": 403}
"""Of Airflow, asked with a teacher's cookie."""


class Browser(requests.Session):
    """Keeps cookies, follows nothing by itself."""

    def __init__(self, server: Server) -> None:
        super().__init__()
        self.server = server
        self.headers.update(HERE)

    def get_page(self, path: str) -> requests.Response:
        return self.get(self.server.url + path, allow_redirects=False, timeout=60)

    def press(self, path: str, **sent: str) -> requests.Response:
        return self.post(self.server.url + path, data=sent, allow_redirects=False, timeout=60)

    def sign_in(self, name: str, password: str = PASSWORD, **sent: str) -> requests.Response:
        return self.press("/encore/sign-in", name=name, password=password, **sent)


@pytest.fixture
def browser(fab: Server) -> Browser:
    return Browser(fab)


@pytest.fixture
def op(fab: Server) -> Browser:
    signed_in = Browser(fab)
    assert signed_in.sign_in("op").status_code == 303
    return signed_in


def invited(op: Browser, **fields: str) -> str:
    """The path of the link that the page shows."""
    answer = op.press(
        "/encore/people/invite", **{"full_name": "Mei Lin", "name": "", "mail": "", "role": "teacher", **fields}
    )
    assert answer.status_code == 200, answer.text[:500]
    [link] = re.findall(r'id="made-link"[^>]*>([^<]+)<', answer.text)
    assert link.startswith(f"{op.server.url}/encore/invitation/")
    return link.removeprefix(op.server.url)


def test_a_teacher_signs_in_and_is_led_to_their_pages(browser):
    asked = browser.get_page("/encore/notices")
    assert asked.status_code == 302 and asked.headers["location"] == "/encore/sign-in?next=%2Fencore%2Fnotices"
    answer = browser.sign_in("teacher-li", next="/encore/notices")
    assert (answer.status_code, answer.headers["location"]) == (303, "/encore/notices")
    cookie = answer.headers["set-cookie"]
    assert (
        cookie.startswith("_token=ey")
        and "HttpOnly" in cookie
        and "Path=/" in cookie
        and "samesite=lax" in cookie.lower()
    )
    assert browser.get_page("/encore/notices").status_code == 200
    assert {path: browser.get_page(path).status_code for path in AIRFLOWS_UI} == AIRFLOWS_UI
    assert browser.sign_in("teacher-li", next="/dags/").headers["location"] == "/encore/"


def test_a_wrong_password_and_an_unknown_name_are_told_alike(browser):
    answers = [browser.sign_in(name, "not the password") for name in ("teacher-li", "nobody-at-all")]
    assert [answer.status_code for answer in answers] == [401, 401]
    assert all("do not belong together" in answer.text and "_token" not in browser.cookies for answer in answers)


def test_signing_out_ends_the_session_itself(browser):
    browser.sign_in("teacher-li")
    token = browser.cookies["_token"]
    answer = browser.press("/encore/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/encore/sign-in")
    assert "_token" not in browser.cookies
    kept = requests.get(
        f"{browser.server.url}/encore/notices", cookies={"_token": token}, allow_redirects=False, timeout=60
    )
    assert kept.status_code == 302
    assert requests.get(f"{browser.server.url}/ui/config", cookies={"_token": token}, timeout=60).status_code in (
        401,
        403,
    )


def test_an_invitation_is_used_once_and_makes_a_teacher_without_permissions(op, browser):
    path = invited(op)
    assert "Mei Lin" in browser.get_page(path).text
    short = browser.press(path, name="mei.lin", password="short")
    assert short.status_code == 422 and "at least 10" in short.text
    taken = browser.press(path, name="teacher-li", password="long enough to be one")
    assert taken.status_code == 422 and "cannot be had" in taken.text
    answer = browser.press(path, name="mei.lin", password="long enough to be one")
    assert (answer.status_code, answer.headers["location"]) == (303, "/encore/")
    assert "mei.lin" in browser.get_page("/encore/").text
    assert browser.get_page("/api/v2/dags").status_code == 403
    second = Browser(op.server)
    assert "used already" in second.get_page(path).text
    assert second.press(path, name="somebody", password="long enough to be one").status_code == 409
    assert second.sign_in("mei.lin", "long enough to be one").status_code == 303


def test_whoever_leaves_gets_nothing_with_the_session_that_they_have(fab, op):
    path = invited(op, name="goes-soon", role="staff")
    leaver = Browser(fab)
    assert leaver.press(path, password="long enough to be one").status_code == 303
    assert leaver.get_page("/encore/people").status_code == 200 and leaver.get_page("/api/v2/dags").status_code == 200
    token = leaver.cookies["_token"]
    answer = op.press("/encore/people/leaves", name="goes-soon", to="", posts="hold")
    assert answer.status_code == 200 and "signed out" in answer.text
    for where in ("/encore/people", "/encore/", "/api/v1/campaigns", "/api/v2/dags", "/ui/config"):
        got = requests.get(fab.url + where, cookies={"_token": token}, allow_redirects=False, timeout=60)
        assert got.status_code in (302, 401, 403), where
        got = requests.get(
            fab.url + where, headers={"Authorization": f"Bearer {token}"}, allow_redirects=False, timeout=60
        )
        assert got.status_code in (302, 401, 403), where
    assert Browser(fab).sign_in("goes-soon", "long enough to be one").status_code == 401


def test_a_new_password_by_a_link_of_staff(fab, op, browser):
    assert browser.press(invited(op, name="forgets"), password="the first password").status_code == 303
    answer = op.press("/encore/people/new-password", name="forgets")
    [link] = re.findall(r'id="made-link"[^>]*>([^<]+)<', answer.text)
    path = link.removeprefix(fab.url)
    other = Browser(fab)
    assert other.press(path, password="the second password").status_code == 303
    assert other.press(path, password="the third password").status_code == 409
    assert Browser(fab).sign_in("forgets", "the first password").status_code == 401
    assert Browser(fab).sign_in("forgets", "the second password").status_code == 303


def test_no_secret_stands_in_a_log_or_in_the_database(fab, op):
    path = invited(op, name="careful")
    assert Browser(fab).get_page(path).status_code == 200
    Browser(fab).get_page("/media/" + "m" * 32 + ".jpg")
    Browser(fab).get_page("/encore/accounts/callback/tiktok?code=planted-code&state=planted-state")
    secret = path.rpartition("/")[2]
    log = fab.log.read_text(encoding="utf-8")
    assert "/encore/invitation/…" in log or "/encore/invitation/\\u2026" in log
    for planted in (secret, "m" * 32, "planted-code", "planted-state", PASSWORD):
        assert planted not in log
    with connect(fab.dsn, "test") as connection:
        rows = Store(connection).connection.execute("SELECT row_to_json(l)::text AS said FROM person_link l").fetchall()
        assert rows and all(secret not in row.said for row in rows)


def test_staff_do_not_become_administrators(op: Browser):
    page = op.get_page("/encore/people").text
    assert 'value="teacher-li"' in page and 'value="admin"' not in page
    for path, sent in (("new-password", {}), ("leaves", {"posts": "hold"}), ("back", {})):
        assert op.press(f"/encore/people/{path}", name="admin", **sent).status_code == 403
    assert Browser(op.server).sign_in("admin").status_code == 303
