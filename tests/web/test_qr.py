"""The pages of a login by QR code, on a look-alike's service."""

from __future__ import annotations

import base64
import itertools
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from campaign_fixtures import NOW
from pages_client import HTMX, form_fields, seen
from phone import FreeService

from encore.accounts.configured import put_accounts
from encore_simulator import running

HERE = "/accounts/qr"
LI = "teacher-li"
ZH = {"Accept-Language": "zh"}
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def simulator() -> Iterator[str]:
    with running() as started:
        yield started.url


@pytest.fixture
def services(simulator, pages, settings, store):
    """Two free ones by their connection, which Airflow knows."""
    made = {f"conn_{n}": FreeService(simulator, f"free-w{n}x") for n in (next(_numbers), next(_numbers))}
    pages.world.settings = settings.model_copy(update={"xiaohongshu_services": tuple(made)})
    pages.world.xiaohongshu = {conn_id: one.credentials for conn_id, one in made.items()}
    put_accounts(store, settings, NOW)
    return made


@pytest.fixture
def free(services):
    return next(iter(services.values()))


@pytest.fixture
def conn_id(services):
    return next(iter(services))


@pytest.fixture
def begin(pages, conn_id):
    def begun(role="owner", **sent):
        answer = pages.send(HERE, {"service": conn_id} | sent, role)
        assert answer.status_code == 303, seen(answer)
        return answer.headers["location"].removeprefix("/encore")

    return begun


def later(pages, **how):
    pages.world.now += timedelta(**(how or {"seconds": 5}))


def look(pages, where, role="owner", state="sent"):
    later(pages)
    return pages.send(f"{where}/look", {"state": state}, role, headers=HTMX)


def connected(store):
    return [row for row in store.accounts() if row.origin == "connected"]


def test_from_the_risk_to_the_account(pages, services, free, conn_id, store):
    page = pages.get(HERE)
    assert "such automation may cost the account" in page and "Show the code" in page
    given = form_fields(pages("GET", HERE).text, HERE)
    assert given == {"service": conn_id}
    where = pages.send(HERE, given).headers["location"].removeprefix("/encore")
    answer = pages("GET", where)
    assert (
        answer.headers["cache-control"] == "no-store"
        and "img-src 'self' data:" in (answer.headers["content-security-policy"])
    )
    [code] = re.findall(r'<img class="qr" src="data:image/png;base64,([^"]+)"', answer.text)
    assert base64.b64decode(code).startswith(b"\x89PNG") and "4 more minutes" in seen(answer)
    part = look(pages, where)
    assert part.status_code == 200 and "<html" not in part.text and "4 more minutes" in part.text
    free.scan("li_plays")
    done = look(pages, where)
    assert (done.headers["hx-refresh"], done.text) == ("true", "")
    page = pages.get(where)
    assert "Connect li_plays?" in page and "It will be yours alone." in page and "data:image" not in page
    assert pages.send(f"{where}/keep").headers["location"] == f"/encore{where}"
    assert "li_plays is connected" in pages.get(where)
    assert [(row.owner, row.conn_id) for row in connected(store)] == [("teacher-li", conn_id)]


def test_without_a_script_a_button_looks_again(pages, begin, free):
    where = begin()
    free.scan("li")
    later(pages)
    assert form_fields(pages("GET", where).text, f"{where}/look") == {"state": "sent"}
    assert pages.send(f"{where}/look").headers["location"] == f"/encore{where}"
    assert "Connect li?" in pages.get(where)


def test_in_chinese(pages, begin, free):
    assert "显示二维码" in pages.get(HERE, headers=ZH)
    where = begin()
    assert "还有约 4 分钟可以扫描" in pages.get(where, headers=ZH)
    later(pages, minutes=2)
    assert "短信验证码" in pages.get(where, headers=ZH)
    free.scan("li")
    look(pages, where)
    assert "连接 li？" in pages.get(where, headers=ZH) and "它将只属于您。" in pages.get(where, headers=ZH)


def test_after_two_minutes_it_says_what_nobody_sees_here(pages, begin, free):
    where = begin()
    free.switch(captcha=True)
    free.scan("li")
    assert "code by SMS" not in look(pages, where).text
    later(pages, minutes=2)
    part = look(pages, where)
    assert "code by SMS" in part.text and "cookies.json" in part.text and "data centre" in part.text
    later(pages, minutes=2)
    assert look(pages, where).headers["hx-refresh"] == "true"
    page = pages.get(where)
    assert "Not connected" in page and "Get a new code" in page
    again = pages.send(HERE, form_fields(pages("GET", where).text, HERE)).headers["location"]
    assert "Scan this code" in pages.get(again.removeprefix("/encore"))


def test_the_services_trouble_is_said_and_it_goes_on(pages, begin, free):
    where = begin()
    free.fault("login_status", "error", code="INTERNAL_ERROR", details={"Err": {}})
    assert "Encore keeps asking; the code stays good." in look(pages, where).text
    assert "Encore keeps asking" not in look(pages, where).text


def test_a_service_without_a_code_says_so(pages, begin, free):
    free.switch(qrcode_panics=True)
    page = pages.get(begin())
    assert "gave no usable answer" in page and "Get a new code" in page


def test_a_service_whose_connection_is_missing(pages, begin):
    pages.world.xiaohongshu = {}
    page = pages.get(begin("op", whose="school"), "op")
    assert "No login is stored" in page and "AIRFLOW_CONN_CONN_" in page


def test_another_persons_attempt_is_not_there(pages, begin, store):
    where = begin()
    for role in ("stranger", "op"):
        answers = [pages("GET", where, role), look(pages, where, role)]
        answers += [pages.send(f"{where}/{act}", {"name": "mine"}, role) for act in ("look", "keep", "drop")]
        assert {answer.status_code for answer in answers} == {404}
        assert not any("data:image" in answer.text for answer in answers)
    assert "Scan this code" in pages.get(where) and connected(store) == []


def test_who_comes_second_is_told_to_wait(pages, begin, conn_id, free):
    begin()
    later(pages, seconds=90)
    answer = pages.send(HERE, {"service": conn_id}, "stranger")
    assert answer.status_code == 409 and "free again in 3 minutes" in seen(answer)
    assert pages.send(HERE, {"service": conn_id}, "stranger", headers=ZH).text.count("3 分钟") == 1
    assert free.asked("login_qrcode") == 1


def test_a_name_that_the_service_does_not_tell_is_asked(pages, begin, free, monkeypatch, store):
    from encore.platforms.xiaohongshu.qr_login import LoggedIn, QrLogin

    monkeypatch.setattr(QrLogin, "status", lambda _: LoggedIn())
    monkeypatch.setattr(QrLogin, "nickname", lambda _: "")
    where = begin()
    look(pages, where)
    assert "Connect this account?" in pages.get(where) and form_fields(pages("GET", where).text, f"{where}/keep") == {
        "name": ""
    }
    wrong = pages.send(f"{where}/keep", {"name": "x" * 101})
    assert wrong.status_code == 422 and 'aria-invalid="true"' in wrong.text and connected(store) == []
    assert form_fields(wrong.text, f"{where}/keep") == {"name": "x" * 101}
    pages.send(f"{where}/keep", {"name": "李老师"})
    assert [row.username for row in connected(store)] == ["李老师"] and "李老师 is connected" in pages.get(where)


def test_who_is_logged_in_already_is_asked_for_at_once(pages, begin, free):
    from encore.platforms.xiaohongshu.qr_login import QrLogin
    from encore.settings import load_settings
    from encore.wire.call import Wire

    QrLogin(load_settings().platforms["xiaohongshu"], free.credentials, Wire(), lambda: NOW).qr_code()
    free.scan("choir")
    page = pages.get(where := begin("op", whose="school"), "op")
    assert "Connect choir?" in page and "It will be the school's." in page and "it stays logged in" in page
    anew = form_fields(pages("GET", where, "op").text, HERE)
    assert anew["anew"] == "yes"
    pages.send(f"{where}/drop", role="op")
    assert free.who() == "choir" and "Ask staff to connect that account" in pages.get(begin())
    assert "Scan this code" in pages.get(begin("op", **anew), "op") and free.who() is None


def test_who_is_not_wanted_is_logged_out(pages, begin, free, store):
    where = begin()
    free.scan("li")
    look(pages, where)
    pages.send(f"{where}/drop")
    assert "Nothing was kept." in pages.get(where) and free.who() is None and connected(store) == []
    assert pages.send(f"{where}/keep").status_code == 409 and connected(store) == []


@pytest.mark.parametrize(
    ("sent", "owner"),
    [({"whose": "school"}, None), ({"whose": "own"}, "op"), ({"whose": "teacher", "teacher": "teacher-li"}, LI)],
)
def test_staff_say_whose_it_is(pages, begin, free, store, sent, owner):
    where = begin("op", **sent)
    free.scan("li")
    look(pages, where, "op")
    pages.send(f"{where}/keep", role="op")
    assert [row.owner for row in connected(store)] == [owner]


def test_staff_name_a_teacher_who_is_there(pages, conn_id):
    sent = {"service": conn_id, "whose": "teacher", "teacher": "nobody"}
    answer = pages.send(HERE, sent, "op")
    assert (
        answer.status_code == 422
        and "user name of the teacher" in seen(answer)
        and 'aria-invalid="true"' in answer.text
    )
    kept = form_fields(answer.text, HERE)
    assert (kept["whose"], kept["teacher"], kept["service"]) == ("teacher", "nobody", conn_id)


def test_what_a_teacher_sends_for_others_is_theirs_all_the_same(pages, begin, store):
    where = begin(whose="school", teacher="teacher-anna")
    assert store.login_attempt(attempt_id=where.rpartition("/")[2]).owner == "teacher-li"


def test_a_service_in_use_is_logged_in_again_by_its_owner_alone(pages, services, begin, free, conn_id, store):
    where = begin()
    free.scan("li")
    look(pages, where)
    pages.send(f"{where}/keep")
    [account] = connected(store)
    assert f'value="{conn_id}"' not in pages("GET", HERE, "stranger").text
    assert pages.send(HERE, {"service": conn_id}, "stranger").status_code == 403
    page = pages("GET", f"{HERE}?account={account.account}").text
    assert f'value="{conn_id}" selected' in page and "Log in again: li" in page
    assert pages.send(HERE, {"service": conn_id}).status_code == 303


def test_where_no_service_is_free(pages, services):
    pages.world.settings = pages.world.settings.model_copy(update={"xiaohongshu_services": ()})
    page = pages.get(HERE)
    assert "no free service" in page and "Post by hand instead" in page and "xiaohongshu_services" not in page
    assert "Log in again: xiaohongshu-school" in pages.get(HERE, "op")
