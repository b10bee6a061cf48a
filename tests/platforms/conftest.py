"""What the adapter tests share: one simulator for the session, an account of its own for each test, a server for
media, and the benches. A new adapter adds its benches to `benches.py` and is then under the contract."""

from __future__ import annotations

import functools
import http.server
import itertools
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from encore_simulator import running

# Test folders are no packages (docs: style.md), so what these tests share is found by this path.
sys.path.insert(0, str(Path(__file__).parent))

from benches import BENCHES
from platform_bench import Bench, World


@pytest.fixture(scope="session")
def simulator() -> Iterator[str]:
    with running(local_media=True, tiktok_media_checks=False, processing_seconds=0.03) as started:
        yield started.url


_numbers = itertools.count(1)


@pytest.fixture
def account() -> str:
    """An account that no other test uses. The simulator takes trailing digits for a token's generation."""
    return f"t{next(_numbers)}x"


@pytest.fixture(scope="session")
def media_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="session")
def media_url(media_folder: Path) -> Iterator[str]:
    """Serves `media_folder` over HTTP, as our own media app would."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None: ...

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(media_folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture
def planted() -> list[str]:
    """Secrets that no log of this test may show."""
    return []


@pytest.fixture(autouse=True)
def no_secret_in_any_log(caplog: pytest.LogCaptureFixture, planted: list[str]) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    assert [secret for secret in planted if secret in caplog.text] == []


@pytest.fixture
def make_bench(
    simulator: str, account: str, media_folder: Path, media_url: str, planted: list[str]
) -> Callable[[str], Bench]:
    def make(name: str) -> Bench:
        made = BENCHES[name][0](World(simulator, name.split()[0], account), media_folder, media_url)
        planted.extend(made.secrets)
        return made

    return make


@pytest.fixture(params=BENCHES)
def bench(request: pytest.FixtureRequest, make_bench: Callable[[str], Bench]) -> Bench:
    """Each way of posting in turn."""
    return make_bench(request.param)
