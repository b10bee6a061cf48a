"""Signing in and out on our own pages, and where it leads."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from app_world import PASSWORD, MailKept
from pages_client import seen

from encore_airflow.http.next_page import coming_back, next_page


def sign_in(pages, name="teacher-li", password=PASSWORD, **sent):
    return pages.send("/sign-in", {"name": name, "password": password, **sent}, None)


def test_a_teacher_signs_in_and_lands_on_the_pages(pages):
    answer = sign_in(pages)
    assert (answer.status_code, answer.headers["location"]) == (303, "/encore/")
    assert "_token=owner" in answer.headers["set-cookie"] and "HttpOnly" in answer.headers["set-cookie"]


def test_signing_in_leads_back_to_where_one_was(pages):
    asked = pages("GET", "/?q=recital&past=true", None)
    wanted = parse_qs(urlsplit(asked.headers["location"]).query)["next"][0]
    page = pages("GET", f"/sign-in?next={quote(wanted)}", None)
    assert 'name="next" value="/encore/?q=recital&amp;past=true"' in page.text
    assert sign_in(pages, next=wanted).headers["location"] == "/encore/?q=recital&past=true"


def test_a_wrong_password_is_one_sentence_and_the_name_stays(pages):
    wrong, unknown = sign_in(pages, password="wrong", next="/encore/accounts"), sign_in(pages, "nobody", "wrong")
    assert wrong.status_code == unknown.status_code == 401
    assert 'value="teacher-li"' in wrong.text and 'value="/encore/accounts"' in wrong.text
    assert "set-cookie" not in wrong.headers and "wrong" not in seen(wrong).lower().split()
    assert seen(wrong).count("do not belong together") == 1 == seen(unknown).count("do not belong together")


def test_tries_are_bounded_for_a_name_and_others_still_get_in(pages):
    answers = [sign_in(pages, password=f"guess {n}") for n in range(8)]
    assert [answer.status_code for answer in answers] == [401] * 6 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) > 0 and "too often" in answers[-1].text
    assert sign_in(pages).status_code == 429, "not even with the right one"
    assert sign_in(pages, "teacher-anna").status_code == 303


def test_tries_are_bounded_for_an_address_whatever_the_name(pages):
    assert [sign_in(pages, f"name-{n}", "guess").status_code for n in range(62)][-1] == 429


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
                                     {"Sec-Fetch-Site": "", "Origin": "https://evil.test"}])  # fmt: skip
def test_another_site_signs_nobody_in_and_nobody_out(pages, headers):
    for path in ("/sign-in", "/sign-out", "/lost-password", "/invitation/x", "/preferences"):
        data = {"name": "teacher-li", "password": PASSWORD}
        answer = pages("POST", path, None, headers=headers, data=data)
        assert answer.status_code == 403 and "set-cookie" not in answer.headers, path


def test_signing_out_ends_the_session_and_shows_the_sign_in_page(pages):
    page = pages("GET", "/", "owner")
    assert '<form class="out" method="post" action="/encore/sign-out">' in page.text
    answer = pages.send("/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/encore/sign-in")
    assert pages.world.people.revoked == ["owner"] and '_token=""' in answer.headers["set-cookie"]
    assert pages("GET", "/sign-out").status_code == 405


def test_who_is_signed_in_is_led_on(pages):
    answer = pages("GET", "/sign-in?next=/encore/accounts")
    assert (answer.status_code, answer.headers["location"]) == (303, "/encore/accounts")


def test_where_no_password_is_asked_airflows_own_page_leads_on(pages):
    pages.world.people.asks_password = False
    answer = pages("GET", "/sign-in?next=/encore/accounts", None)
    assert answer.headers["location"] == "/api/v2/auth/login?next=%2Fencore%2Faccounts"


def test_the_page_speaks_the_readers_language_and_keeps_where_they_were(pages):
    page = pages("GET", "/sign-in?next=/encore/accounts", None, headers={"Accept-Language": "zh-CN"})
    assert "登录" in page.text and 'value="/encore/sign-in?next=%2Fencore%2Faccounts"' in page.text
    chosen = pages.send("/preferences", {"language": "de", "back": "/encore/sign-in?next=%2Fencore%2Faccounts"}, None)
    assert chosen.headers["location"] == "/encore/sign-in?next=%2Fencore%2Faccounts"
    assert "encore_language=de" in chosen.headers["set-cookie"]


def test_without_the_database_one_still_signs_in(pages):
    pages.world.database_is_away = True
    assert pages("GET", "/sign-in", None).status_code == 200 and sign_in(pages).status_code == 303


INSIDE = ("/encore/", "/encore/accounts", "/encore/?q=a%20b&past=true", "/encore/campaigns/c-1#job-1",
          "/encore/run?run_id=a%2Fb%2B00:00")  # fmt: skip
OUTSIDE = ("", "//evil.test", "//evil.test/encore/", "/\\evil.test", "\\\\evil.test", "https://evil.test/encore/",
           "https:evil.test", "https:/encore/", "javascript:alert(1)", "/encore//evil.test", "/encore/..//evil.test",
           "/encore/../evil", "/encore/%2e%2e/x", "/encore/%252e%252e/x", "/encore/%2f%2fevil.test",
           "/encore/%5c%5cevil.test", "/%2fevil.test", "%2f%2fevil.test", "/encoreevil/", "/encore", "encore/",
           " /encore/", "/encore/\n", "/encore/\t/x", "/enc\tore/", "/encore/ x", "/encore/\x00", "/encore/é",
           "/@evil.test/encore/", "http://[evil", "/api/v2/dags", "/encore/" + "x" * 2000,
           "/encore/%25252525252e%25252525252e/")  # fmt: skip


@pytest.mark.parametrize("root", ["", "/airflow"])
def test_only_our_own_pages_are_led_back_to(root):
    base = f"{root}/encore"
    assert [next_page(base, root + path) for path in INSIDE] == [root + path for path in INSIDE]
    assert {path: next_page(base, path, staff) for path in OUTSIDE for staff in (False, True)} == dict.fromkeys(
        OUTSIDE, f"{base}/"
    )
    assert next_page(base, f"{root}/dags/publish_due_jobs", staff=True) == f"{root}/dags/publish_due_jobs"
    assert next_page(base, f"{root}/dags/publish_due_jobs") == f"{base}/"


def test_signing_in_to_another_site_leads_to_the_beginning(pages):
    for path in OUTSIDE:
        assert sign_in(pages, "admin", next=path).headers.get("location", "/encore/") == "/encore/", path
        page = pages("GET", f"/sign-in?next={quote(path)}", None)
        assert "evil" not in page.text, path


def test_what_a_platform_sends_back_goes_into_no_address():
    assert coming_back("/encore", "/encore/accounts/callback/tiktok", "code=c&state=s") == "/encore/accounts"
    assert coming_back("/encore", "/encore/accounts", "x=1") == "/encore/accounts?x=1"


def test_a_platforms_callback_of_nobody_leads_to_the_accounts_without_its_code(pages):
    answer = pages("GET", "/accounts/callback/tiktok?code=SECRET&state=SECRET", None)
    assert answer.headers["location"] == "/encore/sign-in?next=%2Fencore%2Faccounts"


# A lost password -----------------------------------------------------------------------------------------------------


def asked_for(pages, name):
    return pages.send("/lost-password", {"name": name}, None)


def path_of(letter):
    return letter.items[0][1].removeprefix("https://school.test/encore")


def test_without_a_mail_server_staff_are_to_be_asked(pages):
    assert (
        "staff" in pages.get("/lost-password", None)
        and '<form class="door"' not in pages("GET", "/lost-password", None).text
    )
    assert "Ask your school's staff" in seen(asked_for(pages, "teacher-li"))


def test_a_link_comes_by_mail_works_once_and_ends_the_old_password(pages):
    pages.world.mail = MailKept()
    told = seen(asked_for(pages, "teacher-li"))
    [(to, letter)] = pages.world.mail.letters
    [(_, link)] = letter.items
    assert to == "li@school.test" and link.startswith("https://school.test/encore/lost-password/")
    path = link.removeprefix("https://school.test/encore")
    assert link.rpartition("/")[2] not in told
    assert 'value="teacher-li"' in pages("GET", path, None).text
    short = pages.send(path, {"password": "short"}, None)
    assert short.status_code == 422 and "at least 10" in short.text
    answer = pages.send(path, {"password": "another password"}, None)
    assert (answer.status_code, answer.headers["location"]) == (303, "/encore/") and "_token=owner" in answer.headers[
        "set-cookie"
    ]
    assert pages.send(path, {"password": "a third password"}, None).status_code == 409
    assert "used already" in seen(pages("GET", path, None))
    assert sign_in(pages).status_code == 401 and sign_in(pages, password="another password").status_code == 303


def test_the_answer_never_tells_whether_there_is_such_a_name(pages):
    pages.world.mail = MailKept()
    answers = {seen(asked_for(pages, name)) for name in ("teacher-li", "nobody", "teacher-anna", "li@school.test", "")}
    assert len(answers) == 1 and [to for to, _ in pages.world.mail.letters] == ["li@school.test"] * 2


def test_a_link_by_mail_ends_after_an_hour_and_with_the_next(pages):
    pages.world.mail = MailKept()
    for _ in range(2):
        asked_for(pages, "teacher-li")
    first, second = (
        letter.items[0][1].removeprefix("https://school.test/encore") for _, letter in pages.world.mail.letters
    )
    assert "withdrawn" in seen(pages("GET", first, None))
    pages.world.now += timedelta(minutes=61)
    assert "has ended" in seen(pages("GET", second, None))
    assert pages.send(second, {"password": "another password"}, None).status_code == 409


def test_who_has_left_gets_no_link_and_no_session(pages):
    pages.world.mail = MailKept()
    asked_for(pages, "teacher-li")
    pages.world.people.set_active("teacher-li", False)
    path = path_of(pages.world.mail.letters[0].letter)
    answer = pages.send(path, {"password": "another password"}, None)
    assert answer.status_code == 404 and "set-cookie" not in answer.headers
    asked_for(pages, "teacher-li")
    assert len(pages.world.mail.letters) == 1 and sign_in(pages).status_code == 401


def test_a_made_up_link_is_told_what_to_do(pages):
    for path in ("/lost-password/made-up", "/invitation/made-up"):
        answer = pages("GET", path, None)
        assert answer.status_code == 404 and "ask your school's staff" in seen(answer)
        assert pages.send(path, {"name": "x", "password": "another password"}, None).status_code == 404
