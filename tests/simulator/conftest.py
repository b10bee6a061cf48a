"""A running simulator, and a little web server that holds pictures and videos for it to fetch."""

from __future__ import annotations

import contextlib
import io
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import av
import pytest
import requests
from PIL import Image

from encore_simulator import running

QUICK = {
    "local_media": True,
    "processing_seconds": 0.0,
    "container_seconds": 0.0,
    "publish_seconds": 0.0,
    "slow_failure_seconds": 0.0,
}


def make_picture(width: int = 1080, height: int = 1350, kind: str = "JPEG", color: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), color).save(out, kind)
    return out.getvalue()


def make_video(
    width: int = 360, height: int = 640, fps: int = 25, seconds: float = 3.2, codec: str = "libx264", kind: str = "mp4"
) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        frame = av.VideoFrame.from_image(Image.new("RGB", (width, height), "navy"))
        for number in range(int(fps * seconds)):
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return out.getvalue()


@pytest.fixture
def picture() -> Callable[..., bytes]:
    return make_picture


@pytest.fixture
def video() -> Callable[..., bytes]:
    return make_video


@pytest.fixture(scope="session")
def clip() -> bytes:
    """A video that every platform takes."""
    return make_video()


@dataclass
class MediaHost:
    """Files at addresses; `slow/` answers late, `moved/` redirects, `broken/` answers 500."""

    url: str
    files: dict[str, bytes] = field(default_factory=dict)

    def put(self, name: str, content: bytes) -> str:
        self.files["/" + name] = content
        return f"{self.url}/{name}"


@pytest.fixture(scope="session")
def media() -> Iterator[MediaHost]:
    class Files(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/slow/"):
                time.sleep(0.6)
            if self.path.startswith("/moved/"):
                self.send_response(302)
                self.send_header("Location", "/" + self.path.removeprefix("/moved/"))
                self.end_headers()
                return
            content = host.files.get(self.path.removeprefix("/slow"))
            self.send_response(500 if self.path.startswith("/broken/") else 200 if content else 404)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(content or b"")

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    host = MediaHost(f"http://127.0.0.1:{server.server_port}")
    host.put("flyer.jpg", make_picture())
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield host
    server.shutdown()


@dataclass
class Simulator:
    """The control API in Python."""

    url: str

    def switch(self, account: str = "", **values: Any) -> None:
        params = {"account": account} if account else {}
        answer = requests.put(f"{self.url}/_sim/switches", json=values, params=params, timeout=5)
        assert answer.status_code == 200, answer.text

    def fault(self, platform: str, operation: str, fault: str, **rest: Any) -> dict[str, Any]:
        asked = {"platform": platform, "operation": operation, "fault": fault, **rest}
        answer = requests.post(f"{self.url}/_sim/faults", json=asked, timeout=5)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def get(self, what: str, **params: str) -> Any:
        return requests.get(f"{self.url}/_sim/{what}", params=params, timeout=5).json()

    def feed(self, **params: str) -> list[dict[str, Any]]:
        return self.get("feed", **params)

    def state(self, platform: str) -> dict[str, Any]:
        return self.get("state")[platform]


@pytest.fixture(scope="module")
def _server() -> Iterator[str]:
    with running(**QUICK) as server:
        yield server.url


@pytest.fixture
def sim(_server: str) -> Simulator:
    """A simulator without delays, as if just started."""
    requests.post(f"{_server}/_sim/reset", timeout=5)
    return Simulator(_server)


@pytest.fixture
def eventually() -> Callable[[Callable[[], Any]], Any]:
    """Asks until the answer is true, for two seconds at most."""

    def ask(question: Callable[[], Any]) -> Any:
        ends_at = time.monotonic() + 2
        while not (answer := question()) and time.monotonic() < ends_at:
            time.sleep(0.01)
        return answer

    return ask


class Form(HTMLParser):
    """The form of a page, as a browser would send it: `action`, and `fields` with what is ticked."""

    def __init__(self, page: requests.Response) -> None:
        super().__init__()
        self.page, self.action, self.fields = page, "", []
        self.feed(page.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.action = urljoin(self.page.url, found["action"])
        if tag == "input" and (found.get("type") != "checkbox" or "checked" in found):
            self.fields.append((found["name"], found.get("value", "")))


class Person:
    """Somebody with a browser, who is led to a login and presses a button there."""

    def __init__(self) -> None:
        self.browser = requests.Session()

    def open(self, url: str, **query: str) -> requests.Response:
        return self.browser.get(url, params=query, timeout=5, allow_redirects=False)

    def press(
        self, page: requests.Response, decision: str, account: str = "school", **changes: Any
    ) -> requests.Response:
        """`changes`: fields with another value, a list for those that come more than once."""
        form, changes = Form(page), {"account": account, **changes}
        kept = [(name, value) for name, value in form.fields if name not in changes]
        for name, value in changes.items():
            kept += [(name, one) for one in (value if isinstance(value, list) else [value])]
        sent = [*kept, ("decision", decision)]
        return self.browser.post(form.action, data=sent, timeout=5, allow_redirects=False)


def query_of(answer: requests.Response) -> dict[str, str]:
    """What a redirect brings back to the app."""
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query, keep_blank_values=True))


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
def came_back() -> Callable[[requests.Response], dict[str, str]]:
    return query_of


@pytest.fixture
def is_error_page() -> Callable[[requests.Response, str], bool]:
    """Whether it is a page for people that names the parameter and leads nowhere."""

    def look(answer: requests.Response, parameter: str) -> bool:
        html = answer.headers["Content-Type"] == "text/html; charset=utf-8"
        return html and answer.status_code == 400 and f"<code>{parameter}</code>" in answer.text

    return look
