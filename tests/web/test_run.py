"""What staff see of a run: which posts its tasks took, how each stands by now, and why."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from airflow.models.taskinstancekey import TaskInstanceKey
from campaign_fixtures import NOW

from encore_airflow.operators.publish import PostsLink
from encore_airflow.web.views.run_page import PAGE

RUN = "publish_due_jobs/asset_triggered__2026-11-23T12:00:00+00:00_x"
LATER = "publish_due_jobs/manual & later"
QUERIES = {"open_stops", "bell", "groups_of_run", "reports_of_run"}
MOST_SECONDS = 0.05


def address(run_id: str = RUN, **more: object) -> str:
    return f"/run?run_id={quote(run_id)}" + "".join(f"&{name}={value}" for name, value in more.items())


@pytest.fixture
def took(store) -> Callable[..., None]:
    def note(groups: list[list[Any]], run_id: str = RUN, at: Any = NOW) -> None:
        """As the claim of a run that takes these groups."""
        store.open_claim(run_id=run_id, now=at)
        taken = [(number, job.job_id) for number, jobs in enumerate(groups) for job in jobs]
        for position, (number, job_id) in enumerate(taken):
            store.connection.execute(
                "INSERT INTO claim_batch VALUES (%s, %s, %s, %s)", (run_id, position, job_id, number)
            )

    return note


@pytest.fixture
def jobs(planned, concerts) -> list[Any]:
    """One campaign's, those of Instagram first."""
    return sorted(concerts.jobs(planned), key=lambda job: (job.platform, job.scheduled_at))


def put(store, job, **columns: Any) -> None:
    wanted = ", ".join(f"{name} = %s" for name in columns)
    store.connection.execute("ALTER TABLE publish_job DISABLE TRIGGER legal_transition")
    store.connection.execute(f"UPDATE publish_job SET {wanted} WHERE job_id = %s", (*columns.values(), job.job_id))
    store.connection.execute("ALTER TABLE publish_job ENABLE TRIGGER legal_transition")


def order_of(answer: Any) -> list[str]:
    return re.findall(r'<li id="([^"]+)" class="outcome', answer.text)


# What there is to see -------------------------------------------------------------------------------------------


def test_each_post_stands_as_on_its_campaigns_page_and_leads_there(pages, took, jobs, job_in_state, planned):
    took([jobs])
    job_in_state(jobs[0].job_id, "success")
    answer = pages("GET", address(), "op")
    assert f'href="/encore/campaigns/{planned}#{jobs[0].job_id}"' in answer.text
    assert 'href="https://platform.test/1"' in answer.text and '<svg class="mark success"' in answer.text
    page, of_campaign = pages.get(address(), "op"), pages.get(f"/campaigns/{planned}", "op")
    assert page.count("Spring Recital") == len(jobs) and jobs[0].account in page
    for said in re.findall(r"Goes out [^.]+\.", of_campaign):
        assert said in page


def test_what_failed_stands_first_with_why_and_what_to_do(pages, took, jobs, store, job_in_state):
    took([jobs])
    broken, doubtful = jobs[2], jobs[4]
    job_in_state(broken.job_id, "failed", "fix_content")
    put(store, broken, error_message="Its picture is too wide.")
    job_in_state(doubtful.job_id, "failed", "confirm_outcome")
    assert order_of(pages("GET", address(), "op"))[:3] == [broken.job_id, doubtful.job_id, jobs[0].job_id]
    page = pages.get(address(), "op")
    assert re.search("Failed Its picture is too wide. It is not live. Change the text or (the )?picture", page)
    assert "Is it live? Nobody knows yet." in page


def test_it_counts_what_became_of_them(pages, took, jobs, store, job_in_state):
    took([jobs])
    for job, state in zip(jobs, ["success", "success", "failed", "cancelled", "running"], strict=False):
        job_in_state(job.job_id, state)
    put(store, jobs[4], observing=True, scheduled_at=NOW - timedelta(minutes=1))
    page = pages.get(address(), "op")
    assert f"2 of {len(jobs) - 1} posts are live. 1 needs a look. 1 is being worked on by its platform." in page
    assert "taken over" not in page


def test_times_are_the_viewers_own_where_they_want_that(pages, took, jobs, store):
    took([jobs[:2]])
    for job in jobs[:2]:
        put(store, job, scheduled_at=NOW + timedelta(days=2))
    assert "Wed 25 Nov, 13:00 · instagram-school" in pages.get(address(), "op")
    own = {"Cookie": "encore_times=own; encore_zone=Asia/Shanghai"}
    page = pages.get(address(), "op", headers=own)
    assert "Wed 25 Nov, 20:00 · instagram-school" in page
    assert "The first is planned for Wed, 25 Nov 2026, 20:00:00." in page


# Groups ---------------------------------------------------------------------------------------------------------


def test_its_groups_say_how_many_and_when_and_one_can_be_looked_at_alone(pages, took, jobs, job_in_state):
    mine, others = jobs[:3], jobs[3:]
    took([mine, others])
    job_in_state(mine[1].job_id, "failed")
    page = pages.get(address(), "op")
    assert "Instagram 3 posts Group 0 The first is planned for" in page
    assert f"{len(others)} posts Group 1" in page
    answer = pages("GET", address(group=0), "op")
    assert order_of(answer) == [mine[1].job_id, mine[0].job_id, mine[2].job_id]
    of_one = pages.get(address(group=0), "op")
    assert "0 of 3 posts are live. 1 needs a look." in of_one and "Group 1" not in of_one
    assert f'href="/encore{address(group=1)}"'.replace("&", "&amp;") in pages("GET", address(), "op").text


def test_a_run_of_before_there_were_groups_does_not_list_each_as_one(pages, took, jobs):
    took([[job] for job in jobs])
    page = pages.get(address(), "op")
    assert "Group" not in page and page.count("Spring Recital") == len(jobs)


def test_the_button_in_airflow_leads_to_the_tasks_group(pages, took, jobs):
    took([jobs[:1], jobs[1:3]])
    key = TaskInstanceKey("publish_due_jobs", "publish", RUN.partition("/")[2], 1, 1)
    link = PostsLink("").get_link(None, ti_key=key)
    answer = pages("GET", link.removeprefix("/encore"), "op")
    assert order_of(answer) == [job.job_id for job in jobs[1:3]]


def test_another_language_leads_back_to_the_same_run(pages, took, jobs):
    took([jobs])
    back = re.search(r'name="back" value="([^"]+)"', pages("GET", address(group=0), "op").text)
    assert back is not None
    answer = pages.send("/preferences", {"language": "de", "back": html.unescape(back[1])}, "op")
    assert answer.headers["location"] == f"/encore{address(group=0)}"


# Who has it -----------------------------------------------------------------------------------------------------


def test_who_has_taken_one_over_is_named(pages, took, jobs, store):
    took([jobs])
    took([jobs[:1]], LATER, NOW + timedelta(minutes=5))
    put(store, jobs[0], state="running", claimed_by=LATER, lease_expires_at=NOW)
    answer = pages("GET", address(), "op")
    assert f'<a href="/encore{address(LATER)}">publish_due_jobs/manual &amp; later</a>' in answer.text
    page = pages.get(address(), "op")
    assert page.count("A later run has taken it over:") == 1 and "1 was taken over by a later run." in page
    assert "taken over" not in pages.get(address(LATER), "op")


@pytest.mark.parametrize(("later", "told"), [(timedelta(minutes=5), True), (timedelta(minutes=-5), False)])
def test_who_had_one_afterwards_is_named_and_who_had_it_before_is_not(pages, took, jobs, store, later, told):
    took([jobs])
    took([jobs[:1]], LATER, NOW + later)
    put(store, jobs[0], state="success", last_run=LATER)
    assert ("A later run has taken it over:" in pages.get(address(), "op")) is told


# What failed here and is none any more ---------------------------------------------------------------------------


@pytest.fixture
def failed_here(store, took, jobs) -> Any:
    """The first post failed in a run of this morning, in which another one went live."""
    took([jobs[:2]], at=NOW - timedelta(hours=3))
    state(store, jobs[0], "running", "airflow", claimed_by=RUN, lease_expires_at=NOW)
    state(store, jobs[0], "failed", "airflow", NOW - timedelta(hours=2), claimed_by=None, error_code="x",
          error_message="No.")  # fmt: skip
    state(store, jobs[1], "running", "airflow", claimed_by=RUN, lease_expires_at=NOW)
    state(store, jobs[1], "success", "airflow", claimed_by=None)
    return jobs[0]


def state(store, job, to: str, actor: str, at: Any = NOW - timedelta(hours=3), **columns: Any) -> None:
    """As somebody's statement does, so that it is in the audit trail."""
    store.connection.execute("SELECT set_config('encore.actor', %s, false)", (actor,))
    put(store, job, state=to, updated_at=at, **columns)


RED = "What failed here has been seen to since. Clear the task that is still red in Airflow"


def test_a_post_that_failed_here_and_is_live_by_now_says_both(pages, store, took, failed_here):
    assert "It failed here: Mon, 23 Nov 2026, 11:00." in pages.get(address(), "op")
    assert RED not in pages.get(address(), "op"), "it has failed, and the task is red for that"
    state(store, failed_here, "queued", "teacher-li (pages)", NOW - timedelta(hours=1), error_code=None)
    took([[failed_here]], LATER, NOW - timedelta(minutes=50))
    state(store, failed_here, "running", "airflow", claimed_by=LATER, lease_expires_at=NOW, last_run=LATER)
    state(store, failed_here, "success", "airflow", claimed_by=None, external_url="https://platform.test/1")
    page = pages.get(address(group=0), "op")
    assert RED in page and "2 of 2 posts are live." in page
    told = "It failed here: Mon, 23 Nov 2026, 11:00. teacher-li (pages) saw to it: Mon, 23 Nov 2026, 12:00."
    assert page.count(told) == 1 and page.count("It failed here") == 1
    assert "A later run has taken it over: publish_due_jobs/manual & later" in page
    later = pages.get(address(LATER), "op")
    assert RED not in later and "It failed here" not in later


def test_one_that_was_cancelled_or_confirmed_since_is_no_failure_either(pages, store, failed_here):
    state(store, failed_here, "cancelled", "teacher-li (pages)", NOW)
    page = pages.get(address(), "op")
    assert RED in page and "teacher-li (pages) saw to it" in page


def test_where_something_still_stands_failed_a_clear_is_not_asked_for(pages, store, failed_here, jobs):
    state(store, jobs[1], "failed", "airflow", error_code="x", error_message="No.")
    state(store, failed_here, "success", "op (pages)", NOW, error_code=None)
    assert RED not in pages.get(address(), "op")


# Nothing to see -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["owner", "stranger"])
def test_it_is_for_staff_alone(pages, took, jobs, role):
    took([jobs])
    pages.world.asked = asked = []
    answer = pages("GET", address(), role)
    pages.world.asked = None
    assert answer.status_code == 403 and "Only staff can look at the runs." in answer.text
    assert "Spring Recital" not in answer.text and asked == ["open_stops", "bell"]


def test_a_run_that_took_nothing_or_that_nobody_knows_says_so(pages, took, jobs):
    took([])
    for run_id in (RUN, "publish_due_jobs/unknown", ""):
        page = pages.get(address(run_id), "op")
        assert "There are no posts of this run: it took none, or that is more than 30 days ago." in page
        assert "posts are live" not in page
    took([jobs], LATER)
    assert "There is no such group in this run." in pages.get(address(LATER, group=7), "op")


@pytest.mark.parametrize(
    "path",
    ["/run", "/run?run_id=%00", "/run?run_id=x&group=-1", "/run?run_id=x&group=9999999999", f"/run?run_id={'x' * 601}"],
)
def test_an_address_that_cannot_be_one_is_none(pages, path):
    assert pages("GET", path, "op").status_code == 404


# Many -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def thousand(store, jobs, took) -> None:
    """A run with 1,000 posts in four groups, of which each fortieth has failed and each third is being sent."""
    run = store.connection.execute
    run("ALTER TABLE publish_job DISABLE TRIGGER USER")
    run(
        "INSERT INTO publish_job SELECT (jsonb_populate_record(j, jsonb_build_object('job_id', 'j' || n, "
        "'idempotency_key', 'k' || n, 'scheduled_at', %(at)s::timestamptz, "
        "'state', CASE WHEN n %% 40 = 0 THEN 'failed' WHEN n %% 3 = 0 THEN 'running' ELSE 'success' END, "
        "'claimed_by', CASE WHEN n %% 40 > 0 AND n %% 3 = 0 THEN %(run)s END, 'lease_expires_at', %(at)s::timestamptz, "
        "'error_code', CASE WHEN n %% 40 = 0 THEN 'x' END, "
        "'error_message', CASE WHEN n %% 40 = 0 THEN 'Broken.' END))).* "
        "FROM publish_job j, generate_series(0, 999) n WHERE job_id = %(one)s",
        {"one": jobs[0].job_id, "at": NOW, "run": RUN},
    )
    run("ALTER TABLE publish_job ENABLE TRIGGER USER")
    took([])
    run(
        "INSERT INTO claim_batch (run_id, position, job_id, group_no) "
        "SELECT %s, n, 'j' || n, n %% 4 FROM generate_series(0, 999) n",
        (RUN,),
    )
    run("ANALYZE claim_batch, publish_job")


@pytest.mark.usefixtures("thousand")
class TestAThousandPosts:
    def test_are_read_by_two_statements_that_are_quick(self, pages, store):
        pages.world.asked = asked = []
        pages("GET", address(), "op")
        pages.world.asked = None
        assert sorted(asked) == sorted(QUERIES)
        for ask in (
            lambda: store.reports_of_run(run_id=RUN, group_no=None, after=0, most=PAGE + 1),
            lambda: store.groups_of_run(run_id=RUN, now=NOW),
        ):
            assert min(seconds(ask) for _ in range(5)) < MOST_SECONDS

    def test_are_all_on_some_page_once_what_failed_first(self, pages):
        path, found = address(), []
        for _ in range(20):
            answer = pages("GET", path, "op")
            assert len(order_of(answer)) <= PAGE
            found += order_of(answer)
            more = re.search(r'<a href="/encore(/run[^"]+)">More</a>', answer.text)
            if more is None:
                break
            path = html.unescape(more[1])
        failed = [f"j{n}" for n in range(0, 1000, 40)]
        assert found[: len(failed)] == failed
        assert sorted(found) == sorted(f"j{n}" for n in range(1000))
        assert "From the beginning" in pages.get(path, "op")

    def test_of_a_group_alone_stay_its_own_on_the_next_page(self, pages):
        answer = pages("GET", address(group=2), "op")
        more = re.search(r'<a href="/encore(/run[^"]+)">More</a>', answer.text)
        assert more is not None
        found = order_of(answer) + order_of(pages("GET", html.unescape(more[1]), "op"))
        assert len(found) == 2 * PAGE and all(int(job_id[1:]) % 4 == 2 for job_id in found)


def seconds(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return time.perf_counter() - began


# What people type -----------------------------------------------------------------------------------------------


def test_what_people_type_stays_text(pages, concerts, store, took):
    hostile = '"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}'
    campaign_id = concerts.planned(concert_title=hostile)
    found = concerts.jobs(campaign_id)
    for job in found:
        put(store, job, state="failed", error_code="x", error_message=hostile, external_url=f"https://x/{hostile}")
    took([found], hostile)
    took([found], "publish_due_jobs/first", NOW - timedelta(minutes=1))
    put(store, found[0], last_run=hostile)
    for path in (
        address(hostile),
        address(hostile, group=0),
        address("publish_due_jobs/first"),
        address(f"none{hostile}"),
    ):
        text = pages("GET", path, "op").text
        assert "<script>alert" not in text and "<img src=x" not in text and "&gt;49" not in text
        assert "&lt;script&gt;alert(1)" in text
