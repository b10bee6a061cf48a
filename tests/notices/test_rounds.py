"""From a notice to a letter that has arrived: at least once, under one id, in the language and hours of who reads."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from campaign_fixtures import NOW

from encore.campaigns.access import Person
from encore.notices import people, watching
from encore.notices.kinds import Kind
from encore.notices.mail import NotSentError
from encore.notices.people import Digest, Wishes
from encore.notices.rounds import TAKEN_FOR, TRIES, tell
from encore.words.sentence import sentence

SITE = "https://school.test/encore"
LATER = NOW + timedelta(minutes=1)


@dataclass
class PostOffice:
    """Keeps what was handed over; `fails` with these first."""

    fails: list[BaseException] = field(default_factory=list)
    sent: list[tuple[str, Any, str]] = field(default_factory=list)

    def __call__(self, address, letter, message_id, made_at) -> None:
        self.sent.append((address.shown, letter, message_id))
        if self.fails:
            raise self.fails.pop(0)


@pytest.fixture
def office():
    return PostOffice()


@pytest.fixture
def reached(store):
    def reached(name="teacher-li", *addresses, staff=False, **wishes):
        people.save(store, Person(name, staff), Wishes(**wishes), NOW)
        for shown in addresses or (f"{name}@school.test",):
            store.put_address(person=name, service="mail", shown=shown, now=NOW)

    return reached


@pytest.fixture
def failed(store, concerts):
    """Posts of a campaign that have failed."""

    def failed(how_many=1, **facts):
        campaign_id = concerts.planned(**facts)
        jobs = concerts.jobs(campaign_id)[:how_many]
        for job in jobs:
            store.connection.execute(
                "UPDATE publish_job SET state = 'failed', error_code = 'content_rejected', "
                "error_message = 'Too dark.', action_required = 'fix_content', updated_at = %s WHERE job_id = %s",
                (NOW, job.job_id),
            )
        return [job.job_id for job in jobs]

    return failed


def at(moment: datetime):
    return lambda: moment


def test_a_notice_reaches_each_address_of_its_teacher_and_nobody_else(store, office, reached, failed):
    reached("teacher-li", "li@school.test", "li@home.test")
    reached("teacher-anna")
    [job_id] = failed()
    told = tell(store, office, SITE, at(LATER))
    assert sorted(shown for shown, _, _ in office.sent) == ["li@home.test", "li@school.test"]
    assert (told.notices, told.messages, told.arrived, told.failed) == (1, 2, 2, 0)
    letter = office.sent[0][1]
    assert "Spring Recital" in letter.subject and f"{SITE}/jobs/{job_id}" in letter.text
    assert "Too dark." in letter.text and "It is not live." in letter.text and "Change the text" in letter.text
    assert f'href="{SITE}/jobs/{job_id}"' in letter.html
    assert tell(store, office, SITE, at(LATER)).messages == 0


def test_it_is_put_into_messages_a_moment_later_so_that_a_rush_is_one(store, office, reached, failed):
    reached()
    failed(3)
    assert tell(store, office, SITE, at(NOW)).messages == 0
    assert tell(store, office, SITE, at(LATER)).messages == 1
    [(_, letter, _)] = office.sent
    assert letter.subject == "3 notices from Encore" and len(letter.items) == 3


def test_of_very_many_it_tells_some_and_how_many_more(store, office, reached, failed):
    reached()
    failed(9)
    failed(9, concert_title="Autumn Recital")
    failed(9, concert_title="Winter Recital")
    tell(store, office, SITE, at(LATER))
    [(_, letter, _)] = office.sent
    assert len(letter.items) == 20 and letter.more == "And 7 more." and letter.more in letter.html


def test_it_is_in_the_language_and_on_the_clock_of_who_reads_it(store, office, reached, failed):
    reached(language="zh", timezone="Asia/Shanghai")
    failed()
    tell(store, office, SITE, at(LATER))
    [(_, letter, _)] = office.sent
    assert "未能发布" in letter.subject and "没有发布" in letter.text and letter.language == "zh"


def test_what_a_person_does_not_want_is_not_sent(store, office, reached, failed):
    reached(unwanted=frozenset({Kind.FAILED}))
    failed()
    assert tell(store, office, SITE, at(LATER)).notices == 1 and office.sent == []


def test_who_has_no_address_is_told_on_the_pages_alone(store, office, failed):
    failed()
    assert tell(store, office, SITE, at(LATER)).notices == 1 and office.sent == []
    assert store.bell(person="teacher-li", staff=False) == 1 and store.bell(person="teacher-anna", staff=False) == 0


def test_in_quiet_hours_it_waits_and_what_comes_meanwhile_goes_with_it(store, office, reached, failed):
    reached(quiet=(time(12), time(14)))
    failed(1)
    tell(store, office, SITE, at(LATER))
    failed(1, concert_title="Autumn Recital")
    tell(store, office, SITE, at(NOW + timedelta(minutes=5)))
    assert office.sent == []
    assert store.next_notice().due_at == NOW + timedelta(hours=2)
    tell(store, office, SITE, at(NOW + timedelta(hours=2)))
    [(_, letter, _)] = office.sent
    assert len(letter.items) == 2


def test_one_that_dies_between_sending_and_noting_sends_it_again_with_the_same_id(store, office, reached, failed):
    reached()
    failed()
    office.fails = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        tell(store, office, SITE, at(LATER))
    assert tell(store, office, SITE, at(LATER)).messages == 0, "somebody may be sending it at this moment"
    assert tell(store, office, SITE, at(LATER + TAKEN_FOR)).arrived == 1
    assert len({message_id for _, _, message_id in office.sent}) == 1 and len(office.sent) == 2


def test_what_does_not_arrive_is_tried_again_and_its_owner_sees_why(store, office, reached, failed):
    reached()
    failed()
    office.fails = [NotSentError("notice.mail_unreached", reason="TimeoutError")] * 2
    assert tell(store, office, SITE, at(LATER)).failed == 1
    [address] = store.addresses_of(person="teacher-li")
    assert address.error["values"] == {"reason": "TimeoutError"} and address.failed_at == LATER
    assert tell(store, office, SITE, at(LATER + timedelta(seconds=59))).messages == 0
    assert tell(store, office, SITE, at(LATER + timedelta(minutes=1))).failed == 1
    assert tell(store, office, SITE, at(LATER + timedelta(minutes=3))).arrived == 1
    assert store.addresses_of(person="teacher-li")[0].error is None
    assert len({message_id for _, _, message_id in office.sent}) == 1


@pytest.mark.parametrize(("final", "tries"), [(False, TRIES), (True, 1)])
def test_it_is_given_up_in_the_end(store, office, reached, failed, final, tries):
    reached()
    failed()
    office.fails = [NotSentError("notice.address_refused", final=final, code=550)] * 99
    for hours in range(20):
        tell(store, office, SITE, at(LATER + timedelta(hours=hours)))
    assert len(office.sent) == tries
    assert store.next_notice() is None


def test_one_that_cannot_be_reached_keeps_nobody_else_waiting(store, office, reached, failed):
    reached("teacher-li", "a@school.test", "b@school.test")
    failed()
    office.fails = [NotSentError("notice.mail_refused", code=451)]
    told = tell(store, office, SITE, at(LATER))
    assert (told.arrived, told.failed) == (1, 1)


def test_a_post_that_is_live_by_now_is_told_as_that(store, office, reached, failed):
    reached()
    [job_id] = failed()
    store.connection.execute(
        "UPDATE publish_job SET state = 'success', action_required = NULL, error_code = NULL, error_message = NULL, "
        "external_url = 'https://x.test/1', "
        "published_at = %s WHERE job_id = %s", (NOW, job_id),
    )  # fmt: skip
    tell(store, office, SITE, at(LATER))
    assert "By now: https://x.test/1" in office.sent[0][1].text and "It is live." in office.sent[0][1].text


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("asked", ["approve_content", "post_by_hand"])
def test_who_has_done_it_meanwhile_is_not_asked(store, office, reached, concerts, asked, done):
    reached()
    concerts.planned(platforms=["instagram"])
    for action in (asked, None) if done else (asked,):
        store.connection.execute("UPDATE publish_job SET action_required = %s, updated_at = %s", (action, NOW))
    tell(store, office, SITE, at(LATER))
    assert len(office.sent) == (0 if done else 1)


def test_who_has_approved_meanwhile_is_not_told_that_it_is_ready(store, office, reached, concerts):
    reached()
    for approves in (False, True):
        campaign_id = concerts.put(concert_title=f"Recital {approves}")
        concerts.write(campaign_id)
        if approves:
            concerts.approve(campaign_id)
        store.put_notice(
            kind="ready", recipient="teacher-li", cause="", said=None, campaign_id=campaign_id, job_id=None,
            account=None, now=NOW,
        )  # fmt: skip
    tell(store, office, SITE, at(LATER))
    [(_, letter, _)] = office.sent
    assert "Recital False" in letter.subject


# Digests -----------------------------------------------------------------------------------------------------------


def test_a_digest_says_what_is_coming_and_comes_again_the_next_day(store, office, reached, concerts):
    reached(digest=Digest.DAILY, digest_at=time(13), timezone="Europe/Berlin")  # 12:00 UTC
    concerts.planned(platforms=["instagram"])
    due = NOW + timedelta(days=1)
    store.connection.execute("UPDATE publish_job SET scheduled_at = %s", (due + timedelta(hours=3),))
    tell(store, office, SITE, at(due))
    [(_, letter, _)] = office.sent
    assert letter.subject == "Today: 3 posts" and "16:00" in letter.items[0][0].headline
    assert tell(store, office, SITE, at(due + timedelta(hours=1))).messages == 0
    assert store.next_notice().due_at == due + timedelta(days=1)


def test_a_digest_of_nothing_is_not_sent(store, office, reached):
    reached(digest=Digest.WEEKLY)
    tell(store, office, SITE, at(NOW + timedelta(days=8)))
    assert office.sent == []
    assert store.next_notice().due_at > NOW + timedelta(days=8)


# What falls due by the clock, and the system -------------------------------------------------------------------------


def kinds(store):
    return [row.kind for row in store.connection.execute("SELECT kind FROM notice ORDER BY notice_id")]


def test_an_approval_that_is_late_is_told_once(store, settings, concerts):
    packaged = settings.model_copy(update={"timeline": "default"})
    campaign_id = concerts.put(concert_datetime=NOW + timedelta(days=14, hours=20))
    assert watching.watch_approvals(store, packaged, NOW) == 0, "nothing is written yet"
    concerts.write(campaign_id)
    for hours in (0, 1):
        watching.watch_approvals(store, packaged, NOW + timedelta(hours=hours))
    assert kinds(store) == ["approval_late"]


def test_a_campaign_with_time_left_is_not_told_of(store, settings, concerts):
    packaged = settings.model_copy(update={"timeline": "default"})
    concerts.write(concerts.put(concert_datetime=NOW + timedelta(days=16)))
    assert watching.watch_approvals(store, packaged, NOW) == 0


def test_held_posts_that_are_near_are_told_of(store, settings, concerts):
    campaign_id = concerts.planned(platforms=["instagram"])
    store.connection.execute(
        "UPDATE publish_job SET scheduled_at = %s, action_required = 'approve_content'", (NOW + timedelta(hours=23),)
    )
    assert watching.watch_approvals(store, settings, NOW) == 1
    assert campaign_id in {row.campaign_id for row in store.connection.execute("SELECT campaign_id FROM notice")}


def test_staff_are_told_of_a_trouble_once_and_that_it_is_over(store, office, reached):
    reached("op", staff=True)
    reached("teacher-li")
    trouble = sentence("progress.no_tick")
    for seconds in (0, 30):
        watching.watch_system(store, [trouble], NOW + timedelta(seconds=seconds))
    tell(store, office, SITE, at(LATER))
    watching.watch_system(store, [], LATER)
    watching.watch_system(store, [], LATER)
    tell(store, office, SITE, at(LATER + timedelta(minutes=1)))
    assert [shown for shown, _, _ in office.sent] == ["op@school.test"] * 2
    assert office.sent[0][1].subject == str(trouble) and "well again" in office.sent[1][1].subject
    assert store.bell(person="op", staff=True) == 2


def test_who_cannot_see_a_trouble_does_not_say_that_it_is_over(store):
    watching.watch_system(store, [sentence("progress.closed_pool", pool="p")], NOW)
    watching.watch_system(store, [], NOW, unseen=watching.AIRFLOWS)
    assert kinds(store) == ["system"]
    watching.watch_system(store, [], NOW)
    assert kinds(store) == ["system", "system"]


def test_two_of_one_kind_are_two_and_more_of_one_is_no_news(store):
    silent = [sentence("airflow.part_silent", part=part) for part in ("scheduler", "triggerer")]
    watching.watch_system(store, [*silent, sentence("progress.lost_posts", n=1)], NOW)
    watching.watch_system(store, [*silent, sentence("progress.lost_posts", n=2)], LATER)
    assert kinds(store) == ["system"] * 3
    watching.watch_system(store, silent[:1], LATER)
    assert kinds(store) == ["system"] * 5


def test_a_disk_that_is_nearly_full_is_a_trouble(settings, tmp_path, monkeypatch):
    media = settings.media.model_copy(update={"directory": str(tmp_path)})
    using = settings.model_copy(update={"media": media})
    assert watching.full_disks(using) == []
    monkeypatch.setattr("encore.notices.watching.LEAST_FREE", 1.1)
    [told] = watching.full_disks(using)
    assert "nearly full" in str(told)
    bucket = settings.model_copy(update={"media": media.model_copy(update={"directory": "s3://bucket/x"})})
    assert watching.full_disks(bucket) == []
