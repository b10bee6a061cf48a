"""The review in Airflow: what it asks for, what an answer to it approves, and that it asks again instead of failing."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from airflow.sdk.exceptions import AirflowSkipException, TaskDeferred
from airflow.sdk.execution_time import task_runner
from campaign_fixtures import DECLARED, NOW, taken_up

from encore.campaigns.fact_review import unsupported_facts
from encore.campaigns.requests import BY_NOBODY, claim_requests, request_from_form, request_generation
from encore.campaigns.review import review as reviewed
from encore.campaigns.scheduling import Choices, schedule
from encore.campaigns.texts import Edit, edit
from encore.errors import RefusedError
from encore.settings import load_settings
from encore_airflow import wiring
from encore_airflow.operators.review import ReviewContentOperator
from encore_airflow.told_failure import ToldFailureError
from encore_airflow.triggers.review import ReviewTrigger

RUN = "generate_campaign/run-1"
CONTEXT = {"dag_run": SimpleNamespace(dag_id="generate_campaign"), "run_id": "run-1"}
ALL = {"tiktok_privacy": "SELF_ONLY", "tiktok_music_usage": True, "facts_checked": True}
"""What an approver of the campaign below has to choose and declare."""


class Airflow:
    """What Airflow keeps of a review: the first body, whatever is sent later; and each label that it showed."""

    def __init__(self) -> None:
        self.form, self.labels = None, []

    def send(self, msg):
        if msg.type == "SetRenderedMapIndex":
            return self.labels.append(msg.rendered_map_index)
        self.form = self.form or msg
        return self.form


@pytest.fixture
def airflow(monkeypatch) -> Airflow:
    made = Airflow()
    monkeypatch.setattr(task_runner, "SUPERVISOR_COMMS", made, raising=False)
    return made


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


class Review:
    """A run from the form at its review: what waits (`parked`), and what an answer leads to."""

    def __init__(self, request_id: int, airflow: Airflow) -> None:
        self.airflow, self.context = airflow, CONTEXT | {"task_instance": SimpleNamespace(id=uuid4())}
        self.operator = ReviewContentOperator(task_id="review", request={"request_id": request_id, "label": "Recital"})
        self.said = self.parked = None
        self._do(lambda: self.operator.execute(self.context))

    def answered(self, option="Approve", **given):
        user = {"id": "1", "name": "op"}
        return self.fires({"chosen_options": [option], "params_input": given, "responded_by_user": user})

    def fires(self, event, **instead):
        kept = instead or self.parked.kwargs
        return self._do(lambda: self.operator.execute_complete(self.context, event, **kept))

    def _do(self, step):
        self.parked = None
        try:
            self.said = step()
        except TaskDeferred as parked:
            self.parked, self.said = parked, None
        return self.said


@pytest.fixture
def review(store, settings, campaign_id, airflow):
    request_from_form(store, settings, campaign_id, "op", RUN, NOW)
    return Review(store.last_generation_request(campaign_id=campaign_id).request_id, airflow)


def in_force(store, campaign_id):
    return store.approval_in_force(campaign_id=campaign_id)


def seen(store, campaign_id):
    return reviewed(store, campaign_id).digest


def approved_on_the_pages(store, settings, campaign_id):
    shown = reviewed(store, campaign_id)
    confirmed = [fact.key for fact in unsupported_facts(settings, shown, NOW)]
    choices = Choices(DECLARED.audiences, DECLARED.confirmations, confirmed)
    return schedule(store, settings, campaign_id, "li", shown.digest, choices, NOW)


# What it asks for ----------------------------------------------------------------------------------------------


def test_the_form_asks_for_what_each_platform_wants_by_the_data_beside_it(review):
    params = review.operator.params
    assert list(params) == ["tiktok_privacy", "tiktok_music_usage", "facts_checked", "send_past_at_once"]
    assert params.get_param("tiktok_privacy").schema["enum"][0] is None and params["tiktok_music_usage"] is False


def test_all_chosen_declared_and_checked_it_is_approved(store, campaign_id, review):
    assert review.answered(**ALL) == "approved by op"
    approval = in_force(store, campaign_id)
    assert approval.privacy == {"tiktok": "SELF_ONLY"} and approval.approved_by == "op"
    assert approval.by_staff, "nobody else comes to where that is answered"
    declared, checked = sorted(approval.confirmations, reverse=True)
    assert declared == "tiktok_music_usage" and checked.endswith(":price:10 EUR")
    assert store.jobs_of_campaign(campaign_id=campaign_id)


@pytest.mark.parametrize(
    ("lacks", "said"),
    [
        ({"tiktok_privacy": None}, "who may see"),
        ({"tiktok_privacy": "EVERYBODY"}, "who may see"),
        ({"tiktok_privacy": ["SELF_ONLY"]}, "who may see"),
        ({"tiktok_music_usage": False}, "Music Usage Confirmation"),
        ({"tiktok_music_usage": "yes"}, "Music Usage Confirmation"),
        ({"facts_checked": False}, "10 EUR"),
        ({"facts_checked": None}, "10 EUR"),
        ({"facts_checked": "yes"}, "10 EUR"),
    ],
)
def test_what_is_missing_is_asked_again_and_nothing_is_approved(store, campaign_id, review, lacks, said):
    first = review.parked.kwargs
    assert review.answered(**ALL | lacks) is None
    assert review.parked.kwargs == first and review.parked.method_name == "execute_complete"
    assert said in review.airflow.labels[-1] and len(review.airflow.labels[-1]) <= 250
    assert in_force(store, campaign_id) is None and store.jobs_of_campaign(campaign_id=campaign_id) == []
    assert review.answered(**ALL) == "approved by op"


def test_an_answer_without_any_choice_is_asked_again(store, campaign_id, review):
    assert review.answered() is None and review.parked
    invalid = {"error": "'x' is not one of ...", "error_type": "validation"}
    assert review.fires(invalid) is None and "not among the choices" in review.airflow.labels[-1]
    assert in_force(store, campaign_id) is None


def test_what_a_platform_would_refuse_is_shown_and_asked_again(store, settings, campaign_id, airflow):
    asset_id = f"{campaign_id}.caption.instagram.announcement.en"
    edit(store, settings, campaign_id, [Edit(asset_id, "x" * 2300)], "li", None, NOW)
    request_from_form(store, settings, campaign_id, "op", RUN, NOW)
    review = Review(store.last_generation_request(campaign_id=campaign_id).request_id, airflow)
    assert "### What a platform would refuse" in airflow.form.body
    assert review.answered(**ALL) is None and "Instagram would refuse" in airflow.labels[-1]
    assert in_force(store, campaign_id) is None


def test_while_the_content_is_being_generated_it_is_asked_again(store, settings, campaign_id, review):
    request_generation(store, settings, campaign_id, "li", NOW)
    assert review.answered(**ALL) is None and "being generated" in review.airflow.labels[-1]


def test_it_is_asked_again_until_the_time_to_answer_is_over_and_no_longer(review):
    until = review.parked.trigger.timeout_datetime
    assert until == NOW + timedelta(hours=72)
    review.answered()
    assert review.parked.trigger.timeout_datetime == until


def test_the_settings_say_how_long_an_answer_is_waited_for(store, settings, campaign_id, airflow, monkeypatch):
    shorter = settings.model_copy(update={"generation": settings.generation.model_copy(update={"review_hours": 5})})
    monkeypatch.setattr(wiring, "settings", lambda: shorter)
    request_from_form(store, settings, campaign_id, "op", RUN, NOW)
    review = Review(store.last_generation_request(campaign_id=campaign_id).request_id, airflow)
    assert review.parked.trigger.timeout_datetime == NOW + timedelta(hours=5)


@pytest.mark.parametrize("at_once", [True, False])
def test_what_is_past_its_day_goes_out_at_once_only_if_that_was_said(store, concerts, airflow, monkeypatch, at_once):
    school = load_settings()
    monkeypatch.setattr(wiring, "settings", lambda: school)
    campaign_id = concerts.put(concert_datetime=NOW + timedelta(days=5))
    concerts.write(campaign_id)
    request_from_form(store, school, campaign_id, "op", RUN, NOW)
    review = Review(store.last_generation_request(campaign_id=campaign_id).request_id, airflow)
    assert "### Whose day has passed" in airflow.form.body and review.parked.kwargs["past"] == ["announcement"]
    assert review.answered(**ALL, send_past_at_once=at_once) == "approved by op"
    planned = {job.touchpoint: job.scheduled_at for job in store.jobs_of_campaign(campaign_id=campaign_id)}
    assert planned.get("announcement") == (NOW if at_once else None) and planned["reminder"] > NOW


# What approves nothing ----------------------------------------------------------------------------------------


def test_a_rejection_needs_no_choice_and_approves_nothing(store, campaign_id, review):
    assert review.answered("Reject") == "rejected"
    assert in_force(store, campaign_id) is None


def test_the_end_of_the_time_approves_nothing(store, campaign_id, review):
    over = {"chosen_options": ["Reject"], "params_input": {}, "responded_by_user": None, "timedout": True}
    assert review.fires(over) == "nobody answered in time"
    assert in_force(store, campaign_id) is None


def test_what_has_changed_since_it_was_shown_is_not_approved_and_the_run_ends_quietly(
    store, settings, campaign_id, review
):
    edit(store, settings, campaign_id, [Edit(f"{campaign_id}.caption.tiktok.reminder.en", "New.")], "li", None, NOW)
    assert "changed since it was shown" in review.answered(**ALL)
    assert in_force(store, campaign_id) is None


def test_what_became_doubtful_after_it_was_shown_was_not_checked(store, settings, concerts, campaign_id, airflow):
    asset_id = f"{campaign_id}.caption.instagram.day_of.en"
    edit(store, settings, campaign_id, [Edit(asset_id, "We meet in the Small Hall.")], "li", None, NOW)
    request_from_form(store, settings, campaign_id, "op", RUN, NOW)
    review = Review(store.last_generation_request(campaign_id=campaign_id).request_id, airflow)
    concerts.put(venue_or_link="Town Hall")
    assert review.answered(**ALL) is None and "Small Hall" in airflow.labels[-1]
    assert in_force(store, campaign_id) is None


def test_a_cleared_review_does_not_approve_what_airflow_does_not_show(store, settings, campaign_id, review):
    """Airflow keeps the first body of a task, also when the task is cleared."""
    edit(store, settings, campaign_id, [Edit(f"{campaign_id}.caption.tiktok.reminder.en", "New.")], "li", None, NOW)
    again = Review(review.operator.request["request_id"], review.airflow)
    assert again.parked is None and "earlier content" in again.said


def test_a_cleared_review_of_the_same_content_is_asked_again(store, campaign_id, review):
    again = Review(review.operator.request["request_id"], review.airflow)
    assert again.answered(**ALL) == "approved by op"


# Either side may approve first --------------------------------------------------------------------------------


def test_the_teacher_approves_while_staff_are_asked_and_the_run_ends_quietly(store, settings, campaign_id, review):
    first = approved_on_the_pages(store, settings, campaign_id).approval
    parked = review.parked.kwargs
    assert review.fires({"decided": "approved elsewhere, by li"}) == "approved elsewhere, by li"
    late = {"chosen_options": ["Approve"], "params_input": ALL, "responded_by_user": {"id": "1", "name": "op"}}
    assert review.fires(late, **parked) == "approved elsewhere, by li"
    assert in_force(store, campaign_id) == first


def test_it_waits_with_what_it_shows_and_with_a_trigger_of_ours(store, campaign_id, review):
    trigger, kept = review.parked.trigger, review.parked.kwargs
    assert isinstance(trigger, ReviewTrigger) and review.parked.timeout is None
    assert (trigger.campaign_id, trigger.digest) == (campaign_id, seen(store, campaign_id))
    assert kept["shown"] == reviewed(store, campaign_id).parts
    assert [key.rsplit(":", 1)[1] for key in kept["doubtful"]] == ["10 EUR"]


def test_a_run_that_is_gone_frees_its_campaign(store, settings, campaign_id, review):
    """The run is deleted while it waits: nobody will ever answer it."""
    again = request_generation(store, settings, campaign_id, "li", NOW)
    assert again.request_id != review.operator.request["request_id"]
    assert [row.request_id for row in claim_requests(store, settings, "generate_campaign/next", NOW)] == [
        again.request_id
    ]
    store.end_generation_request(
        request_id=again.request_id, run_id="generate_campaign/next", state="done", note="", note_said=None, now=NOW
    )
    assert approved_on_the_pages(store, settings, campaign_id).jobs


def test_the_teacher_approves_although_the_run_that_reviews_is_gone(store, settings, campaign_id, review):
    assert approved_on_the_pages(store, settings, campaign_id).jobs
    assert store.open_generation_request(campaign_id=campaign_id) is None


def test_a_campaign_that_is_gone_ends_the_run_quietly(store, campaign_id, review):
    store.connection.execute("DELETE FROM campaign WHERE campaign_id = %s", (campaign_id,))
    assert review.answered(**ALL) == "the campaign is gone; nothing was approved"


# Runs that an earlier version has parked ----------------------------------------------------------------------


@pytest.fixture
def parked_earlier(review):
    return {name: review.parked.kwargs[name] for name in ("shown", "doubtful")}


def test_a_run_that_an_earlier_version_parked_is_still_answered(store, campaign_id, review, parked_earlier):
    event = {"chosen_options": ["Reject"], "params_input": {}, "responded_by_user": {"id": "1", "name": "op"}}
    assert review.fires(event, **parked_earlier) == "rejected"
    assert review.fires(event, shown=parked_earlier["shown"]) == "rejected"


def test_its_form_cannot_ask_for_what_is_wanted_now_and_says_so(store, campaign_id, review, parked_earlier):
    given = {"tiktok_privacy": "SELF_ONLY", "facts_checked": True}
    event = {"chosen_options": ["Approve"], "params_input": given, "responded_by_user": {"id": "1", "name": "op"}}
    said = review.fires(event, **parked_earlier)
    assert "Music Usage Confirmation" in said and "Approve on the pages" in said
    assert in_force(store, campaign_id) is None


# Other requests -----------------------------------------------------------------------------------------------


def test_a_teacher_s_request_is_approved_on_the_pages(store, settings, campaign_id, airflow):
    request = request_generation(store, settings, campaign_id, "li", NOW)
    taken_up(store, request, RUN)
    assert Review(request.request_id, airflow).said == "the teacher approves on the campaign's page"
    assert airflow.form is None


def test_nobody_approves_what_is_not_in_the_facts(store, settings, campaign_id, airflow):
    generation = settings.generation.model_copy(update={"auto_approve": True})
    auto = settings.model_copy(update={"generation": generation})
    privacy, nobody = {"tiktok": "SELF_ONLY"}, BY_NOBODY
    request = request_generation(store, auto, campaign_id, "x", NOW, review=nobody, privacy=privacy)
    taken_up(store, request, RUN)
    with pytest.raises(ToldFailureError) as caught:
        Review(request.request_id, airflow)
    assert isinstance(caught.value.error, RefusedError) and "10 EUR" in caught.value.error.message
    assert in_force(store, campaign_id) is None


def test_a_run_that_lost_its_request_asks_nobody(store, settings, campaign_id, review):
    request_generation(store, settings, campaign_id, "li", NOW)
    with pytest.raises(AirflowSkipException, match="Another run"):
        Review(review.operator.request["request_id"], review.airflow)
