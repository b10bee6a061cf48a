"""The composition root: who is made of what. It decides nothing; `credentials`, its half, reads Airflow for it.

Everything is made when it is asked for and nothing at import, because each publish task imports this module.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from encore.settings import Settings, load_settings
from encore.store.clock import DatabaseClock
from encore.store.connect import connect
from encore.store.store import Store
from encore_airflow import credentials
from encore_airflow.credentials import dsn

if TYPE_CHECKING:
    from encore.accounts.logins import KeptLogins, Logins
    from encore.content.writing.writer import Writer
    from encore.media.media_store import MediaStore
    from encore.notices.letters import Letter
    from encore.notices.rounds import Post
    from encore.platforms.contract import Credentials
    from encore.publishing.group import Group
    from encore.publishing.publisher import Publisher
    from encore.publishing.resolving import Resolver
    from encore.store import rows

MAIL = "mail"
"""The service of an address that is one of mail."""

Clock = Callable[[], datetime]
"""Gives aware UTC."""


def settings() -> Settings:
    """The packaged settings with the file named by ENCORE_CONFIG laid over them."""
    return load_settings(os.environ.get("ENCORE_CONFIG"))


@contextmanager
def store(actor: str) -> Generator[Store]:
    """A store on a connection of its own; `actor` is who the audit trail names."""
    connection = connect(dsn(), actor)
    try:
        yield Store(connection)
    finally:
        connection.close()


def resting_stores(actor: str) -> Callable[[], Store]:
    """Opens stores for who publishes: while that waits for a moment they give their connections back, and on each it
    asks the same for one job after another."""
    from encore.store.resting import RestingStore

    address = dsn()
    return lambda: RestingStore(partial(connect, address, actor, planned_once=True))


@contextmanager
def patient_store(actor: str, max_idle: float = 5.0) -> Generator[Store]:
    """The same for who waits for a model or a bucket in between: a connection that has not been needed for `max_idle`
    seconds is closed."""
    from encore.store.pool import BorrowingStore, open_pool

    with open_pool(dsn(), most=1, application_name="encore", max_idle=max_idle) as pool:
        yield BorrowingStore(pool, actor)


def clock(on: Store) -> DatabaseClock:
    """The time of the database that `on` is a store of; it is asked at the first call, and seldom afterwards."""
    return DatabaseClock(on.database_time)


def media_store(using: Settings) -> MediaStore:
    from encore.media.media_store import MediaStore

    return MediaStore(using.media.directory, using.media.cache_directory)


def writer(using: Settings, on: Store | None = None) -> Writer:
    """A model if its connection is there, else the templates. `on`: where answers that were paid for are kept, and what
    they cost."""
    from encore.content.writing.template_writer import TemplateWriter

    endpoint = credentials.model_endpoint(using.writer)
    if endpoint is None:
        return TemplateWriter()
    from encore.content.writing.asking import Asking
    from encore.content.writing.model_answers import StoredAnswers
    from encore.content.writing.model_spending import StoredMeter
    from encore.content.writing.openai_writer import OpenAIWriter

    asking = Asking(endpoint)
    if on:
        asking = Asking(endpoint, StoredAnswers(on, clock(on)), StoredMeter(on, using.writer, clock(on)))
    return OpenAIWriter(asking, using.writer.prompt, using.writer.repairs, verify=using.writer.verify)


def logins(on: Store, kept: KeptLogins | None = None) -> Logins:
    """As Airflow's connections have them, renewed to what its Variables hold."""
    from encore.accounts.logins import Logins

    return Logins(on, credentials.given_login, credentials.VariableTokens(), credentials.secrets, kept)


def login_of(using: Settings, account: rows.Account) -> Credentials:
    """The login of an `account` row that is in force; nothing is renewed, which only a task could store."""
    from encore.platforms.loading import load_adapter

    with store("accounts") as on:
        return logins(on).of(load_adapter(account.platform, using, clock(on)), account, renew=False)


def ask_account(using: Settings, account: rows.Account) -> None:
    """What its platform says of an `account` row now; what waits for it goes on if it works. On a connection of its
    own, which holds its lock."""
    from encore.accounts.preflight import Preflight
    from encore.media.address import reaches

    with store("accounts") as on:
        asked = resolver(on, using, clock(on))
        look = Preflight(on, using, partial(asked.probe, renew=False), asked.submission, reaches, clock(on)())
        look.check_account(account)


def post_sample(using: Settings, account: rows.Account) -> None:
    """Through an `account` row, however long that takes; alone where its platform bears one thing at a time."""
    from encore.accounts import sampling
    from encore.platforms.loading import load_adapter

    with store("accounts") as on:
        adapter = load_adapter(account.platform, using, clock(on))
        login = partial(logins(on).of, adapter, account, renew=False)
        sampling.post_sample(on, using, adapter, login, account.account)


def pages_url(using: Settings) -> str:
    """Where people have the pages, without a slash at its end."""
    if using.notices.pages_url:
        return using.notices.pages_url.rstrip("/")
    from airflow.configuration import conf

    return f"{conf.get('api', 'base_url', fallback='').rstrip('/')}/encore"


def post(using: Settings) -> Post:
    """Hands letters to the services; the mail server's connection is read once."""
    from encore.notices import messengers
    from encore.notices.mail import MAIL, NotSentError

    server, addresses = credentials.mail_server(using.notices.mail_conn_id), credentials.MessengerAddresses()

    def handed(address: rows.PersonAddress, letter: Letter, message_id: str, made_at: datetime) -> None:
        if address.service != MAIL:
            messengers.send(addresses.read(address.address_id) or "", letter)
        elif server is None:
            raise NotSentError("notice.no_mail_server", connection=using.notices.mail_conn_id)
        else:
            server.send(address.shown, letter, message_id, made_at)

    return handed


def resolver(on: Store, using: Settings, clock: Clock, kept: KeptLogins | None = None) -> Resolver:
    from encore.publishing.resolving import Resolver

    return Resolver(on, using, clock, logins(on, kept), media_store(using))


def publisher(
    on: Store,
    using: Settings,
    now: Clock,
    *,
    stopping: Callable[[], bool] = lambda: False,
    kept: KeptLogins | None = None,
) -> Publisher:
    from encore.publishing.publisher import Publisher

    submission_for = partial(resolver(on, using, now, kept).submission, renew=True)
    return Publisher(on, using, submission_for, clock=now, stopping=stopping)


def group(run_id: str, job_ids: Sequence[str], *, stopping: Callable[[], bool] = lambda: False) -> Group:
    """What a task of that run publishes."""
    from encore.accounts.logins import KeptLogins
    from encore.publishing.group import Group
    from encore_airflow.metrics import count_posts

    stores, publishers = resting_stores(f"airflow {run_id}"), partial(publisher, stopping=stopping, kept=KeptLogins())
    return Group(run_id, job_ids, settings(), stores, publishers, stopping=stopping, count=count_posts)
