"""The duty that tells: on a real database, with a post office in place of the services."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from encore.campaigns.access import Person
from encore.notices import people
from encore.notices.people import Wishes
from encore_airflow import credentials, wiring
from encore_airflow.operators import house


@pytest.fixture
def handed(dsn, settings, monkeypatch):
    handed = []
    monkeypatch.setattr(wiring, "dsn", lambda: dsn)
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    monkeypatch.setattr(wiring, "pages_url", lambda _: "https://school.test/encore")
    monkeypatch.setattr(credentials, "mail_server", lambda _: None)
    monkeypatch.setattr(wiring, "post", lambda _: lambda *given: handed.append(given))
    return handed


def test_it_tells_staff_that_nothing_has_ticked(store, handed):
    now = datetime.now(UTC)
    people.save(store, Person("op", staff=True), Wishes(), now)
    store.put_address(person="op", service="mail", shown="op@school.test", now=now - timedelta(minutes=1))
    assert house.send_notices() == {"notices": 1, "messages": 1, "arrived": 1, "failed": 0}
    assert house.send_notices() == {"notices": 0, "messages": 0, "arrived": 0, "failed": 0}
    assert len(handed) == 1


def test_without_a_mail_server_a_letter_says_so(settings, monkeypatch):
    from types import SimpleNamespace

    from encore.notices.mail import NotSentError

    monkeypatch.setattr(credentials, "mail_server", lambda _: None)
    post = wiring.post(settings)
    with pytest.raises(NotSentError, match="mail server"):
        post(SimpleNamespace(service="mail", shown="a@b.test"), None, "m", datetime.now(UTC))


def test_the_mail_server_is_what_the_connection_says(monkeypatch):
    monkeypatch.setenv(
        "AIRFLOW_CONN_ENCORE_MAIL",
        '{"conn_type": "smtp", "host": "mail.school.test", "login": "encore", "password": "hunter22", '
        '"extra": {"from": "Encore <encore@school.test>", "security": "tls"}}',
    )
    server = credentials.mail_server("encore_mail")
    assert (server.host, server.port, server.security) == ("mail.school.test", 465, "tls")
    assert server.sender == "Encore <encore@school.test>" and "hunter22" not in repr(server)
    assert credentials.mail_server("encore_mail_of_nobody") is None
