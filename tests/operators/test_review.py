"""The review in Airflow: what it shows, and what an answer to it approves."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from airflow.sdk.exceptions import TaskAwaitingInput
from campaign_fixtures import NOW, taken_up

from encore import campaigns
from encore.content_editing import Edit, edit
from encore.errors import RefusedError
from encore.fact_review import unsupported_facts
from encore_airflow import wiring
from encore_airflow.operators.form import review_text
from encore_airflow.operators.generate import ReviewContentOperator

CONTEXT = {"dag_run": SimpleNamespace(dag_id="generate_campaign"), "run_id": "run-1"}
RUN = "generate_campaign/run-1"


@pytest.fixture(autouse=True)
def wired(monkeypatch, store, settings):
    @contextmanager
    def opened(actor):
        yield store

    monkeypatch.setattr(wiring, "store", opened)
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    monkeypatch.setattr(wiring, "clock", lambda _: lambda: NOW)


@pytest.fixture
def campaign_id(store, settings, concerts):
    """With one text that states a price which is in no fact."""
    campaign_id = concerts.put()
    concerts.write(campaign_id)
    asset_id = f"{campaign_id}.caption.instagram.reminder.en"
    edit(store, settings, campaign_id, [Edit(asset_id, "Tickets: 10 EUR.")], "li", None, NOW)
    return campaign_id


@pytest.fixture
def review(store, settings, campaign_id):
    """The operator at work on a request, with the person's answer in hand: answers, returns what it said."""
    review = campaigns.IN_AIRFLOW
    request = campaigns.request_generation(store, settings, campaign_id, "op", NOW, review=review)
    taken_up(store, request, RUN)
    operator = ReviewContentOperator(task_id="review", request={"request_id": request.request_id, "label": "x"})

    def answer(shown=None, options=("Approve",), **params):
        seen = shown or {
            "shown": campaigns.review(store, campaign_id).parts,
            "doubtful": [fact.key for fact in unsupported_facts(campaigns.review(store, campaign_id))],
        }
        event = {
            "chosen_options": list(options),
            "params_input": {"tiktok_privacy": "SELF_ONLY", **params},
            "responded_by_user": {"id": "1", "name": "op"},
        }
        return operator.execute_complete(CONTEXT, event, **seen)

    answer.operator = operator
    return answer


def test_the_review_lists_what_the_facts_do_not_support(store, campaign_id):
    said = review_text(campaigns.review(store, campaign_id))
    assert "Not in the concert's facts" in said
    assert f"“10 EUR”. (In {campaign_id}.caption.instagram.reminder.en, version 2.)" in said


def test_the_review_leads_to_the_flyer_and_the_previews(store, campaign_id):
    said = review_text(campaigns.review(store, campaign_id), "https://school.example")
    assert f"](https://school.example/encore/campaigns/{campaign_id})" in said


def test_a_review_with_nothing_doubtful_does_not_mention_it(store, concerts):
    other = concerts.put(concert_title="Other Recital")
    concerts.write(other)
    assert "Not in the concert's facts" not in review_text(campaigns.review(store, other))


@pytest.mark.parametrize("params", [{}, {"facts_checked": False}, {"facts_checked": None}, {"facts_checked": "yes"}])
def test_unchecked_it_is_refused_and_nothing_is_planned(store, settings, campaign_id, review, params):
    with pytest.raises(RefusedError, match="10 EUR"):
        review(**params)
    assert store.approval_in_force(campaign_id=campaign_id) is None
    assert campaigns.rebind(store, settings, campaign_id, NOW) is None


def test_checked_it_is_approved(store, campaign_id, review):
    assert review(facts_checked=True) == "approved by op"
    [kept] = store.approval_in_force(campaign_id=campaign_id).confirmations
    assert kept.endswith(":price:10 EUR")


def test_a_rejection_needs_no_check(store, campaign_id, review):
    assert review(options=["Reject"]) == "rejected"
    assert store.approval_in_force(campaign_id=campaign_id) is None


def test_what_became_doubtful_after_it_was_shown_was_not_checked(store, settings, concerts, campaign_id, review):
    asset_id = f"{campaign_id}.caption.instagram.day_of.en"
    edit(store, settings, campaign_id, [Edit(asset_id, "We meet in the Small Hall.")], "li", None, NOW)
    reviewed = campaigns.review(store, campaign_id)
    shown = {"shown": reviewed.parts, "doubtful": [fact.key for fact in unsupported_facts(reviewed)]}
    concerts.put(venue_or_link="Town Hall")
    with pytest.raises(RefusedError, match="Small Hall"):
        review(shown, facts_checked=True)


def test_what_is_shown_waits_with_its_doubtful_statements(store, campaign_id, review, monkeypatch):
    def park(self, context):
        raise TaskAwaitingInput(method_name="execute_complete")

    monkeypatch.setattr(ReviewContentOperator.__mro__[1], "execute", park)
    with pytest.raises(TaskAwaitingInput) as parked:
        review.operator.execute(CONTEXT)
    assert parked.value.kwargs["shown"] == campaigns.review(store, campaign_id).parts
    assert [key.rsplit(":", 1)[1] for key in parked.value.kwargs["doubtful"]] == ["10 EUR"]
    assert "10 EUR" in review.operator.body


def test_nobody_approves_what_is_not_in_the_facts(store, settings, campaign_id):
    generation = settings.generation.model_copy(update={"auto_approve": True})
    auto = settings.model_copy(update={"generation": generation})
    privacy = {"tiktok": "SELF_ONLY"}
    nobody = campaigns.BY_NOBODY
    request = campaigns.request_generation(store, auto, campaign_id, "x", NOW, review=nobody, privacy=privacy)
    taken_up(store, request, RUN)
    operator = ReviewContentOperator(task_id="review", request={"request_id": request.request_id, "label": "x"})
    with pytest.raises(RefusedError, match="10 EUR"):
        operator.execute(CONTEXT)
    assert store.approval_in_force(campaign_id=campaign_id) is None
