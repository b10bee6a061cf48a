"""The pages: the feed, the posts, the documentation of switches and faults."""

from __future__ import annotations

import re

import pytest
import requests

from encore_simulator.faults import KINDS


@pytest.fixture
def note(sim, media):
    body = {
        "title": "<b>音乐会</b>",
        "content": "#钢琴 <script>alert(1)</script>",
        "images": [f"{media.url}/flyer.jpg"],
    }
    assert requests.post(f"{sim.url}/xiaohongshu/school/api/v1/publish", json=body, timeout=5).status_code == 200
    return sim.feed()[0]


def text_of(url: str, status: int = 200) -> str:
    answer = requests.get(url, timeout=5)
    assert answer.status_code == status and answer.headers["Content-Type"] == "text/html; charset=utf-8"
    return answer.text


def test_the_feed_shows_posts_escaped(sim, note) -> None:
    page = text_of(sim.url + "/")
    assert "&lt;b&gt;音乐会&lt;/b&gt;" in page and "alert(1)</script>" not in page
    assert f'href="/xiaohongshu/explore/{note["post_id"]}"' in page
    assert note["media"]["sha256"] in page
    assert page.count("Nothing published here yet") == 2


def test_the_columns_alone(sim, note) -> None:
    columns = text_of(sim.url + "/?part=columns")
    assert "<html" not in columns and note["post_id"] in columns


def test_the_feed_says_what_is_not_normal(sim) -> None:
    sim.fault("tiktok", "status", "down")
    assert "1 fault waiting to strike (tiktok status: down)" in text_of(sim.url + "/")


def test_the_post_page(sim, note) -> None:
    page = text_of(note["url"] + "?xsec_token=x&xsec_source=pc_user")
    assert "&lt;b&gt;音乐会&lt;/b&gt;" in page and "alert(1)</script>" not in page
    text_of(sim.url + "/xiaohongshu/explore/none", 404)
    text_of(sim.url + "/tiktok/@school/video/1", 404)
    text_of(sim.url + "/instagram/p/none/", 404)


def test_links_can_have_another_host(sim, note) -> None:
    sim.switch(public_url="http://demo.example:9/")
    assert sim.feed()[0]["url"].startswith("http://demo.example:9/xiaohongshu/")


def test_the_documentation_names_everything(sim) -> None:
    page = text_of(sim.url + "/switches")
    for name in [*KINDS, *(one["name"] for one in sim.get("switches"))]:
        assert f"<code>{name}</code>" in page, name
    for one in sim.get("operations"):
        assert f"<code>{one['operation']}</code>" in page and one["path"] in page
    assert "/_sim/faults/{fault_id}" in page


def test_nothing_comes_from_elsewhere(sim, note) -> None:
    for path in ("/", "/switches", note["url"].removeprefix(sim.url)):
        page = text_of(sim.url + path)
        assert all(address.startswith("/") for address in re.findall(r'(?:src|<link[^>]+href)="([^"]+)"', page))
        assert "url(" not in page and "@import" not in page


def test_media_can_be_asked_for_in_parts(sim, note) -> None:
    url = f"{sim.url}/_sim/media/{note['media']['sha256']}"
    whole = requests.get(url, timeout=5).content
    part = requests.get(url, headers={"Range": "bytes=2-5"}, timeout=5)
    assert (part.status_code, part.content) == (206, whole[2:6])
    assert part.headers["Content-Range"] == f"bytes 2-5/{len(whole)}"
    assert requests.get(f"{sim.url}/_sim/media/none", timeout=5).status_code == 404


def test_there_are_no_generated_docs(sim) -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert requests.get(sim.url + path, timeout=5).status_code == 404
