"""Whether a link that a person gives can be one of their post."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from encore.settings import PlatformSettings
from encore.words.sentence import Sentence, sentence

_NAMED = re.compile(r"^/@?(?P<name>[\w.]+)(?:/(?:video|photo|p|reel|tv)/)")
"""A link that names its account: tiktok.com/@name/video/…, instagram.com/name/reel/…"""
_WITHOUT_NAME = frozenset({"p", "reel", "tv", "explore", "discovery", "video", "t"})


def link_problem(link: str, settings: PlatformSettings, username: str = "") -> Sentence | None:
    """Why `link` cannot be a post of this platform (and, where the link says it, of this account), or None.

    A link may lead to `post_hosts` and their subdomains, or to where the configured addresses lead (a look-alike).
    `username`: what the platform calls the account; empty where it has not told.
    """
    try:
        parts = urlsplit(link.strip())
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return sentence("link.no_address")
    if parts.scheme not in ("http", "https") or not host or parts.path in ("", "/"):
        return sentence("link.no_post")
    configured = {urlsplit(address).netloc for address in (settings.base_url, settings.post_url)}
    known = any(host == name or host.endswith(f".{name}") for name in settings.post_hosts)
    if not known and parts.netloc not in configured:
        return sentence("link.elsewhere", host=host, hosts=settings.post_hosts or sorted(configured))
    named = _NAMED.match(parts.path)
    whose = named["name"] if named and named["name"] not in _WITHOUT_NAME else ""
    if known and whose and username and whose.casefold() != username.lstrip("@").casefold():
        return sentence("link.of_another", whose=whose, username=username)
    return None
