"""What operations shows: which posts want somebody and whom, what rests, how late posts were; by index, and the same at
psql."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from campaign_fixtures import NOW
from role_table import put_job_in_state

from encore.accounts.configured import put_accounts
from encore.accounts.stopping import stop
from encore.campaigns.access import Person
from encore.publishing.ending import DISCONNECTED, UNTIL_A_PERSON_ACTS
from encore.store.store import statements
from encore.upkeep import progress
from encore.upkeep.operations import Concern, Lateness, WaitsFor, concerns, lateness
from encore.upkeep.progress import standstill

STAFF = Person("op", staff=True)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LATE = 3 * MINUTE
UNHEARD_OF = {"kind": None, "waits_for": None, "platform": None, "teacher_id": None, "after_at": None, "after_id": None}


@pytest.fixture
def job(concerts) -> Any:
    """One post, due in an hour, good for a day."""
    skip = {"reminder": "skip", "day_of": "skip"}
    [made] = concerts.jobs(concerts.planned(platforms=["instagram"], timeline=skip))
    put(concerts.store, made, scheduled_at=NOW + HOUR, useless_after=NOW + DAY)
    return made


def put(store, job, **columns: Any) -> None:
    wanted = ", ".join(f"{name} = %s" for name in columns)
    store.connection.execute(f"UPDATE publish_job SET {wanted} WHERE job_id = %s", (*columns.values(), job.job_id))


def shown(store, now: datetime = NOW, **narrowed: Any) -> list[tuple[str, str | None]]:
    asked = {**UNHEARD_OF, "most": 100, **narrowed}
    return [(row.kind, row.concerns) for row in store.reports_of_concern(now=now, **asked)]


def counted(store, now: datetime = NOW) -> dict[tuple[Concern, WaitsFor | None], int]:
    return {(kind, waits_for): n for (kind, waits_for, _), n in concerns(store, now).posts.items()}


# Which posts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "action", "kind", "waits_for"),
    [
        ("queued", "approve_content", "waiting", "approval"),
        ("queued", "fix_content", "waiting", "teacher"),
        ("queued", "reconnect_account", "waiting", "reconnect"),
        ("queued", "post_by_hand", "waiting", "hand_off"),
        ("failed", None, "failed", "teacher"),
        ("failed", "fix_content", "failed", "teacher"),
        ("failed", "reconnect_account", "waiting", "reconnect"),
        ("failed", "confirm_outcome", "in_doubt", "teacher"),
    ],
)
def test_a_post_that_wants_somebody_is_shown_with_whom(store, job, state, action, kind, waits_for):
    put_job_in_state(store, job.job_id, state, action)
    assert shown(store) == [(kind, waits_for)]
    assert counted(store) == {(Concern(kind), WaitsFor(waits_for)): 1}


@pytest.mark.parametrize("state", ["queued", "running", "success", "cancelled"])
def test_a_post_that_wants_nobody_is_not_shown(store, job, state):
    put_job_in_state(store, job.job_id, state)
    assert shown(store) == [] and counted(store) == {}


def test_what_failed_needs_nobody_once_its_window_is_over_and_a_doubt_does(store, job):
    put_job_in_state(store, job.job_id, "failed", "fix_content")
    assert shown(store, NOW + DAY) == []
    put_job_in_state(store, job.job_id, "failed", "confirm_outcome")
    assert shown(store, NOW + 400 * DAY) == [("in_doubt", "teacher")]


def test_the_failures_of_a_concert_that_is_off_need_nobody_and_its_doubts_do(store, job):
    store.connection.execute("UPDATE campaign SET off = 'put_off', off_at = %s", (NOW,))
    put_job_in_state(store, job.job_id, "failed")
    assert shown(store) == []
    put_job_in_state(store, job.job_id, "failed", "confirm_outcome")
    assert shown(store) == [("in_doubt", "teacher")]


@pytest.mark.parametrize("delivery", ["api", "handoff"])
def test_a_post_that_nobody_takes_is_late_after_as_long_as_health_waits(store, job, delivery):
    put(store, job, delivery=delivery)
    due = NOW + HOUR
    assert shown(store, due + progress.LATE) == []
    assert shown(store, due + progress.LATE + SECOND) == [("late", None)]
    put(store, job, not_before=due + HOUR)
    assert shown(store, due + LATE) == ([] if delivery == "api" else [("late", None)])


def test_a_post_that_a_task_has_and_has_not_sent_is_late_and_one_that_its_platform_works_on_is_not(store, job):
    put_job_in_state(store, job.job_id, "running")
    assert shown(store, NOW + HOUR + LATE) == [("late", None)]
    put(store, job, observing=True)
    assert shown(store, NOW + HOUR + LATE) == []


@pytest.mark.parametrize(
    ("scope", "name"), [("school", ""), ("platform", "instagram"), ("account", "instagram-school")]
)
def test_a_due_post_that_staff_hold_is_not_late(store, job, scope, name):
    stop(store, scope, name, "", STAFF, NOW)
    assert shown(store) == []
    assert shown(store, NOW + HOUR + LATE) == [("waiting", "stop")]
    put(store, job, delivery="handoff")
    assert shown(store, NOW + HOUR + LATE) == [("waiting", "stop")]


@pytest.mark.parametrize(
    ("pause", "waits_for"),
    [
        (
            lambda store: store.pause_account(account="instagram-school", until=NOW + DAY, reason="rate_limited"),
            "pause",
        ),
        (lambda store: store.pause_channel(platform="instagram", until=NOW + DAY, reason="busy"), "pause"),
        (
            lambda store: store.pause_account(
                account="instagram-school", until=UNTIL_A_PERSON_ACTS, reason=DISCONNECTED
            ),
            "reconnect",
        ),
    ],
)
def test_a_due_post_of_an_account_that_rests_waits_for_that(store, job, pause, waits_for):
    pause(store)
    assert shown(store, NOW + HOUR + LATE) == [("waiting", waits_for)]
    put(store, job, delivery="handoff")
    assert shown(store, NOW + HOUR + LATE) == [("late", None)], "nobody's login is needed for it"


def test_a_pause_that_is_over_holds_nothing(store, job):
    store.pause_account(account="instagram-school", until=NOW, reason="rate_limited")
    assert shown(store, NOW + HOUR + LATE) == [("late", None)]


# The list -------------------------------------------------------------------------------------------------------


@pytest.fixture
def of_two(store, concerts) -> list[Any]:
    """Two teachers' posts on three platforms, all of which have failed, one after another useless."""
    found = []
    for teacher in ("teacher-li", "teacher-anna"):
        found += concerts.jobs(concerts.planned(concert_title=teacher, teacher_id=teacher))
    for number, job in enumerate(found):
        put_job_in_state(store, job.job_id, "failed", "fix_content" if number % 2 else None)
        put(store, job, useless_after=NOW + (1 + number // 2) * HOUR)
    return found


def ids(store, **narrowed: Any) -> list[str]:
    return [row.job_id for row in store.reports_of_concern(now=NOW, **{**UNHEARD_OF, "most": 100, **narrowed})]


def test_what_closes_first_stands_first(store, of_two):
    wanted = sorted(of_two, key=lambda job: (store.job(job_id=job.job_id).useless_after, job.job_id))
    assert ids(store) == [job.job_id for job in wanted]


def test_every_page_begins_where_the_last_one_ended(store, of_two):
    found, after = [], {}
    while page := store.reports_of_concern(now=NOW, **{**UNHEARD_OF, **after, "most": 4}):
        found += [row.job_id for row in page]
        after = {"after_at": page[-1].useless_after, "after_id": page[-1].job_id}
    assert found == ids(store) and len(found) == len(of_two)


def test_it_can_be_narrowed(store, of_two):
    annas = {job.job_id for job in of_two[len(of_two) // 2 :]}
    assert set(ids(store, teacher_id="teacher-anna")) == annas
    on_tiktok = {job.job_id for job in of_two if job.platform == "tiktok"}
    assert set(ids(store, platform="tiktok")) == on_tiktok
    assert set(ids(store, platform="tiktok", teacher_id="teacher-anna")) == on_tiktok & annas
    assert ids(store, kind="in_doubt") == ids(store, waits_for="approval") == ids(store, teacher_id="nobody") == []
    assert len(ids(store, kind="failed", waits_for="teacher")) == len(of_two)


def test_they_are_counted_by_kind_and_platform(store, of_two):
    found = concerns(store, NOW)
    assert found.of(Concern.FAILED) == len(of_two) and found.of(Concern.LATE) == 0 == found.of(Concern.WAITING)
    assert found.of(Concern.FAILED, "tiktok") == len([job for job in of_two if job.platform == "tiktok"])
    assert found.waiting == {}
    put_job_in_state(store, of_two[0].job_id, "queued", "approve_content")
    assert concerns(store, NOW).waiting == {WaitsFor.APPROVAL: 1}


# What rests -----------------------------------------------------------------------------------------------------


def test_what_rests_is_told_with_why(store, settings):
    put_accounts(store, settings, NOW)
    assert store.resting_places(now=NOW, most=9) == [] == store.resting_account_counts(now=NOW)
    store.pause_channel(platform="tiktok", until=NOW + HOUR, reason="platform_unavailable")
    store.pause_account(account="instagram-school", until=UNTIL_A_PERSON_ACTS, reason=DISCONNECTED)
    store.pause_account(account="xiaohongshu-school", until=NOW - SECOND, reason="rate_limited")
    found = [(row.scope, row.name, row.reason, row.of_all) for row in store.resting_places(now=NOW, most=9)]
    assert found == [
        ("platform", "tiktok", "platform_unavailable", 2),
        ("account", "instagram-school", DISCONNECTED, 2),
    ]
    assert len(store.resting_places(now=NOW, most=1)) == 1
    rests = {row.waits_for: row.accounts for row in store.resting_account_counts(now=NOW)}
    assert rests == {"pause": 1, "reconnect": 1}
    stop(store, "school", "", "", STAFF, NOW)
    assert [(row.waits_for, row.accounts) for row in store.resting_account_counts(now=NOW)] == [("stop", 3)]
    store.retire_account(account="xiaohongshu-school")
    assert [row.accounts for row in store.resting_account_counts(now=NOW)] == [2]


# How late posts were --------------------------------------------------------------------------------------------


@pytest.fixture
def sent(store, concerts):
    """Posts of all platforms that were sent so many seconds after their time; `at` is that of their sending."""

    def make(*seconds: float, at: datetime = NOW - HOUR, **columns: Any) -> list[Any]:
        title = f"Recital {len(seconds)} {at:%d%H%M} {columns}"
        jobs = concerts.jobs(concerts.planned(at - 9 * DAY, concert_title=title))[: len(seconds)]
        assert len(jobs) == len(seconds)
        for job, after in zip(jobs, seconds, strict=True):
            put_job_in_state(store, job.job_id, "success")
            planned_at = at - after * SECOND
            given = {"scheduled_at": planned_at, "published_at": at + MINUTE, "created_at": planned_at - DAY, **columns}
            put(store, job, **given)
            for step, moment in (("prepare_started", at - DAY), ("commit_started", at), ("ended", at + MINUTE)):
                store.connection.execute(
                    "INSERT INTO publish_attempt (job_id, attempt_no, fence, step, at) VALUES (%s, 1, 1, %s, %s)",
                    (job.job_id, step, moment),
                )
        return jobs

    return make


def test_lateness_is_from_the_planned_second_to_the_request_that_made_it_public(store, sent):
    sent(0.5, 0.5, 2.5)
    found = lateness(store, NOW).of_all
    assert (found.posts, found.p50) == (3, 0.5)
    assert found.p95 == pytest.approx(2.3) and found.p99 == pytest.approx(2.46)


def test_it_is_told_for_each_platform_and_hour(store, sent):
    early, late = sent(1, 2, 3, at=NOW - 23 * HOUR - MINUTE), sent(60, 120, at=NOW - MINUTE)
    found = lateness(store, NOW)
    posts = {platform: one.posts for platform, one in found.platforms.items()}
    assert posts == {name: [job.platform for job in early + late].count(name) for name in posts}
    assert sum(posts.values()) == 5 == found.of_all.posts
    assert [(at, one.posts) for at, one in found.hours] == [(NOW - DAY, 3), (NOW - HOUR, 2)]


def test_a_post_that_was_tried_again_is_as_late_as_what_made_it_public(store, sent):
    [job] = sent(1)
    store.connection.execute(
        "INSERT INTO publish_attempt (job_id, attempt_no, fence, step, at) VALUES (%s, 2, 2, 'commit_started', %s)",
        (job.job_id, NOW - HOUR + 99 * SECOND),
    )
    assert lateness(store, NOW).of_all.p50 == 100


def test_a_post_that_was_planned_after_its_time_was_due_then(store, sent):
    sent(3 * 3600, created_at=NOW - HOUR - 2 * SECOND)
    assert lateness(store, NOW).of_all.p50 == 2


@pytest.mark.parametrize(
    "columns",
    [
        {"delivery": "handoff"},
        {"published_at": NOW - DAY},
        {"published_at": NOW + SECOND},
        {"published_at": NOW, "at": NOW - DAY - SECOND},
    ],
)
def test_what_was_posted_by_hand_or_another_day_does_not_count(store, sent, columns):
    sent(5, **columns)
    assert lateness(store, NOW).of_all == Lateness()


def test_a_day_without_posts_has_no_figures(store):
    found = lateness(store, NOW)
    assert found.of_all == Lateness(0, None, None, None) and found.platforms == {} and found.hours == ()


# Health ---------------------------------------------------------------------------------------------------------


def test_health_counts_them(store, job, settings):
    seen = progress.progress(store, NOW, ())
    assert (seen.late_posts, seen.failed_posts, seen.doubtful_posts) == (0, 0, 0)
    for state, action, counts in (
        ("failed", None, (0, 1, 0)), ("failed", "confirm_outcome", (0, 0, 1)), ("queued", None, (1, 0, 0)),
    ):  # fmt: skip
        put_job_in_state(store, job.job_id, state, action)
        seen = progress.progress(store, NOW + HOUR + LATE, ())
        assert (seen.late_posts, seen.failed_posts, seen.doubtful_posts) == counts


def test_everybody_is_told_only_when_posts_are_due_and_nobody_takes_them(store, job):
    assert standstill(store, NOW) is None, "it has never run, and nothing is due"
    due = NOW + HOUR
    assert standstill(store, due + LATE).key == "standstill.no_run"
    store.open_claim(run_id="r", now=due)
    assert standstill(store, due + LATE).key == "standstill.late"
    assert standstill(store, due + progress.LATE).key == "standstill.late"
    assert standstill(store, due + progress.LATE - MINUTE) is None
    assert standstill(store, due + progress.TICK + SECOND).key == "standstill.no_run"
    stop(store, "school", "", "", STAFF, NOW)
    assert standstill(store, due + LATE) is None, "that is told by itself"


# With psql ------------------------------------------------------------------------------------------------------


def test_the_views_show_the_same_at_this_moment(store, job, concerts, sent):
    now = store.database_time()
    view = lambda name: store.connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: E731
    put(store, job, scheduled_at=now - HOUR, useless_after=now + HOUR)
    [late] = view("late_post")
    assert (late.job_id, late.teacher_id, late.concert_title) == (job.job_id, "teacher-li", "Spring Recital")
    for state, action, name in (
        ("failed", None, "failed_post"), ("failed", "confirm_outcome", "doubtful_post"),
        ("queued", "approve_content", "waiting_post"),
    ):  # fmt: skip
        put_job_in_state(store, job.job_id, state, action)
        found = {one: [row.job_id for row in view(one)] for one in VIEWS}
        assert found == {**{view_name: [] for view_name in VIEWS}, name: [job.job_id]}
    stop(store, "platform", "tiktok", "The hall burns", STAFF, now)
    store.pause_account(account="instagram-school", until=UNTIL_A_PERSON_ACTS, reason=DISCONNECTED)
    assert [(row.scope, row.name, row.why, row.reason) for row in view("place_at_rest")] == [
        ("platform", "tiktok", "stop", "The hall burns"), ("account", "instagram-school", "pause", DISCONNECTED)
    ]  # fmt: skip
    sent(1, 3, at=now - HOUR)
    found = {row.platform: (row.posts, row.p50) for row in view("lateness")}
    assert found[None] == (2, 2.0)


VIEWS = ("late_post", "failed_post", "doubtful_post", "waiting_post")


# By index -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("concern_counts", {}),
        ("reports_of_concern", {**UNHEARD_OF, "most": 51}),
        ("reports_of_concern", {**UNHEARD_OF, "most": 51, "teacher_id": "teacher-li", "kind": "failed"}),
        ("lateness_by_hour", {}),
        ("resting_account_counts", {}),
    ],
)
def test_no_function_hides_what_is_read_and_what_is_over_is_not(store, job, name, more):
    """A function that the planner takes as a whole would be a `Function Scan`, whatever it reads."""
    run = store.connection.execute
    run("ALTER TABLE publish_job DISABLE TRIGGER USER")
    run(
        "INSERT INTO publish_job SELECT (jsonb_populate_record(j, jsonb_build_object('job_id', 'j' || n, "
        "'idempotency_key', 'k' || n, 'state', 'success', 'published_at', %s::timestamptz - n * interval '1 hour'))).* "
        "FROM publish_job j, generate_series(1, 20000) n WHERE job_id = %s",
        (NOW, job.job_id),
    )
    run("ALTER TABLE publish_job ENABLE TRIGGER USER")
    run("ANALYZE publish_job")
    plan = "\n".join(
        row[0] for row in run(f"EXPLAIN {getattr(statements(), name).sql}", {"now": NOW, **more}).fetchall()
    )
    assert "Function Scan" not in plan and "Seq Scan on publish_job" not in plan, plan
