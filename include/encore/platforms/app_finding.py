"""What was found out about an app of a platform's developer console, and the rules for addresses that stand there."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from encore.words.sentence import Sentence, sentence


class Verdict(StrEnum):
    WELL = "well"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """It cannot be found out, or not now."""
    ABSENT = "absent"
    """The school does not use this way."""


@dataclass(frozen=True)
class AppFinding:
    """`said`: what was found and, as its hint, what to do."""

    verdict: Verdict
    said: Sentence


def found(verdict: Verdict, key: str, /, **values: object) -> AppFinding:
    return AppFinding(verdict, sentence(key, **values))


@dataclass(frozen=True)
class AddressRules:
    """What a platform wants of a redirect address beyond https without a query or a fragment. `under`: fewer characters
    than this; `named`: whether its host is a name, not a number."""

    under: int | None = None
    named: bool = False

    def objection(self, address: str) -> AppFinding | None:
        parts = urlsplit(address)
        host = parts.hostname or ""
        if parts.query or parts.fragment or address.endswith(("?", "#")):
            return found(Verdict.WRONG, "app.address_more", address=address)
        if self.under is not None and len(address) >= self.under:
            return found(Verdict.WRONG, "app.address_long", n=len(address), most=self.under - 1)
        if host == "localhost" or (_is_number(host) and ipaddress.ip_address(host).is_loopback):
            return found(Verdict.UNKNOWN, "app.address_local", address=address)
        if parts.scheme != "https":
            return found(Verdict.WRONG, "app.address_no_https", address=address)
        if self.named and _is_number(host):
            return found(Verdict.WRONG, "app.address_number", address=address)
        return None


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
