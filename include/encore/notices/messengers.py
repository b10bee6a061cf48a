"""A letter by a messenger (WeCom, Feishu, Telegram, Slack, Discord and more), by Apprise: an address is a URL of its
services, as https://appriseit.com/services/ lists them. That is a secret, for who knows it can write there."""

from __future__ import annotations

import logging
from collections.abc import Container
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from encore.errors import RefusedError
from encore.notices.letters import Letter
from encore.notices.mail import NotSentError

if TYPE_CHECKING:
    from apprise import NotifyBase

LONGEST = 500
"""Characters of an address."""


def read(text: str, services: Container[str]) -> tuple[str, str]:
    """What a typed address is called, and how it is shown: without what is secret in it. `services`: the schemes that
    may be used, each with a host of its own, so that nobody has our machine write to a neighbour of it. Raises
    `RefusedError`."""
    address = text.strip()
    scheme = urlsplit(address).scheme
    if len(address) > LONGEST or scheme not in services:
        raise RefusedError("notice.no_service", field="address")
    found = _opened(address)
    if found is None:
        raise RefusedError("notice.bad_address", field="address", service=scheme)
    return scheme, f"{found.service_name} · {str(found.url(privacy=True)).partition('?')[0]}"[:200]


def send(address: str, letter: Letter) -> None:
    """Raises `NotSentError`."""
    found = _opened(address)
    if found is None:
        raise NotSentError("notice.address_lost", final=True)
    if not found.notify(title=letter.subject, body=letter.below_subject, body_format="text"):
        raise NotSentError("notice.not_taken", service=str(found.service_name))


def _opened(address: str) -> NotifyBase | None:
    from apprise import Apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it would name addresses
    return Apprise.instantiate(address, suppress_exceptions=True)
