"""How often somebody may try to sign in, or ask for a new password: by name and by address, in this process."""

from __future__ import annotations

from starlette.requests import Request

from encore_airflow.http.rate import Rates

PER_NAME_AND_ADDRESS, PER_NAME, PER_ADDRESS = (1, 6), (10, 30), (30, 60)
"""Tries a minute in the long run, and at once. A name alone has more, so that nobody keeps somebody else out; an
address more still, since a school behind one address signs in at eight."""


class Tries:
    def __init__(self) -> None:
        self._rates = Rates()

    def wait(self, request: Request, what: str, name: str) -> int:
        """Whole seconds until the next try; 0, and one try less, if it may be now."""
        address = request.client.host if request.client else ""
        named = name.strip().casefold()[:200]
        buckets = (
            (f"{what} at {address}", PER_ADDRESS),
            (f"{what} {named}", PER_NAME),
            (f"{what} {named} at {address}", PER_NAME_AND_ADDRESS),
        )
        return next((wait for key, bound in buckets if (wait := self._rates.wait(key, *bound))), 0)
