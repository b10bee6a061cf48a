"""The login of a xiaohongshu-mcp service, against its look-alike and against what it may answer otherwise."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from phone import FreeService
from scripted_server import ScriptedServer, scripted_server

from encore.errors import NotConnectedError
from encore.platforms.contract import Credentials
from encore.platforms.xiaohongshu.qr_login import CODE_LASTS, LARGEST_PICTURE, LoggedIn, QrLogin
from encore.settings import load_settings
from encore.wire.call import Wire

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
TOKEN = "a-token-of-nobodys-service-4711"
PICTURE = b"\x89PNG\r\n\x1a\n and so on"
_numbers = itertools.count(1)


def login_at(credentials: Credentials, seconds: float = 5) -> QrLogin:
    channel = load_settings().platforms["xiaohongshu"].model_copy(update={"call_seconds": seconds})
    return QrLogin(channel, credentials, Wire(), lambda: NOW)


@pytest.fixture
def free(simulator: str) -> FreeService:
    return FreeService(simulator, f"free-q{next(_numbers)}x")


@pytest.fixture
def login(free: FreeService) -> QrLogin:
    return login_at(free.credentials)


@pytest.fixture
def script() -> Iterator[ScriptedServer]:
    with scripted_server() as started:
        yield started


def says(data: object) -> tuple[int, object]:
    return 200, {"success": True, "data": data}


def code(**data: object) -> tuple[int, object]:
    img = f"data:image/png;base64,{base64.b64encode(PICTURE).decode()}"
    return says({"timeout": "4m0s", "is_logged_in": False, "img": img, **data})


def test_from_the_code_to_the_name_and_out_again(free, login):
    free.switch(bearer=True)
    shown = login.qr_code()
    assert (shown.content_type, shown.lasts) == ("image/png", timedelta(minutes=4))
    assert shown.picture.startswith(PICTURE[:8]) and login.status() is None
    assert free.scan("anna") == 200
    assert login.status() == LoggedIn("xhs-anna", "anna") and login.nickname() == "anna"
    assert login.qr_code() is None
    login.log_out()
    assert login.status() is None
    login.log_out()  # with nobody there, too


def test_a_second_code_kills_the_first(free, login):
    login.qr_code()
    first = free.code()
    login.qr_code()
    assert free.scan("anna", first) == 410 and login.status() is None
    assert free.scan("anna") == 200 and login.status() is not None


def test_a_status_may_be_falsely_negative(free, login):
    login.qr_code()
    free.scan("anna")
    free.switch(false_negatives=1)
    assert [login.status() is not None for _ in range(3)] == [False, True, True]


def test_a_code_that_panics(free, login):
    free.switch(qrcode_panics=True)
    with pytest.raises(NotConnectedError) as refused:
        login.qr_code()
    assert refused.value.code == "service_unanswered" and ".qrcode-img" in refused.value.message


def test_a_code_that_hangs(free):
    free.fault("login_qrcode", "late_answer", seconds=2)
    with pytest.raises(NotConnectedError) as refused:
        login_at(free.credentials, seconds=0.3).qr_code()
    assert refused.value.code == "service_unanswered"


@pytest.mark.parametrize(
    ("base_url", "token"), [("", TOKEN), ("{simulator}/xiaohongshu/free-bearer", TOKEN), ("{simulator}/nowhere", "")]
)
def test_what_only_staff_can_set_right(simulator, base_url, token):
    FreeService(simulator, "free-bearer").switch(bearer=True)
    login = login_at(Credentials("free", base_url.format(simulator=simulator), token=token))
    with pytest.raises(NotConnectedError) as refused:
        login.status()
    assert refused.value.code == "service_refused" and TOKEN not in refused.value.message


@pytest.mark.parametrize(
    ("told", "lasts"),
    [
        ({"timeout": "4m0s"}, 240), ({"timeout": "300"}, 240), ({"timeout": "90"}, 90), ({"timeout": 120}, 120),
        ({"timeout": "1m30.5s"}, 90), ({"timeout": "soon"}, 240), ({"timeout": ""}, 240), ({"timeout": "0s"}, 240),
        ({"timeout": None}, 240),
    ],
)  # fmt: skip
def test_how_long_a_code_can_be_scanned(script, told, lasts):
    script.will_answer(code(**told))
    assert login_at(Credentials("x", script.url)).qr_code().lasts == timedelta(seconds=lasts) <= CODE_LASTS


@pytest.mark.parametrize(
    "answer",
    [
        code(img=""),
        code(img="data:image/png;base64,###"),
        code(img="data:image/svg+xml;base64," + base64.b64encode(b"<svg onload='x'/>").decode()),
        code(img="https://elsewhere.example/qr.png"),
        code(img="data:image/png;base64," + base64.b64encode(PICTURE + bytes(LARGEST_PICTURE)).decode()),
        code(img=None),
        says(None),
        says([]),
        (200, "<html>busy</html>"),
        (500, {"error": "检查登录状态失败", "code": "STATUS_CHECK_FAILED", "details": "context deadline exceeded"}),
        (502, "Bad Gateway"),
    ],
)
def test_an_answer_without_a_picture_is_no_code(script, answer):
    script.will_answer(answer)
    with pytest.raises(NotConnectedError) as refused:
        login_at(Credentials("x", script.url)).qr_code()
    assert refused.value.code == "service_unanswered"


@pytest.mark.parametrize(
    ("data", "who"),
    [
        ({"is_logged_in": True}, LoggedIn()),
        ({"is_logged_in": True, "username": None, "user_id": ""}, LoggedIn()),
        ({"is_logged_in": True, "username": " 李老师 "}, LoggedIn("", "李老师")),
        ({"is_logged_in": True, "username": "xiaohongshu-mcp"}, LoggedIn()),
        ({"is_logged_in": True, "username": "xiaohongshu-mcp", "user_id": "5f"}, LoggedIn("5f", "xiaohongshu-mcp")),
        ({"is_logged_in": False, "username": "anna"}, None),
    ],
)
def test_who_is_logged_in_as_far_as_it_tells(script, data, who):
    script.will_answer(says(data))
    assert login_at(Credentials("x", script.url)).status() == who


@pytest.mark.parametrize("data", [{}, {"is_logged_in": "yes"}, None])
def test_a_status_that_says_neither(script, data):
    script.will_answer(says(data))
    with pytest.raises(NotConnectedError):
        login_at(Credentials("x", script.url)).status()


@pytest.mark.parametrize("data", [{}, {"data": None}, {"data": {"userBasicInfo": {}}}, {"data": {"userBasicInfo": 1}}])
def test_a_page_without_a_name(script, data):
    script.will_answer(says(data))
    assert login_at(Credentials("x", script.url)).nickname() == ""
