"""The simulator as a server: uvicorn, with a protocol that lets the application drop a connection."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import uvicorn
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from .app import create_app


class DroppableHTTPProtocol(AutoHTTPProtocol):
    """Puts the connection's transport into `scope["state"]`; ASGI itself has no way to hang up on a caller."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


def _server(settings: dict[str, Any], **config: Any) -> uvicorn.Server:
    return uvicorn.Server(
        uvicorn.Config(
            create_app(settings),
            http=DroppableHTTPProtocol,
            ws="none",
            lifespan="off",
            access_log=False,
            timeout_graceful_shutdown=1,
            timeout_keep_alive=120,  # a pooled connection closed as it is reused would look like a lost request
            backlog=2048,
            **config,
        )
    )


def serve(host: str = "127.0.0.1", port: int = 18080, settings: dict[str, Any] | None = None) -> None:
    """Runs until interrupted. `settings` are switch values to start (and to reset) with."""
    _server(dict(settings or {}), host=host, port=port, log_level="info").run()


@dataclass(frozen=True)
class Running:
    """A simulator that answers at `url`."""

    url: str
    port: int


@contextlib.contextmanager
def running(*, host: str = "127.0.0.1", port: int = 0, **settings: Any) -> Iterator[Running]:
    """Serves from a background thread of this process; port 0 takes a free one. Keywords are switch values."""
    with socket.create_server((host, port), backlog=2048) as listener:
        server = _server(settings, log_level="warning")
        thread = threading.Thread(target=server.run, args=([listener],), name="simulator", daemon=True)
        thread.start()
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the simulator did not start; its log says why")
            time.sleep(0.005)
        port = listener.getsockname()[1]
        try:
            yield Running(f"http://{host}:{port}", port)
        finally:
            server.should_exit = server.force_exit = True
            thread.join(timeout=5)
