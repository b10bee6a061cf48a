-- One job on its way out: the turn under its fence, the ledger, the moment of the commit, and each way to end.

-- name: lock_job^
SELECT * FROM publish_job WHERE job_id = :job_id FOR UPDATE;

-- name: take_job^
-- Acquire: the job is this run's, under a fence that shuts out every earlier copy. What it gives is the turn. :as_claimed:
-- only if it still stands as the run claimed it, so that nobody need look beforehand.
UPDATE publish_job SET state = 'running', claimed_by = :run_id, fence = fence + 1, started = true, observing = false,
    last_run = :run_id, lease_expires_at = :lease_expires_at, error_code = NULL, error_message = NULL, error_said = NULL,
    error_message_zh = NULL, action_required = NULL, attempt_limit = greatest(attempt_limit, :attempt_limit), updated_at = :now
WHERE job_id = :job_id AND (NOT :as_claimed OR (state = 'running' AND claimed_by = :run_id AND delivery = 'api'
    AND action_required IS DISTINCT FROM 'confirm_outcome'))
RETURNING job_id, fence, platform, account, attempt_no, attempt_limit;

-- name: hold_turn^
-- Whether the job is still this turn's; if so, it is locked until the transaction ends.
SELECT cancel_requested FROM publish_job WHERE job_id = :job_id AND fence = :fence AND state = 'running' FOR UPDATE;

-- name: renew_lease!
-- Compare-and-set on the fence, as all that follow here. A sign of life alone is no :progress: a task that dies at
-- the same place again and again must be told from one that gets on.
UPDATE publish_job SET lease_expires_at = :lease_expires_at, observing = :observing,
    reclaims = CASE WHEN :progress THEN 0 ELSE reclaims END, updated_at = :now
WHERE job_id = :job_id AND fence = :fence AND state = 'running';

-- name: group_members
-- The jobs of a group, whoever has them by now.
SELECT j.job_id, j.campaign_id, j.account, j.platform, j.touchpoint, j.scheduled_at, j.state, j.fence, j.claimed_by,
    j.last_run, j.observing, j.external_post_id, j.external_url, j.action_required, j.error_said, j.error_message,
    j.error_message_zh, c.concert_title
FROM publish_job j JOIN campaign c USING (campaign_id) WHERE j.job_id = ANY (:job_ids);

-- name: renew_members!
-- Of a group those that have not begun or wait for their second, under the fences that it knows. What somebody is deciding
-- about is renewed the next time, so that nobody waits for the other in a circle.
UPDATE publish_job SET lease_expires_at = :lease_expires_at
WHERE job_id IN (
    SELECT j.job_id FROM publish_job j JOIN unnest(:job_ids::text[], :fences::bigint[]) AS m (job_id, fence) USING (job_id)
    WHERE j.fence = m.fence AND j.state = 'running' ORDER BY j.job_id FOR UPDATE OF j SKIP LOCKED);

-- name: give_members_back!
-- Of a group that was asked to end those that have not begun: to the queue, under a new fence.
UPDATE publish_job SET state = 'queued', fence = fence + 1, claimed_by = NULL, lease_expires_at = NULL, updated_at = :now
WHERE job_id IN (
    SELECT j.job_id FROM publish_job j JOIN unnest(:job_ids::text[], :fences::bigint[]) AS m (job_id, fence) USING (job_id)
    WHERE j.fence = m.fence AND j.state = 'running' AND NOT j.started ORDER BY j.job_id FOR UPDATE OF j SKIP LOCKED);

-- name: leave_members!
-- Of a group that ends those that their platform works on: a claim takes them over to look after them.
UPDATE publish_job SET lease_expires_at = :lease_expires_at
WHERE job_id IN (
    SELECT job_id FROM publish_job
    WHERE job_id = ANY (:job_ids) AND claimed_by = :run_id AND state = 'running' AND observing
    ORDER BY job_id FOR UPDATE SKIP LOCKED);

-- name: count_attempt^
-- A new pass through prepare and commit, with its first line of the ledger; retry_count is the attempts after the first.
-- :given_back: the one before told nothing, and is not counted against the job.
WITH counted AS (
    UPDATE publish_job SET attempt_no = attempt_no + 1, retry_count = attempt_no,
        attempt_limit = attempt_limit + CASE WHEN :given_back THEN 1 ELSE 0 END, updated_at = :now
    WHERE job_id = :job_id AND fence = :fence AND state = 'running'
    RETURNING job_id, attempt_no, attempt_limit, fence
), written AS (
    INSERT INTO publish_attempt (job_id, attempt_no, fence, step, at)
    SELECT job_id, attempt_no, fence, 'prepare_started', :now FROM counted
)
SELECT attempt_no, attempt_limit FROM counted;

-- name: give_attempt_back!
-- The pass came to nothing because something had to be waited for; that uses a job up never.
UPDATE publish_job SET attempt_limit = attempt_limit + 1 WHERE job_id = :job_id AND fence = :fence AND state = 'running';

-- name: lock_begins^
-- When posts of an account last began; whoever begins one waits here for whoever else does.
SELECT begun_at FROM account WHERE account = :account FOR UPDATE;

-- name: note_begins!
UPDATE account SET begun_at = :begun_at WHERE account = :account;

-- name: put_ledger_entry!
-- A line of the ledger, under the turn's fence. With a lease it is progress, and renews it.
WITH turn AS (
    SELECT job_id, attempt_no, fence FROM publish_job
    WHERE job_id = :job_id AND fence = :fence AND state = 'running' FOR UPDATE
), renewed AS (
    UPDATE publish_job j SET lease_expires_at = :lease_expires_at, observing = false, reclaims = 0, updated_at = :now
    FROM turn WHERE j.job_id = turn.job_id AND :lease_expires_at::timestamptz IS NOT NULL
)
INSERT INTO publish_attempt (job_id, attempt_no, fence, step, checkpoint, commit_deadline_at, outcome, error_code,
    error_message, error_said, evidence, at)
SELECT job_id, attempt_no, fence, :step, :checkpoint, :commit_deadline_at, :outcome, :error_code, :error_message,
    :error_said, :evidence, :now
FROM turn;

-- name: ledger
SELECT * FROM publish_attempt WHERE job_id = :job_id ORDER BY entry_id;

-- name: hold_wanted^
-- Before `wanted` at the moment of the commit: locks that make an edit, a move, a cancel or a pause wait, until the
-- transaction ends.
SELECT j.job_id FROM publish_job j
JOIN campaign c USING (campaign_id)
JOIN account a USING (account)
JOIN channel h ON h.platform = j.platform
WHERE j.job_id = :job_id AND j.fence = :fence AND j.state = 'running'
FOR UPDATE OF j FOR SHARE OF c, a, h;

-- name: wanted^
-- What must hold for the post to go out. A statement of its own, because the approval is not locked: had `hold_wanted`
-- waited for an edit to end, it would still show the approval as it was before that. :by: when it is to have come to its
-- planned second, now for the commit.
SELECT j.cancel_requested, j.scheduled_at > :by AS moved, j.useless_after <= :now AS useless,
    j.payload_ref, j.media_ref, c.off IS NOT NULL AS off, j.delivery = 'api' AND a.delivery = 'api' AS by_api,
    NOT a.active OR a.disconnected_at IS NOT NULL
        OR EXISTS (SELECT FROM stopped_account s WHERE s.account = j.account) AS stopped,
    coalesce(a.owner = c.teacher_id, a.for_all OR EXISTS (
        SELECT FROM account_use u WHERE u.account = a.account AND u.teacher = c.teacher_id)) AS usable,
    coalesce(p.payload_refs ? j.payload_ref AND (p.by_staff OR NOT a.staff_approves), false) AS text_approved,
    coalesce(p.payload_refs ?& string_to_array(j.media_ref, ','), false) AND NOT EXISTS (
        SELECT FROM media_asset m WHERE m.media_id = ANY (string_to_array(j.media_ref, ','))
        AND m.contains_students AND NOT m.consent_on_file) AS media_approved,
    greatest(a.paused_until, h.paused_until) AS paused_until,
    coalesce(a.pause_reason, h.pause_reason) AS pause_reason
FROM publish_job j
JOIN campaign c USING (campaign_id)
JOIN account a USING (account)
JOIN channel h ON h.platform = j.platform
LEFT JOIN approval p ON p.campaign_id = j.campaign_id AND p.voided_at IS NULL
WHERE j.job_id = :job_id AND j.fence = :fence AND j.state = 'running';

-- name: adopt_post^
-- The post is there, and this job's: what was observed, the end of the attempt and of the job. Gives whether the platform
-- had been in trouble (`end_trouble`).
WITH turn AS (
    SELECT job_id, platform, attempt_no, fence FROM publish_job
    WHERE job_id = :job_id AND fence = :fence AND state = 'running' FOR UPDATE
), written AS (
    INSERT INTO publish_attempt (job_id, attempt_no, fence, step, outcome, evidence, at)
    SELECT t.job_id, t.attempt_no, t.fence, l.step, l.outcome, l.evidence, :now
    FROM turn t, (VALUES (1, 'observed', 'published', :observed::jsonb), (2, 'ended', 'success', :evidence::jsonb))
        AS l (line, step, outcome, evidence)
    ORDER BY l.line
), finished AS (
    UPDATE publish_job j SET state = 'success', error_code = NULL, error_message = NULL, error_said = NULL,
        error_message_zh = NULL, action_required = NULL, external_post_id = :external_post_id, external_url = :external_url,
        published_at = :now, claimed_by = NULL, lease_expires_at = NULL, observing = false, reclaims = 0,
        cancel_requested = false, updated_at = :now
    FROM turn WHERE j.job_id = turn.job_id
)
SELECT h.trouble_at IS NOT NULL OR h.pause_reason IS NOT NULL AS troubled FROM turn JOIN channel h USING (platform);

-- name: finish_job!
-- The end of a job under this fence that is not live: failed or cancelled.
UPDATE publish_job SET state = :state, error_code = :error_code, error_message = :error_message,
    error_said = :error_said, error_message_zh = NULL, action_required = :action_required,
    external_post_id = NULL, external_url = NULL, published_at = NULL, claimed_by = NULL, lease_expires_at = NULL,
    observing = false, reclaims = 0, cancel_requested = false, updated_at = :now
WHERE job_id = :job_id AND fence = :fence AND state = 'running';

-- name: posts_without_a_name
-- Posts that are live without a link, the newest first: their platform may name them by now. By publish_job_published.
SELECT job_id FROM publish_job
WHERE platform IN (SELECT platform FROM channel) AND state = 'success' AND published_at >= :since
  AND external_url IS NULL AND delivery = 'api'
ORDER BY published_at DESC, job_id LIMIT :most;

-- name: name_post!
-- Once: a name that is there already stays.
UPDATE publish_job SET external_post_id = coalesce(external_post_id, :external_post_id), external_url = :external_url,
    updated_at = :now
WHERE job_id = :job_id AND state = 'success' AND external_url IS NULL;

-- name: got_through_since$
-- Whether another job was published on the platform since then: if so, it is not the platform that is down. The newest
-- is looked for, by publish_job_published: planned for any :since, a plain EXISTS reads all jobs in the hope of an early hit.
SELECT coalesce((SELECT true FROM publish_job
    WHERE platform = :platform AND state = 'success' AND published_at >= :since AND job_id <> :job_id
    ORDER BY published_at DESC LIMIT 1), false);

-- name: attempt_ended_at$
-- When the first attempt after :attempt_no ended.
SELECT min(at) FROM publish_attempt WHERE job_id = :job_id AND attempt_no > :attempt_no AND step = 'ended';

-- name: requeue_job^
-- A wait: back to the queue until :not_before. Whether it is held, rebind decides; with :rebind its campaign is marked, so
-- that its posts are made right before any of them is claimed.
WITH requeued AS (
    UPDATE publish_job SET state = 'queued', not_before = :not_before, action_required = NULL,
        error_code = :error_code, error_message = :error_message, error_said = :error_said, error_message_zh = NULL,
        claimed_by = NULL, lease_expires_at = NULL, observing = false, reclaims = 0, updated_at = :now
    WHERE job_id = :job_id AND fence = :fence AND state = 'running'
    RETURNING job_id, campaign_id
), marked AS (
    UPDATE campaign c SET rebind_due_at = coalesce(c.rebind_due_at, :now), updated_at = :now
    FROM requeued WHERE :rebind AND c.campaign_id = requeued.campaign_id
)
SELECT job_id FROM requeued;

-- name: interrupt_job!
-- Taken from its task by a person who has locked its row, with nothing sent: under a new fence that task writes and sends
-- no more. :state: 'cancelled' where a cancel stands, else 'queued'.
UPDATE publish_job SET state = :state, fence = fence + 1, not_before = NULL, action_required = NULL,
    error_code = :error_code, error_message = :error_message, error_said = :error_said, error_message_zh = NULL,
    claimed_by = NULL, lease_expires_at = NULL, started = false, observing = false, reclaims = 0,
    cancel_requested = false, updated_at = :now
WHERE job_id = :job_id AND fence = :fence AND state = 'running';

-- name: end_silent_job!
-- Given up or cancelled while its task is gone, whose row is locked and whose lease is over.
UPDATE publish_job SET state = :state, fence = fence + 1, error_code = :error_code, error_message = :error_message,
    error_said = :error_said, error_message_zh = NULL, action_required = :action_required, claimed_by = NULL,
    lease_expires_at = NULL, observing = false, cancel_requested = false, updated_at = :now
WHERE job_id = :job_id AND fence = :fence AND state = 'running';

-- name: job_for_publishing^
-- All that one publish task needs besides the ledger, in one round trip, while the job is its turn's. Whoever only looks
-- has no turn, and gives no :fence.
SELECT j.*, c.concert_title, c.teacher_id, a.conn_id, a.health AS account_health,
    r.content, r.sha256 AS content_sha256, r.provenance, s.language, p.privacy AS approved_privacy,
    (SELECT jsonb_agg(to_jsonb(m)) FROM media_asset m WHERE m.media_id = ANY (string_to_array(j.media_ref, ','))) AS media
FROM publish_job j
JOIN campaign c USING (campaign_id)
JOIN account a USING (account)
JOIN content_asset s ON s.asset_id = split_part(j.payload_ref, '@', 1)
JOIN content_revision r ON r.asset_id = s.asset_id AND r.version = split_part(j.payload_ref, '@', 2)::integer
LEFT JOIN approval p ON p.campaign_id = j.campaign_id AND p.voided_at IS NULL
WHERE j.job_id = :job_id AND (:fence::bigint IS NULL OR (j.fence = :fence AND j.state = 'running'));

-- name: hold_account_lock$
-- One publish task at a time for an account whose platform bears no two; held by the connection, not a transaction.
SELECT pg_try_advisory_lock(hashtextextended('encore account ' || :account, 0));

-- name: drop_account_lock$
-- By the connection that holds it.
SELECT pg_advisory_unlock(hashtextextended('encore account ' || :account, 0));
