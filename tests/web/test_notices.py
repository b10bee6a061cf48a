"""The bell, and how a person wants to be told."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from campaign_fixtures import NOW

from encore.notices.mail import NotSentError

SLACK = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/"


@pytest.fixture
def failed(store, concerts):
    campaign_id = concerts.planned(platforms=["instagram"])
    [job, *_] = concerts.jobs(campaign_id)
    store.connection.execute(
        "UPDATE publish_job SET state = 'failed', error_code = 'content_rejected', error_message = 'Too dark.', "
        "action_required = 'fix_content', updated_at = %s WHERE job_id = %s", (NOW, job.job_id),
    )  # fmt: skip
    return job.job_id


def bell(pages, role="owner"):
    found = re.search(r'class="bell".*?</a>', pages("GET", "/", role).text, re.DOTALL)
    number = re.search(r"<b>([^<]*)</b>", found[0])
    return number[1] if number else ""


def test_the_bell_counts_what_is_new_until_one_has_looked(pages, failed, world_clock):
    assert bell(pages) == "1" and bell(pages, "stranger") == "" == bell(pages, "op")
    page = pages.get("/notices")
    assert "Not published" in page and "Too dark." in page and "New" in page
    assert bell(pages) == ""
    assert "Too dark." in pages.get("/notices")


@pytest.fixture
def world_clock(pages):
    """Time goes on after what has happened."""
    pages.world.now = NOW + timedelta(minutes=5)


def test_a_notice_leads_to_its_post(pages, failed):
    assert f'href="/encore/jobs/{failed}"' in pages("GET", "/notices").text


def test_nobody_sees_what_another_is_told(pages, failed):
    assert "Spring Recital" not in pages.get("/notices", "stranger")


def test_staff_see_what_concerns_encore_itself(pages, store, concerts):
    concerts.put()
    store.note_unknown_error(platform="tiktok", code="e_99", stage="commit", sample="?", now=NOW)
    assert "e_99" in pages.get("/notices", "op") and "e_99" not in pages.get("/notices")
    assert "Encore itself" in pages.get("/notices", "op") and "Encore itself" not in pages.get("/notices")


WISHES = {
    "language": "de", "timezone": "Asia/Shanghai", "wanted": ["failed", "ready"], "quiet_from": "22:00",
    "quiet_until": "07:00", "digest": "daily", "digest_at": "07:30",
}  # fmt: skip


def test_what_one_chooses_is_kept_and_shown(pages, store):
    assert pages.send("/notices/wishes", WISHES).status_code == 303
    text = pages("GET", "/notices").text
    assert 'value="22:00"' in text and 'value="Asia/Shanghai"' in text and 'value="07:30"' in text
    assert len(re.findall(r'name="wanted"[^>]* checked', text)) == 2
    row = store.person(person="teacher-li")
    assert (row.language, row.digest, row.staff) == ("de", "daily", False) and "missed" in row.unwanted


def test_what_is_wrong_is_said(pages):
    answer = pages.send("/notices/wishes", WISHES | {"quiet_until": ""})
    assert answer.status_code == 422 and "need a beginning and an end" in answer.text


def test_an_address_is_added_tried_and_removed(pages, store):
    handed = []
    pages.world.post = lambda *given: handed.append(given)
    assert pages.send("/notices/addresses", {"address": "Li <li@school.test>"}).status_code == 303
    [address] = store.addresses_of(person="teacher-li")
    assert (address.service, address.shown) == ("mail", "li@school.test")
    answer = pages.send(f"/notices/addresses/{address.address_id}/try")
    assert answer.status_code == 303 and "trial was sent" in pages.get(
        answer.headers["location"].removeprefix("/encore")
    )
    assert handed[0][1].subject == "A trial from Encore"
    pages.send(f"/notices/addresses/{address.address_id}/drop")
    assert store.addresses_of(person="teacher-li") == []


def test_a_messengers_address_is_kept_by_airflow_alone(pages, store, dsn):
    pages.send("/notices/addresses", {"address": SLACK})
    [address] = store.addresses_of(person="teacher-li")
    assert pages.world.messengers == {address.address_id: SLACK}
    assert "TIiajkdnlazkcOXrIdevi7FQ" not in f"{address} {pages('GET', '/notices').text}"
    pages.send(f"/notices/addresses/{address.address_id}/drop")
    assert pages.world.messengers == {}


@pytest.mark.parametrize("address", ["nobody", "json://127.0.0.1/", ""])
def test_what_is_no_address_is_refused(pages, store, address):
    assert pages.send("/notices/addresses", {"address": address}).status_code == 422
    assert store.addresses_of(person="teacher-li") == []


def test_an_address_twice_or_too_many_are_refused(pages, store):
    pages.send("/notices/addresses", {"address": "li@school.test"})
    assert "there already" in pages.send("/notices/addresses", {"address": "li@school.test"}).text
    for number in range(4):
        pages.send("/notices/addresses", {"address": f"li{number}@school.test"})
    assert "remove one first" in pages.send("/notices/addresses", {"address": "more@school.test"}).text
    assert len(store.addresses_of(person="teacher-li")) == 5


def test_a_trial_that_does_not_arrive_says_why_there_and_then(pages, store):
    def fails(*_):
        raise NotSentError("notice.mail_refused", code=535)

    pages.send("/notices/addresses", {"address": "li@school.test"})
    [address] = store.addresses_of(person="teacher-li")
    pages.world.post = fails
    answer = pages.send(f"/notices/addresses/{address.address_id}/try")
    assert answer.status_code == 422 and "535" in answer.text
    assert "535" in pages.get("/notices")


@pytest.mark.parametrize("what", ["try", "drop"])
def test_nobody_touches_anothers_address(pages, store, what):
    pages.send("/notices/addresses", {"address": "li@school.test"})
    [address] = store.addresses_of(person="teacher-li")
    assert pages.send(f"/notices/addresses/{address.address_id}/{what}", role="stranger").status_code == 404
    assert pages.send(f"/notices/addresses/{address.address_id}/{what}", role="op").status_code == 404
    assert len(store.addresses_of(person="teacher-li")) == 1


def test_older_ones_are_on_further_pages(pages, store, concerts):
    concerts.put()
    for number in range(35):
        said = {"key": "verbatim", "values": {"text": f"Nr {number}."}}
        store.put_notice(
            kind="system", recipient=None, cause=f"{number}", said=said,
            campaign_id=None, job_id=None, account=None, now=NOW,
        )  # fmt: skip
    first = pages("GET", "/notices", "op").text
    assert "Nr 34." in first and "Nr 4." not in first
    older = re.search(r'href="/encore(/notices\?before=\d+)"', first)[1]
    second = pages.get(older, "op")
    assert "Nr 4." in second and "Nr 5." not in second
