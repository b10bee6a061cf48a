"""Generation's tasks as Airflow runs them: one run at a time works on a request, as long as it shows signs of life."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import RetryAction, task
from airflow.sdk.exceptions import AirflowSkipException
from campaign_fixtures import NOW
from PIL import Image

from encore.campaigns.requests import Turn, await_review, claim_requests, request_generation
from encore.content.writing.template_writer import TemplateWriter
from encore.errors import ConfigurationError, WriterUnavailableError
from encore.media.media_store import MediaStore
from encore.wire.redaction import register_secret
from encore.words.sentence import verbatim
from encore_airflow import wiring
from encore_airflow.operators.generate_steps import draw_flyer, note_failure, plan_jobs, write_content
from encore_airflow.operators.review import ReviewContentOperator
from encore_airflow.retry import WritingRetryPolicy
from encore_airflow.told_failure import ToldFailureError

MINUTE = timedelta(minutes=1)
ROUND = 5 * MINUTE
"""Between two runs of the DAG."""


@dataclass
class World:
    """A moment that a test moves, and a model that is away until it is not; remembers when who asked it."""

    now: datetime = NOW
    away_until: datetime = NOW
    asks_to_wait: timedelta | None = None
    asking: str = ""
    asked: list[tuple[timedelta, str]] = field(default_factory=list)
    meanwhile: Any = None

    def write(self, facts, plan, instead_of="", wish=""):
        self.asked.append((self.now - NOW, self.asking))
        if self.now < self.away_until:
            raise WriterUnavailableError("writer.unreachable", retry_after=self.asks_to_wait)
        if self.meanwhile:
            self.meanwhile()
        return TemplateWriter().write(facts, plan)


@pytest.fixture
def world(monkeypatch, store, settings, tmp_path) -> World:
    made = World()

    @contextmanager
    def opened(actor):
        yield store

    media = MediaStore(str(tmp_path / "media"), str(tmp_path / "cache"))
    monkeypatch.setattr(wiring, "store", opened)
    monkeypatch.setattr(wiring, "patient_store", opened)
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    monkeypatch.setattr(wiring, "clock", lambda on: lambda: made.now)
    monkeypatch.setattr(wiring, "writer", lambda using, on=None: made)
    monkeypatch.setattr(wiring, "media_store", lambda using: media)
    return made


class Run:
    """A run of generate_campaign, with the requests that it took up."""

    def __init__(self, world: World, store: Any, settings: Any, name: str) -> None:
        self.world, self.name = world, name
        claimed = claim_requests(store, settings, f"generate_campaign/{name}", world.now)
        self.requests = [{"request_id": row.request_id, "label": row.label} for row in claimed]

    def context(self, **more: Any) -> dict[str, Any]:
        return {"dag_run": SimpleNamespace(dag_id="generate_campaign"), "run_id": self.name, **more}

    def do(self, body: Any, **more: Any) -> Any:
        self.world.asking = self.name
        return body(self.requests[0], **self.context(**more))

    def fails(self, task_id: str, error: Any) -> None:
        ti = SimpleNamespace(task_id=task_id, map_index=0, xcom_pull=lambda task_ids: self.requests)
        note_failure(self.context(ti=ti, exception=error))


@pytest.fixture
def run(world, store, settings):
    return lambda name: Run(world, store, settings, name)


@pytest.fixture
def request_of(store, settings, concerts):
    """The campaign's last request for content, put in if there is none yet."""
    campaign_id = concerts.put(platforms=["instagram"])
    request_generation(store, settings, campaign_id, "li", NOW)

    def read():
        return store.last_generation_request(campaign_id=campaign_id)

    read.campaign_id = campaign_id
    return read


def stored(store, request_of):
    return store.content_assets(campaign_id=request_of.campaign_id)


@pytest.mark.parametrize("asks_to_wait", [None, 40 * MINUTE, timedelta(hours=1)])
@pytest.mark.parametrize("stale_minutes", [30, 1])
def test_a_model_that_is_away_is_asked_by_the_run_that_has_the_request_alone(
    monkeypatch, world, run, store, settings, request_of, asks_to_wait, stale_minutes
):
    soon = settings.generation.model_copy(update={"stale_minutes": stale_minutes})
    monkeypatch.setattr(wiring, "settings", lambda: settings.model_copy(update={"generation": soon}))
    world.asks_to_wait, world.away_until = asks_to_wait, NOW + timedelta(hours=2)
    first, others, tries = run("first"), 0, 0
    while not stored(store, request_of):
        tries += 1
        try:
            first.do(write_content)
            break
        except ToldFailureError as err:
            decision = WritingRetryPolicy().evaluate(err, min(tries, 10), 10)
            assert decision.action is RetryAction.RETRY
        tries_again_at = world.now + decision.retry_delay
        while world.now + ROUND < tries_again_at:
            world.now += ROUND
            other = Run(world, store, wiring.settings(), f"other-{others}")
            others += 1
            if other.requests:
                with pytest.raises(ToldFailureError):
                    other.do(write_content)
        world.now = max(world.now, tries_again_at)
    assert {who for _, who in world.asked} == {"first"} and others > 5
    assert world.asked[-1][0] >= timedelta(hours=2) and len(world.asked) > 2


def test_a_run_that_died_is_followed_by_one_other_once_it_was_silent_for_long_enough(world, run, request_of):
    world.away_until = NOW + timedelta(days=1)
    dies = run("dies")
    world.now = last_seen = NOW + 20 * MINUTE
    with pytest.raises(ToldFailureError):
        dies.do(write_content)
    took = {}
    for number in range(12):
        world.now += ROUND
        if run(f"other-{number}").requests:
            took[number] = world.now - last_seen
    assert list(took.values()) == [35 * MINUTE]


def test_a_run_that_lost_its_request_writes_nothing_more(world, run, store, request_of):
    sleeps = run("sleeps")
    world.now += 31 * MINUTE
    takes_over = run("takes-over")
    before = request_of()
    operator = ReviewContentOperator(task_id="review", request=sleeps.requests[0])
    for body in (write_content, draw_flyer, plan_jobs, lambda request, **context: operator.execute(context)):
        with pytest.raises(AirflowSkipException, match="Another run"):
            sleeps.do(body)
    sleeps.fails("campaign.write_content", ConfigurationError("writer.unreachable"))
    assert request_of() == before and before.claimed_by == "generate_campaign/takes-over"
    assert world.asked == [] and stored(store, request_of) == []
    assert takes_over.do(write_content) == 4


def test_what_a_run_wrote_while_it_lost_its_request_is_not_stored(world, run, store, request_of):
    slow, others = run("slow"), []

    def is_taken_over():
        world.meanwhile = None
        world.now += timedelta(hours=3)
        others.append(run("other"))

    world.meanwhile = is_taken_over
    with pytest.raises(AirflowSkipException):
        slow.do(write_content)
    assert stored(store, request_of) == [] and len(others[0].requests) == 1


def test_a_flyer_that_is_drawn_while_another_run_takes_over_is_not_stored(world, run, store, request_of, monkeypatch):
    from encore.campaigns import generation

    slow = run("slow")
    slow.do(write_content)

    def is_taken_over(path, drawing):
        world.now += 31 * MINUTE
        assert run("other").requests
        Image.new("RGB", (40, 50)).save(path)

    monkeypatch.setattr(generation, "_draw_picture", is_taken_over)
    with pytest.raises(AirflowSkipException):
        slow.do(draw_flyer)
    assert store.media_assets(campaign_id=request_of.campaign_id) == []


class TestARunThatIsCleared:
    """Staff clear a task whose request has failed, as the documentation tells them."""

    @pytest.fixture
    def failed(self, run, request_of):
        failed = run("cleared")
        failed.fails("campaign.write_content", KeyError("x"))
        assert request_of().state == "failed"
        return failed

    def test_goes_on_and_ends_as_done(self, failed, request_of):
        assert failed.do(write_content) == 4 and failed.do(draw_flyer) == 1
        assert failed.do(plan_jobs) == []
        ended = request_of()
        assert (ended.state, ended.note) == ("done", "The content is ready; nothing is planned until it is approved.")

    def test_has_nothing_to_do_while_its_owner_has_asked_anew(self, world, failed, store, settings, request_of):
        request_generation(store, settings, request_of.campaign_id, "li", NOW)
        with pytest.raises(AirflowSkipException):
            failed.do(write_content)
        assert world.asked == []


def test_the_posts_are_planned_and_the_request_is_done(run, store, settings, request_of, concerts):
    at_work = run("run")
    at_work.do(write_content)
    at_work.do(draw_flyer)
    await_review(store, Turn(request_of().request_id, request_of().claimed_by))
    concerts.approve(request_of.campaign_id)
    assert at_work.do(plan_jobs) == []
    assert (request_of().state, request_of().note) == ("done", "3 posts planned.")


def test_a_task_knows_its_run_by_airflow_and_not_by_an_argument(world, run, request_of):
    """A run that began before a deploy goes on with the arguments that it began with."""
    at_work = run("run")
    operator = task(write_content)(request=at_work.requests[0]).operator
    assert operator.op_kwargs == {"request": at_work.requests[0]}
    assert operator.execute(at_work.context(outlet_events={}, ti=None)) == 4


class TestWhatATeacherIsToldOfAFailure:
    @pytest.fixture
    def told(self, run, request_of):
        at_work = run("run")

        def tell(error, task_id="campaign.write_content"):
            at_work.fails(task_id, error)
            return request_of().note

        return tell

    def test_an_error_that_was_made_to_be_read_says_it_itself(self, told):
        note = told(ConfigurationError("writer.asks_to_wait"))
        assert note == "The model that writes asks to wait. Airflow tries again."

    def test_also_where_its_log_has_told_it(self, told):
        note = told(ToldFailureError(ConfigurationError("writer.asks_to_wait")))
        assert note == "The model that writes asks to wait. Airflow tries again."

    def test_without_what_is_secret_in_it(self, told):
        register_secret("hunter2-of-the-school")
        note = told(ConfigurationError(verbatim("No: password=hunter3x, and hunter2-of-the-school. Bearer abcdefgh")))
        assert "hunter" not in note and "abcdefgh" not in note and note.startswith("No: ")

    @pytest.mark.parametrize(
        "error", [KeyError("sk-live-1234567"), "Task killed: sk-live-1234567", None, RuntimeError("x\0\ud83d sk-live")]
    )
    @pytest.mark.parametrize(
        ("task_id", "step"),
        [
            ("campaign.write_content", "Writing the texts"),
            ("campaign.draw_flyer", "Drawing the flyer"),
            ("campaign.review", "The review"),
            ("campaign.plan_jobs", "Planning the posts"),
        ],
    )
    def test_of_any_other_only_what_broke_off(self, told, error, task_id, step):
        note = told(error, task_id)
        assert note == f"{step} broke off because of an error in Encore. Staff find the reason in Airflow's log."

    def test_what_postgresql_cannot_hold_is_replaced(self, told):
        assert told(ConfigurationError(verbatim("half\0 an emoji \ud83d."))) == "half\ufffd an emoji \ufffd."
