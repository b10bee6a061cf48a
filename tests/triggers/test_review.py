"""Waiting for a review: whoever decides first ends it, staff in Airflow or the teacher on the pages."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import UUID

import pytest
from airflow.providers.standard.triggers import hitl
from airflow.sdk import Param

from encore.campaigns.requests import request_generation
from encore.campaigns.review import review as reviewed
from encore.campaigns.texts import Edit, edit
from encore_airflow import wiring
from encore_airflow.http import pooled_store
from encore_airflow.http.pooled_store import PooledStores
from encore_airflow.triggers import review
from encore_airflow.triggers.review import ReviewTrigger

ARGUMENTS = {
    "campaign_id", "digest", "ti_id", "options", "params", "defaults", "multiple", "timeout_datetime", "poke_interval",
}  # fmt: skip


class Airflow:
    """Airflow's side of a review: who answered what, if anybody; and how often it was asked."""

    def __init__(self) -> None:
        self.asked, self.written = 0, None
        self.response = SimpleNamespace(
            response_received=False, chosen_options=None, params_input=None, responded_at=None, responded_by_user=None
        )

    def get(self, ti_id):
        self.asked += 1
        return self.response

    def put(self, ti_id, chosen_options, params_input):
        self.written = chosen_options
        return SimpleNamespace(responded_at=datetime.now(UTC))

    def answer(self, **params):
        self.response = SimpleNamespace(
            response_received=True, chosen_options=["Approve"], params_input=params, responded_at=datetime.now(UTC),
            responded_by_user=SimpleNamespace(id="1", name="op"),
        )  # fmt: skip


@pytest.fixture
def airflow(monkeypatch):
    made = Airflow()
    monkeypatch.setattr(hitl, "get_hitl_detail_content_detail", made.get)
    monkeypatch.setattr(hitl, "update_hitl_detail_response", made.put)
    return made


@pytest.fixture
def watch(dsn, monkeypatch):
    watch = PooledStores(pooled_store.WATCH.name, pooled_store.WATCH.most)
    monkeypatch.setattr(pooled_store, "WATCH", watch)
    monkeypatch.setattr(wiring, "dsn", lambda *_: dsn)
    yield watch
    if "_pool" in vars(watch):
        watch._pool.close()


@pytest.fixture
def campaign_id(watch, concerts):
    campaign_id = concerts.put()
    concerts.write(campaign_id)
    return campaign_id


@pytest.fixture
def trigger(store, airflow, campaign_id):
    def made(**instead):
        given = {
            "campaign_id": campaign_id,
            "digest": reviewed(store, campaign_id).digest,
            "ti_id": UUID("01999999-0000-7000-8000-000000000000"),
            "options": ["Approve", "Reject"],
            "defaults": ["Reject"],
            "params": {"choice": Param(None, type=["null", "string"], enum=[None, "a"]).serialize()},
            "timeout_datetime": datetime.now(UTC) + timedelta(hours=1),
            "poke_interval": 0.02,
        }
        return ReviewTrigger(**given | instead)

    return made


def fired(trigger, meanwhile=lambda: None):
    """The first event's payload, with something that happens once the trigger waits."""

    async def first():
        async for event in trigger.run():
            return event.payload

    async def story():
        waiting = asyncio.create_task(first())
        await asyncio.sleep(0.2)
        assert not waiting.done() or meanwhile is NOTHING
        meanwhile()
        return await asyncio.wait_for(waiting, 10)

    return asyncio.run(story())


def NOTHING():
    """The trigger fires by itself."""


def test_an_approval_on_the_pages_ends_the_wait(trigger, concerts, campaign_id, airflow):
    assert fired(trigger(), lambda: concerts.approve(campaign_id)) == {"decided": "approved elsewhere, by teacher-li"}
    assert airflow.written is None


def test_changed_content_ends_the_wait(trigger, store, settings, campaign_id):
    changes = [Edit(f"{campaign_id}.caption.tiktok.reminder.en", "New.")]
    event = fired(trigger(), lambda: edit(store, settings, campaign_id, changes, "li", None, datetime.now(UTC)))
    assert "changed since it was shown" in event["decided"]


def test_an_approval_of_other_content_is_not_one_of_this(trigger, store, settings, concerts, campaign_id):
    waits = trigger()
    changes = [Edit(f"{campaign_id}.caption.tiktok.reminder.en", "New.")]
    edit(store, settings, campaign_id, changes, "li", None, datetime.now(UTC))
    concerts.approve(campaign_id)
    assert "nothing was approved here" in fired(waits, NOTHING)["decided"]


def test_a_deleted_campaign_ends_the_wait(trigger, store, campaign_id):
    gone = ("DELETE FROM campaign WHERE campaign_id = %s", (campaign_id,))
    assert "gone" in fired(trigger(), lambda: store.connection.execute(*gone))["decided"]


def test_a_new_request_alone_does_not(trigger, store, settings, campaign_id):
    request_generation(store, settings, campaign_id, "li", datetime.now(UTC))
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(anext(trigger().run()), 0.3))


def test_an_answer_that_came_before_the_task_waited_is_found(trigger, airflow):
    airflow.answer(choice="a")
    event = fired(trigger(), NOTHING)
    assert (event["chosen_options"], event["params_input"]) == (["Approve"], {"choice": "a"})
    assert event["responded_by_user"] == {"id": "1", "name": "op"}


def test_a_choice_that_is_none_is_told_and_does_not_end_in_an_error(trigger, airflow):
    airflow.answer(choice="b")
    assert fired(trigger(), NOTHING)["error_type"] == "validation"


def test_the_end_of_the_time_writes_the_default(trigger, airflow):
    event = fired(trigger(timeout_datetime=datetime.now(UTC) - timedelta(seconds=1)), NOTHING)
    assert event["chosen_options"] == airflow.written == ["Reject"] and event["responded_by_user"] is None


def test_airflow_is_asked_seldom(trigger, airflow, concerts, campaign_id):
    fired(trigger(poke_interval=0.01), lambda: concerts.approve(campaign_id))
    assert 1 <= airflow.asked <= 5


def test_a_look_that_fails_is_tried_again(trigger, airflow, monkeypatch, concerts, campaign_id):
    def away(*given):
        raise OSError("away")

    with monkeypatch.context() as patch:
        patch.setattr(hitl, "get_hitl_detail_content_detail", away)
        decided, looks = review.decided, iter([away, away])
        patch.setattr(review, "decided", lambda *given: next(looks, decided)(*given))
        assert "approved" in fired(trigger(), lambda: concerts.approve(campaign_id))["decided"]


def test_what_airflow_has_stored_makes_it_again(trigger):
    """A deploy meets triggers that an older version has stored."""
    path, arguments = trigger().serialize()
    assert path == "encore_airflow.triggers.review.ReviewTrigger" and set(arguments) == ARGUMENTS
    assert ReviewTrigger(**arguments).serialize() == trigger(**{
        name: arguments[name] for name in ("timeout_datetime", "ti_id")
    }).serialize()  # fmt: skip


def test_airflow_can_store_what_it_is_made_of(trigger):
    from airflow.sdk.serde import deserialize, serialize

    arguments = trigger().serialize()[1]
    assert deserialize(serialize(arguments)) == arguments
