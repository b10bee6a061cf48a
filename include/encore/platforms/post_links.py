"""Whether what a person pastes leads to a post of theirs."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from encore.domain.written import without_marks
from encore.settings import PlatformSettings
from encore.words.sentence import Sentence, sentence

_ADDRESS = re.compile(r"https?://[!-~]+|(?<![\w@.])(?:[a-z0-9-]+\.)+[a-z]{2,6}/[!-~]+", re.IGNORECASE)
"""In a text: what follows the scheme is ASCII, so it ends before what a Chinese sentence puts there."""
_AFTER = ".,;:!?\"'>)]}"


def pasted_links(text: str) -> list[str]:
    """The addresses in a pasted text: of an app's share text the link, of a link itself."""
    found = [link.rstrip(_AFTER) for link in _ADDRESS.findall(without_marks(text))]
    return [link if re.match(r"https?://", link, re.IGNORECASE) else f"https://{link}" for link in found]


def post_link(text: str, settings: PlatformSettings, username: str = "") -> tuple[str, Sentence | None]:
    """The link of a post in `text`, and why it cannot be one of this platform (and, where the link says it, of this
    account), or None.

    `settings.post_links` are patterns of host and path, in which the group `name` is the account's. A link may also
    lead to where the configured addresses lead (a look-alike). `username`: what the platform calls the account; empty
    where it has not told.
    """
    links = pasted_links(text)
    problems = [(link, _problem(link, settings, username)) for link in links]
    good = {urlsplit(link).path.rstrip("/"): link for link, problem in problems if problem is None}
    if len(good) > 1:
        return text, sentence("link.several")
    if good:
        return next(iter(good.values())), None
    return problems[0] if problems else (text, sentence("link.no_address"))


def link_problem(link: str, settings: PlatformSettings, username: str = "") -> Sentence | None:
    return post_link(link, settings, username)[1]


def _problem(link: str, settings: PlatformSettings, username: str) -> Sentence | None:
    try:
        parts = urlsplit(link)
        host = (parts.hostname or "").rstrip(".").lower()
        netloc = parts.netloc
    except ValueError:
        return sentence("link.no_address")
    if "@" in netloc or not host or parts.path in ("", "/"):
        return sentence("link.no_post") if host and "@" not in netloc else sentence("link.no_address")
    configured = {urlsplit(address).netloc for address in (settings.base_url, settings.post_url)}
    if not any(host == name or host.endswith(f".{name}") for name in settings.post_hosts):
        if netloc in configured:
            return None
        return sentence("link.elsewhere", host=host, hosts=settings.post_hosts or sorted(configured))
    place = f"{host}{parts.path.rstrip('/')}"
    for pattern in settings.post_links:
        if match := re.fullmatch(pattern, place, re.IGNORECASE):
            whose = match.groupdict().get("name") or ""
            if whose and username and whose.casefold() != username.lstrip("@").casefold():
                return sentence("link.of_another", whose=whose, username=username)
            return None
    return sentence("link.no_post")
