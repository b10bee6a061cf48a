"""What Meta signs, as its look-alike makes it; and everything that is not that."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import UTC, datetime
from hashlib import sha256

import pytest
import requests

from encore.platforms.instagram.signed_request import LONGEST, ForgedError, SignedRequest, read_signed_request
from encore_simulator.instagram.callbacks import signed_request

SECRET = "a-secret-of-these-tests-4711"
AT = datetime(2026, 11, 30, 12, tzinfo=UTC)


def encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def signed(content: bytes, secret: str = SECRET) -> str:
    """Any content, with the right signature."""
    payload = encoded(content)
    return f"{encoded(hmac.digest(secret.encode(), payload.encode(), sha256))}.{payload}"


def of(**payload: object) -> str:
    return signed(json.dumps({"algorithm": "HMAC-SHA256", "user_id": "218471", **payload}).encode())


@pytest.mark.parametrize("user_id", ["218471", 218471, 17_841_405_793_187_218_123])
def test_who_asks_is_told_as_a_number_or_as_text(user_id):
    found = read_signed_request(signed_request(user_id, SECRET, AT), SECRET)
    assert found == SignedRequest(str(user_id), AT)


def test_it_need_not_say_when_it_was_made():
    assert read_signed_request(of(), SECRET).issued_at is None


@pytest.mark.parametrize("more", ["", "x", "xx", "xxx"])
def test_with_its_padding_it_is_the_same(more):
    payload = base64.urlsafe_b64encode(json.dumps({"algorithm": "HMAC-SHA256", "user_id": 1, "m": more}).encode())
    signature = base64.urlsafe_b64encode(hmac.digest(SECRET.encode(), payload, sha256))
    assert signature.endswith(b"=")
    assert read_signed_request(f"{signature.decode()}.{payload.decode()}", SECRET).user_id == "1"


def test_the_look_alikes_own_are_read(simulator, account):
    asked = {"account": account, "secret": SECRET}
    answer = requests.post(f"{simulator}/_sim/instagram/signed_request", json=asked, timeout=5).json()
    assert read_signed_request(answer["signed_request"], SECRET).user_id.isdigit()
    answer = requests.post(
        f"{simulator}/_sim/instagram/signed_request", json=asked | {"algorithm": "NONE"}, timeout=5
    ).json()  # fmt: skip
    with pytest.raises(ForgedError):
        read_signed_request(answer["signed_request"], SECRET)


RIGHT = of(issued_at=1)
SIGNATURE, _, PAYLOAD = RIGHT.partition(".")
FORGED = {
    "another secret": signed(b'{"algorithm": "HMAC-SHA256", "user_id": 1}', "another"),
    "no algorithm": signed(b'{"user_id": 1}'),
    "algorithm none": of(algorithm="NONE"),
    "another algorithm": of(algorithm="HMAC-SHA1"),
    "an algorithm that is a list": of(algorithm=["HMAC-SHA256"]),
    "no user": signed(b'{"algorithm": "HMAC-SHA256"}'),
    "a user that is true": of(user_id=True),
    "a user that is a part of a number": of(user_id=1.5),
    "a user that is a list": of(user_id=["1"]),
    "a user that is nobody": of(user_id=""),
    "a user of other digits": of(user_id="٣"),
    "a user of two lines": of(user_id="1\n"),
    "a user that never ends": of(user_id="1" * 41),
    "below zero": of(user_id=-1),
    "made in no year": of(issued_at=10**18),
    "made before time": of(issued_at=-1),
    "made at a word": of(issued_at="now"),
    "made at true": of(issued_at=True),
    "a list": signed(b"[1]"),
    "no JSON": signed(b"{"),
    "no text": signed(b"\xff\xfe"),
    "nothing": signed(b""),
    "a deep list": signed(b"[" * 5_000),
    "a number without end": signed(b'{"algorithm": "HMAC-SHA256", "user_id": ' + b"1" * 5_000 + b"}"),
    "another payload": f"{SIGNATURE}.{encoded(b'{}')}",
    "a letter more": f"{RIGHT}A",
    "no signature": f".{PAYLOAD}",
    "half a signature": f"{SIGNATURE[:20]}.{PAYLOAD}",
    "no payload": f"{SIGNATURE}.",
    "no dot": SIGNATURE + PAYLOAD,
    "two dots": f"{RIGHT}.",
    "empty": "",
    "not base64url": f"{SIGNATURE[:-1]}*.{PAYLOAD}",
    "not ASCII": f"{SIGNATURE}é.{PAYLOAD}",
    "too long": of(more="x" * LONGEST),
}


@pytest.mark.parametrize("text", FORGED.values(), ids=FORGED)
def test_everything_else_is_forged_and_the_error_says_nothing_of_it(text):
    with pytest.raises(ForgedError) as caught:
        read_signed_request(text, SECRET)
    assert caught.value.message == "This request is not signed with the app's secret."
    assert (caught.value.__cause__ is None and caught.value.__suppress_context__) or caught.value.__context__ is None


def test_without_a_secret_nothing_is_right():
    with pytest.raises(ForgedError):
        read_signed_request(signed(b'{"algorithm": "HMAC-SHA256", "user_id": 1}', ""), "")
