"""Where somebody is led after signing in: back to where they were, if that is a page of this host."""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

LONGEST = 2000
STAFFS = ("/ui", "/dags")
"""Airflow's own pages, which are for staff."""

CALLBACK, ACCOUNTS = "/accounts/callback/", "/accounts"
"""What a platform sends people back to, with a code that must go nowhere else; and where they are led instead."""


def next_page(base: str, wanted: str, staff: bool = False) -> str:
    """`wanted` if it is a page of ours, or for staff one of Airflow's; else the beginning. `base`: where our pages are
    mounted, `/encore` behind whatever Airflow is mounted at."""
    root = base.removesuffix("/encore")
    inside = [f"{base}/", *(f"{root}{path}/" for path in STAFFS if staff)]
    return wanted if _is_plain(wanted) and wanted.startswith(tuple(inside)) else f"{base}/"


def coming_back(base: str, path: str, query: str) -> str:
    """The page that somebody asked for who is not signed in."""
    if path.startswith(f"{base}{CALLBACK}"):
        return f"{base}{ACCOUNTS}"
    return f"{path}?{query}" if query else path


def _is_plain(wanted: str) -> bool:
    """Whether every browser takes it for a path of this host, however often it is decoded."""
    if len(wanted) > LONGEST or not wanted.isprintable() or not wanted.isascii() or " " in wanted or "\\" in wanted:
        return False
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return False
    if parts.scheme or parts.netloc:
        return False
    path = parts.path
    for _ in range(4):
        if "//" in path or "\\" in path or not path.isprintable() or {".", ".."} & set(path.split("/")):
            return False
        path, before = unquote(path), path
        if path == before:
            return True
    return False
