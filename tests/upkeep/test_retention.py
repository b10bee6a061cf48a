"""What is removed, and what is not although it is old; and that it goes in small steps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from campaign_fixtures import NOW
from psycopg.types.json import Jsonb

from encore.campaigns import media_library
from encore.campaigns.requests import request_generation
from encore.domain.job import JobState
from encore.media.media_store import MediaStore, MediaStoreError
from encore.publishing.claim import claim_due
from encore.store.store import Store
from encore.upkeep.retention import FILES_KEPT, LOOK_THROUGH, Round, duties, forget_old_rows

LONG_AGO = NOW - timedelta(days=400)
YEARS_ON = NOW + timedelta(days=400)


@pytest.fixture
def media(tmp_path) -> MediaStore:
    return MediaStore(str(tmp_path / "media"), str(tmp_path / "cache"))


@pytest.fixture
def forget(store, media, settings):
    def at(now: Any = NOW, **changes: Any) -> dict[str, int]:
        wanted = settings.retention.model_copy(update=changes)
        removed = forget_old_rows(store, media, wanted, now, sleep=lambda _: None)
        # Since when a file is left says the database's clock, which is none of the test's.
        return {table: rows for table, rows in removed.items() if rows and table != "media_file_left"}

    return at


@pytest.fixture
def job(concerts):
    return concerts.jobs(concerts.planned(platforms=["instagram"]))[0]


def rows(store, table):
    return store.connection.execute(f"SELECT count(*) AS rows FROM {table}").fetchone().rows


def address(store, job, token, at):
    store.put_media_address(
        token=token, media_id=job.media_ref, job_id=job.job_id, attempt_no=1, now=at, expires_at=at + timedelta(days=1)
    )
    store.fetch_media(token=token, now=at, method="GET", user_agent="TikTok")


def put(store, job_id=None, **columns: Any) -> None:
    """Whatever the state table says; of one post or of all."""
    wanted = ", ".join(f"{name} = %({name})s" for name in columns)
    store.connection.execute("ALTER TABLE publish_job DISABLE TRIGGER legal_transition")
    store.connection.execute(
        f"UPDATE publish_job SET {wanted} WHERE %(job)s::text IS NULL OR job_id = %(job)s", {**columns, "job": job_id}
    )
    store.connection.execute("ALTER TABLE publish_job ENABLE TRIGGER legal_transition")


FAILED = {"state": "failed", "error_code": "x", "error_message": "x"}
IN_DOUBT = {**FAILED, "action_required": "confirm_outcome"}


def test_old_rows_go_and_young_ones_stay(store, settings, forget, job):
    claim_due(store, settings, "old", LONG_AGO)
    claim_due(store, settings, "young", NOW + timedelta(minutes=1))
    address(store, job, "old", LONG_AGO)
    address(store, job, "young", NOW)
    for key, at in (("old", LONG_AGO), ("young", NOW)):
        store.connection.execute(
            "INSERT INTO api_idempotency (teacher_id, key, request_sha256, created_at) VALUES ('t', %s, 'x', %s)",
            (key, at),
        )
        store.put_use(teacher_id="t", kind="campaign", size_bytes=0, now=at)
        store.put_model_use(
            month=(at - timedelta(days=0 if key == "young" else 1000)).date().replace(day=1), now=at, purpose="write",
            model="m", sent=1, received=1, millionths=0, currency="",
        )  # fmt: skip
        store.put_model_answer(asked=key, model="m", content="x", why_not="", tokens={}, now=at)
    put(store, **FAILED)
    removed = forget()
    assert removed == {
        "claim": 1,
        "api_idempotency": 1,
        "media_address": 1,
        "model_answer": 1,
        "teacher_use": 1,
        "model_use": 1,
    }
    for table in (
        "claim",
        "api_idempotency",
        "media_address",
        "media_fetch",
        "teacher_use",
        "model_answer",
        "model_use",
    ):
        assert rows(store, table) == 1
    assert rows(store, "claim_batch") > 0 and rows(store, "publish_job") == 3
    assert forget() == {}


def test_evidence_stays_as_long_as_there_is_a_doubt(store, forget, job):
    address(store, job, "old", LONG_AGO)
    put(store, job.job_id, **IN_DOUBT)
    assert forget() == {}
    assert [row.at for row in store.media_fetches(job_id=job.job_id, media_id=job.media_ref)] == [LONG_AGO]


def test_findings_go_once_they_are_cleared(store, forget, job):
    from encore.accounts import findings
    from encore.errors import MisconfiguredError

    found = MisconfiguredError("x", code="x")
    findings.put_job_findings(store, job.job_id, [found], LONG_AGO)
    assert forget() == {}
    findings.put_job_findings(store, job.job_id, [], LONG_AGO)
    assert forget() == {"finding": 1}


# In small steps -------------------------------------------------------------------------------------------------


def old_claims(store, claims: int, posts: int, job_id: str) -> None:
    store.connection.execute(
        "INSERT INTO claim SELECT 'r' || n, %s::timestamptz + n * interval '1 s' FROM generate_series(1, %s) n",
        (LONG_AGO, claims),
    )
    store.connection.execute(
        "INSERT INTO claim_batch SELECT 'r' || n, p, %s, 0 FROM generate_series(1, %s) n, generate_series(1, %s) p",
        (job_id, claims, posts),
    )


@pytest.mark.parametrize(("most", "at_a_time"), [(100, 9), (11, 1), (5, 1)])
def test_a_statement_removes_no_more_than_a_batch_with_what_goes_with_it(store, job, most, at_a_time):
    old_claims(store, claims=20, posts=10, job_id=job.job_id)
    assert store.forget_claims(before=NOW, most=most) == at_a_time
    assert rows(store, "claim_batch") == 200 - 10 * at_a_time


def test_a_round_ends_in_time_and_the_next_goes_on(store, media, settings, job):
    old_claims(store, claims=30, posts=1, job_id=job.job_id)
    now = 0.0

    def clock() -> float:
        nonlocal now
        now += 0.25  # each look at it
        return now

    small = settings.retention.model_copy(update={"batch_rows": 4, "round_seconds": 5.0})
    rounds = []
    while rows(store, "claim"):
        before = rows(store, "claim")
        forget_old_rows(store, media, small, NOW, clock=clock, sleep=lambda _: None)
        rounds.append(before - rows(store, "claim"))
    assert len(rounds) > 1 and all(gone > 0 for gone in rounds) and sum(rounds) == 30


def test_much_of_one_table_keeps_none_of_the_others_waiting():
    class Ticks:
        now = 0

        def __call__(self) -> int:
            return self.now

    ticks, order = Ticks(), []

    def removing(table: str, steps: int):
        for _ in range(steps):
            ticks.now += 1
            order.append(table)
            yield table, 10

    running = Round(7, ticks, lambda _: None)
    running.go({"a": removing("a", 100), "b": removing("b", 2)})
    assert order == ["a", "b", "a", "b", "a", "a", "a"] and running.removed == {"a": 50, "b": 20}


def test_others_come_by_between_two_statements():
    now, slept = 0.0, []

    def removing():
        nonlocal now
        for seconds in (0.5, 0.1):
            now += seconds
            yield "a", 1

    Round(60, lambda: now, slept.append).go({"a": removing()})
    assert slept == pytest.approx([0.5, 0.1])


# Pictures and videos --------------------------------------------------------------------------------------------


class Pictures:
    """Uploads of one campaign, which was made long ago, with their files."""

    def __init__(self, store: Any, media: MediaStore, campaign_id: str) -> None:
        self.store, self.media, self.campaign_id = store, media, campaign_id
        made = "UPDATE campaign SET created_at = %s WHERE campaign_id = %s"
        store.connection.execute(made, (LONG_AGO - timedelta(days=1), campaign_id))

    def put(self, name: str, at: Any = LONG_AGO, origin: str = "upload", **drawn_from: Any) -> str:
        file = f"{self.campaign_id}/{name}.jpg"
        path = self.media.local_path(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"a picture")
        self.store.put_media_asset(
            media_id=name, campaign_id=self.campaign_id, file=file, sha256=name, kind="image", mime="image/jpeg",
            size_bytes=9, width=1, height=1, duration_seconds=None, facts={}, origin=origin,
            platform="shared" if origin == "background" else "instagram", contains_students=False,
            consent_on_file=False, drawn_from=drawn_from, now=at,
        )  # fmt: skip
        return name

    def left(self) -> list[str]:
        rows = self.store.media_assets(campaign_id=self.campaign_id)
        return sorted(row.media_id for row in rows if row.file.startswith(self.campaign_id))

    def files(self) -> list[str]:
        return sorted(path.stem for path in self.media.local_path(f"{self.campaign_id}/x").parent.iterdir())


@pytest.fixture
def pictures(store, media, job) -> Pictures:
    return Pictures(store, media, job.campaign_id)


def test_a_picture_that_was_replaced_goes_and_then_its_file(forget, pictures):
    pictures.put("replaced")
    pictures.put("newest", LONG_AGO + timedelta(hours=1))
    assert forget() == {"media_asset": 1}
    left_at = pictures.store.database_time()
    forget(left_at + FILES_KEPT / 2)
    assert pictures.left() == ["newest"] and pictures.files() == ["newest", "replaced"]
    forget(left_at + FILES_KEPT + timedelta(minutes=1))
    assert pictures.files() == ["newest"]


def test_one_that_is_young_stays(forget, pictures):
    pictures.put("replaced", NOW - timedelta(days=100))
    pictures.put("newest", NOW)
    assert forget(NOW + timedelta(days=1)) == {} and pictures.left() == ["newest", "replaced"]


@pytest.mark.parametrize("state", list(JobState))
def test_one_that_a_post_has_stays_whatever_became_of_that(store, forget, pictures, job, state):
    kept = pictures.put("replaced")
    pictures.put("newest", LONG_AGO + timedelta(hours=1))
    columns = {**FAILED} if state == JobState.FAILED else {"state": state}
    if state == JobState.RUNNING:
        columns |= {"claimed_by": "r", "lease_expires_at": NOW}
    put(store, job.job_id, media_ref=f"other,{kept}", **columns)
    forget(YEARS_ON)
    assert kept in pictures.left()


def test_one_that_an_approval_in_force_names_stays(store, forget, pictures):
    kept = pictures.put("replaced")
    pictures.put("newest", LONG_AGO + timedelta(hours=1))
    name = "UPDATE approval SET payload_refs = payload_refs || %s WHERE voided_at IS NULL"
    store.connection.execute(name, (Jsonb({kept: "x"}),))
    assert forget() == {}
    store.connection.execute("UPDATE approval SET voided_at = now()")
    assert forget(NOW + LOOK_THROUGH + timedelta(minutes=1))["media_asset"] == 1


def test_one_that_an_address_of_a_doubtful_post_leads_to_stays(store, forget, pictures, job):
    kept = pictures.put("replaced")
    pictures.put("newest", LONG_AGO + timedelta(hours=1))
    store.put_media_address(
        token="x", media_id=kept, job_id=job.job_id, attempt_no=1, now=LONG_AGO, expires_at=LONG_AGO
    )
    put(store, job.job_id, **IN_DOUBT)
    assert forget() == {} and kept in pictures.left()


def test_a_background_that_a_flyer_in_use_was_drawn_with_stays(forget, pictures):
    """Its consent can still be withdrawn."""
    pictures.put("behind", origin="background")
    pictures.put("newer", LONG_AGO + timedelta(hours=1), origin="background")
    pictures.put("drawn", background="behind")
    assert forget() == {} and "behind" in pictures.left()


def test_while_content_is_asked_for_nothing_goes(store, settings, forget, pictures):
    pictures.put("replaced")
    pictures.put("newest", LONG_AGO + timedelta(hours=1))
    request_generation(store, settings, pictures.campaign_id, "li", NOW)
    assert forget() == {} and "replaced" in pictures.left()


def test_of_a_concert_long_past_all_goes_that_no_post_has(store, media, forget, concerts):
    campaign_id = concerts.put(LONG_AGO - timedelta(days=40), platforms=["instagram"])
    drawn = Pictures(store, media, campaign_id)
    drawn.put("only")
    assert forget(NOW)["media_asset"] == 1 and drawn.left() == []


def test_of_one_with_a_post_in_doubt_the_newest_stay(store, forget, pictures, job):
    pictures.put("newest")
    put(store, **FAILED)
    put(store, job.job_id, **IN_DOUBT)
    store.connection.execute("UPDATE approval SET voided_at = now()")
    forget(YEARS_ON + timedelta(days=400))
    assert "newest" in pictures.left()


def test_a_campaign_is_looked_through_once_a_week(store, forget, pictures):
    pictures.put("replaced")
    assert forget() == {}
    pictures.put("newest", LONG_AGO + timedelta(hours=1))
    assert forget(NOW + timedelta(days=1)) == {}
    assert forget(NOW + LOOK_THROUGH + timedelta(minutes=1)) == {"media_asset": 1}


def test_a_file_that_is_needed_again_stays(store, forget, pictures):
    pictures.put("replaced")
    pictures.put("newest", LONG_AGO + timedelta(hours=1))
    forget()
    pictures.put("replaced", NOW)
    forget(store.database_time() + timedelta(days=2))
    assert "replaced" in pictures.files()
    assert store.connection.execute("SELECT FROM media_file_left WHERE file LIKE '%%replaced%%'").fetchall() == []


def test_a_background_that_was_removed_leaves_no_file_behind(store, settings, forget, pictures):
    pictures.put("behind", NOW, origin="background")
    media_library.remove_background(store, settings, pictures.campaign_id, "li", NOW)
    forget(store.database_time() + timedelta(days=2))
    assert pictures.files() == []


def test_a_media_store_that_is_away_keeps_nothing_else_from_going(
    store, media, settings, forget, pictures, monkeypatch
):
    pictures.put("behind", NOW, origin="background")
    media_library.remove_background(store, settings, pictures.campaign_id, "li", NOW)
    store.put_use(teacher_id="t", kind="campaign", size_bytes=0, now=LONG_AGO)

    def away(*_):
        raise MediaStoreError("media.store_fails", file="x", reason="away")

    with monkeypatch.context() as patch:
        patch.setattr(MediaStore, "remove", away)
        later = store.database_time() + timedelta(days=2)
        assert forget(later) == {"teacher_use": 1} and pictures.files() == ["behind"]
    forget(later)
    assert pictures.files() == []


# What happened --------------------------------------------------------------------------------------------------

TRAILS = ("job_event", "publish_attempt", "campaign_event")


@pytest.fixture
def over(store, job):
    """A concert of long ago: two posts live, one failed, with an attempt each."""
    put(store, state="success", external_post_id=None)
    put(store, job.job_id, **FAILED)
    store.connection.execute("UPDATE campaign SET status = 'completed'")
    store.connection.execute(
        "INSERT INTO publish_attempt (job_id, attempt_no, fence, step, at) SELECT job_id, 1, 1, 'ended', %s "
        "FROM publish_job", (NOW,),
    )  # fmt: skip
    return job


def test_what_happened_is_kept_for_ever_unless_the_settings_say_otherwise(settings, store, forget, over):
    assert settings.retention.event_days == 0
    before = [rows(store, table) for table in TRAILS]
    assert all(before) and forget(YEARS_ON).keys() <= {"media_asset"}
    assert [rows(store, table) for table in TRAILS] == before


def test_of_a_campaign_that_is_over_it_goes_and_its_posts_stay(store, forget, over):
    before = {table: rows(store, table) for table in TRAILS}
    removed = forget(YEARS_ON, event_days=365)
    assert {table: removed[table] for table in TRAILS} == before and removed["campaign"] == 1
    assert [rows(store, table) for table in TRAILS] == [0, 0, 0]
    assert rows(store, "publish_job") == 3 and store.job(job_id=over.job_id).error_message == "x"
    assert "campaign" not in forget(YEARS_ON, event_days=365), "it is not looked at again"


@pytest.mark.parametrize(
    ("why", "change"),
    [
        ("in doubt", lambda store, job: put(store, job.job_id, **IN_DOUBT)),
        ("waiting", lambda store, job: put(store, job.job_id, state="queued")),
        (
            "running",
            lambda store, job: put(store, job.job_id, state="running", claimed_by="r", lease_expires_at=NOW),
        ),
        ("active", lambda store, job: store.connection.execute("UPDATE campaign SET status = 'active'")),
        (
            "young",
            lambda store, job: store.connection.execute("UPDATE campaign SET concert_datetime = %s", (YEARS_ON,)),
        ),
    ],
)
def test_of_any_other_all_is_kept(store, forget, over, why, change):
    store.connection.execute("ALTER TABLE campaign DISABLE TRIGGER legal_transition")
    change(store, over)
    before = [rows(store, table) for table in TRAILS]
    forget(YEARS_ON, event_days=365)
    assert [rows(store, table) for table in TRAILS] == before, why


def test_one_that_was_called_off_is_over_as_well(store, forget, over):
    store.connection.execute("ALTER TABLE campaign DISABLE TRIGGER legal_transition")
    store.connection.execute("UPDATE campaign SET status = 'active', off = 'called_off', off_at = %s", (NOW,))
    assert forget(YEARS_ON, event_days=365)["campaign"] == 1


def test_a_concert_that_takes_place_once_more_is_forgotten_once_more(store, forget, over):
    assert forget(YEARS_ON, event_days=365)["campaign"] == 1
    store.connection.execute("UPDATE campaign SET concert_datetime = %s", (YEARS_ON + timedelta(days=10),))
    assert rows(store, "campaign_event") == 1
    assert forget(YEARS_ON + timedelta(days=400), event_days=365)["campaign_event"] == 1


def test_each_table_that_is_forgotten_is_a_duty(store, media, settings):
    with_events = settings.retention.model_copy(update={"event_days": 365})
    found = duties(store, media, with_events, NOW)
    assert found.keys() - duties(store, media, settings.retention, NOW).keys() == {"campaign"}


# Beside a claim -------------------------------------------------------------------------------------------------


def test_no_claim_waits_for_what_it_removes(store, open_store, media, settings, concerts, over):
    """Each statement is left open, with all its locks, while a run claims."""
    fresh = concerts.jobs(concerts.planned(concert_title="Another", platforms=["instagram"]))[0]
    old_claims(store, claims=3, posts=2, job_id=over.job_id)
    address(store, over, "old", LONG_AGO)
    store.put_use(teacher_id="t", kind="campaign", size_bytes=0, now=LONG_AGO)
    Pictures(store, media, over.campaign_id).put("newest")
    with_events = settings.retention.model_copy(update={"event_days": 30})
    claiming = open_store()
    claiming.connection.execute("SET lock_timeout = '50ms'")
    removed, at = set(), YEARS_ON

    class Open(Store):
        """As `store`, but each of its statements is still open while somebody claims, and then undone."""

        def statement(self, name):
            run = super().statement(name)

            def left_open(**given):
                with self.connection.transaction():
                    answer = run(**given)
                    if name.startswith("forget_") and answer:
                        removed.add(name)
                        with claiming.connection.transaction(force_rollback=True):
                            assert claim_due(claiming, settings, f"run {name}", fresh.scheduled_at) != []
                return answer

            self.__dict__[name] = left_open
            return left_open

    forget_old_rows(Open(store.connection), media, with_events, at, sleep=lambda _: None)
    assert removed >= {
        "forget_claims", "forget_media_addresses", "forget_uses", "forget_media", "forget_job_events",
        "forget_attempts", "forget_campaign_events",
    }  # fmt: skip
