"""Each kind of notice as it arrives: at a real mail server and at look-alikes of two messengers, in each language."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from campaign_fixtures import NOW

from encore.accounts.findings import put_job_findings
from encore.accounts.giving import Giving, give
from encore.campaigns.access import Person
from encore.errors import AccountDisconnectedError
from encore.notices import people, watching
from encore.notices.kinds import OF_STAFF, Kind
from encore.notices.people import Digest, Wishes
from encore.notices.rounds import tell
from encore.posts import calling_off
from encore.words.sentence import Words, sentence
from encore_airflow import credentials, wiring

MESSENGERS = {
    "feishu": "feishu://abcdef0123456789abcdef",
    "slack": "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/",
}

LANGUAGES = ("en", "zh", "de")

SITE = "https://school.test/encore"
"""Where links lead."""


class School:
    """Makes what somebody is told of come about, as the database hears of it."""

    def __init__(self, store, settings, concerts) -> None:
        self.store, self.settings, self.concerts, self.numbers = store, settings, concerts, count(1)
        self.told_at = NOW + timedelta(minutes=1)

    def post(self, **columns):
        """One post of a campaign of its own, then these columns."""
        campaign_id = self.concerts.planned(platforms=["instagram"], concert_title=f"Recital No. {next(self.numbers)}")
        job_id = self.concerts.jobs(campaign_id)[0].job_id
        self.turn(job_id, **columns)
        return job_id

    def turn(self, job_id, **columns):
        nobody = {"claimed_by": None, "lease_expires_at": None, "error_code": None, "error_message": None}
        sets = {**(nobody if "state" in columns else {}), "updated_at": NOW, **columns}
        self.store.connection.execute(
            f"UPDATE publish_job SET {', '.join(f'{name} = %({name})s' for name in sets)} WHERE job_id = %(job)s",
            {**sets, "job": job_id},
        )

    def running(self, job_id, **columns):
        run = {"claimed_by": "run", "lease_expires_at": NOW + timedelta(minutes=3), "group_no": 0}
        self.turn(job_id, state="running", **run, **columns)

    def fails(self, code="content_rejected", said="Too dark.", **columns):
        return self.post(state="failed", error_code=code, error_message=said, **columns)

    def campaigns_notice(self, kind, said=None):
        """Of those that no change of a post makes."""
        campaign_id = self.concerts.put(concert_title=f"Recital No. {next(self.numbers)}")
        self.concerts.write(campaign_id)
        self.store.put_notice(
            kind=kind, recipient="teacher-li", cause="", said=said and said.stored, campaign_id=campaign_id,
            job_id=None, account=None, now=NOW,
        )  # fmt: skip

    def failed(self):
        self.fails(action_required="fix_content")

    def in_doubt(self):
        self.fails("outcome_unknown", "Nobody knows.", action_required="confirm_outcome")

    def missed(self):
        self.fails("missed_window", "Its time was over.")

    def hand_off(self):
        self.post(action_required="post_by_hand", delivery="handoff")

    def out_at_last(self):
        job_id = self.post(scheduled_at=NOW - timedelta(hours=1))
        self.running(job_id)
        self.turn(job_id, state="success", published_at=NOW, external_url="https://www.instagram.com/p/abc/")

    def needs_approval(self):
        self.post(action_required="approve_content", scheduled_at=NOW + timedelta(days=1))

    def approval_late(self):
        self.campaigns_notice("approval_late")

    def ready(self):
        self.campaigns_notice("ready")

    def not_written(self):
        self.campaigns_notice("not_written", sentence("generation.broke_off", task="write"))

    def called_off(self):
        campaign_id = self.concerts.planned(platforms=["instagram"], concert_title=f"Recital No. {next(self.numbers)}")
        calling_off.call_off(self.store, self.settings, campaign_id, "called_off", "op", NOW)

    def disconnected(self):
        self.concerts.put()
        self.store.connection.execute("UPDATE account SET owner = 'teacher-li' WHERE account = 'tiktok-school'")
        self.told_at = datetime.now(UTC) + timedelta(minutes=1)  # this moment the database takes itself
        until = self.told_at + timedelta(days=1)
        self.store.pause_account(account="tiktok-school", until=until, reason="account_disconnected")

    def ahead(self):
        put_job_findings(self.store, self.post(), [AccountDisconnectedError("publishing.cancelled", code="x")], NOW)

    def system(self):
        watching.watch_system(self.store, [sentence("progress.no_tick")], NOW)

    def staff_approval(self):
        campaign_id = self.concerts.put(platforms=["instagram"], concert_title=f"Recital No. {next(self.numbers)}")
        self.concerts.write(campaign_id)
        give(self.store, Person("op", staff=True), "instagram-school", Giving(True, frozenset(), True), NOW)
        self.concerts.approve(campaign_id)


@pytest.fixture
def school(store, settings, concerts):
    return School(store, settings, concerts)


@pytest.fixture
def reached(store, server, monkeypatch, settings):
    """Has a person read in a language, by mail and by two messengers; returns how letters are handed over, as
    Airflow's tasks do it but for where it keeps what is secret."""
    secrets = {}

    class Kept:
        def read(self, address_id):
            return secrets[address_id]

    monkeypatch.setattr(credentials, "MessengerAddresses", Kept)
    monkeypatch.setattr(credentials, "mail_server", lambda _: server)

    def reached(name, language, *, staff=False, digest=Digest.NONE):
        wishes = Wishes(language=language, timezone="Asia/Shanghai", digest=digest)
        people.save(store, Person(name, staff), wishes, NOW)
        store.put_address(person=name, service="mail", shown=f"{name}@school.test", now=NOW)
        for service, secret in MESSENGERS.items():
            secrets[store.put_address(person=name, service=service, shown=service, now=NOW)] = secret
        return wiring.post(settings)

    return reached


def looked_at(name, mails, chats):
    """With ENCORE_KEEP_LETTERS=<directory> what arrived is kept there as pages, for a person to look at."""
    if directory := os.environ.get("ENCORE_KEEP_LETTERS"):
        parts = [f"<h3>{mail['Subject']}</h3>{mail.get_body(('html',)).get_content()}" for mail in mails]
        parts += [f"<h3>{path.split('/')[1]}</h3><pre>{json.dumps(body, ensure_ascii=False, indent=1)}</pre>"
                  for path, body in chats]  # fmt: skip
        Path(directory, f"{name}.html").write_text(f"<meta charset=utf-8>{''.join(parts)}", encoding="utf-8")


def told(body) -> str:
    """All that a messenger would show of it."""
    if isinstance(body, dict):
        return "\n".join(told(one) for one in body.values())
    return "\n".join(told(one) for one in body) if isinstance(body, list) else str(body)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", Kind)
def test_it_arrives_by_mail_and_by_two_messengers(store, school, reached, inbox, chat, kind, language):
    post = reached("op" if kind in OF_STAFF else "teacher-li", language, staff=kind in OF_STAFF)
    getattr(school, kind)()
    arrived = tell(store, post, SITE, lambda: school.told_at)
    assert (arrived.arrived, arrived.failed) == (3, 0)
    [mail], chats = inbox.mails, chat.taken
    looked_at(f"{kind}-{language}", [mail], chats)
    text = mail.get_body(("plain",)).get_content()
    assert mail["Content-Language"] == language and mail["Subject"] in text
    shown = [text, *(told(body) for _, body in chats)]
    assert len(shown) == 3 and {path.split("/")[1] for path, _ in chats} == {"open-apis", "services"}
    words = Words(language)
    for one in shown:
        assert mail["Subject"] in one, "what happened"
        assert f"{SITE}/" in one and words.say("notice.footer") in one, "where it is seen to, and why it came"
    lines = [line.strip() for line in text.splitlines()]
    if kind in {Kind.FAILED, Kind.MISSED, Kind.HAND_OFF}:
        assert words.say("notice.live_no") in lines
    if kind is Kind.NOT_WRITTEN:
        assert words.told(sentence("generation.broke_off", task="write")) in lines, "why"
    if kind is Kind.OUT_AT_LAST:
        assert words.say("notice.live_yes") in lines


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_digest_arrives_by_all_of_them(store, school, reached, inbox, chat, language):
    post = reached("teacher-li", language, digest=Digest.WEEKLY)
    due = store.next_notice().due_at
    for _ in range(3):
        school.post(scheduled_at=due + timedelta(days=1))
    assert tell(store, post, SITE, lambda: due).arrived == 3
    looked_at(f"digest-{language}", inbox.mails, chat.taken)
    [mail] = inbox.mails
    assert mail.get_body(("plain",)).get_content().count("Recital No.") == 3
    assert all(told(body).count("Recital No.") == 3 for _, body in chat.taken) and len(chat.taken) == 2


def test_each_kind_is_in_each_language_in_words_of_its_own():
    for kind in Kind:
        said = {Words(language).say(f"notice.kind.{kind}") for language in LANGUAGES}
        assert len(said) == len(LANGUAGES), kind


def test_one_that_dies_between_sending_and_noting_repeats_it_to_the_mail_server_with_the_same_id(
    store, school, reached, inbox, chat, monkeypatch
):
    post = reached("teacher-li", "en")
    school.failed()

    def dies(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(store, "end_message", dies)
        for minutes in (1, 2, 3):  # each of the three letters
            with pytest.raises(KeyboardInterrupt):
                tell(store, post, SITE, lambda minutes=minutes: NOW + timedelta(minutes=minutes))
    assert tell(store, post, SITE, lambda: NOW + timedelta(minutes=10)).arrived == 3
    first, again = inbox.mails
    assert first["Message-ID"] == again["Message-ID"] and len(chat.taken) == 4
