"""A link as a letter, and its address."""

from __future__ import annotations

import secrets
from datetime import datetime

from encore.notices.letters import Item, Letter
from encore.notices.mail import NotSentError
from encore.people.links import Kind
from encore.settings import Settings
from encore.words.sentence import Words
from encore_airflow.http.surroundings import Surroundings

_PATHS = {Kind.INVITATION: "invitation", Kind.NEW_PASSWORD: "lost-password"}


def link_address(site: str, kind: Kind, token: str) -> str:
    """`site`: as the settings have it. A request could name another host, and the link would lead there."""
    return f"{site}/{_PATHS[kind]}/{token}"


def send_link(
    within: Surroundings, settings: Settings, words: Words, to: str, kind: Kind, token: str, now: datetime
) -> None:
    """Raises `NotSentError`, also where there is no mail server."""
    server = within.mail(settings)
    if server is None:
        raise NotSentError("notice.no_mail_server", connection=settings.notices.mail_conn_id)
    site = within.site(settings)
    subject = words.say(f"link.mail_{kind}")
    item = Item(subject, (words.say(f"link.mail_{kind}_explained"),), "")
    letter = Letter(
        subject, ((item, link_address(site, kind, token)),), words.say("link.mail_footer"), f"{site}/sign-in",
        words.language,
    )  # fmt: skip
    server.send(to, letter, f"link-{secrets.token_hex(12)}", now)
