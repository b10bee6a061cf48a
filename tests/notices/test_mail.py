"""Letters to a real mail server: what arrives, as a mail program reads it, and what is said when it does not."""

from __future__ import annotations

import smtplib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from encore.errors import ConfigurationError
from encore.notices.letters import Item, Letter
from encore.notices.mail import MailServer, NotSentError, address_of

MADE_AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LETTER = Letter(
    subject="未能发布：Spring Recital",
    items=((Item("Not published: <b>", ("Too dark & small.",), "/jobs/1"), "https://school.test/encore/jobs/1"),),
    footer="Encore tells you this.",
    settings="https://school.test/encore/notices",
    language="zh",
)


def test_a_letter_arrives_as_text_and_as_html_under_its_id(server, inbox):
    for _ in range(2):
        server.send("li@school.test", LETTER, "m-1", MADE_AT)
    first, again = inbox.mails
    assert first["Message-ID"] == again["Message-ID"] == "<m-1@school.test>"
    assert (first["Subject"], first["To"], first["From"]) == (
        LETTER.subject, "li@school.test", "Encore <encore@school.test>",
    )  # fmt: skip
    assert first["Content-Language"] == "zh"
    assert first["Date"].datetime == MADE_AT and first["Auto-Submitted"] == "auto-generated"
    text, markup = (first.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "Too dark & small." in text and "https://school.test/encore/jobs/1" in text
    assert "&lt;b&gt;" in markup and "small.</p>" in markup and 'href="https://school.test/encore/notices"' in markup


@pytest.mark.parametrize(
    "subject",
    [
        "Vor der Veröffentlichung fällt auf: Instagram · Recital No. 1 · Ankündigung der Schülerinnen und Schüler",
        "发布前发现问题：Instagram · Recital No. 1 · 预告 " * 4,
        "Not published: " + "a long title " * 20,
        "短",
    ],
)
def test_a_long_subject_keeps_its_spaces(server, inbox, subject):
    server.send("li@school.test", replace(LETTER, subject=subject.strip()), "m-1", MADE_AT)
    assert inbox.mails[0]["Subject"] == subject.strip()


def test_an_address_that_is_refused_is_final(server):
    with pytest.raises(NotSentError) as error:
        server.send("nobody@school.test", LETTER, "m-1", MADE_AT)
    assert error.value.final and "550" in str(error.value)


def test_a_refusal_for_now_is_not(server, inbox):
    inbox.refuses = ["451 come again"]
    with pytest.raises(NotSentError) as error:
        server.send("li@school.test", LETTER, "m-1", MADE_AT)
    assert not error.value.final and "451" in str(error.value)


def test_a_server_that_is_not_there_is_said(server):
    with pytest.raises(NotSentError) as error:
        MailServer("127.0.0.1", 1, "e@school.test", "none").send("li@school.test", LETTER, "m-1", MADE_AT)
    assert not error.value.final and "ConnectionRefusedError" in str(error.value)


def test_a_server_without_the_security_that_is_asked_for_gets_nothing(server, inbox):
    secured = MailServer(server.host, server.port, server.sender, "starttls", "user", "hunter22")
    with pytest.raises(NotSentError) as error:
        secured.send("li@school.test", LETTER, "m-1", MADE_AT)
    assert inbox.mails == [] and "hunter22" not in f"{error.value}{secured!r}"


def test_a_password_is_not_told_when_it_is_wrong(monkeypatch, server):
    def login(*_):
        raise smtplib.SMTPAuthenticationError(535, b"hunter22 is wrong")

    monkeypatch.setattr(smtplib.SMTP, "login", login)
    with pytest.raises(NotSentError) as error:
        MailServer(server.host, server.port, server.sender, "none", "user", "hunter22").send(
            "li@school.test", LETTER, "m-1", MADE_AT
        )
    assert "535" in str(error.value) and "hunter22" not in str(error.value)


@pytest.mark.parametrize("wrong", [{"security": "ssl"}, {"sender": "encore"}])
def test_a_wrong_setting_is_told(wrong):
    with pytest.raises(ConfigurationError):
        MailServer(**{"host": "h", "port": 25, "sender": "e@school.test", **wrong})


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("li@school.test", "li@school.test"), ("Li <li@school.test>", "li@school.test"),
        (" li@school.test ", "li@school.test"), ("li", ""), ("@school.test", ""), ("li@", ""), ("", ""),
        ("li@school.test\nBcc: x@y.z", ""), ("a b@school.test", ""),
    ],
)  # fmt: skip
def test_an_address_is_one_or_none(text, address):
    assert address_of(text) == address
