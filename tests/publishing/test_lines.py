"""Each line of the log says which post it is about, however many a task publishes at the same time."""

from __future__ import annotations

import contextvars
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from campaign_fixtures import NOW
from group_world import PATIENCE, ids, of_teachers

from encore.errors import PlatformUnavailableError
from encore.publishing.lines import about, attempt, name_posts
from encore.words.sentence import verbatim

log = logging.getLogger("encore.publishing.test_lines")


@pytest.fixture
def settings(settings):
    return of_teachers(settings)


@pytest.fixture(autouse=True)
def lines(caplog):
    """What is logged, as it reads; other tests' records are made as before."""
    made = logging.getLogRecordFactory()
    name_posts()
    with caplog.at_level(logging.INFO, logger="encore"):
        yield lambda: [record.getMessage() for record in caplog.records if record.name.startswith("encore")]
    logging.setLogRecordFactory(made)


# By itself ------------------------------------------------------------------------------------------------------


def test_a_line_begins_with_the_post_and_then_with_its_attempt(lines):
    log.info("before")
    with about("post 1"):
        log.info("ready")
        attempt(1)
        log.info("sent %d of %d", 1, 2)
        attempt(2)
        log.info("again")
    log.info("after")
    assert lines() == [
        "before",
        "[post 1] ready",
        "[post 1 · attempt 1] sent 1 of 2",
        "[post 1 · attempt 2] again",
        "after",
    ]


def test_an_attempt_of_nobody_is_not_named(lines):
    attempt(3)
    log.info("a claim")
    assert lines() == ["a claim"]


@pytest.mark.parametrize("title", ["100 % Bach", "%s", "%(name)s", "{braces}"])
def test_a_title_is_taken_literally(lines, title):
    with about(title):
        log.info("ready")
        log.info("sent %d", 1)
    assert lines() == [f"[{title}] ready", f"[{title}] sent 1"]


def test_what_others_log_stays_theirs(caplog):
    with caplog.at_level(logging.INFO), about("post 1"):
        logging.getLogger("airflow.task").info("running")
        logging.getLogger("encore_simulator").info("asked")
    assert [record.getMessage() for record in caplog.records] == ["running", "asked"]


def test_it_is_named_once_however_often_a_process_asks_for_it(lines):
    name_posts()
    name_posts()
    with about("post 1"):
        log.info("ready")
    assert lines() == ["[post 1] ready"]


def test_a_record_that_a_formatter_copies_is_made_too(lines):
    """As structlog's does, which Airflow's log goes through."""
    with about("post 1"):
        log.info("ready")
        copied = logging.makeLogRecord({"name": "encore.publishing", "msg": "[post 1] ready"})
    assert lines() == ["[post 1] ready"] == [copied.getMessage()]


def test_an_error_ends_it_too(lines):
    with pytest.raises(ZeroDivisionError), about("post 1"):
        raise ZeroDivisionError
    log.info("after")
    assert lines() == ["after"]


def test_threads_do_not_mix(lines):
    together = threading.Barrier(2)

    def work(number: int) -> None:
        with about(f"post {number}"):
            together.wait(PATIENCE)
            attempt(number)
            together.wait(PATIENCE)
            log.info("mine is %d", number)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(contextvars.copy_context().run, work, number) for number in (1, 2)]:
            done.result()
    assert sorted(lines()) == [f"[post {number} · attempt {number}] mine is {number}" for number in (1, 2)]


# In a group -----------------------------------------------------------------------------------------------------


def test_every_line_of_a_member_names_campaign_job_platform_and_attempt(groups, lines):
    planned = groups.claimed(NOW, apart=timedelta(seconds=1), a=2, b=1)
    [again] = planned["b"]
    groups.script(again, prepare=[PlatformUnavailableError(verbatim("Down."))])
    groups.publish(planned)
    campaigns = {job_id: groups.job(job_id).campaign_id for job_id in ids(planned)}
    of_members = [line for line in lines() if "sending" in line or "answered" in line]
    assert len(of_members) == 4
    for line in of_members:
        [job_id] = [job_id for job_id in campaigns if job_id in line]
        assert line.startswith("[instagram · Recital a · ")
        assert f" · {campaigns[job_id]} · {job_id} · attempt 1] " in line
    assert not any(again in line for line in of_members)


def test_the_second_attempt_is_named_as_such(groups, clock, lines):
    planned = groups.claimed(NOW, a=1, b=1)
    [again] = planned["a"]
    groups.script(again, prepare=[PlatformUnavailableError(verbatim("Down."))])
    groups.publish(planned)
    clock.now = groups.job(again).not_before
    groups.claim("publish_due_jobs/run-2")
    groups.publish([again], "publish_due_jobs/run-2")
    assert any(f"{again} · attempt 2] sending" in line for line in lines())


def test_lines_of_members_that_are_sent_at_the_same_time_do_not_mix(groups, lines):
    planned = groups.claimed(NOW, a=1, b=1, c=1)
    together = threading.Barrier(3)
    for [job_id] in planned.values():
        groups.script(job_id, commit=[lambda _: (together.wait(PATIENCE), None)[1]])
    groups.publish(planned)
    answered = [line for line in lines() if "answered: " in line]
    assert len(answered) == 3
    for line in answered:
        [job_id] = [job_id for job_id in ids(planned) if f" · {job_id} · attempt 1] " in line]
        assert f"post-{job_id}" in line
