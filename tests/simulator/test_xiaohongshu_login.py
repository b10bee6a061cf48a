"""The login of a xiaohongshu-mcp instance against platforms-2.md 1.9."""

from __future__ import annotations

import base64
import io
import time
from typing import Any

import pytest
import requests
import segno
from PIL import Image

FREE = "free-1"


class Instance:
    """One service, and the person with the phone."""

    def __init__(self, sim: Any, person: Any, name: str = FREE) -> None:
        self.sim, self.person, self.name = sim, person, name
        self.base = f"{sim.url}/xiaohongshu/{name}/api/v1"

    def status(self) -> dict[str, Any]:
        return requests.get(f"{self.base}/login/status", timeout=5).json()["data"]

    def logged_in(self) -> bool:
        return self.status()["is_logged_in"]

    def qrcode(self) -> dict[str, Any]:
        return requests.get(f"{self.base}/login/qrcode", timeout=5).json()["data"]

    def address(self) -> str:
        """Where the newest code leads."""
        return self.sim.url + self.sim.state("xiaohongshu")["logins"][self.name]["path"]

    def stage(self) -> str:
        return self.sim.state("xiaohongshu")["logins"][self.name]["stage"]

    def scan(self) -> requests.Response:
        return self.person.open(self.address())

    def confirm(self, account: str = "music_school") -> requests.Response:
        return self.person.press(self.scan(), "confirm", account)

    def log_out(self) -> requests.Response:
        return requests.delete(f"{self.base}/login/cookies", timeout=5)


@pytest.fixture
def free(sim, person) -> Instance:
    return Instance(sim, person)


def test_from_the_code_to_a_note(free, media) -> None:
    assert free.status() == {"is_logged_in": False}
    given = free.qrcode()
    assert (given["timeout"], given["is_logged_in"]) == ("4m0s", False)
    assert not free.logged_in() and free.stage() == "pending"
    assert FREE in free.scan().text
    assert "Login confirmed" in free.confirm().text
    assert free.stage() == "confirmed"
    assert free.status() == {"is_logged_in": True, "username": "music_school", "user_id": "xhs-music_school"}
    note = {"title": "音乐会", "content": "周六见", "images": [f"{media.url}/flyer.jpg"]}
    assert requests.post(f"{free.base}/publish", json=note, timeout=5).status_code == 200
    [post] = free.sim.feed(platform="xiaohongshu")
    assert post["account"] == "music_school"
    own = requests.get(f"{free.base}/user/me", timeout=5).json()["data"]["data"]
    assert (own["userBasicInfo"]["nickname"], len(own["feeds"])) == ("music_school", 1)


def test_the_picture_is_a_code_of_the_address(free) -> None:
    kind, _, content = free.qrcode()["img"].partition(",")
    picture = Image.open(io.BytesIO(base64.b64decode(content)))
    assert kind == "data:image/png;base64" and picture.format == "PNG"
    expected = io.BytesIO()
    segno.make(free.address(), error="m", micro=False).save(expected, kind="png", scale=6)
    assert picture.convert("1").tobytes() == Image.open(expected).convert("1").tobytes()


def test_who_has_no_phone_is_led_to_the_newest_code(free) -> None:
    newest = f"{free.sim.url}/xiaohongshu/{FREE}/scan"
    assert free.person.open(newest).status_code == 404
    free.qrcode()
    free.qrcode()
    led = free.person.open(newest)
    assert led.status_code == 302 and free.sim.url + led.headers["Location"] == free.address()


def test_an_instance_that_is_logged_in_gets_no_code(sim, person) -> None:
    school = Instance(sim, person, "school")
    assert school.qrcode() == {"timeout": "0s", "is_logged_in": True, "img": ""}
    assert school.status()["username"] == "school"


def test_which_instances_begin_logged_out(sim, person, free) -> None:
    other = Instance(sim, person, "spare-1")
    assert (free.logged_in(), other.logged_in()) == (False, True)
    sim.switch(xiaohongshu_free_prefix="spare-")
    assert (free.logged_in(), other.logged_in()) == (True, False)


def test_a_code_ends_after_four_minutes(free) -> None:
    free.qrcode()
    page = free.scan()
    free.sim.switch(clock_offset_seconds=241)
    late = free.person.press(page, "confirm")
    assert late.status_code == 410 and "expired" in late.text and free.stage() == "expired"
    assert free.scan().status_code == 410 and not free.logged_in()


def test_a_second_code_kills_the_first(free) -> None:
    free.qrcode()
    first = free.scan()
    free.qrcode()
    assert free.person.press(first, "confirm").status_code == 410 and not free.logged_in()
    assert free.confirm().status_code == 200 and free.logged_in()


def test_a_code_is_confirmed_once(free) -> None:
    free.qrcode()
    page = free.scan()
    free.person.press(page, "confirm", "anna")
    assert free.person.press(page, "confirm", "thief").status_code == 410
    assert free.status()["username"] == "anna"


def test_nothing_is_confirmed_by_looking_or_by_leaving(free) -> None:
    free.qrcode()
    assert "Nothing was confirmed" in free.person.press(free.scan(), "cancel").text
    wrong = free.confirm("no such name!")
    assert wrong.status_code == 400 and "Name an account" in wrong.text
    assert free.stage() == "pending" and not free.logged_in()
    free.confirm()
    assert free.logged_in()


def test_a_captcha_that_nobody_sees(free) -> None:
    free.sim.switch(xiaohongshu_captcha=True)
    free.qrcode()
    assert "SMS" in free.confirm().text
    assert free.stage() == "captcha" and not free.logged_in()


def test_the_status_takes_long(free) -> None:
    free.sim.switch(xiaohongshu_status_seconds=0.3)
    began = time.monotonic()
    assert not free.logged_in()
    assert time.monotonic() - began >= 0.3


def test_the_status_is_falsely_negative_once(sim, person, free) -> None:
    school = Instance(sim, person, "school")
    sim.switch("school", xiaohongshu_false_negatives=1)
    assert [school.logged_in() for _ in range(3)] == [False, True, True]
    sim.switch(FREE, xiaohongshu_false_negatives=1)
    assert not free.logged_in()
    free.qrcode()
    free.confirm()
    assert [free.logged_in() for _ in range(2)] == [False, True]


def test_the_code_panics(free) -> None:
    free.sim.switch(xiaohongshu_qrcode_panics=True)
    answer = requests.get(f"{free.base}/login/qrcode", timeout=5)
    body = answer.json()
    assert (answer.status_code, body["code"]) == (500, "INTERNAL_ERROR")
    assert isinstance(body["details"], dict) and "success" not in body


def test_cookies_deleted_while_a_login_is_pending(free) -> None:
    """The browser of that login goes on; it may also lose what it wrote."""
    free.qrcode()
    assert free.log_out().status_code == 200
    free.confirm("anna")
    assert free.status()["username"] == "anna"
    free.log_out()
    free.sim.switch(xiaohongshu_cookies_lost=True)
    free.qrcode()
    assert "Login confirmed" in free.confirm().text
    assert free.stage() == "confirmed" and not free.logged_in()


def test_logging_out_and_in_as_somebody_else(free, media) -> None:
    free.qrcode()
    free.confirm("anna")
    assert free.log_out().json()["data"]["cookie_path"] and not free.logged_in()
    note = {"title": "音乐会", "content": "周六见", "images": [f"{media.url}/flyer.jpg"]}
    assert requests.post(f"{free.base}/publish", json=note, timeout=5).json()["code"] == "PUBLISH_FAILED"
    free.qrcode()
    free.confirm("bo")
    assert free.status()["username"] == "bo"


def test_the_service_may_want_its_bearer(free) -> None:
    free.sim.switch(xiaohongshu_bearer=True)
    assert requests.get(f"{free.base}/login/qrcode", timeout=5).status_code == 401
    headers = {"Authorization": f"Bearer sim-{FREE}"}
    assert requests.get(f"{free.base}/login/qrcode", headers=headers, timeout=5).json()["data"]["img"]
