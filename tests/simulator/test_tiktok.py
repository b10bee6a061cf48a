"""TikTok's look-alike against platforms.md part 1; the numbers in brackets are its sections."""

from __future__ import annotations

from typing import Any

import pytest
import requests

JSON_TYPE = "application/json; charset=UTF-8"
MIB = 1024 * 1024


class TikTokClient:
    """Sends what TikTok's documentation shows; `ok` and `code` read the envelope."""

    def __init__(self, sim: Any, account: str = "school") -> None:
        self.sim, self.base, self.token = sim, f"{sim.url}/tiktok", f"sim-{account}"

    def post(self, path: str, body: Any = None, **headers: str) -> requests.Response:
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": JSON_TYPE, **headers}
        return requests.post(self.base + path, json={} if body is None else body, headers=sent, timeout=5)

    def code(self, path: str, body: Any = None, **headers: str) -> str:
        return self.post(path, body, **headers).json()["error"]["code"]

    def init(self, size: int, chunk: int | None = None, count: int = 1, **info: Any) -> requests.Response:
        source = {
            "source": "FILE_UPLOAD",
            "video_size": size,
            "chunk_size": chunk or size,
            "total_chunk_count": count,
        }
        post_info = {"title": "Recital #music", "privacy_level": "PUBLIC_TO_EVERYONE", **info}
        return self.post("/v2/post/publish/video/init/", {"post_info": post_info, "source_info": source})

    def photos(self, urls: list[str], cover: Any = 0, mode: str = "DIRECT_POST", **info: Any) -> requests.Response:
        body = {
            "media_type": "PHOTO",
            "post_mode": mode,
            "post_info": {"title": "Recital", "privacy_level": "SELF_ONLY", **info},
            "source_info": {"source": "PULL_FROM_URL", "photo_images": urls, "photo_cover_index": cover},
        }
        return self.post("/v2/post/publish/content/init/", body)

    def put(
        self, url: str, content: bytes, first: int = 0, total: int | None = None, **headers: str
    ) -> requests.Response:
        last, whole = first + len(content) - 1, total or len(content)
        sent = {"Content-Type": "video/mp4", "Content-Range": f"bytes {first}-{last}/{whole}", **headers}
        return requests.put(url, data=content, headers=sent, timeout=5)

    def status(self, publish_id: str) -> dict[str, Any]:
        return self.post("/v2/post/publish/status/fetch/", {"publish_id": publish_id}).json().get("data", {})

    def publish(self, clip: bytes, **info: Any) -> str:
        begun = self.init(len(clip), **info).json()["data"]
        assert self.put(begun["upload_url"], clip).status_code == 201
        return begun["publish_id"]


@pytest.fixture
def tiktok(sim) -> TikTokClient:
    sim.switch(tiktok_init_per_minute=0, tiktok_status_per_minute=0)
    return TikTokClient(sim)


def test_a_video_goes_from_init_to_the_feed(tiktok, clip, eventually):
    tiktok.sim.switch(processing_seconds=0.2)
    publish_id = tiktok.publish(clip, is_aigc=True)
    assert tiktok.status(publish_id)["status"] == "PROCESSING_UPLOAD"
    assert tiktok.sim.feed() == []
    assert eventually(lambda: tiktok.status(publish_id)["status"] == "PUBLISH_COMPLETE")
    post_ids = tiktok.status(publish_id)["publicaly_available_post_id"]
    assert type(post_ids[0]) is int and post_ids[0] > 2**53
    [post] = tiktok.sim.feed()
    assert (post["platform"], post["account"], post["text"]) == ("tiktok", "school", "Recital #music")
    assert (post["post_id"], post["handle"]) == (str(post_ids[0]), publish_id)
    assert post["url"] == f"{tiktok.sim.url}/tiktok/@school/video/{post_ids[0]}"
    assert (post["media"]["kind"], post["media"]["count"], post["flags"]["is_aigc"]) == ("video", 1, True)
    page = requests.get(post["url"], timeout=5)
    assert page.status_code == 200 and "Recital" in page.text and post["media"]["sha256"] in page.text


def test_creator_info_offers_what_the_account_is(tiktok):
    """(1.4)"""
    path = "/v2/post/publish/creator_info/query/"
    data = tiktok.post(path).json()["data"]
    assert data["creator_username"] == "school"
    assert data["privacy_level_options"] == ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
    tiktok.sim.switch(tiktok_private_account=True)
    assert tiktok.post(path).json()["data"]["privacy_level_options"][0] == "FOLLOWER_OF_CREATOR"
    tiktok.sim.switch(tiktok_creator_blocked="spam_risk_user_banned_from_posting")
    answer = tiktok.post(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (200, "spam_risk_user_banned_from_posting")
    assert "data" not in answer.json()
    assert tiktok.init(100).status_code == 403


def test_a_stranger_is_refused(tiktok):
    """(1.1, 1.10)"""
    path = "/v2/post/publish/creator_info/query/"
    for token in ("act.something", ""):
        tiktok.token = token
        answer = tiktok.post(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "access_token_invalid")
    tiktok.token = "sim-school"
    tiktok.sim.switch(tiktok_scopes="video.list")
    answer = tiktok.post(path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "scope_not_authorized")


def test_the_body_must_be_json_and_say_so(tiktok):
    path = "/v2/post/publish/creator_info/query/"
    assert tiktok.code(path, None, **{"Content-Type": "text/plain"}) == "invalid_params"
    assert requests.post(tiktok.base + path.rstrip("/"), timeout=5).status_code == 404


@pytest.mark.parametrize(
    ("operation", "switch", "limit"),
    [("creator_info", "tiktok_creator_info_per_minute", 20), ("video/init", "tiktok_init_per_minute", 6)],
)
def test_a_minute_has_its_limit(tiktok, operation, switch, limit):
    """(1.2) per token, sliding"""
    tiktok.sim.switch(**{switch: None})
    path = {"creator_info": "/v2/post/publish/creator_info/query/", "video/init": "/v2/post/publish/video/init/"}[
        operation
    ]
    codes = [tiktok.post(path).status_code for _ in range(limit + 1)]
    assert codes[-1] == 429 and 429 not in codes[:-1]
    assert "Retry-After" not in tiktok.post(path).headers
    other = TikTokClient(tiktok.sim, "other")
    assert other.post(path).status_code != 429
    tiktok.sim.switch(tiktok_retry_after=True)
    assert 55 <= int(tiktok.post(path).headers["Retry-After"]) <= 60
    tiktok.sim.switch(clock_offset_seconds=61)
    assert tiktok.post(path).status_code != 429


@pytest.mark.parametrize(
    ("info", "status", "code"),
    [
        ({"title": "♪" * 2200}, 200, "ok"),
        ({"title": "😀" * 1101}, 400, "invalid_params"),
        ({"privacy_level": None}, 400, "invalid_params"),
        ({"privacy_level": "FOLLOWER_OF_CREATOR"}, 403, "privacy_level_option_mismatch"),
        ({"privacy_level": "SELF_ONLY", "brand_content_toggle": True}, 400, "invalid_params"),
        ({"privacy_level": "SELF_ONLY"}, 200, "ok"),
    ],
)
def test_post_info_is_checked(tiktok, info, status, code):
    """(1.5, 1.12) UTF-16 units, privacy options"""
    answer = tiktok.init(100, **info)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_an_unaudited_app_posts_to_private_accounts_only(tiktok):
    """(1.12)"""
    tiktok.sim.switch(tiktok_unaudited=True)
    answer = tiktok.init(100, privacy_level="SELF_ONLY")
    code = "unaudited_client_can_only_post_to_private_accounts"
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, code)
    tiktok.sim.switch(tiktok_private_account=True)
    assert tiktok.init(100, privacy_level="SELF_ONLY").status_code == 200


SIZE, COUNT = "The chunk size is invalid", "The total chunk count is invalid"


@pytest.mark.parametrize(
    ("size", "chunk", "count", "message"),
    [
        (1_000_000, 1_000_000, 1, ""),
        (1_000_000, 500_000, 2, SIZE),
        (50_000_000, 50_000_000, 1, ""),
        (64_000_000, 64_000_000, 1, ""),
        (80_000_000, 80_000_000, 1, SIZE),
        (80_000_000, 64_000_000, 1, SIZE),
        (80_000_000, 10 * MIB, 7, ""),
        (80_000_000, 10 * MIB, 8, COUNT),
        (80_000_000, 4 * MIB, 19, SIZE),
        (70_000_000, 10_000_000, 7, ""),
    ],
)
def test_the_chunk_plan_is_checked(tiktok, size, chunk, count, message):
    """(1.8) floor, not ceil; one chunk is the whole file"""
    answer = tiktok.init(size, chunk, count)
    assert answer.status_code == (400 if message else 200)
    assert answer.json()["error"]["message"] == message
    tiktok.sim.switch(tiktok_chunk_plan=False)
    assert tiktok.init(size, chunk, count).status_code == 200


def test_chunks_come_in_order(tiktok):
    """(1.8) 206, 416 with the progress, 400, 201"""
    size, chunk = 12 * MIB, 5 * MIB
    content = bytes(size)
    begun = tiktok.init(size, chunk, 2).json()["data"]
    url = begun["upload_url"]
    assert len(url) <= 256 and len(begun["publish_id"]) <= 64
    first = tiktok.put(url, content[:chunk], 0, size)
    assert (first.status_code, first.headers["Content-Range"]) == (206, f"bytes 0-{chunk - 1}/{size}")
    again = tiktok.put(url, content[:chunk], 0, size)
    assert (again.status_code, again.headers["Content-Range"]) == (416, f"bytes 0-{chunk - 1}/{size}")
    assert tiktok.status(begun["publish_id"])["uploaded_bytes"] == chunk
    assert tiktok.put(url, content[chunk : 2 * chunk], chunk, size).status_code == 400  # the last takes the rest
    assert tiktok.put(url, content[chunk:], chunk, size).status_code == 201
    assert tiktok.put(url, content[chunk:], chunk, size).status_code == 416


@pytest.mark.parametrize(
    "headers",
    [{"Content-Type": "application/json"}, {"Content-Range": "bytes 0-9/100"}, {"Content-Range": "0-99/100"}],
)
def test_chunk_headers_agree(tiktok, headers):
    url = tiktok.init(100).json()["data"]["upload_url"]
    assert tiktok.put(url, bytes(100), **headers).status_code == 400


def test_an_upload_url_expires(tiktok):
    """(1.5, 1.8)"""
    url = tiktok.init(100).json()["data"]["upload_url"]
    tiktok.sim.switch(clock_offset_seconds=3601)
    assert tiktok.put(url, bytes(100)).status_code == 403
    assert tiktok.put(url + "x", bytes(100)).status_code == 404


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ({}, None),
        ({"width": 320}, "picture_size_check_failed"),
        ({"fps": 10}, "frame_rate_check_failed"),
        ({"codec": "mpeg4"}, "file_format_check_failed"),
        (None, "file_format_check_failed"),
    ],
)
def test_videos_are_looked_at(tiktok, video, made, reason, eventually):
    """(1.8, 1.11)"""
    publish_id = tiktok.publish(b"no video at all" if made is None else video(seconds=1, **made))
    status = eventually(lambda: (now := tiktok.status(publish_id)) and "PROC" not in now["status"] and now)
    assert status.get("fail_reason") == reason
    assert len(tiktok.sim.feed()) == (0 if reason else 1)


def test_longer_than_the_creator_may(tiktok, clip, eventually):
    tiktok.sim.switch(tiktok_max_video_seconds=2)
    publish_id = tiktok.publish(clip)
    assert eventually(lambda: tiktok.status(publish_id).get("fail_reason") == "duration_check_failed")


def test_photos_are_pulled(tiktok, media, eventually):
    """(1.6) the init itself publishes"""
    answer = tiktok.photos([f"{media.url}/flyer.jpg"] * 2, description="Come!", privacy_level="PUBLIC_TO_EVERYONE")
    publish_id = answer.json()["data"]["publish_id"]
    assert "upload_url" not in answer.json()["data"]
    [post] = eventually(tiktok.sim.feed)
    assert (post["handle"], post["title"], post["text"]) == (publish_id, "Recital", "Come!")
    assert (post["media"]["kind"], post["media"]["count"]) == ("image", 2)
    assert tiktok.post("/v2/video/list/?fields=id").json()["data"]["videos"] == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"urls": []}, "invalid_params"),
        ({"cover": 1}, "invalid_params"),
        ({"cover": None}, "invalid_params"),
        ({"title": "x" * 91}, "invalid_params"),
        ({"description": "x" * 4001}, "invalid_params"),
        ({"mode": "DIRECT POST"}, "invalid_params"),
        ({"urls": ["http://127.0.0.1:1/x.jpg"] * 36}, "invalid_params"),
    ],
)
def test_photo_requests_are_checked(tiktok, changes, code):
    answer = tiktok.photos(**{"urls": ["http://127.0.0.1:1/x.jpg"], **changes})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing.jpg", "photo_pull_failed"),
        ("moved/flyer.jpg", "photo_pull_failed"),
        ("flyer.png", "file_format_check_failed"),
        ("large.jpg", "picture_size_check_failed"),
    ],
)
def test_a_photo_that_cannot_be_used_fails(tiktok, media, picture, name, reason, eventually):
    """(1.8, 1.11)"""
    media.put("flyer.png", picture(kind="PNG"))
    media.put("large.jpg", picture(2000, 2000))
    publish_id = tiktok.photos([f"{media.url}/{name}"]).json()["data"]["publish_id"]
    assert eventually(lambda: tiktok.status(publish_id).get("fail_reason")) == reason


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://media.example.org/x.jpg", "invalid_params"),
        ("https://192.0.2.1/x.jpg", "invalid_params"),
        ("https://media.example.org/x.jpg", "url_ownership_unverified"),
        ("https://xexample.net/x.jpg", "url_ownership_unverified"),
        ("https://other.example.com/b/x.jpg", "url_ownership_unverified"),
        ("http://127.0.0.1:1/x.jpg", "invalid_params"),
    ],
)
def test_pulled_urls_are_owned(tiktok, url, code):
    """(1.8) https, a name, a verified domain or prefix; nothing is fetched here"""
    tiktok.sim.switch(local_media=False, tiktok_verified_urls=["example.net", "https://other.example.com/a/"])
    assert tiktok.photos([url]).json()["error"]["code"] == code


def test_a_pulled_video(tiktok, media, clip, eventually):
    body = {
        "post_info": {"title": "Pulled", "privacy_level": "SELF_ONLY"},
        "source_info": {
            "source": "PULL_FROM_URL",
            "video_url": media.put("clip.mp4", clip).replace("/clip", "/slow/clip"),
        },
    }
    publish_id = tiktok.post("/v2/post/publish/video/init/", body).json()["data"]["publish_id"]
    assert tiktok.status(publish_id)["status"] == "PROCESSING_DOWNLOAD"
    assert eventually(lambda: tiktok.status(publish_id)["status"] == "PUBLISH_COMPLETE")
    assert "publicaly_available_post_id" not in tiktok.status(publish_id)
    assert [post["text"] for post in tiktok.sim.feed()] == ["Pulled"]


def test_a_pull_can_be_cancelled_until_it_is_final(tiktok, media, eventually):
    path = "/v2/post/publish/cancel/"
    publish_id = tiktok.photos([f"{media.url}/slow/flyer.jpg"]).json()["data"]["publish_id"]
    assert tiktok.code(path, {"publish_id": publish_id}) == "ok"
    assert tiktok.status(publish_id)["fail_reason"] == "publish_cancelled"
    assert tiktok.code(path, {"publish_id": publish_id}) == "publish_not_cancellable"


def test_drafts_do_not_reach_the_feed(tiktok, clip, eventually):
    """(1.7)"""
    source = {"source": "FILE_UPLOAD", "video_size": len(clip), "chunk_size": len(clip), "total_chunk_count": 1}
    for _ in range(5):
        begun = tiktok.post("/v2/post/publish/inbox/video/init/", {"source_info": source}).json()["data"]
    tiktok.put(begun["upload_url"], clip)
    assert eventually(lambda: tiktok.status(begun["publish_id"])["status"] == "SEND_TO_USER_INBOX")
    assert tiktok.sim.feed() == []
    code = tiktok.code("/v2/post/publish/inbox/video/init/", {"source_info": source})
    assert code == "spam_risk_too_many_pending_share"


def test_a_publish_id_belongs_to_its_account(tiktok):
    path, publish_id = "/v2/post/publish/status/fetch/", tiktok.init(100).json()["data"]["publish_id"]
    assert tiktok.code(path, {"publish_id": "v_pub_file~v2-1.1"}) == "invalid_publish_id"
    other = TikTokClient(tiktok.sim, "other")
    assert other.code(path, {"publish_id": publish_id}) == "token_not_authorized_for_specified_publish_id"


def test_a_day_has_its_cap(tiktok, clip, eventually):
    """(1.12) about 15 posts for one creator; other creators are free"""
    tiktok.sim.switch(tiktok_posts_per_day=2)
    failed = tiktok.publish(b"no video: a failed post does not count")
    assert eventually(lambda: tiktok.status(failed)["status"] == "FAILED")
    for _ in range(2):
        assert tiktok.init(100).status_code == 200
        tiktok.publish(clip)
    answer = tiktok.init(100)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "spam_risk_too_many_posts")
    assert tiktok.post("/v2/post/publish/creator_info/query/").status_code == 200
    assert tiktok.code("/v2/post/publish/creator_info/query/") == "spam_risk_too_many_posts"
    assert TikTokClient(tiktok.sim, "other").init(100).status_code == 200
    tiktok.sim.switch(tiktok_active_users_per_day=1)
    assert TikTokClient(tiktok.sim, "other").init(100).json()["error"]["code"] == "reached_active_user_cap"
    tiktok.sim.switch(clock_offset_seconds=86_401)
    assert tiktok.init(100).status_code == 200


def test_the_list_shows_public_videos_only(tiktok, clip, eventually):
    """(1.13) newest first, cut at 150, fields required, paged by milliseconds"""
    tiktok.publish(clip, title="a" * 200)
    tiktok.publish(clip, privacy_level="SELF_ONLY")
    assert eventually(lambda: len(tiktok.sim.feed()) == 2)
    tiktok.publish(clip, title="newest")
    assert eventually(lambda: len(tiktok.sim.feed()) == 3)
    path = "/v2/video/list/?fields=id,video_description,create_time,share_url"
    page = tiktok.post(path, {"max_count": 1}).json()["data"]
    assert (page["videos"][0]["video_description"], page["has_more"]) == ("newest", True)
    rest = tiktok.post(path, {"cursor": page["cursor"]}).json()["data"]
    assert [one["video_description"] for one in rest["videos"]] == ["a" * 150]
    assert requests.get(rest["videos"][0]["share_url"], timeout=5).status_code == 200
    assert tiktok.code("/v2/video/list/") == "invalid_params"
    assert tiktok.code(path, {"max_count": 21}) == "invalid_params"
    asked = {"filters": {"video_ids": [page["videos"][0]["id"], "1"]}}
    assert len(tiktok.post("/v2/video/query/?fields=id", asked).json()["data"]["videos"]) == 1


def test_ids_appear_after_moderation_and_may_be_several(tiktok, clip, eventually):
    """(1.9)"""
    tiktok.sim.switch(tiktok_moderation_seconds=50, tiktok_post_ids=2)
    publish_id = tiktok.publish(clip)
    assert eventually(lambda: tiktok.status(publish_id)["status"] == "PUBLISH_COMPLETE")
    assert "publicaly_available_post_id" not in tiktok.status(publish_id)
    tiktok.sim.switch(clock_offset_seconds=60)
    assert len(tiktok.status(publish_id)["publicaly_available_post_id"]) == 2
    assert len(tiktok.sim.feed()) == 1


class TestOAuth:
    """(1.3) form encoded, flat answers, rotation"""

    def token(self, sim: Any, **form: str) -> requests.Response:
        sent = {"client_key": "k", "client_secret": "s", "grant_type": "refresh_token", **form}
        return requests.post(f"{sim.url}/tiktok/v2/oauth/token/", data=sent, timeout=5)

    def test_a_refresh_rotates_the_pair(self, sim):
        first = self.token(sim, refresh_token="simr-school-0").json()
        assert (first["access_token"], first["refresh_token"]) == ("sim-school-1", "simr-school-1")
        assert (first["expires_in"], first["token_type"]) == (86400, "Bearer")
        old = self.token(sim, refresh_token="simr-school-0")
        assert (old.status_code, old.json()["error"]) == (400, "invalid_grant")
        sim.switch(tiktok_refresh_rotation=False)
        assert self.token(sim, refresh_token="simr-school-0").json()["access_token"] == "sim-school-2"

    def test_the_new_token_is_the_same_account_and_expires(self, sim):
        client = TikTokClient(sim)
        client.token = self.token(sim, refresh_token="simr-school-0").json()["access_token"]
        path = "/v2/post/publish/creator_info/query/"
        assert client.post(path).json()["data"]["creator_username"] == "school"
        sim.switch(clock_offset_seconds=86_401)
        assert client.code(path) == "access_token_invalid"

    @pytest.mark.parametrize(
        ("form", "error"),
        [
            ({"refresh_token": "rft.unknown"}, "invalid_grant"),
            ({"client_key": ""}, "invalid_request"),
            ({"grant_type": "password"}, "unsupported_grant_type"),
            ({"refresh_token": ""}, "invalid_request"),
            ({"client_secret": "wrong", "refresh_token": "simr-school-0"}, "invalid_client"),
            ({"client_key": "another", "refresh_token": "simr-school-0"}, "invalid_client"),
        ],
    )
    def test_wrong_requests(self, sim, form, error):
        sim.switch(tiktok_client_key="k", tiktok_client_secret="s", tiktok_oauth_error_status=200)
        answer = self.token(sim, **form)
        assert (answer.status_code, answer.json()["error"]) == (200, error)

    def test_revocation(self, sim):
        form = {"client_key": "k", "client_secret": "s", "token": "sim-school-1"}
        assert requests.post(f"{sim.url}/tiktok/v2/oauth/revoke/", data=form, timeout=5).status_code == 200
        assert TikTokClient(sim).code("/v2/post/publish/creator_info/query/") == "access_token_invalid"
        assert self.token(sim, refresh_token="simr-school-0").json()["error"] == "invalid_grant"
        assert sim.state("tiktok")["revoked"] == ["school"]
