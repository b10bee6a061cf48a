"""Letters to look-alikes of two messengers, by Apprise; and which addresses are taken."""

from __future__ import annotations

import json

import pytest

from encore.errors import RefusedError
from encore.notices import messengers
from encore.notices.letters import Item, Letter
from encore.notices.mail import NotSentError
from encore.settings import load_settings

FEISHU = "feishu://abcdef0123456789abcdef"
SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/"
SERVICES = load_settings().notices.services
LETTER = Letter(
    subject="Not published: Spring Recital",
    items=((Item("Not published", ("Too dark.",), "/jobs/1"), "https://school.test/encore/jobs/1"),),
    footer="Encore tells you this.",
    settings="https://school.test/encore/notices",
    language="en",
)


@pytest.mark.parametrize(("address", "place"), [(FEISHU, "/hook/"), (SLACK, "/services/T1JJ3T3L2/")])
def test_a_letter_arrives(chat, address, place):
    messengers.send(address, LETTER)
    [(path, body)] = chat.taken
    told = json.dumps(body, ensure_ascii=False)
    assert place in path and "Spring Recital" in told and "Too dark." in told and "encore/jobs/1" in told


@pytest.mark.parametrize("address", [FEISHU, SLACK])
def test_a_service_that_does_not_take_it_is_named_and_nothing_of_its_address(chat, address, caplog):
    chat.status = 500
    with pytest.raises(NotSentError) as error:
        messengers.send(address, LETTER)
    assert not error.value.final
    for secret in ("abcdef0123456789abcdef", "TIiajkdnlazkcOXrIdevi7FQ"):
        assert secret not in f"{error.value} {caplog.text}"


def test_an_address_that_is_gone_is_final():
    with pytest.raises(NotSentError) as error:
        messengers.send("", LETTER)
    assert error.value.final


@pytest.mark.parametrize(("address", "service"), [(FEISHU, "feishu"), (SLACK, "slack"), (f"  {FEISHU} ", "feishu")])
def test_an_address_is_shown_without_what_is_secret(address, service):
    named, shown = messengers.read(address, SERVICES)
    assert named == service and "abcdef0123456789" not in shown and "TIiajkdnlazkcOXrIdevi7FQ" not in shown


@pytest.mark.parametrize(
    "address",
    [
        "json://127.0.0.1/x", "jsons://169.254.169.254/", "form://localhost", "mailto://u:p@gmail.com", "file:///etc/passwd",
        "syslog://", "nothing://x", "feishu://", "slack://T/A/", "", "http://school.test", "feishu://" + "x" * 600,
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_messenger_is_refused(address):
    with pytest.raises(RefusedError) as refused:
        messengers.read(address, SERVICES)
    assert refused.value.field == "address"


def test_each_service_of_the_settings_is_one_that_apprise_knows():
    from apprise import Apprise

    known = {
        name
        for one in Apprise().details()["schemas"]
        for name in (*(one["protocols"] or ()), *(one["secure_protocols"] or ()))
    }
    assert set(SERVICES) <= known
