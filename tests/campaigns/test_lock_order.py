"""Whoever changes campaigns, posts and accounts at the same time waits for the others, and never in a circle."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import ClassVar

import pytest
from campaign_fixtures import NOW, Campaigns

from encore.accounts.configured import put_accounts
from encore.accounts.preflight import Preflight
from encore.campaigns import media_library
from encore.campaigns.rebinding import rebind
from encore.campaigns.requests import request_generation
from encore.campaigns.review import review
from encore.campaigns.turn import lock
from encore.errors import ConflictError, RefusedError, StoreUnavailableError
from encore.platforms.contract import AccountState
from encore.posts import decisions
from encore.posts import moving as rescheduling
from encore.settings import Settings
from encore.store.store import Store

PATIENCE = 30
IN_A_MOMENT = 0.3
"""Seconds after which another thread is through, or waits for us."""

FAIL = (
    "UPDATE publish_job SET state = 'failed', error_code = 'x', error_message = 'x', "
    "action_required = 'reconnect_account' WHERE job_id = %s AND state = 'queued'"
)


class Beside:
    """Something that goes on in a thread of its own, and what went wrong with it."""

    def __init__(self, do: Callable[[], object]) -> None:
        self.wrong: Exception | None = None
        self.done: object = None
        self.thread = threading.Thread(target=self._run, args=(do,))
        self.thread.start()
        self.thread.join(IN_A_MOMENT)

    def _run(self, do: Callable[[], object]) -> None:
        try:
            self.done = do()
        except Exception as err:
            self.wrong = err

    def end(self) -> object:
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive(), "it waits for ever"
        if self.wrong:
            raise self.wrong
        return self.done


def reconnected(store: Store, settings: Settings, account: str) -> None:
    """What keep_house does about an account whose login works again."""

    def nobody(_: object) -> None:
        raise AssertionError("nothing is put together here")

    look = Preflight(store, settings, lambda _: AccountState(), nobody, lambda _: True, NOW)
    look.check_account(store.account(account=account))


def test_two_accounts_that_work_again_at_once(store, concerts, settings, open_store):
    """Both have posts in both campaigns; the rows of the one lie in the other order than those of the other."""
    once = {"timeline": {"reminder": "skip", "day_of": "skip"}, "platforms": ["tiktok", "instagram"]}
    first, second = (concerts.planned(concert_title=title, **once) for title in ("A", "B"))
    jobs = {(job.campaign_id, job.platform): job.job_id for each in (first, second) for job in concerts.jobs(each)}
    for campaign_id, platform in ((first, "tiktok"), (second, "tiktok"), (second, "instagram"), (first, "instagram")):
        store.connection.execute(FAIL, (jobs[campaign_id, platform],))
    holds = open_store()
    with holds.transaction():
        holds.connection.execute("SELECT FROM campaign FOR UPDATE")
        works = [
            Beside(partial(reconnected, open_store(), settings, account))
            for account in ("tiktok-school", "instagram-school")
        ]
    for each in works:
        each.end()
    assert {store.job(job_id=job_id).state for job_id in jobs.values()} == {"queued"}


def test_accounts_are_configured_while_a_post_is_about_to_go_out(concerts, settings, open_store):
    concerts.put()
    goes_out, configures = open_store(), open_store()
    with goes_out.transaction():
        # As the statement `wanted` does: the account, and then its channel.
        goes_out.connection.execute("SELECT FROM account WHERE account = 'tiktok-school' FOR SHARE")
        configuring = Beside(lambda: put_accounts(configures, settings, NOW))
        goes_out.connection.execute("SELECT FROM channel WHERE platform = 'tiktok' FOR SHARE")
    configuring.end()


def test_content_is_asked_for_by_two_of_whom_one_is_changing_the_campaign(store, concerts, settings, open_store):
    campaign_id = concerts.put()
    changes, asks = open_store(), open_store()
    with changes.transaction():
        lock(changes, campaign_id)
        asking = Beside(lambda: request_generation(asks, settings, campaign_id, "li", NOW))
        made = request_generation(changes, settings, campaign_id, "anna", NOW)
    assert asking.end().request_id == made.request_id


@pytest.mark.parametrize("decide", ["cancel", "retry", "move"])
def test_a_decision_about_a_post_waits_for_whoever_has_the_turn_on_its_campaign(
    store, concerts, settings, open_store, decide
):
    campaign_id = concerts.planned(platforms=["instagram"])
    job_id = concerts.jobs(campaign_id)[0].job_id
    decisions_of = {
        "cancel": lambda on: decisions.cancel(on, job_id, NOW),
        "retry": lambda on: decisions.retry(on, settings, job_id, NOW),
        "move": lambda on: rescheduling.move_job(on, settings, job_id, NOW + timedelta(days=1), NOW),
    }
    has_the_turn, decides = open_store(), open_store()
    with has_the_turn.transaction():
        has_the_turn.take_turn_on_campaign(campaign_id=campaign_id)
        deciding = Beside(lambda: decisions_of[decide](decides))
        assert deciding.thread.is_alive(), "it did not take its turn"
    assert deciding.end().job_id == job_id


def test_what_is_left_when_the_mending_breaks_off_is_mended_in_the_next_round(store, concerts, settings, open_store):
    planned = [concerts.planned(concert_title=title, platforms=["instagram"]) for title in ("A", "B", "C")]
    jobs = [concerts.jobs(campaign_id)[0].job_id for campaign_id in planned]
    store.pause_account(account="instagram-school", until=NOW + timedelta(days=9), reason="account_disconnected")
    for job_id in jobs:
        store.connection.execute(FAIL, (job_id,))

    class Broken(Store):
        """Loses its connection at the second campaign."""

        seen: ClassVar[set[str]] = set()

        def take_turn_on_campaign(self, campaign_id: str) -> None:
            self.seen.add(campaign_id)
            if len(self.seen) == 2:
                self.connection.close()
            Store(self.connection).take_turn_on_campaign(campaign_id=campaign_id)

    with pytest.raises(StoreUnavailableError):
        reconnected(Broken(open_store().connection), settings, "instagram-school")
    states = [store.job(job_id=job_id).state for job_id in jobs]
    assert sorted(states) == ["failed", "failed", "queued"]
    # What waits goes out meanwhile, and the account is looked at again because of the others.
    assert store.account(account="instagram-school").paused_until is None
    assert [row.account for row in store.accounts_in_trouble()] == ["instagram-school"]
    reconnected(store, settings, "instagram-school")
    assert {store.job(job_id=job_id).state for job_id in jobs} == {"queued"}
    assert store.accounts_in_trouble() == []


SECONDS = 4


def test_everybody_at_once_over_several_campaigns(store, concerts, settings, open_store):
    planned = [concerts.planned(concert_title=f"Recital {number}") for number in range(4)]
    jobs = [job.job_id for campaign_id in planned for job in concerts.jobs(campaign_id)]
    accounts = [row.account for row in store.accounts()]
    media = {campaign_id: review(store, campaign_id).media[0].media_id for campaign_id in planned}
    until = time.monotonic() + SECONDS
    done: list[str] = []

    def refused(on: Store, chance: random.Random) -> None:
        """As a publish task ends whose login is refused."""
        job_id = chance.choice(jobs)
        with on.transaction():
            on.lock_job(job_id=job_id)
            on.connection.execute(
                "SELECT FROM publish_job j JOIN campaign c USING (campaign_id) JOIN account a USING (account) "
                "JOIN channel h ON h.platform = j.platform WHERE job_id = %s FOR UPDATE OF j FOR SHARE OF c, a, h",
                (job_id,),
            )
        on.connection.execute(FAIL, (job_id,))

    def approved(on: Store, chance: random.Random) -> None:
        campaign_id = chance.choice(planned)
        Campaigns(on, settings).approve(campaign_id)
        rebind(on, settings, campaign_id, NOW)

    def moved(on: Store, chance: random.Random) -> None:
        at = NOW + timedelta(hours=chance.randint(1, 90))
        if chance.random() < 0.5:
            rescheduling.move_job(on, settings, chance.choice(jobs), at, NOW)
        else:
            rescheduling.move_campaign(on, settings, chance.choice(planned), {"reminder": at, "day_of": at}, NOW)

    def cancelled(on: Store, chance: random.Random) -> None:
        if chance.random() < 0.5:
            decisions.cancel(on, chance.choice(jobs), NOW)
        else:
            rescheduling.cancel_campaign(on, settings, chance.choice(planned), NOW)

    def consent(on: Store, chance: random.Random) -> None:
        campaign_id = chance.choice(planned)
        media_library.set_consent(on, settings, campaign_id, media[campaign_id], chance.random() < 0.5, NOW)

    def asked(on: Store, chance: random.Random) -> None:
        request = request_generation(on, settings, chance.choice(planned), "li", NOW)
        on.connection.execute(
            "UPDATE generation_request SET state = 'done' WHERE request_id = %s", (request.request_id,)
        )

    rounds = (
        refused, refused, approved, moved, cancelled, consent, asked,
        lambda on, chance: reconnected(on, settings, chance.choice(accounts)),
        lambda on, chance: reconnected(on, settings, chance.choice(accounts)),
        lambda on, chance: decisions.retry(on, settings, chance.choice(jobs), NOW),
        lambda on, chance: put_accounts(on, settings, NOW),
    )  # fmt: skip

    def work(number: int, one: Callable[[Store, random.Random], None], on: Store) -> None:
        chance = random.Random(number)
        while time.monotonic() < until:
            with suppress(ConflictError, RefusedError):
                one(on, chance)
            done.append(one.__name__)

    works = [Beside(partial(work, number, one, open_store())) for number, one in enumerate(rounds)]
    for each in works:
        each.end()
    assert len(done) > 100 and len(set(done)) > 6
