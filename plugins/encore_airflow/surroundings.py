"""What the API and the pages need from around them, so that a test can give it something else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from encore.access import Person
from encore.content.writer import Writer
from encore.media_store import MediaStore
from encore.settings import Settings
from encore.store.store import Store


@dataclass(frozen=True)
class Surroundings:
    """`identify`: who is asking, None for nobody. `open_store`: a store whose writes the audit trail ascribes to a
    name."""

    identify: Callable[[Request], Awaitable[Person | None]]
    open_store: Callable[[str], AbstractContextManager[Store]]
    settings: Callable[[], Settings]
    now: Callable[[], datetime]
    writer: Callable[[], Writer]
    media_store: Callable[[Settings], MediaStore]


def airflow_surroundings() -> Surroundings:
    from encore_airflow import wiring
    from encore_airflow.pooled_store import pooled_store
    from encore_airflow.signed_in import signed_in

    return Surroundings(
        identify=signed_in,
        open_store=pooled_store,
        settings=wiring.settings,
        now=wiring.utcnow,
        writer=lambda: wiring.writer(wiring.settings()),
        media_store=wiring.media_store,
    )
