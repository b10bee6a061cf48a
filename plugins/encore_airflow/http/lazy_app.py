"""An ASGI app that is built at its first request: every Airflow process loads the plugin, one of them serves it."""

from __future__ import annotations

from importlib import import_module
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send


class LazyApp:
    """:param factory: `package.module:function`, called once, without arguments."""

    def __init__(self, factory: str) -> None:
        self._factory = factory
        self._built: ASGIApp | None = None
        self._lock = Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self._built
        if app is None:
            from anyio import to_thread

            # Imports take a moment, in which the API server goes on serving others.
            app = await to_thread.run_sync(self._build)
        await app(scope, receive, send)

    def _build(self) -> ASGIApp:
        with self._lock:
            if self._built is None:
                module, _, function = self._factory.partition(":")
                self._built = getattr(import_module(module), function)()
            return self._built
