"""Every row of Instagram's error tables (platforms.md 2.4, 2.7, 2.8): what is answered on the wire, and what it means
for the job, its teacher and its next try."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from platform_bench import in_chinese, platform_settings
from scripted_server import ScriptedServer, scripted_server

from encore.domain.job import Action, Platform
from encore.errors import (
    AccountDisconnectedError,
    ContentRejectedError,
    MisconfiguredError,
    OutcomeUnknownError,
    PlatformUnavailableError,
    PublishingError,
    QuotaExceededError,
    RateLimitedError,
)
from encore.platforms.contract import ContentPayload, Credentials, MediaAsset, MediaFile, NotPublished
from encore.platforms.instagram.adapter import InstagramAdapter
from encore.platforms.instagram.calls import ERRORS
from encore.words.sentence import sentence

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
TOKEN = "IGAAplantedtoken0123456789"
CONTENT = ContentPayload("Spring recital")
ADDRESS = "https://media.school.example/a.jpg"
FILE = MediaFile("m1", "image", "/a.jpg", "f" * 64, "image/jpeg", 1000, 1080, 1080, address=lambda: ADDRESS)
MEDIA = MediaAsset((FILE,))
LIMIT = (200, {"data": [{"quota_usage": 2, "config": {"quota_total": 50, "quota_duration": 86400}}]})

CLASSES = {
    "transient": (PlatformUnavailableError, True, None),
    "throttled": (RateLimitedError, True, None),
    "quota": (QuotaExceededError, True, None),
    "permanent": (ContentRejectedError, False, Action.FIX_CONTENT),
    "config": (MisconfiguredError, False, None),
    "reauth": (AccountDisconnectedError, False, Action.RECONNECT_ACCOUNT),
    "ambiguous": (OutcomeUnknownError, False, Action.CONFIRM_OUTCOME),
}

AUDIO = (9050, 9052, 9054, 9055, 9056, 9057, 9058, 9060, 9062, 9063, 9064)

PAIRS: list[tuple[Any, Any, str, str, int | None]] = [
    # code, subcode, class at create, class at publish ("-" where the reference knows it at create only: then nothing is
    # proven, and it is ambiguous), seconds until the next try where the table knows them
    (-2, 2207003, "transient", "ambiguous", None),
    (-2, 2207020, "transient", "transient", None),
    (-1, 2207001, "transient", "ambiguous", None),
    (-1, 2207032, "transient", "ambiguous", None),
    (-1, 2207053, "transient", "ambiguous", None),
    (1, 2207057, "permanent", "-", None),
    (4, 2207051, "permanent", "ambiguous", None),
    (9, 2207042, "quota", "quota", 3600),
    (24, 2207006, "transient", "transient", 30),
    (24, 2207008, "transient", "transient", 30),
    (25, 2207050, "reauth", "reauth", None),
    (100, 2207023, "config", "-", None),
    (100, 2207028, "permanent", "-", None),
    (100, 2207035, "permanent", "-", None),
    (100, 2207036, "permanent", "-", None),
    (100, 2207037, "permanent", "-", None),
    (100, 2207040, "permanent", "-", None),
    (352, 2207026, "permanent", "-", None),
    (9004, 2207052, "transient", "-", 60),
    (9007, 2207027, "transient", "transient", 10),
    (36000, 2207004, "permanent", "-", None),
    (36001, 2207005, "permanent", "-", None),
    (36003, 2207009, "permanent", "-", None),
    (36004, 2207010, "permanent", "-", None),
    *((100, audio, "config", "config", None) for audio in AUDIO),
    (200, None, "reauth", "reauth", None),
    (10, 9053, "config", "config", None),
    ("INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID", None, "permanent", "-", None),
    ("INSTAGRAM_PLATFORM_API__PERMISSION", None, "config", "-", None),
    ("INSTAGRAM_PLATFORM_API__INVALID_PARAM", None, "config", "-", None),
    (9, 2207069, "quota", "quota", 3600),
    (-1, 2207073, "config", "config", None),
    (-1, 2207077, "transient", "-", 60),
    (100, 2207081, "config", "-", None),
    (-1, 2207082, "transient", "-", None),
    (-1, 2207085, "permanent", "ambiguous", None),
    (1, None, "transient", "ambiguous", None),
    (2, None, "transient", "ambiguous", None),
    (3, None, "reauth", "reauth", None),
    (10, None, "reauth", "reauth", None),
    (299, None, "reauth", "reauth", None),
    (4, None, "throttled", "throttled", 300),
    (17, None, "throttled", "throttled", 300),
    (32, None, "throttled", "throttled", 300),
    (613, None, "throttled", "throttled", 300),
    (341, None, "throttled", "throttled", 300),
    (80001, None, "throttled", "throttled", 900),
    (80002, 2446079, "throttled", "throttled", 900),
    (100, None, "permanent", "ambiguous", None),
    (100, 33, "reauth", "ambiguous", None),
    (102, None, "reauth", "reauth", None),
    (190, None, "reauth", "reauth", None),
    *((190, subcode, "reauth", "reauth", None) for subcode in (458, 459, 460, 463, 464, 467, 492)),
    (368, None, "quota", "quota", 86400),
    (506, None, "ambiguous", "ambiguous", None),
    (1609005, None, "permanent", "-", None),
    (987654, None, "unknown", "-", None),
]

TRIES = {2207006: 2, 2207008: 5, 2207052: 3, 2207077: 3}
"""After so many tries of a transient error the job fails for good."""


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as started:
        yield started


@pytest.fixture
def adapter(server: ScriptedServer, planted: list[str]) -> InstagramAdapter:
    planted.append(TOKEN)
    return InstagramAdapter(platform_settings(Platform.INSTAGRAM, base_url=server.url), lambda: NOW)


CREDENTIALS = Credentials("school", user_id="178", token=TOKEN)


def error_body(code: Any, subcode: Any = None, **more: Any) -> dict[str, Any]:
    error = {"message": "An error", "type": "OAuthException", "code": code, "fbtrace_id": "Abc", **more}
    return {"error": error if subcode is None else {**error, "error_subcode": subcode}}


def refused(adapter: InstagramAdapter, server: ScriptedServer, stage: str, answer: tuple[Any, ...]) -> PublishingError:
    """The error that `answer` leads to when it comes for a container, a publish or a read."""
    server.will_answer(*([LIMIT, answer] if stage == "create" else [answer]))
    with pytest.raises(PublishingError) as caught:
        if stage == "create":
            adapter.prepare(CONTENT, MEDIA, CREDENTIALS, {}, lambda _: None)
        elif stage == "publish":
            adapter.commit(CONTENT, MEDIA, CREDENTIALS, {"container": "17900"})
        else:
            adapter.observe(CONTENT, MEDIA, CREDENTIALS, {"container": "17900"}, NOW)
    return caught.value


def check(error: PublishingError, expected: str, delay: int | None) -> None:
    if expected == "unknown":
        assert type(error) is PublishingError and error.unknown and not error.retried
    else:
        kind, retried, action = CLASSES[expected]
        assert type(error) is kind
        assert error.retried is retried
        assert action is None or error.action is action
    assert error.retry_after == (None if delay is None else timedelta(seconds=delay))
    assert (error.until == NOW + timedelta(seconds=delay)) if expected == "quota" and delay else error.until is None
    says_live = "may be live" in error.message or "probably live" in error.message or "seen live" in error.message
    assert says_live == (expected == "ambiguous")
    assert says_live or "Nothing was published" in error.message
    assert in_chinese(error.said)
    assert TOKEN not in f"{error!r} {error.detail}"


@pytest.mark.parametrize(("code", "subcode", "at_create", "at_publish", "delay"), PAIRS)
@pytest.mark.parametrize("stage", ["create", "publish"])
def test_a_documented_error(adapter, server, stage, code, subcode, at_create, at_publish, delay):
    error = refused(adapter, server, stage, (400, error_body(code, subcode)))
    expected = at_create if stage == "create" else at_publish
    check(error, "ambiguous" if expected == "-" else expected, delay if error.retried else None)
    if isinstance(error, PlatformUnavailableError):
        assert error.max_tries == TRIES.get(subcode)
    assert expected in ("-", "unknown") or not error.unknown
    assert error.platform_code == (str(code) if subcode is None else f"{code}/{subcode}")


@pytest.mark.parametrize(
    ("subcode", "expected"),
    [
        (2207003, "transient"), (2207020, "transient"), (2207001, "transient"), (2207032, "transient"),
        (2207053, "transient"), (2207057, "permanent"), (2207051, "permanent"), (2207050, "reauth"),
        (2207026, "permanent"), (2207052, "transient"), (2207004, "permanent"), (2207005, "permanent"),
        (2207009, "permanent"), (2207010, "permanent"), (2207077, "transient"), (2207082, "transient"),
        (2207085, "permanent"), (None, "transient"), (2207099, "unknown"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("with_code", [True, False])
def test_a_container_in_error_is_classified_by_its_sentence(adapter, server, subcode, expected, with_code):
    words = f"error code {subcode}" if subcode else "a fatal error"
    status = {"id": "17900", "status": f"Error: Media upload has failed with {words}"}
    server.will_answer((200, {**status, "status_code": "ERROR"} if with_code else status), (200, {"data": []}))
    seen = adapter.observe(CONTENT, MEDIA, CREDENTIALS, {"container": "17900"}, NOW)
    assert isinstance(seen, NotPublished) and seen.final
    check(seen.error, expected, int(seen.error.retry_after.total_seconds()) if seen.error.retry_after else None)


@pytest.mark.parametrize("stage", ["read", "create", "publish"])
@pytest.mark.parametrize(
    ("code", "subcode", "renewable"),
    [
        (190, None, True), (190, 463, True), (190, 467, True), (102, None, True),
        (190, 458, False), (190, 459, False), (190, 460, False), (190, 464, False), (190, 492, False),
        (10, None, False), (200, None, False), (25, 2207050, False),
    ],
)  # fmt: skip
def test_a_refused_token_is_told_from_a_login_that_only_a_person_can_bring_back(
    adapter, server, stage, code, subcode, renewable
):
    error = refused(adapter, server, stage, (401, error_body(code, subcode)))
    assert isinstance(error, AccountDisconnectedError) and error.renewable is renewable


def test_a_permanent_failure_of_a_container_is_final_once_the_listing_does_not_show_the_post(adapter, server):
    failed = {"status_code": "ERROR", "status": "Error: failed with error code 2207026"}
    server.will_answer((200, failed), (200, {"data": []}))
    seen = adapter.observe(CONTENT, MEDIA, CREDENTIALS, {"container": "17900"}, NOW)
    assert isinstance(seen, NotPublished) and seen.final and not seen.error.retried
    assert [asked.path.rsplit("/")[-1] for asked in server.asked] == ["17900", "media"]


def test_a_container_s_quota_is_counted_from_the_clock_that_was_given(adapter, server):
    failed = {"status_code": "ERROR", "status": "Error: failed with error code 2207042"}
    server.will_answer((200, failed), (200, {"data": []}))
    seen = adapter.observe(CONTENT, MEDIA, CREDENTIALS, {"container": "17900"}, NOW)
    assert seen.error.until == NOW + timedelta(hours=1)


READS: list[tuple[tuple[Any, ...], str, int | None, int | None]] = [
    # answer to a read, class, seconds until the next try, most tries
    ((400, error_body(100, 33)), "transient", 20, 4),
    ((400, error_body(1)), "transient", None, None),
    ((400, error_body(2)), "transient", None, None),
    ((400, error_body(4, 2207051)), "throttled", 300, None),
    ((400, error_body(24, 2207006)), "transient", 30, 2),
    ((400, error_body(100)), "config", None, None),
    ((401, error_body(190, 463)), "reauth", None, None),
    ((400, error_body(190, 463)), "reauth", None, None),
    ((403, error_body(200)), "reauth", None, None),
    ((500, "<html>Sorry</html>"), "transient", None, None),
    ((503, ""), "transient", None, None),
    ((429, "slow down"), "throttled", 60, None),
    ((429, "slow down", {"Retry-After": "7"}), "throttled", 7, None),
    ((200, "<html>Checking your browser</html>"), "transient", None, None),
    ((403, "<html>Forbidden</html>"), "transient", None, None),
    ((404, {"message": "no such route"}), "transient", None, 4),
    ((408, {"error": "timeout"}), "transient", None, 4),
    ((200, '{"id": "17900", "status_c'), "transient", None, None),
    ((200, "[]"), "transient", None, None),
]


@pytest.mark.parametrize(("answer", "expected", "delay", "tries"), READS)
def test_an_error_of_a_read(adapter, server, answer, expected, delay, tries):
    if answer[1] == error_body(100, 33):
        server.will_answer(answer, LIMIT)
        with pytest.raises(PublishingError) as caught:
            adapter.prepare(CONTENT, MEDIA, CREDENTIALS, {"container": "17900"}, lambda _: None)
        error = caught.value
        assert error.action is Action.RECONNECT_ACCOUNT  # for when it keeps failing
    else:
        error = refused(adapter, server, "read", answer)
    check(error, expected, delay)
    assert error.max_tries == tries


PUBLISHES: list[tuple[tuple[Any, ...], str, int | None]] = [
    ((500, "<html>Sorry</html>"), "ambiguous", None),
    ((502, ""), "ambiguous", None),
    ((503, error_body(2)), "ambiguous", None),
    ((429, "slow down"), "ambiguous", None),
    ((200, "<html>Checking your browser</html>"), "ambiguous", None),
    ((403, "<html>Forbidden</html>"), "ambiguous", None),
    ((200, {}), "ambiguous", None),
    ((200, {"id": None}), "ambiguous", None),
    ((200, '{"id": "18'), "ambiguous", None),
    ((200, "[]"), "ambiguous", None),
    ((302, ""), "ambiguous", None),
    ((404, {"message": "no"}), "ambiguous", None),
    ((200, error_body(4, 2207051)), "ambiguous", None),
    ((200, error_body(190)), "reauth", None),
    ((400, error_body("1", is_transient=True)), "ambiguous", None),
]


@pytest.mark.parametrize(("answer", "expected", "delay"), PUBLISHES)
def test_what_else_a_publish_may_be_answered(adapter, server, answer, expected, delay):
    check(refused(adapter, server, "publish", answer), expected, delay)


@pytest.mark.parametrize("wrapped", [{"id": "18001"}, {"id": 18001}, {"data": [{"id": "18001"}]}])
def test_a_published_id_may_come_wrapped_and_a_failing_link_changes_nothing(adapter, server, wrapped):
    server.will_answer((200, wrapped), (500, "oops"))
    seen = adapter.commit(CONTENT, MEDIA, CREDENTIALS, {"container": "17900"})
    assert (seen.post_id, seen.url) == ("18001", None)


@pytest.mark.parametrize(
    ("code", "subcode", "stage", "expected"),
    [
        (36003, 2207009, "create", "transient"),
        (987654, None, "create", "transient"),
        (190, None, "create", "reauth"),
        (1609005, None, "publish", "ambiguous"),
        (36003, 2207009, "publish", "ambiguous"),
    ],
)
def test_is_transient_only_makes_an_error_milder(adapter, server, code, subcode, stage, expected):
    error = refused(adapter, server, stage, (400, error_body(code, subcode, is_transient=True)))
    check(error, expected, None)
    assert error.platform_code == (f"{code}/{subcode}" if subcode else str(code))


def test_is_transient_false_rules_nothing_out(adapter, server):
    error = refused(adapter, server, "create", (400, error_body(9004, 2207052, is_transient=False)))
    check(error, "transient", 60)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ({"178": [{"type": "instagram", "call_count": 100, "estimated_time_to_regain_access": 13}]}, 780),
        ({"178": [{"estimated_time_to_regain_access": 2}, {"estimated_time_to_regain_access": 5}]}, 300),
        ({"178": [{"estimated_time_to_regain_access": 0}]}, 900),
        ({"178": [{"estimated_time_to_regain_access": 10**12}]}, 86400),
        ({"178": "nonsense"}, 900),
        ([], 900),
    ],
)
@pytest.mark.parametrize("stage", ["create", "publish", "read"])
def test_throttling_waits_until_access_is_regained(adapter, server, header, seconds, stage):
    usage = {"X-Business-Use-Case-Usage": json.dumps(header)}
    error = refused(adapter, server, stage, (400, error_body(80002, 2446079), usage))
    check(error, "throttled", seconds)
    assert error.pauses == "account"


@pytest.mark.parametrize("place", ["code", "error_subcode", "message", "error_user_msg"])
def test_a_named_code_is_found_wherever_it_stands(adapter, server, place):
    body = error_body(100)
    body["error"][place] = "INSTAGRAM_PLATFORM_API__INVALID_LOCATION_ID"
    error = refused(adapter, server, "create", (400, body))
    assert error.code == "invalid_location"


def test_every_row_of_the_table_speaks_both_languages_and_names_its_source():
    for row in ERRORS.rows:
        said = sentence(row.key, platform="instagram")
        assert str(said).endswith(".") and in_chinese(said).endswith("。") and row.source, row
        assert row.class_name != "ambiguous" or (row.action is Action.CONFIRM_OUTCOME and row.code == "outcome_unknown")
        assert row.class_name != "permanent" or row.action is Action.FIX_CONTENT
        assert row.class_name != "reauth" or row.action is Action.RECONNECT_ACCOUNT
