"""Every rule that a switch can lift: refused with the rule, let through without it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

Request = Callable[..., requests.Response]
AUTH = {"Authorization": "Bearer sim-school"}
MIB = 1024 * 1024


class World:
    """What the rules' requests need: addresses of media that are good and bad."""

    def __init__(self, sim: Any, media: Any, picture: Any) -> None:
        self.sim, self.url, self.flyer = sim, sim.url, f"{media.url}/flyer.jpg"
        self.png = media.put("flyer.png", picture(kind="PNG"))
        self.slow = self.flyer.replace("/flyer", "/slow/flyer")

    def tiktok(self, path: str, body: Any, **headers: str) -> requests.Response:
        url = f"{self.url}/tiktok/v2/post/publish/{path}/"
        return requests.post(url, json=body, headers={**AUTH, **headers}, timeout=5)

    def init(self, **changes: Any) -> requests.Response:
        info = {"title": "Recital", "privacy_level": "SELF_ONLY", **changes.pop("info", {})}
        source = {"source": "FILE_UPLOAD", "video_size": 100, "chunk_size": 100, "total_chunk_count": 1, **changes}
        return self.tiktok("video/init", {"post_info": info, "source_info": source})

    def put(self, first: int, **headers: str) -> requests.Response:
        url = self.init().json()["data"]["upload_url"]
        sent = {"Content-Type": "video/mp4", "Content-Range": f"bytes {first}-99/100", **headers}
        return requests.put(url, data=bytes(100 - first), headers=sent, timeout=5)

    def tiktok_login(self, **changes: str) -> requests.Response:
        self.sim.switch(tiktok_redirect_uris=["https://encore.example/back"], tiktok_pkce="off")
        asked = {"client_key": "sim-client", "response_type": "code", "scope": "video.publish"}
        asked |= {"redirect_uri": "https://encore.example/back", "state": "s", **changes}
        return requests.get(f"{self.url}/tiktok/v2/auth/authorize/", params=asked, timeout=5)

    def instagram_login(self, **changes: str) -> requests.Response:
        self.sim.switch(instagram_redirect_uris=["https://encore.example/back"])
        asked = {"client_id": "sim-instagram-app", "response_type": "code", "scope": "instagram_business_basic"}
        asked |= {"redirect_uri": "https://encore.example/back", "account": "anna", "decision": "allow", **changes}
        url = f"{self.url}/instagram/oauth/authorize/decide"
        return requests.post(url, data=asked, timeout=5, allow_redirects=False)

    def with_basic_alone(self) -> requests.Response:
        back = self.instagram_login().headers["Location"]
        form = {"client_id": "sim-instagram-app", "client_secret": "sim-instagram-secret"}
        form |= {"grant_type": "authorization_code", "redirect_uri": "https://encore.example/back"}
        form |= {"code": dict(parse_qsl(urlsplit(back).query))["code"]}
        given = requests.post(f"{self.url}/instagram/oauth/access_token", data=form, timeout=5).json()["data"][0]
        url = f"{self.url}/instagram/v25.0/{given['user_id']}/media"
        sent = {"image_url": self.flyer, "access_token": given["access_token"]}
        return requests.post(url, data=sent, timeout=5)

    def facebook_login(self, **changes: str) -> requests.Response:
        self.sim.switch(facebook_redirect_uris=["https://encore.example/back"])
        asked = {"client_id": "sim-facebook-app", "redirect_uri": "https://encore.example/back", **changes}
        return requests.get(f"{self.url}/facebook/v25.0/dialog/oauth", params=asked, timeout=5)

    def photos(self, *urls: str, cover: Any = 0) -> requests.Response:
        source = {"source": "PULL_FROM_URL", "photo_images": urls or [self.flyer], "photo_cover_index": cover}
        info = {"title": "Recital", "privacy_level": "SELF_ONLY"}
        body = {"media_type": "PHOTO", "post_mode": "DIRECT_POST", "post_info": info, "source_info": source}
        return self.tiktok("content/init", body)

    def photo_status(self, url: str) -> requests.Response:
        """The status of a photo post once it is final; a failed one counts as refused."""
        publish_id = self.photos(url).json()["data"]["publish_id"]
        for _ in range(100):
            answer = self.tiktok("status/fetch", {"publish_id": publish_id})
            if not answer.json()["data"]["status"].startswith("PROCESSING"):
                break
        answer.status_code = 400 if answer.json()["data"]["status"] == "FAILED" else 200
        return answer

    def instagram(self, edge: str, version: str = "v25.0", **fields: Any) -> requests.Response:
        url = f"{self.url}/instagram/{version}/ig-school/{edge}"
        return requests.post(url, json=fields, headers=AUTH, timeout=5)

    def container(self, **fields: Any) -> requests.Response:
        return self.instagram("media", **{"image_url": self.flyer, **fields})

    def note(self, **changes: Any) -> requests.Response:
        body = {"title": "音乐会", "content": "周六见", "images": [self.flyer], **changes}
        return requests.post(f"{self.url}/xiaohongshu/school/api/v1/publish", json=body, timeout=5)

    def early(self) -> requests.Response:
        self.sim.switch(container_seconds=60)
        return self.instagram("media_publish", creation_id=self.container().json()["id"])

    def refresh(self) -> requests.Response:
        self.sim.switch(instagram_token_age_seconds=60)
        params = {"grant_type": "ig_refresh_token", "access_token": "sim-school"}
        return requests.get(f"{self.url}/instagram/refresh_access_token", params=params, timeout=5)

    def hang_up(self) -> requests.Response:
        """Refused where no note comes of it."""
        self.sim.switch(publish_seconds=0.3, click_share=1)
        url = f"{self.url}/xiaohongshu/school/api/v1/publish"
        body = {"title": "a", "content": "b", "images": [self.flyer]}
        with pytest.raises(requests.Timeout):
            requests.post(url, json=body, timeout=0.15)
        time.sleep(0.3)
        answer = requests.Response()
        answer.status_code = 200 if self.sim.feed() else 499
        return answer


CHILD = {"is_carousel_item": True}
RULES: dict[str, Callable[[World], requests.Response]] = {
    "tiktok_auth": lambda w: w.tiktok("creator_info/query", {}, Authorization="Bearer stranger"),
    "tiktok_content_type": lambda w: w.tiktok("creator_info/query", {}, **{"Content-Type": "text/plain"}),
    "tiktok_text_limits": lambda w: w.init(info={"title": "x" * 2201}),
    "tiktok_privacy_options": lambda w: w.init(info={"privacy_level": "EVERYBODY"}),
    "tiktok_branded_private": lambda w: w.init(info={"brand_content_toggle": True}),
    "tiktok_chunk_plan": lambda w: w.init(video_size=80 * MIB, chunk_size=10 * MIB, total_chunk_count=9),
    "tiktok_chunk_order": lambda w: w.sim.switch(tiktok_chunk_headers=False) or w.put(50),
    "tiktok_chunk_headers": lambda w: w.put(0, **{"Content-Type": "text/plain"}),
    "tiktok_url_rules": lambda w: w.sim.switch(local_media=False, tiktok_url_ownership=False) or w.photos(),
    "tiktok_url_ownership": lambda w: w.sim.switch(local_media=False, tiktok_url_rules=False) or w.photos(),
    "tiktok_media_checks": lambda w: w.photo_status(w.png),
    "tiktok_photo_count": lambda w: w.photos(cover=7),
    "tiktok_redirect_rules": lambda w: w.tiktok_login(redirect_uri="https://elsewhere.example/"),
    "tiktok_state": lambda w: w.tiktok_login(state=""),
    "instagram_auth": lambda w: requests.get(f"{w.url}/instagram/v25.0/me?access_token=stranger", timeout=5),
    "instagram_refresh_age": lambda w: w.refresh(),
    "instagram_version": lambda w: w.instagram("media", "v1.0", image_url=w.flyer),
    "instagram_caption_limits": lambda w: w.container(caption="x" * 2201),
    "instagram_alt_text": lambda w: w.container(alt_text="x" * 1001),
    "instagram_media_type": lambda w: w.container(media_type="PHOTO"),
    "instagram_carousel": lambda w: w.instagram("media", media_type="CAROUSEL", children="1"),
    "instagram_children": lambda w: w.container(**CHILD, caption="no"),
    "instagram_collaborators": lambda w: w.container(collaborators=list("abcd")),
    "instagram_url_rules": lambda w: w.sim.switch(local_media=False) or w.container(),
    "instagram_fetch": lambda w: w.container(image_url="http://127.0.0.1:1/x.jpg"),
    "instagram_media_checks": lambda w: w.container(image_url=w.png),
    "instagram_publish_early": lambda w: w.early(),
    "instagram_redirect_rules": lambda w: w.instagram_login(redirect_uri="https://elsewhere.example/"),
    "instagram_scope_names": lambda w: w.instagram_login(scope="business_basic"),
    "instagram_scopes": lambda w: w.with_basic_alone(),
    "facebook_redirect_rules": lambda w: w.facebook_login(redirect_uri="https://elsewhere.example/"),
    "facebook_scope_names": lambda w: w.facebook_login(scope="manage_pages"),
    "xiaohongshu_required": lambda w: w.note(content=""),
    "xiaohongshu_title_units": lambda w: w.note(title="音" * 21),
    "xiaohongshu_body_length": lambda w: w.note(content="x" * 1001),
    "xiaohongshu_image_count": lambda w: w.note(images=[w.flyer] * 19),
    "xiaohongshu_fetch": lambda w: w.note(images=["http://127.0.0.1:1/x.jpg"]),
    "xiaohongshu_local_paths": lambda w: w.sim.switch(xiaohongshu_fetch=False) or w.note(images=["/nowhere/x.jpg"]),
    "xiaohongshu_schedule": lambda w: w.note(schedule_at="2020-01-01T00:00:00+08:00"),
    "xiaohongshu_visibility": lambda w: w.note(visibility="所有人"),
    "xiaohongshu_notice_hangup": lambda w: w.hang_up(),
    "chat_auth": lambda w: requests.post(
        f"{w.url}/openai/v1/chat/completions",
        json={"model": "m", "messages": [{"role": "user", "content": "hello"}]},
        timeout=5,
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_holds_until_it_is_switched_off(sim, media, picture, rule) -> None:
    sim.switch(tiktok_init_per_minute=0, tiktok_status_per_minute=0)
    world = World(sim, media, picture)
    assert RULES[rule](world).status_code >= 400
    sim.switch(**{rule: False})
    assert RULES[rule](world).status_code < 400


def test_no_rule_is_forgotten(sim) -> None:
    declared = {switch["name"] for switch in sim.get("switches") if switch["description"].startswith("Rule:")}
    assert declared == set(RULES)
