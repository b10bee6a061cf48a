"""Instagram's answers that the look-alike does not give by itself, on a real socket: doubtful posts, quotas, forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from platform_bench import platform_settings
from scripted_server import ScriptedServer, scripted_server

from encore.domain.job import Platform
from encore.errors import (
    ContentRejectedError,
    PublishingError,
    QuotaExceededError,
)
from encore.platforms.contract import (
    CannotTell,
    ContentPayload,
    Credentials,
    MediaAsset,
    MediaFile,
    NotPublished,
    Processing,
    Published,
)
from encore.platforms.instagram.adapter import InstagramAdapter
from encore.platforms.instagram.containers import carousel_fields, child_fields, post_fields
from encore.settings import load_settings

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
CONTENT = ContentPayload("Spring recital")
FILE = MediaFile("m", "image", "/a", "f" * 64, "image/jpeg", 1, 1080, 1080, address=lambda: "https://m.example/a.jpg")
VIDEO = replace(FILE, kind="video", mime="video/mp4")
MEDIA = MediaAsset((FILE,))


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as started:
        yield started


def scripted(server: ScriptedServer, planted: list[str]) -> tuple[InstagramAdapter, Credentials]:
    credentials = Credentials("school", server.url, "178", "IGAAplantedtoken0123456789")
    planted.append(credentials.token)
    # The address of the credentials wins: an account of Facebook Login lives on another host than the rest.
    return InstagramAdapter(platform_settings(Platform.INSTAGRAM), lambda: NOW), credentials


def listed(*posts: tuple[str, str | None, str], **more: Any) -> tuple[int, Any]:
    items = [
        {"id": post_id, "timestamp": at, "media_type": "IMAGE", **({} if words is None else {"caption": words}), **more}
        for post_id, words, at in posts
    ]
    return (200, {"data": items})


IN_TIME, TOO_OLD = "2026-05-17T11:59:30+0000", "2026-05-17T11:58:00+0000"
LATER = "2026-05-17T12:30:00+0000"
"""Too late for a commit of noon, whose request is over by then."""


@pytest.mark.parametrize(
    ("status", "listing", "expected"),
    [
        ("PUBLISHED", listed(("1", "Spring recital", IN_TIME)), Published("1")),
        ("PUBLISHED", listed(("1", " Spring\n recital ", IN_TIME)), Published("1")),
        ("PUBLISHED", listed(("1", "Spring recital", TOO_OLD)), Published(None)),
        ("PUBLISHED", listed(("1", "Another post", IN_TIME)), Published(None)),
        ("PUBLISHED", listed(("1", None, IN_TIME)), Published("1")),
        ("PUBLISHED", listed(("1", None, IN_TIME), ("2", None, IN_TIME)), Published(None)),
        ("PUBLISHED", listed(("1", None, IN_TIME), ("2", "Spring recital", IN_TIME)), Published("2")),
        ("PUBLISHED", listed(("1", None, "yesterday")), Published(None)),
        ("PUBLISHED", listed(("1", None, IN_TIME), media_type="VIDEO"), Published(None)),
        ("PUBLISHED", (500, "oops"), Published(None)),
        ("FINISHED", listed(), NotPublished),
        ("FINISHED", listed(("1", "Another post", IN_TIME)), NotPublished),
        ("FINISHED", listed(("1", "Spring recital", IN_TIME)), Published("1")),
        ("FINISHED", listed(("1", None, IN_TIME)), CannotTell),
        ("FINISHED", listed(("1", "Spring recital", IN_TIME), ("2", "Spring recital", IN_TIME)), CannotTell),
        ("IN_PROGRESS", None, Processing),
        ("SOMETHING_NEW", None, Processing),
        ("EXPIRED", listed(), NotPublished),
        ("EXPIRED", listed(("1", "Spring recital", IN_TIME)), Published("1")),
        ("ERROR", listed(), NotPublished),
        ("ERROR", listed(("1", "Another post", IN_TIME)), NotPublished),
        ("ERROR", listed(("1", "Spring recital", TOO_OLD)), NotPublished),
        ("ERROR", listed(("1", "Spring recital", IN_TIME)), Published("1")),
        ("ERROR", listed(("1", "Spring recital", IN_TIME), ("2", "Spring recital", IN_TIME)), CannotTell),
        ("ERROR", listed(("1", None, IN_TIME)), CannotTell),
        ("ERROR", listed(("1", None, LATER)), NotPublished),
        ("ERROR", (503, "oops"), Processing),
        ("ERROR", (200, "<html>Checking your browser</html>"), Processing),
        ("ERROR", (403, {"error": {"message": "No permission", "code": 10}}), CannotTell),
    ],
)
def test_what_is_seen_after_a_doubtful_publish(server, planted, status, listing, expected):
    adapter, credentials = scripted(server, planted)
    server.will_answer((200, {"id": "17900", "status_code": status, "status": ""}), *([listing] if listing else []))
    seen = adapter.observe(CONTENT, MEDIA, credentials, {"container": "17900"}, NOW)
    if isinstance(expected, Published):
        assert isinstance(seen, Published) and seen.post_id == expected.post_id
    else:
        assert isinstance(seen, expected)
    if isinstance(seen, NotPublished):
        assert seen.final == (status in ("EXPIRED", "ERROR"))
        assert seen.error.retried


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Finished: Media has been uploaded and it is ready to be published.", NotPublished),
        ("Published: Media has been successfully published.", Published),
        ("Expired: The container was not published within 24 hours.", NotPublished),
        ("Error: Media upload has failed with error code 2207082", NotPublished),
        ("In Progress: Media is still being processed.", Processing),
        ("", Processing),
    ],
)
def test_a_status_without_its_code_is_read_from_the_sentence(server, planted, sentence, expected):
    adapter, credentials = scripted(server, planted)
    server.will_answer((200, {"status": sentence, "id": "17900"}), listed())
    assert isinstance(adapter.observe(CONTENT, MEDIA, credentials, {"container": "17900"}, NOW), expected)


@pytest.mark.parametrize(
    ("listing", "expected"),
    [(listed(("1", "Spring recital", IN_TIME)), Published), (listed(("1", None, IN_TIME)), CannotTell),
     (listed(), CannotTell)],
)  # fmt: skip
def test_an_unreadable_container_leaves_the_listing(server, planted, listing, expected):
    adapter, credentials = scripted(server, planted)
    missing = {"error": {"message": "Unsupported get request", "code": 100, "error_subcode": 33}}
    server.will_answer((400, missing), listing)
    assert isinstance(adapter.observe(CONTENT, MEDIA, credentials, {"container": "17900"}, NOW), expected)


UNREADABLE = (400, {"error": {"message": "Unsupported get request", "code": 100, "error_subcode": 33}})
LIVE = (200, {"status_code": "PUBLISHED"})


@pytest.mark.parametrize(
    ("status", "listing", "found"),
    [
        (LIVE, listed(("1", "Spring recital", IN_TIME)), "1"),
        (LIVE, listed(("1", None, IN_TIME)), "1"),
        (LIVE, listed(("1", None, LATER)), None),
        (LIVE, listed(("1", None, IN_TIME), ("2", None, IN_TIME)), None),
        (LIVE, listed(("1", "Another post", IN_TIME)), None),
        (LIVE, (500, "oops"), None),
        (UNREADABLE, listed(("1", "Spring recital", IN_TIME)), "1"),
        (UNREADABLE, listed(("1", None, IN_TIME)), None),
    ],
)
def test_only_the_one_post_that_fits_gives_its_id(server, planted, status, listing, found):
    adapter, credentials = scripted(server, planted)
    server.will_answer(status, listing)
    seen = adapter.identify(CONTENT, MEDIA, credentials, {"container": "17900"}, NOW)
    assert (seen and seen.post_id) == found
    assert server.answers == []


def test_a_host_that_refuses_captions_is_asked_without(server, planted):
    adapter, credentials = scripted(server, planted)
    refusal = {"error": {"message": "Tried accessing nonexisting field (caption)", "code": 100}}
    server.will_answer((200, {"status_code": "PUBLISHED"}), (400, refusal), listed(("1", None, IN_TIME)))
    seen = adapter.observe(CONTENT, MEDIA, credentials, {"container": "17900"}, NOW)
    assert isinstance(seen, Published) and seen.post_id == "1"
    assert [asked.query.get("fields", "").endswith("caption") for asked in server.asked[1:]] == [True, False]
    assert server.asked[1].query["since"] == str(int((NOW - timedelta(seconds=60)).timestamp()))


def test_without_a_container_nothing_is_published_and_nothing_told(server, planted):
    adapter, credentials = scripted(server, planted)
    server.will_answer()
    assert isinstance(adapter.observe(CONTENT, MEDIA, credentials, {}, NOW), CannotTell)
    with pytest.raises(PublishingError):
        adapter.commit(CONTENT, MEDIA, credentials, {})
    assert server.asked == []


@pytest.mark.parametrize(
    ("limit", "enough"),
    [
        ({"data": [{"quota_usage": 49, "config": {"quota_total": 50}}]}, True),
        ({"data": [{"quota_usage": 50, "config": {"quota_total": 50}}]}, False),
        ({"data": [{"quota_usage": 50, "config": {"quota_total": 100}}]}, True),
        ({"data": [{"quota_usage": 50}]}, False),
        ({"quota_usage": 50, "config": {"quota_total": None}}, False),
        ({"data": [{}]}, True),
        ({"data": []}, True),
    ],
)
def test_the_quota_is_what_the_answer_says(server, planted, limit, enough):
    adapter, credentials = scripted(server, planted)
    server.will_answer((200, limit), (200, {"id": "17900"}), (200, {"status_code": "FINISHED"}))
    if enough:
        assert adapter.prepare(CONTENT, MEDIA, credentials, {}, lambda _: None)["container"] == "17900"
    else:
        with pytest.raises(QuotaExceededError):
            adapter.prepare(CONTENT, MEDIA, credentials, {}, lambda _: None)


def test_what_is_sent_for_each_kind_of_post():
    generated = replace(CONTENT, hashtags=("piano",), ai_generated=True)
    words = {"caption": "Spring recital\n#piano", "is_ai_generated": True}
    address = "https://m.example/a.jpg"
    assert post_fields(generated, replace(FILE, alt_text="x" * 1001)) == {
        "image_url": address, "alt_text": "x" * 1000, **words,
    }  # fmt: skip
    assert post_fields(generated, VIDEO) == {
        "media_type": "REELS",
        "video_url": address,
        "share_to_feed": True,
        **words,
    }
    assert child_fields(VIDEO) == {"is_carousel_item": True, "media_type": "VIDEO", "video_url": address}
    assert child_fields(FILE) == {"is_carousel_item": True, "image_url": address}
    assert carousel_fields(generated, ["1", "2"]) == {"media_type": "CAROUSEL", "children": "1,2", **words}
    assert post_fields(ContentPayload(""), FILE) == {"image_url": address}


def test_an_address_that_instagram_could_not_fetch_is_refused():
    with pytest.raises(ContentRejectedError):
        post_fields(CONTENT, replace(FILE, address=lambda: "https://m.example/音乐会.jpg"))


def test_the_version_is_explicit():
    assert load_settings().platforms[Platform.INSTAGRAM].api_version == "v25.0"


def test_a_token_never_travels_in_an_address(server, planted):
    adapter, credentials = scripted(server, planted)
    server.will_answer((200, {"id": "18001"}), (200, {"permalink": "https://www.instagram.com/p/x/"}))
    adapter.commit(CONTENT, MEDIA, credentials, {"container": "17900"})
    for asked in server.asked:
        assert asked.headers["authorization"] == f"Bearer {credentials.token}"
        assert asked.path.startswith("/v25.0/") and credentials.token not in f"{asked.path}{asked.query}{asked.body}"
