"""What surrounds an app in a test: people who are told by their token alone, a real PostgreSQL, a moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from campaign_fixtures import NOW
from starlette.requests import Request

from encore.campaigns.access import Person
from encore.content.writing.template_writer import TemplateWriter
from encore.content.writing.writer import Writer
from encore.errors import StoreUnavailableError
from encore.media.media_store import MediaStore
from encore.settings import Settings, load_settings
from encore.store.pool import BorrowingStore, Pool
from encore.store.store import Store
from encore.words.sentence import Sentence
from encore_airflow.airflow_seen import PARTS, AirflowSeen, Part
from encore_airflow.credentials import MessengerAddresses
from encore_airflow.http.surroundings import Surroundings

PEOPLE = {
    "owner": Person("teacher-li"),
    "stranger": Person("teacher-anna"),
    "op": Person("op", staff=True),
    "admin": Person("admin", staff=True),
}
"""By their role in the documentation's table; the role's name is also the token."""


WELL = AirflowSeen(tuple(Part(name, True, NOW) for name in PARTS), ())
"""Airflow when all its parts work and no DAG is paused."""


async def by_token(request: Request) -> Person | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return PEOPLE.get(token if scheme == "Bearer" else request.cookies.get("_token", ""))


class CountedStore:
    """A store that notes in `asked` the name of each statement that it runs."""

    def __init__(self, store: Store, asked: list[str]) -> None:
        self.store = store
        self.asked = asked
        self.transaction = store.transaction

    def __getattr__(self, name: str) -> Any:
        self.asked.append(name)
        return getattr(self.store, name)


def nowhere(*_: Any) -> None:
    """Takes each letter."""


class KeptInMemory(MessengerAddresses):
    """Where Airflow would keep them."""

    def __init__(self, kept: dict[int, str]) -> None:
        self.kept = kept

    def read(self, address_id: int) -> str | None:
        return self.kept.get(address_id)

    def write(self, address_id: int, address: str) -> None:
        self.kept[address_id] = address

    def forget(self, address_id: int) -> None:
        self.kept.pop(address_id, None)


@dataclass
class World:
    """What surrounds the one app of these tests; a test may change it. `asked`: where a test counts statements."""

    pool: Pool
    settings: Settings = field(default_factory=load_settings)
    now: datetime = NOW
    database_is_away: bool = False
    media: MediaStore | None = None
    writer: Callable[[], Writer] = TemplateWriter
    asked: list[str] | None = None
    closed_pools: tuple[str, ...] | None = ()
    post: Callable[..., None] = nowhere
    messengers: dict[int, str] = field(default_factory=dict)
    airflow: AirflowSeen | None = WELL
    pulse: Callable[[], Sentence | None] = lambda: None

    def open_store(self, actor: str) -> Store | CountedStore:
        if self.database_is_away:
            raise StoreUnavailableError("store.away")
        store = BorrowingStore(self.pool, actor)
        return store if self.asked is None else CountedStore(store, self.asked)

    def surroundings(self) -> Surroundings:
        return Surroundings(
            identify=by_token,
            open_store=self.open_store,
            settings=lambda: self.settings,
            now=lambda: self.now,
            writer=lambda: self.writer(),
            media_store=lambda _: self.media,
            closed_pools=lambda: self.closed_pools,
            post=lambda _: self.post,
            messengers=KeptInMemory(self.messengers),
            airflow=lambda: self.airflow,
            pulse=lambda: self.pulse(),
        )


EMPTIED = (
    "message", "notice", "person", "trouble", "stop", "campaign", "claim", "finding", "account", "unknown_error",
    "channel",
    "api_idempotency", "teacher_use", "media_file_left",
)  # fmt: skip
"""Tables; what refers to them goes with them."""
