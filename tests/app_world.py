"""What surrounds an app in a test: people who are told by their token alone, a real PostgreSQL, a moment."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, cast

from campaign_fixtures import NOW
from starlette.requests import Request
from starlette.responses import Response

from encore.accounts.login_store import StoredLogin
from encore.campaigns.access import Person
from encore.content.writing.template_writer import TemplateWriter
from encore.content.writing.writer import Writer
from encore.errors import ConfigurationError, ConflictError, MisconfiguredError, StoreUnavailableError
from encore.media.media_store import MediaStore
from encore.notices.letters import Letter
from encore.notices.mail import MailServer
from encore.people.links import Role
from encore.platforms.contract import Credentials
from encore.platforms.login import App
from encore.settings import Settings, load_settings
from encore.store import rows
from encore.store.pool import BorrowingStore, Pool
from encore.store.store import Store
from encore.words.sentence import Sentence
from encore_airflow.airflow_seen import PARTS, AirflowSeen, Part
from encore_airflow.credentials import MessengerAddresses
from encore_airflow.http.people import Member, People
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


PASSWORD = "a password of these tests"
"""Everybody's."""


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
class LoginsInMemory:
    """Where Airflow would keep the logins of connected accounts. `encrypts`: whether it has a key."""

    kept: dict[str, StoredLogin] = field(default_factory=dict)
    renewed: set[str] = field(default_factory=set)
    encrypts: bool = True

    def begin_anew(self) -> None:
        self.kept.clear()
        self.renewed.clear()
        self.encrypts = True

    def seal(self, text: str) -> str:
        if not self.encrypts:
            raise ConfigurationError("connect.not_encrypted")
        return hashlib.sha256(f"a key of these tests {text}".encode()).hexdigest()

    def write(self, conn_id: str, login: StoredLogin) -> None:
        self.seal("")
        self.kept[conn_id] = login

    def read(self, conn_id: str) -> StoredLogin | None:
        return self.kept.get(conn_id)

    def forget(self, conn_id: str) -> None:
        self.kept.pop(conn_id, None)

    def written_before(self, moment: datetime) -> list[str]:
        written = {name: login.extra.get("written_at") for name, login in self.kept.items()}
        return [name for name, at in written.items() if at and datetime.fromisoformat(at) < moment]

    def forget_renewed(self, account: str) -> None:
        self.renewed.discard(account)

    def credentials(self, account: rows.Account) -> Credentials:
        login = self.kept.get(account.conn_id)
        if login is None:
            raise ConfigurationError("connection.undefined", connection=account.conn_id, variable="")
        return Credentials(account.account, login.host, login.extra.get("user_id", ""), login.password)


class Noted(NamedTuple):
    """A letter that was handed to the mail server."""

    to: str
    letter: Letter


@dataclass
class MailKept:
    """A mail server that keeps what it is given."""

    letters: list[Noted] = field(default_factory=list)

    def send(self, to: str, letter: Letter, message_id: str, made_at: datetime) -> None:
        self.letters.append(Noted(to, letter))


HERE = {
    "teacher-li": Member("teacher-li", "Li Wei", "li@school.test", Role.TEACHER),
    "teacher-anna": Member("teacher-anna", "Anna", "", Role.TEACHER),
    "op": Member("op", "Ops", "op@school.test", Role.STAFF),
    "admin": Member("admin", "Admin", "", Role.STAFF),
}


@dataclass
class PeopleInMemory:
    """An auth manager whose tokens are those that `by_token` knows, or begin with `of-`. `revoked`: tokens that were
    ended."""

    asks_password: bool = True
    keeps: bool = True
    there: dict[str, Member] = field(default_factory=lambda: dict(HERE))
    passwords: dict[str, str] = field(default_factory=lambda: dict.fromkeys(HERE, PASSWORD))
    revoked: list[str] = field(default_factory=list)
    fails: bool = False

    def sign_in(self, name: str, password: str) -> str | None:
        member = self.there.get(name)
        right = member is not None and member.active and self.passwords[name] == password
        return self.token_for(name) if right else None

    def token_for(self, name: str) -> str:
        return next((token for token, person in PEOPLE.items() if person.name == name), f"of-{name}")

    def is_staff(self, token: str) -> bool:
        return token in PEOPLE and PEOPLE[token].staff

    def begin(self, request: Request, answer: Response, token: str) -> None:
        answer.set_cookie("_token", token, httponly=True)

    def end(self, request: Request, answer: Response) -> None:
        self.revoked.append(request.cookies.get("_token", ""))
        answer.delete_cookie("_token")

    def members(self) -> list[Member]:
        return list(self.there.values())

    def find(self, name_or_mail: str) -> Member | None:
        wanted = name_or_mail.casefold()
        return next((one for one in self.there.values() if wanted and wanted in (one.name.casefold(), one.mail)), None)

    def add(self, member: Member, password: str) -> None:
        if self.fails:
            raise ConflictError("people.not_stored", code="not_stored")
        if self.find(member.name):
            raise ConflictError("person.name_taken", code="name_taken")
        self.there[member.name], self.passwords[member.name] = member, password

    def set_password(self, name: str, password: str) -> None:
        self.passwords[name] = password

    def set_active(self, name: str, active: bool) -> None:
        self.there[name] = self.there[name]._replace(active=active)


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
    people: PeopleInMemory = field(default_factory=PeopleInMemory)
    mail: MailKept | None = None
    logins: LoginsInMemory = field(default_factory=LoginsInMemory)
    apps: dict[str, App] = field(default_factory=dict)
    ask_account: Callable[[rows.Account], None] = nowhere
    post_sample: Callable[[rows.Account], None] = nowhere
    xiaohongshu: dict[str, Credentials] = field(default_factory=dict)

    def open_store(self, actor: str) -> Store | CountedStore:
        if self.database_is_away:
            raise StoreUnavailableError("store.away")
        store = BorrowingStore(self.pool, actor)
        return store if self.asked is None else CountedStore(store, self.asked)

    def service(self, conn_id: str) -> Credentials:
        if conn_id not in self.xiaohongshu:
            named = {"connection": conn_id, "variable": f"AIRFLOW_CONN_{conn_id.upper()}"}
            raise MisconfiguredError("login.missing", account=conn_id, **named)
        return self.xiaohongshu[conn_id]

    def surroundings(self) -> Surroundings:
        return Surroundings(
            identify=by_token,
            open_store=self.open_store,
            settings=lambda: self.settings,
            now=lambda: self.now,
            writer=lambda on: self.writer(),
            media_store=lambda _: self.media,
            closed_pools=lambda: self.closed_pools,
            post=lambda _: self.post,
            messengers=KeptInMemory(self.messengers),
            airflow=lambda: self.airflow,
            pulse=lambda: self.pulse(),
            people=lambda: cast("People", self.people),
            mail=lambda _: cast("MailServer | None", self.mail),
            site=lambda _: "https://school.test/encore",
            logins=self.logins,
            app_of=lambda conn_id: self.apps.get(conn_id),
            login_of=lambda _, account: self.logins.credentials(account),
            ask_account=lambda _, account: self.ask_account(account),
            post_sample=lambda _, account: self.post_sample(account),
            xiaohongshu=self.service,
        )


EMPTIED = (
    "message", "notice", "person", "trouble", "stop", "campaign", "claim", "finding", "login_attempt", "account",
    "unknown_error", "channel",
    "api_idempotency", "teacher_use", "media_file_left", "person_link", "data_request",
)  # fmt: skip
"""Tables; what refers to them goes with them."""
