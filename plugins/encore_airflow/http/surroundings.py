"""What the API and the pages need from around them, so that a test can give it something else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.requests import Request

from encore.accounts.login_store import LoginStore
from encore.campaigns.access import Person
from encore.content.writing.writer import Writer
from encore.media.media_store import MediaStore
from encore.notices.mail import MailServer
from encore.notices.rounds import Post
from encore.platforms.contract import Credentials
from encore.platforms.login import App
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store
from encore.words.sentence import Sentence
from encore_airflow.airflow_seen import AirflowSeen
from encore_airflow.credentials import MessengerAddresses
from encore_airflow.http.people import People


@dataclass(frozen=True)
class Surroundings:
    """`identify`: who is asking, None for nobody. `open_store`: a store whose writes the audit trail ascribes to a
    name; it holds no connection between its statements. `now`: the moment, which like every statement may raise
    `StoreUnavailableError`. `closed_pools`: as `pools.closed_pools`. `post`: how a letter is handed to an address.
    `messengers`: what keeps the addresses of people's messengers. `airflow`: as `airflow_seen`. `pulse`: what to tell
    everybody while nothing goes out, as `Pulse`. `people`: as the auth manager has them. `mail`: the mail server, None
    for none. `site`: where people have the pages, without a slash at its end; never as a request says it. `logins`:
    where those of connected accounts are kept. `app_of`: the app of a platform's developer console that an Airflow
    connection holds. `login_of`: the one of an `account` row that is in force. `ask_account`: what its platform says
    of it now, with all that follows from that. `post_sample`: through an `account` row, however long that takes.
    `xiaohongshu`: where the service of that Airflow connection is, and its token; raises `MisconfiguredError`."""

    identify: Callable[[Request], Awaitable[Person | None]]
    open_store: Callable[[str], Store]
    settings: Callable[[], Settings]
    now: Callable[[], datetime]
    writer: Callable[[Store], Writer]
    media_store: Callable[[Settings], MediaStore]
    closed_pools: Callable[[], tuple[str, ...] | None]
    post: Callable[[Settings], Post]
    messengers: MessengerAddresses
    airflow: Callable[[], AirflowSeen | None]
    pulse: Callable[[], Sentence | None]
    people: Callable[[], People]
    mail: Callable[[Settings], MailServer | None]
    site: Callable[[Settings], str]
    logins: LoginStore
    app_of: Callable[[str], App | None]
    login_of: Callable[[Settings, rows.Account], Credentials]
    ask_account: Callable[[Settings, rows.Account], None]
    post_sample: Callable[[Settings, rows.Account], None]
    xiaohongshu: Callable[[str], Credentials]


def airflow_surroundings() -> Surroundings:
    from encore_airflow import wiring
    from encore_airflow.airflow_seen import airflow_seen
    from encore_airflow.credentials import app_of, given_login, mail_server
    from encore_airflow.http.auth.in_use import people_of_airflow
    from encore_airflow.http.pooled_store import PAGES
    from encore_airflow.http.pulse import Pulse
    from encore_airflow.http.signed_in import signed_in
    from encore_airflow.login_connections import LoginConnections
    from encore_airflow.pools import closed_pools

    return Surroundings(
        identify=signed_in,
        open_store=PAGES.store,
        settings=wiring.settings,
        now=PAGES.now,
        writer=lambda on: wiring.writer(wiring.settings(), on),
        media_store=wiring.media_store,
        closed_pools=closed_pools,
        post=wiring.post,
        messengers=MessengerAddresses(),
        airflow=airflow_seen,
        pulse=Pulse(PAGES.store, PAGES.now, airflow_seen),
        people=people_of_airflow,
        mail=lambda using: mail_server(using.notices.mail_conn_id),
        site=wiring.pages_url,
        logins=LoginConnections(),
        app_of=app_of,
        login_of=wiring.login_of,
        ask_account=wiring.ask_account,
        post_sample=wiring.post_sample,
        xiaohongshu=lambda conn_id: given_login(conn_id, conn_id, "")[0],
    )


def media_surroundings() -> Surroundings:
    from encore_airflow.http.pooled_store import MEDIA

    return replace(airflow_surroundings(), open_store=MEDIA.store, now=MEDIA.now)
