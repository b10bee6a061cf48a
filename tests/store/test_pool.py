"""A store that has a connection only while it needs one."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from campaign_fixtures import NOW

from encore.errors import StoreUnavailableError
from encore.store.pool import BorrowingStore, open_pool


@pytest.fixture
def pool(dsn):
    with open_pool(dsn, most=2) as opened:
        yield opened


@pytest.fixture
def lent(pool, concerts):
    """A store, and the id of a campaign."""
    return BorrowingStore(pool, "li"), concerts.put()


def borrowed(pool) -> int:
    """How many connections are out."""
    stats = pool.get_stats()
    return stats["pool_size"] - stats["pool_available"]


def test_between_statements_it_holds_no_connection(pool, lent):
    on, campaign_id = lent
    on.campaign(campaign_id=campaign_id)
    assert borrowed(pool) == 0
    with on.transaction():
        on.campaign(campaign_id=campaign_id)
        assert borrowed(pool) == 1
        with on.transaction():
            on.campaign(campaign_id=campaign_id)
        assert borrowed(pool) == 1, "a part of a transaction is on its connection"
    assert borrowed(pool) == 0


def test_a_transaction_that_fails_gives_its_connection_back_and_leaves_nothing(pool, lent):
    on, campaign_id = lent
    with pytest.raises(ZeroDivisionError), on.transaction():
        on.set_plan_notes(campaign_id=campaign_id, notes={"notes": ["x"]}, now=NOW)
        raise ZeroDivisionError
    assert borrowed(pool) == 0 and on.campaign(campaign_id=campaign_id).plan_notes == {}


def test_more_stores_than_connections_take_turns(pool, lent):
    _, campaign_id = lent
    together = threading.Barrier(10)

    def reads(number):
        on = BorrowingStore(pool, f"reader {number}")
        together.wait(10)
        return on.campaign(campaign_id=campaign_id).campaign_id

    with ThreadPoolExecutor(10) as threads:
        assert set(threads.map(reads, range(10))) == {campaign_id}


def test_each_write_is_ascribed_to_its_own_actor_on_whichever_connection(pool, lent):
    _, campaign_id = lent
    stores = [BorrowingStore(pool, f"teacher {number}") for number in range(3)]
    for number, on in enumerate([*stores, *stores]):
        on.campaign(campaign_id=campaign_id)  # reading changes nobody's name
        with on.transaction():
            campaign = on.lock_campaign(campaign_id=campaign_id)
            stores[0].campaign(campaign_id=campaign_id)
            given = {name: getattr(campaign, name) for name in FACTS}
            on.put_campaign(**given, concert_title=f"No. {number}", facts_sha256=str(number), now=NOW)
    told = [event.actor for event in stores[0].campaign_events(campaign_id=campaign_id)]
    assert told[1:] == ["teacher 0", "teacher 1", "teacher 2"] * 2


FACTS = (
    "campaign_id", "teacher_id", "concert_datetime", "timezone", "venue_or_link", "student_highlights", "cta_link",
    "details", "languages", "voice", "platforms", "timeline",
)  # fmt: skip


def test_a_statement_outside_a_transaction_is_ascribed_too(pool, lent, concerts, store):
    campaign_id = concerts.planned(platforms=["instagram"])
    first, second, _ = concerts.jobs(campaign_id)
    BorrowingStore(pool, "li").cancel_job(job_id=first.job_id, now=NOW)
    BorrowingStore(pool, "anna").cancel_job(job_id=second.job_id, now=NOW)
    assert [store.job_events(job_id=job.job_id)[-1].actor for job in (first, second)] == ["li", "anna"]


@pytest.mark.parametrize("actor", ["li", "anna"], ids=["the same person", "another"])
def test_connections_that_died_are_found_out_and_replaced(pool, lent, store, actor):
    _, campaign_id = lent
    with ThreadPoolExecutor(2) as threads:  # open both
        together = threading.Barrier(2)
        list(threads.map(lambda _: _in_transaction(pool, campaign_id, together), range(2)))
    assert pool.get_stats()["pool_size"] == 2
    store.connection.execute(
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name = 'encore pages'"
    )
    assert BorrowingStore(pool, actor).campaign(campaign_id=campaign_id).campaign_id == campaign_id
    with BorrowingStore(pool, actor).transaction():
        pass


def _in_transaction(pool, campaign_id, together):
    on = BorrowingStore(pool, "li")
    with on.transaction():
        on.campaign(campaign_id=campaign_id)
        together.wait(10)


def test_without_a_database_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("encore.store.pool.WAIT_SECONDS", 0.2)
    with open_pool(f"postgresql:///encore?host={tmp_path}", most=2) as pool, pytest.raises(StoreUnavailableError):
        BorrowingStore(pool, "li").campaign(campaign_id="c")


def test_a_lock_that_belongs_to_a_session_is_not_for_it(lent):
    on, _ = lent
    with pytest.raises(TypeError):
        on.hold_token_lock(account="a")
