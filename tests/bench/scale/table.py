"""A school of years as rows: finished posts by the million, those of the coming weeks, and what wants somebody.

Everything is copied from one campaign that was planned as campaigns are, by a few statements and without triggers and
foreign keys: a million posts take some minutes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from campaign_fixtures import NOW, Campaigns

from encore.settings import load_settings
from encore.store.store import Store, connect

PLATFORMS = 3
TEXT = "\n".join(["Come and listen to our students, from first pieces to sonatas!"] * 5)
OF_ONE_CAMPAIGN = (
    "campaign", "publish_job", "content_asset", "content_revision", "media_asset", "approval", "generation_request"
)  # fmt: skip


@dataclass(frozen=True)
class Size:
    """Posts, but for `accounts`: so many over the three platforms, one on each for the school and for each teacher.
    `finished`: over three years; three in a hundred failed, which was seen to, or were cancelled. `waiting`: in the
    coming weeks. `needing` and `in_doubt`: with a person. `drafts`: campaigns that nobody has approved."""

    finished: int = 1_000_000
    waiting: int = 10_000
    accounts: int = 1_002
    needing: int = 200
    in_doubt: int = 30
    running: int = 48
    drafts: int = 300


SHORT = Size(finished=60_000, waiting=1_200, accounts=300, needing=40, in_doubt=9, running=12, drafts=30)

# `n` tells concerts apart. Finished ones stand in the order in which they were put in, by time. A concert of this week
# has one post that is with somebody, and two that are live.
CONCERTS = """
CREATE TEMP TABLE concert AS
SELECT row_number() OVER () AS n, kind, at, number,
    'c-' || left(md5(kind || number), 16) AS campaign_id, 1 + abs(hashtext(kind || number)) % {teachers} AS teacher
FROM (
    SELECT 'past' AS kind, number, {now} - interval '2 days' - interval '3 years' * (1 - number / {past}::float) AS at
    FROM generate_series(1, {past}) number
    UNION ALL
    SELECT 'week', number, {now} + interval '2 days' + number % 96 * interval '1 hour'
    FROM generate_series(1, {needing} + {in_doubt} + {running}) number
    UNION ALL
    SELECT 'coming', number, {now} + interval '15 days' + interval '28 days' * (number / {coming}::float)
    FROM generate_series(1, {coming}) number
    UNION ALL
    SELECT 'draft', number, {now} + interval '5 days' + number * interval '2 hours'
    FROM generate_series(1, {drafts}) number
) c
"""

# A post of a concert on each platform. `need`: what of this week is with somebody.
POSTS = """
CREATE TEMP TABLE post AS
WITH one AS (
    SELECT c.*, p.platform, p.place, t.touchpoint, 'job-' || left(md5(kind || number || '-' || p.place), 16) AS job_id,
        CASE WHEN kind <> 'week' OR p.place <> number % 3 THEN NULL
             WHEN number > {needing} + {in_doubt} THEN 'running'
             WHEN number > {needing} THEN 'in doubt'
             ELSE (ARRAY['retry', 'fix_content', 'approve_content', 'retry', 'reconnect_account', 'post_by_hand'])
                  [1 + number % 6] END AS need,
        abs(hashtext(kind || number || '+' || p.place)) % 1000 AS chance,
        at - t.before - CASE WHEN kind = 'week' THEN interval '7 days' ELSE '0' END AS planned_at, t.good_for
    FROM concert c
    CROSS JOIN (VALUES (0, 'instagram'), (1, 'tiktok'), (2, 'xiaohongshu')) p (place, platform)
    JOIN (VALUES (0, 'announcement', interval '14 days', interval '2 days'),
                 (1, 'reminder', interval '3 days', interval '1 day'),
                 (2, 'day_of', interval '4 hours', interval '4 hours')) t (turn, touchpoint, before, good_for)
      ON t.turn = (c.n + p.place) % 3
    WHERE kind <> 'draft'
)
SELECT one.n, campaign_id, number, job_id, platform, touchpoint, need, teacher,
    CASE WHEN kind = 'coming' OR need IN ('approve_content', 'post_by_hand') THEN 'queued'
         WHEN need = 'running' THEN 'running'
         WHEN need IS NOT NULL THEN 'failed'
         WHEN kind = 'past' AND chance < 15 THEN 'failed'
         WHEN kind = 'past' AND chance < 30 THEN 'cancelled'
         ELSE 'success' END AS state,
    moment.scheduled_at,
    CASE WHEN need NOT IN ('running', 'in doubt') THEN {now} + interval '1 day' + number % 24 * interval '1 hour'
         WHEN need = 'running' THEN {now} + interval '1 day'
         ELSE moment.scheduled_at + good_for END AS useless_after,
    CASE WHEN need = 'in doubt' THEN 'confirm_outcome'
         WHEN need NOT IN ('running', 'retry') THEN need
         WHEN kind = 'past' AND chance < 5 THEN 'fix_content' END AS action_required
FROM one CROSS JOIN LATERAL (
    SELECT date_trunc('minute', CASE need WHEN 'in doubt' THEN {now} - number * interval '1 day'
                                WHEN 'running' THEN {now} - interval '1 minute' ELSE planned_at END) AS scheduled_at
) moment
ORDER BY one.n
"""


def build(dsn: str, superuser: str, size: Size, tell: Callable[[str], Any] = print) -> None:
    """Fill a database that has the schema and no rows. `superuser`: its address for somebody who may switch its
    triggers off. The moment of all of it is `NOW`."""
    with Store(connect(dsn, "benchmark")).connection as connection:
        made = Campaigns(Store(connection), load_settings())
        campaign_id = made.put(NOW)
        made.write(campaign_id, NOW, TEXT)
        made.approve(campaign_id)
        connection.execute(
            "INSERT INTO generation_request (campaign_id, requested_by, requested_at, review, state, claimed_by, "
            "claimed_at, ended_at) VALUES (%s, 'teacher-li', %s, 'pages', 'done', 'run', %s, %s)",
            (campaign_id, NOW, NOW, NOW),
        )
    with psycopg.connect(superuser, autocommit=True) as connection:
        _Builder(connection, campaign_id, size, tell).build()


@dataclass(frozen=True)
class _Builder:
    connection: psycopg.Connection
    template: str
    size: Size
    tell: Callable[[str], Any]

    def build(self) -> None:
        for setting in ("session_replication_role = replica", "work_mem = '128MB'", "maintenance_work_mem = '256MB'"):
            self._run(f"SET {setting}")
        # Their counts are known; without any, all that follows is planned for a handful.
        for table in OF_ONE_CAMPAIGN:
            self._run(f"CREATE TEMP TABLE of_{table} AS SELECT * FROM {table}")
        self._run("TRUNCATE campaign CASCADE")
        # No index is kept up while the rows come in, nor read; they are all made at the end.
        tall = "relnamespace = 'public'::regnamespace AND relname <> 'account'"
        self._run(
            "UPDATE pg_index SET indisready = false, indisvalid = false "
            f"WHERE indrelid IN (SELECT oid FROM pg_class WHERE {tall})"
        )
        for step in (
            self._accounts, self._plan, self._campaigns, self._jobs, self._texts, self._media, self._approvals,
            self._requests, self._ledger, self._events, self._upkeep, self._indexes, self._statistics,
        ):  # fmt: skip
            began = time.monotonic()
            step()
            self.tell(f"  {step.__name__.strip('_')}: {time.monotonic() - began:.1f} s")

    @property
    def _teachers(self) -> int:
        return self.size.accounts // PLATFORMS - 1

    def _run(self, sql: str, **values: Any) -> None:
        """`{now}` is the moment of the table, `{...}` a count of it."""
        size = self.size
        counts = {
            **vars(size), "past": -(-size.finished // PLATFORMS), "coming": size.waiting // PLATFORMS,
            "teachers": self._teachers, "template": f"'{self.template}'", "now": f"timestamptz '{NOW.isoformat()}'",
        }  # fmt: skip
        self.connection.execute(sql.format(**counts))

    def _copy(self, table: str, source: str, **given: str) -> None:
        """Rows of `table` like those of the template `t`, but for these columns; `{own}` in one is a name of the
        template's with the campaign's own id in it."""
        found = self.connection.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s "
            "AND is_identity = 'NO' ORDER BY ordinal_position",
            (table,),
        )
        names = [name for (name,) in found]
        assert set(given) <= set(names)
        values = ", ".join(given.get(name, f"t.{name}") for name in names)
        self._run(f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {source}")

    def _accounts(self) -> None:
        self._copy(
            "account", "account t, generate_series(1, {teachers}) n", account="t.platform || '-' || n",
            conn_id="'encore_' || t.platform || '_' || n", owner="'teacher-' || n", health="""'{{"token": {{}}}}'""",
            checked_at="{now} - interval '1 hour'",
        )  # fmt: skip

    def _plan(self) -> None:
        self._run(CONCERTS)
        self._run(POSTS)
        self._run("ANALYZE concert")
        self._run("ANALYZE post")

    def _campaigns(self) -> None:
        self._copy(
            "campaign", "of_campaign t, concert c ORDER BY c.n", campaign_id="c.campaign_id",
            teacher_id="'teacher-' || c.teacher", concert_title="t.concert_title || ' ' || c.n",
            concert_datetime="c.at", facts_sha256="md5(c.n::text) || md5('facts ' || c.n)",
            status="CASE c.kind WHEN 'past' THEN 'completed' WHEN 'week' THEN 'active' WHEN 'coming' THEN 'scheduled' "
            "ELSE 'draft' END",
            created_at="c.at - interval '20 days'", updated_at="c.at",
        )  # fmt: skip
        self._run(
            "INSERT INTO campaign_search "
            "SELECT campaign_id, letter_pairs(concert_title || ' ' || venue_or_link) FROM campaign"
        )

    def _jobs(self) -> None:
        own = "replace(t.{}, {{template}}, p.campaign_id)"
        live, running = "p.state = 'success'", "p.state = 'running'"
        self._copy(
            "publish_job",
            "post p JOIN of_publish_job t USING (platform, touchpoint) ORDER BY p.n",
            job_id="p.job_id", campaign_id="p.campaign_id", state="p.state", action_required="p.action_required",
            account="p.platform || '-' || p.teacher",
            idempotency_key="p.campaign_id || ':' || p.platform || '-' || p.teacher || ':' || p.touchpoint",
            scheduled_at="p.scheduled_at", useless_after="p.useless_after",
            delivery="CASE p.need WHEN 'post_by_hand' THEN 'handoff' ELSE 'api' END",
            payload_ref=own.format("payload_ref"), media_ref=own.format("media_ref"),
            error_code="CASE p.state WHEN 'failed' THEN 'platform_said_no' END",
            error_message="CASE p.state WHEN 'failed' THEN 'The platform refused it.' END",
            claimed_by=f"CASE WHEN {running} THEN 'run-now' END", group_no=f"CASE WHEN {running} THEN p.number % 2 END",
            lease_expires_at=f"CASE WHEN {running} THEN {{now}} + interval '5 minutes' END", started=running,
            observing=f"{running} AND p.number % 4 = 0", fence=f"({live} OR {running} OR p.state = 'failed')::integer",
            attempt_no=f"({live} OR {running} OR p.state = 'failed')::integer",
            external_post_id=f"CASE WHEN {live} THEN left(md5('post ' || p.job_id), 17) END",
            external_url=f"CASE WHEN {live} THEN 'https://' || p.platform || '.example/p/' || md5(p.job_id) END",
            published_at=f"CASE WHEN {live} THEN p.scheduled_at + interval '1 second' END",
            last_run="'run ' || p.scheduled_at::date", created_at="p.scheduled_at - interval '6 days'",
            updated_at="CASE p.state WHEN 'queued' THEN p.scheduled_at - interval '6 days' ELSE p.scheduled_at END",
        )  # fmt: skip

    def _texts(self) -> None:
        """One for each post, and for each draft those of all."""
        source = """(
            SELECT p.n, p.campaign_id, split_part(j.payload_ref, '@', 1) AS of_asset
            FROM post p JOIN of_publish_job j USING (platform, touchpoint)
            UNION ALL
            SELECT c.n, c.campaign_id, asset_id FROM concert c, of_content_asset
            WHERE c.kind = 'draft' AND c.number % 10 > 0
        ) p JOIN {} t ON t.asset_id = p.of_asset ORDER BY p.n"""
        own = {"asset_id": "replace(t.asset_id, {template}, p.campaign_id)"}
        self._copy("content_asset", source.format("of_content_asset"), campaign_id="p.campaign_id", **own)
        self._copy("content_revision", source.format("of_content_revision"), **own)

    def _media(self) -> None:
        self._copy(
            "media_asset", "post p JOIN of_publish_job j USING (platform, touchpoint) "
            "JOIN of_media_asset t ON t.media_id = j.media_ref ORDER BY p.n",
            media_id="replace(t.media_id, {template}, p.campaign_id)", campaign_id="p.campaign_id",
            created_at="p.scheduled_at - interval '6 days'",
        )  # fmt: skip

    def _approvals(self) -> None:
        self._copy(
            "approval", "of_approval t, (SELECT campaign_id, min(created_at) AS at, "
            "jsonb_object_agg(payload_ref, md5(payload_ref) || md5(job_id)) "
            "|| jsonb_object_agg(media_ref, repeat('0', 64)) AS refs "
            "FROM publish_job GROUP BY campaign_id) p ORDER BY p.at",
            campaign_id="p.campaign_id", approved_at="p.at", payload_refs="p.refs",
        )  # fmt: skip

    def _requests(self) -> None:
        waits = "c.kind = 'draft' AND c.number <= 3"
        self._copy(
            "generation_request", "of_generation_request t, concert c ORDER BY c.n", campaign_id="c.campaign_id",
            requested_by="'teacher-' || c.teacher",
            requested_at="least(c.at - interval '20 days', {now} - interval '1 minute')",
            claimed_by=f"CASE WHEN NOT ({waits}) THEN 'generate ' || c.n / 3 END",
            state=f"CASE WHEN {waits} THEN 'requested' WHEN c.kind = 'draft' AND c.number < 6 THEN 'running' "
            "ELSE 'done' END",
        )  # fmt: skip

    def _ledger(self) -> None:
        self._run("""
            INSERT INTO publish_attempt (job_id, attempt_no, fence, step, outcome, at)
            SELECT j.job_id, 1, 1, s.step, CASE s.step WHEN 'ended' THEN j.state END, j.scheduled_at
            FROM publish_job j,
                (VALUES (1, 'prepare_started'), (2, 'commit_started'), (3, 'commit_answered'), (4, 'ended')) s (n, step)
            WHERE j.state IN ('success', 'failed') OR (j.state = 'running' AND s.n <= 2)
            ORDER BY j.scheduled_at""")

    def _events(self) -> None:
        self._run("""
            INSERT INTO job_event (job_id, from_state, to_state, actor, at)
            SELECT job_id, e.before, e.after, 'publish', scheduled_at
            FROM publish_job j,
                LATERAL (VALUES (NULL, 'queued'), ('queued', 'running'), ('running', j.state)) e (before, after)
            WHERE j.state = 'success' OR e.after = 'queued' OR (j.state <> 'queued' AND e.after = j.state)
            ORDER BY scheduled_at""")
        self._run("""
            INSERT INTO campaign_event (campaign_id, from_state, to_state, actor, at)
            SELECT campaign_id, NULL, status, teacher_id, created_at FROM campaign ORDER BY created_at""")

    def _upkeep(self) -> None:
        """What is kept for some time: what was looked at and found, who claimed what, addresses, answers."""
        self._run("""
            INSERT INTO preflight (job_id, checked_at, scheduled_at, payload_ref, media_ref)
            SELECT job_id, {now} - interval '1 hour', scheduled_at, payload_ref, media_ref
            FROM publish_job WHERE state = 'queued'""")
        self._run("""
            INSERT INTO finding (duty, job_id, code, message, found_at, seen_at, cleared_at)
            SELECT 'job', job_id, 'too_long', 'Its text is too long.', scheduled_at, scheduled_at,
                CASE WHEN state <> 'queued' THEN scheduled_at END
            FROM publish_job WHERE (state = 'queued' AND hashtext(job_id) % 200 = 0)
               OR (scheduled_at > {now} - interval '90 days' AND hashtext(job_id) % 50 = 0)""")
        self._run("""
            INSERT INTO notice (kind, recipient, job_id, campaign_id, account, cause, at, tell_at, told_at)
            SELECT 'failed', teacher_id, job_id, campaign_id, account, '', scheduled_at, scheduled_at, scheduled_at
            FROM publish_job JOIN campaign USING (campaign_id) WHERE hashtext(job_id) % 4 = 0 AND state <> 'queued'""")
        self._run("""
            INSERT INTO claim (run_id, claimed_at)
            SELECT 'run ' || n, {now} - n * interval '2 minutes' FROM generate_series(0, {finished} / 20) n""")
        self._run("""
            INSERT INTO claim_batch (run_id, position, job_id, group_no)
            SELECT 'run ' || row_number() OVER (ORDER BY scheduled_at DESC) / 3,
                row_number() OVER (ORDER BY scheduled_at DESC) % 3, job_id, 0
            FROM publish_job WHERE state = 'success' ORDER BY scheduled_at DESC LIMIT {finished} / 20""")
        self._run("""
            INSERT INTO media_address (token, media_id, job_id, attempt_no, created_at, expires_at)
            SELECT md5(job_id), media_ref, job_id, 1, scheduled_at, scheduled_at + interval '1 day'
            FROM publish_job
            WHERE platform = 'instagram' AND state = 'success' AND scheduled_at > {now} - interval '30 days'""")
        self._run("""
            INSERT INTO media_fetch (token, at, method, user_agent)
            SELECT token, created_at, 'GET', 'platform' FROM media_address""")
        self._run("""
            INSERT INTO api_idempotency (teacher_id, key, request_sha256, status, answer, created_at)
            SELECT 'teacher-' || 1 + n % {teachers}, md5('key ' || n), md5(n::text), 200, '{{}}',
                {now} - n * interval '1 minute'
            FROM generate_series(0, {waiting}) n""")

    def _indexes(self) -> None:
        self._run("REINDEX SCHEMA public")

    def _statistics(self) -> None:
        self._run("VACUUM ANALYZE")
