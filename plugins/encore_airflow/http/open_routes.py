"""Every route that answers who is not signed in, of all three apps. Everything else asks who it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from starlette.routing import compile_path

API, MEDIA, PAGES = "/api/v1", "/media", "/encore"
"""Where the apps are mounted."""


class OpenRoute(NamedTuple):
    """`path`: within its app, as a route has it. `from_elsewhere`: whether others than our own pages send it. Such a
    route looks at nothing that a browser adds by itself, a cookie above all."""

    app: str
    method: str
    path: str
    reason: str
    from_elsewhere: bool = False


OPEN_ROUTES = (
    OpenRoute(API, "GET", "/health/live", "probes have no login; it says nothing but that the process answers"),
    OpenRoute(MEDIA, "GET", "/{name}", "platforms fetch files; the address is a secret of one attempt"),
    OpenRoute(PAGES, "GET", "/static/{name}", "style and script, which the pages below need; the same for everybody"),
    OpenRoute(PAGES, "POST", "/preferences", "the language of the pages below; only sets cookies"),
    OpenRoute(PAGES, "GET", "/sign-in", "who signs in is not signed in"),
    OpenRoute(PAGES, "POST", "/sign-in", "who signs in is not signed in"),
    OpenRoute(PAGES, "POST", "/sign-out", "also for whose session is over"),
    OpenRoute(PAGES, "GET", "/lost-password", "who has lost the password cannot sign in"),
    OpenRoute(PAGES, "POST", "/lost-password", "never tells whether a name exists"),
    OpenRoute(PAGES, "GET", "/lost-password/{token}", "the address is a secret that works once"),
    OpenRoute(PAGES, "POST", "/lost-password/{token}", "the address is a secret that works once"),
    OpenRoute(PAGES, "GET", "/invitation/{token}", "the address is a secret that works once"),
    OpenRoute(PAGES, "POST", "/invitation/{token}", "the address is a secret that works once"),
    OpenRoute(PAGES, "POST", "/callbacks/{app}/deauthorize", "Meta's servers send it, and sign what they send", True),
    OpenRoute(PAGES, "POST", "/callbacks/{app}/deletion", "Meta's servers send it, and sign what they send", True),
    OpenRoute(PAGES, "GET", "/data-deletion/{confirmation_code}", "whoever asked is told when it was done; no name"),
)


class OpenTo:
    """The routes of one app that answer anybody. HEAD goes with GET."""

    def __init__(self, app: str, routes: Iterable[OpenRoute] = OPEN_ROUTES) -> None:
        self._routes = [(compile_path(route.path)[0], route) for route in routes if route.app == app]

    def find(self, method: str, path: str) -> OpenRoute | None:
        """`path`: without where the app is mounted."""
        asked = "GET" if method == "HEAD" else method
        return next((route for form, route in self._routes if route.method == asked and form.fullmatch(path)), None)
