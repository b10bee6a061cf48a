"""Whose campaign is written next: teachers take turns, however many requests one of them makes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from campaign_fixtures import NOW, Campaigns

from encore.campaigns.requests import Turn, await_review, claim_requests, finish, request_generation
from encore.settings import Settings
from encore.store.store import Store

SECOND = timedelta(seconds=1)
MANY = "teacher-many"


@dataclass
class School:
    """Runs that take up requests, and slots in which their campaigns are worked on one after the other. `begun` and
    `ended`: teachers in the order in which their campaigns were; `working` what is in a slot."""

    store: Store
    settings: Settings
    concerts: Campaigns
    slots: int
    now: datetime = NOW
    runs: int = 0
    begun: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    working: list[tuple[Turn, str]] = field(default_factory=list)
    waiting: list[tuple[Turn, str]] = field(default_factory=list)

    def ask(self, teacher: str, times: int = 1) -> None:
        for _ in range(times):
            self.now += SECOND
            title = f"Concert of {teacher} at {self.now}"
            campaign_id = self.concerts.put(teacher_id=teacher, concert_title=title)
            request_generation(self.store, self.settings, campaign_id, teacher, self.now)

    def wake(self) -> None:
        """As the wake does: a run for what it tells, as long as it tells of something. Its tasks get slots in the order
        of the list that it maps over, those of an earlier run first."""
        at_once = self.settings.generation.at_once
        while self.store.next_generation_request(at_once=at_once) is not None:
            self.runs += 1
            run_id = f"run-{self.runs}"
            claimed = claim_requests(self.store, self.settings, run_id, self.now)
            assert claimed, "a run was woken for nothing"
            rows = {row.request_id: row for row in self.store.generation_requests_of_run(run_id=run_id)}
            for one in claimed:
                teacher = self.store.campaign(campaign_id=rows[one.request_id].campaign_id).teacher_id
                self.waiting.append((Turn(one.request_id, run_id), teacher))
        while self.waiting and len(self.working) < self.slots:
            self.working.append(self.waiting.pop(0))
            self.begun.append(self.working[-1][1])

    def finish_one(self) -> None:
        turn, teacher = self.working.pop(0)
        self.now += SECOND
        finish(self.store, turn, "done", None, self.now)
        self.ended.append(teacher)
        self.wake()


@pytest.fixture
def school(store, settings, concerts) -> Callable[..., School]:
    def make(slots: int = 6, at_once: int = 5) -> School:
        generation = settings.generation.model_copy(update={"at_once": at_once})
        return School(store, settings.model_copy(update={"generation": generation}), concerts, slots)

    return make


@pytest.mark.parametrize(("slots", "at_once"), [(6, 5), (2, 1), (1, 1), (3, 2)])
@pytest.mark.parametrize("ended_before", [0, 7])
def test_a_hundred_requests_of_one_hold_up_anothers_by_one_campaign_at_most(school, slots, at_once, ended_before):
    at_work = school(slots, at_once)
    at_work.ask(MANY, 100)
    at_work.wake()
    for _ in range(ended_before):
        at_work.finish_one()
    ended = len(at_work.ended)
    at_work.ask("teacher-one")
    at_work.wake()
    while "teacher-one" not in at_work.begun:
        at_work.finish_one()
    assert len(at_work.ended) - ended <= 1
    while at_work.working:
        at_work.finish_one()
    assert at_work.ended.count(MANY) == 100


def test_asked_at_the_same_moment_they_alternate(school):
    at_work = school(slots=1, at_once=1)
    at_work.ask("a", 3)
    at_work.ask("b", 3)
    at_work.ask("c")
    at_work.wake()
    while at_work.working:
        at_work.finish_one()
    assert at_work.begun == ["a", "b", "c", "a", "b", "a", "b"]


def test_one_run_maps_over_them_by_turns(store, school):
    at_work = school(at_once=100)
    at_work.ask("a", 3)
    at_work.ask("b", 2)
    at_work.wake()
    assert [teacher for _, teacher in (*at_work.working, *at_work.waiting)] == ["a", "b", "a", "b", "a"]
    again = claim_requests(store, at_work.settings, "run-1", at_work.now)
    assert [one.request_id for one in again] == [turn.request_id for turn, _ in (*at_work.working, *at_work.waiting)], (
        "and over the same list when it is cleared"
    )


def test_as_many_as_there_is_room_for_are_worked_on_where_nobody_else_waits(school):
    at_work = school(slots=6, at_once=5)
    at_work.ask(MANY, 20)
    at_work.wake()
    assert len(at_work.working) == 5 and at_work.runs == 1
    at_work.finish_one()
    assert len(at_work.working) == 5 and at_work.runs == 2


def test_each_teacher_finds_a_place_for_a_first_one(school):
    at_work = school(slots=100, at_once=2)
    for number in range(8):
        at_work.ask(f"teacher-{number}", 2)
    at_work.wake()
    assert sorted(at_work.begun) == [f"teacher-{number}" for number in range(8)]


def test_what_waits_for_a_review_takes_no_place(store, school):
    at_work = school(slots=6, at_once=1)
    at_work.ask(MANY, 2)
    at_work.wake()
    [(turn, _)] = at_work.working
    await_review(store, turn)
    at_work.wake()
    assert len(at_work.working) == 2


def test_what_a_lost_run_had_is_taken_up_again_although_there_is_no_room(store, school):
    at_work = school(at_once=1)
    at_work.ask(MANY, 3)
    at_work.wake()
    [(lost, _)] = at_work.working
    silent = at_work.now + timedelta(hours=2)
    [again] = claim_requests(store, at_work.settings, "after", silent)
    assert again.request_id == lost.request_id


def test_claims_at_once_take_no_more_than_there_is_room_for(open_store, school, store):
    at_work = school(at_once=3)
    at_work.ask(MANY, 30)
    taken: list[Any] = []

    def claims(number: int, on: Store) -> None:
        taken.extend(claim_requests(on, at_work.settings, f"run-{number}", at_work.now))

    threads = [threading.Thread(target=claims, args=(number, open_store())) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(taken) == len({one.request_id for one in taken}) == 3


def test_waiting_for_a_turn_is_no_trouble(store, school):
    """Health tells of requests that nobody takes up; those that wait for their turn are none of these."""
    at_work = school(at_once=1)
    at_work.ask(MANY, 3)
    assert store.next_request_at() is not None
    at_work.wake()
    assert store.next_request_at() is None
