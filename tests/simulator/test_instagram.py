"""Instagram's look-alike against platforms.md part 2; the numbers in brackets are its sections."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import requests


class InstagramClient:
    """Sends what Meta's documentation shows. Errors come back as (code, subcode)."""

    def __init__(self, sim: Any, account: str = "school") -> None:
        self.sim, self.base, self.token, self.user = sim, f"{sim.url}/instagram", f"sim-{account}", f"ig-{account}"

    def post(self, edge: str, **fields: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        return requests.post(f"{self.base}/v25.0/{self.user}/{edge}", json=fields, headers=headers, timeout=5)

    def get(self, path: str, **params: Any) -> requests.Response:
        sent = {"access_token": self.token, **params}
        return requests.get(f"{self.base}/v25.0/{path}", params=sent, timeout=5)

    def create(self, **fields: Any) -> str:
        return self.post("media", **fields).json()["id"]

    def status(self, container: str) -> dict[str, Any]:
        return self.get(container, fields="status_code,status").json()

    def publish(self, container: str) -> requests.Response:
        return self.post("media_publish", creation_id=container)


def error(answer: requests.Response) -> tuple[int, int | None]:
    assert answer.status_code == 400, answer.text
    found = answer.json()["error"]
    assert found["type"] == "OAuthException" and found["fbtrace_id"]
    return found["code"], found.get("error_subcode")


@pytest.fixture
def instagram(sim):
    return InstagramClient(sim)


@pytest.fixture
def flyer(media):
    return f"{media.url}/flyer.jpg"


def test_a_picture_goes_from_container_to_the_feed(instagram, flyer) -> None:
    instagram.sim.switch(container_seconds=0.2)
    container = instagram.create(image_url=flyer, caption="Recital #music")
    assert instagram.status(container)["status_code"] == "IN_PROGRESS"
    assert error(instagram.publish(container)) == (9007, 2207027)
    time.sleep(0.25)
    assert instagram.status(container)["status_code"] == "FINISHED"
    assert instagram.sim.feed() == []
    media_id = instagram.publish(container).json()["id"]
    assert media_id != container and instagram.status(container)["status_code"] == "PUBLISHED"
    [post] = instagram.sim.feed()
    assert (post["post_id"], post["handle"], post["text"]) == (media_id, container, "Recital #music")
    read = instagram.get(media_id, fields="permalink,timestamp,caption").json()
    assert read["permalink"] == post["url"] and read["timestamp"].endswith("+0000")
    page = requests.get(post["url"], timeout=5)
    assert page.status_code == 200 and post["media"]["sha256"] in page.text
    picture = requests.get(f"{instagram.sim.url}/_sim/media/{post['media']['sha256']}", timeout=5)
    assert picture.headers["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize("way", ["bearer and json", "token in the form", "token in the query"])
def test_every_way_to_send_parameters(instagram, flyer, way) -> None:
    """(2.1)"""
    url, fields, token = f"{instagram.base}/v25.0/ig-school/media", {"image_url": flyer}, {"access_token": "sim-school"}
    answer = {
        "bearer and json": lambda: instagram.post("media", **fields),
        "token in the form": lambda: requests.post(url, data={**fields, **token}, timeout=5),
        "token in the query": lambda: requests.post(url, params={**fields, **token}, timeout=5),
    }[way]()
    assert answer.json()["id"]


def test_versions_tokens_and_other_peoples_nodes(instagram) -> None:
    """(2.1, 2.8)"""
    assert error(requests.get(f"{instagram.base}/v9.0/me?access_token=sim-school", timeout=5))[0] == 2635
    assert error(instagram.get("ig-other/media")) == (100, 33)
    assert error(instagram.get("17900000000000000")) == (100, 33)
    assert instagram.get("me", fields="user_id,username").json()["user_id"] == "ig-school"
    instagram.sim.switch(instagram_token_subcode=460)
    assert error(instagram.get("me")) == (190, 460)
    instagram.token = "IGAAnonsense"
    assert error(instagram.get("me")) == (190, None)
    instagram.sim.switch(instagram_auth_status=401)
    assert instagram.get("me").status_code == 401


CHILD = {"is_carousel_item": True}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"caption": "x" * 2200}, None),
        ({"caption": "x" * 2201}, (36004, 2207010)),
        ({"caption": "#a " * 31}, (36004, 2207010)),
        ({"caption": "@a " * 21}, (100, 2207040)),
        ({"caption": "#a " * 30 + "@b " * 20}, None),
        ({"media_type": "PHOTO"}, (100, 2207023)),
        ({"media_type": "VIDEO"}, (100, 2207023)),
        ({"media_type": "REELS", "image_url": ""}, (100, None)),
        ({"image_url": ""}, (100, None)),
        ({"alt_text": "x" * 1001}, (100, None)),
        ({"collaborators": ["a", "b", "c", "d"]}, (100, None)),
        ({**CHILD, "caption": "no"}, (100, None)),
        ({**CHILD, "is_ai_generated": True}, (100, None)),
        (CHILD, None),
        ({"image_url": "http://127.0.0.1:1/x.jpg"}, (9004, 2207052)),
        ({"image_url": "ftp://127.0.0.1/x.jpg"}, (9004, 2207052)),
        ({"image_url": "http://127.0.0.1/ü.jpg"}, (9004, 2207052)),
        ({"image_url": "http://example.com/x.jpg"}, (9004, 2207052)),
    ],
)
def test_containers_are_checked(instagram, flyer, fields, expected) -> None:
    """(2.3, 2.7); the addresses refused here are never fetched"""
    answer = instagram.post("media", **{"image_url": flyer, **fields})
    assert (None if answer.status_code == 200 else error(answer)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("missing.jpg", (9004, 2207052)),
        ("flyer.png", (36001, 2207005)),
        ("text.jpg", (36001, 2207005)),
        ("tall.jpg", (36003, 2207009)),
        ("heavy.jpg", (36000, 2207004)),
        ("slow/flyer.jpg", (-2, 2207003)),
    ],
)
def test_pictures_are_really_fetched(instagram, media, picture, name, expected) -> None:
    """(2.3, 2.7)"""
    media.put("flyer.png", picture(kind="PNG"))
    media.put("text.jpg", b"hello")
    media.put("tall.jpg", picture(500, 1000))
    media.put("heavy.jpg", bytes(8 * 1024 * 1024 + 1))
    instagram.sim.switch(media_fetch_seconds=0.3)
    assert error(instagram.post("media", image_url=f"{media.url}/{name}")) == expected


def test_local_media_is_a_switch(instagram, flyer) -> None:
    instagram.sim.switch(local_media=False)
    assert error(instagram.post("media", image_url=flyer)) == (9004, 2207052)


def test_a_fetch_does_not_block_others(instagram, media) -> None:
    started = time.monotonic()
    with pytest.raises(requests.Timeout):
        requests.post(
            f"{instagram.base}/v25.0/ig-school/media",
            data={"access_token": "sim-school", "image_url": f"{media.url}/slow/flyer.jpg"},
            timeout=0.1,
        )
    assert instagram.get("me").status_code == 200
    assert time.monotonic() - started < 0.5


def test_carousels(instagram, flyer) -> None:
    """(2.2, 2.3) two to ten finished children of one's own"""
    children = [instagram.create(image_url=flyer, is_carousel_item=True) for _ in range(2)]
    single, stranger = instagram.create(image_url=flyer), InstagramClient(instagram.sim, "other")

    def carousel(ids: Any, who: Any = instagram) -> requests.Response:
        return who.post("media", media_type="CAROUSEL", children=ids, caption="Three")

    assert error(carousel(children[:1])) == (100, 2207028)
    assert error(carousel(children * 6)) == (100, 2207028)
    assert error(carousel([*children, "1"])) == (24, 2207008)
    assert error(carousel([*children, single])) == (100, None)
    assert error(carousel(children, stranger)) == (24, 2207008)
    instagram.sim.switch(container_seconds=10)
    late = instagram.create(image_url=flyer, is_carousel_item=True)
    assert error(carousel([*children, late])) == (9007, 2207027)
    instagram.sim.switch(container_seconds=0)
    assert error(instagram.publish(children[0])) == (100, None)
    whole = carousel(",".join(children)).json()["id"]
    assert instagram.publish(whole).status_code == 200
    assert instagram.sim.feed()[0]["media"]["count"] == 2


def test_reels_fail_in_their_status(instagram, media, clip, video, eventually) -> None:
    """(2.4, 2.7) the answer is given before the video is fetched"""
    good = instagram.create(media_type="REELS", video_url=media.put("clip.mp4", clip))
    bad = instagram.create(media_type="REELS", video_url=media.put("ten.mp4", video(fps=10, seconds=4)))
    gone = instagram.create(media_type="REELS", video_url=f"{media.url}/none.mp4")
    assert eventually(lambda: instagram.status(good)["status_code"] == "FINISHED")
    assert eventually(lambda: instagram.status(bad)["status_code"] == "ERROR")
    assert "2207026" in instagram.status(bad)["status"]
    assert eventually(lambda: "2207052" in instagram.status(gone)["status"])
    assert error(instagram.publish(bad)) == (9007, 2207027)
    assert instagram.publish(good).status_code == 200
    assert instagram.sim.feed()[0]["media"]["kind"] == "video"


def test_containers_expire_and_are_counted(instagram, flyer) -> None:
    """(2.3) 24 hours, 400 in 24 hours"""
    instagram.sim.switch(instagram_containers_per_day=2)
    first = instagram.create(image_url=flyer)
    assert error(instagram.post("media", image_url=flyer + "x")) == (9004, 2207052)
    instagram.create(image_url=flyer)
    assert error(instagram.post("media", image_url=flyer)) == (9, 2207069)
    instagram.sim.switch(clock_offset_seconds=86_401)
    assert instagram.status(first)["status_code"] == "EXPIRED"
    assert error(instagram.publish(first)) == (-2, 2207020)
    assert instagram.create(image_url=flyer)


def test_the_quota(instagram, flyer) -> None:
    """(2.5) enforced at media_publish, read with and without fields"""
    instagram.sim.switch(instagram_quota_total=1)
    instagram.publish(instagram.create(image_url=flyer))
    assert error(instagram.publish(instagram.create(image_url=flyer))) == (9, 2207042)
    assert instagram.get("ig-school/content_publishing_limit").json() == {"data": [{"quota_usage": 1}]}
    read = instagram.get("ig-school/content_publishing_limit", fields="quota_usage,config").json()["data"][0]
    assert read["config"] == {"quota_total": 1, "quota_duration": 86400}
    assert error(instagram.get("ig-school/content_publishing_limit", since=int(time.time()) - 90_000)) == (100, None)


def test_calls_are_limited_with_minutes_to_regain(instagram) -> None:
    """(2.5)"""
    instagram.sim.switch(instagram_calls_per_day=1)
    usage = json.loads(instagram.get("me").headers["X-Business-Use-Case-Usage"])
    assert usage["ig-school"][0]["call_count"] == 100
    refused = instagram.get("me")
    assert error(refused) == (80002, 2446079)
    minutes = json.loads(refused.headers["X-Business-Use-Case-Usage"])["ig-school"][0][
        "estimated_time_to_regain_access"
    ]
    assert minutes == 1440


@pytest.mark.parametrize(("again", "entries"), [("new_post", 2), ("same_id", 1), ("error", 1)])
def test_publishing_twice(instagram, flyer, again, entries) -> None:
    """(2.9) not documented: the feed shows what an adapter that repeats itself would do"""
    instagram.sim.switch(instagram_publish_again=again)
    container = instagram.create(image_url=flyer)
    first, second = instagram.publish(container).json(), instagram.publish(container)
    assert len(instagram.sim.feed()) == entries
    assert (second.json() == first) == (again == "same_id")
    assert (second.status_code == 400) == (again == "error")
    assert error(instagram.publish("17900000000000001")) == (24, 2207008)


def test_the_listing(instagram, flyer) -> None:
    """(2.9) newest first, since, limit, captions by switch"""
    for caption in ("one", "two"):
        instagram.publish(instagram.create(image_url=flyer, caption=caption))
    fields = {"fields": "id,permalink,timestamp,caption,media_type"}
    listed = instagram.get("ig-school/media", **fields).json()["data"]
    assert [item["caption"] for item in listed] == ["two", "one"]
    assert listed[0]["media_type"] == "IMAGE"
    assert len(instagram.get("ig-school/media", limit=1).json()["data"]) == 1
    assert instagram.get("ig-school/media", since=int(time.time()) + 60).json()["data"] == []
    instagram.sim.switch(instagram_captions_listed=False, listing_delay_seconds=0.2)
    assert "caption" not in instagram.get("ig-school/media", **fields).json()["data"][0]
    instagram.publish(instagram.create(image_url=flyer))
    assert len(instagram.get("ig-school/media").json()["data"]) == 2
    time.sleep(0.25)
    assert len(instagram.get("ig-school/media").json()["data"]) == 3


def test_odd_shapes_by_switch(instagram, flyer) -> None:
    """(2.1, 2.4) wrapped objects, status without status_code"""
    container = instagram.create(image_url=flyer)
    instagram.sim.switch(instagram_status_code=False)
    assert set(instagram.status(container)) == {"id", "status"}
    instagram.sim.switch(instagram_wrapped=True)
    assert instagram.status(container)["data"][0]["id"] == container


class TestRefresh:
    """(2.10) unversioned, by parameter, 24 hours old at least, 60 days at most"""

    def refresh(self, sim: Any, token: str = "sim-school") -> requests.Response:
        params = {"grant_type": "ig_refresh_token", "access_token": token}
        return requests.get(f"{sim.url}/instagram/refresh_access_token", params=params, timeout=5)

    def test_a_new_token_is_the_same_account_and_too_young(self, sim, instagram) -> None:
        given = self.refresh(sim).json()
        assert given == {"access_token": "sim-school-1", "token_type": "bearer", "expires_in": 5_184_000}
        instagram.token = "sim-school-1"
        assert instagram.get("me", fields="username").json()["username"] == "school"
        code, _ = error(self.refresh(sim, "sim-school-1"))
        assert code != 190
        sim.switch(clock_offset_seconds=86_401)
        assert self.refresh(sim, "sim-school-1").json()["access_token"] == "sim-school-2"

    def test_an_expired_token(self, sim, instagram) -> None:
        sim.switch(instagram_token_age_seconds=5_184_001)
        assert error(self.refresh(sim)) == (190, 463)
        assert error(instagram.get("me")) == (190, 463)
