-- Accounts and the channels of the platforms: what is configured, what they rest for, what is known of their logins;
-- and the stops, which hold posts back wherever they would go out.

-- name: put_channel!
-- Make the channel as configured; a pause stays.
INSERT INTO channel (platform, max_groups, late_after, catch_up, wake_ahead, claim_ahead)
VALUES (:platform, :max_groups, :late_after, :catch_up, :wake_ahead, :claim_ahead)
ON CONFLICT (platform) DO UPDATE SET max_groups = excluded.max_groups, late_after = excluded.late_after,
    catch_up = excluded.catch_up, wake_ahead = excluded.wake_ahead, claim_ahead = excluded.claim_ahead
WHERE (channel.max_groups, channel.late_after, channel.catch_up, channel.wake_ahead, channel.claim_ahead)
    IS DISTINCT FROM (excluded.max_groups, excluded.late_after, excluded.catch_up, excluded.wake_ahead,
                      excluded.claim_ahead);

-- name: put_account!
-- Make the account as configured; its pause and health stay, and to whom it is given.
INSERT INTO account (account, platform, conn_id, owner, max_in_flight, delivery)
VALUES (:account, :platform, :conn_id, :owner, :max_in_flight, :delivery)
ON CONFLICT (account) DO UPDATE SET conn_id = excluded.conn_id, owner = excluded.owner, active = true,
    max_in_flight = excluded.max_in_flight, delivery = excluded.delivery,
    staff_approves = account.staff_approves AND excluded.owner IS NULL
WHERE account.origin = 'settings'
  AND (account.conn_id, account.owner, account.active, account.max_in_flight, account.delivery)
    IS DISTINCT FROM (excluded.conn_id, excluded.owner, true, excluded.max_in_flight, excluded.delivery);

-- name: retire_account!
-- An account that is no longer there takes no new jobs; its past stays.
UPDATE account SET active = false WHERE account = :account AND active;

-- name: account^
SELECT * FROM account WHERE account = :account;

-- name: accounts
-- Those that take posts.
SELECT * FROM account WHERE active ORDER BY platform, account;

-- name: accounts_of_teacher
-- All that a teacher may use: their own, and the school's that are for all or given to them.
SELECT a.* FROM account a
WHERE a.active AND (a.owner = :teacher_id OR (a.owner IS NULL AND (a.for_all OR EXISTS (
    SELECT FROM account_use u WHERE u.account = a.account AND u.teacher = :teacher_id))))
ORDER BY a.platform, a.account;

-- name: accounts_of_campaign
-- Those that it posts through: for each platform the chosen ones that its teacher may still use (perhaps none; nothing
-- ever goes out through another); where none were chosen the teacher's own, else the school's.
WITH usable AS (
    SELECT a.account, c.accounts -> a.platform AS chosen,
           rank() OVER (PARTITION BY a.platform ORDER BY a.owner IS NULL) AS place
    FROM campaign c JOIN account a ON a.active AND (a.owner = c.teacher_id OR (a.owner IS NULL AND (a.for_all OR EXISTS (
        SELECT FROM account_use u WHERE u.account = a.account AND u.teacher = c.teacher_id))))
    WHERE c.campaign_id = :campaign_id
)
SELECT a.* FROM usable JOIN account a USING (account)
WHERE CASE WHEN chosen IS NULL THEN place = 1 ELSE chosen ? account END
ORDER BY a.platform, a.account;

-- name: last_posts
-- When a post of each of these accounts was last published, by publish_job_last_of_account from its end; no row for one
-- that has none. Never null: account, published_at.
SELECT a.account, j.published_at FROM unnest(:accounts::text[]) a (account) CROSS JOIN LATERAL (
    SELECT published_at FROM publish_job WHERE account = a.account AND state = 'success' AND published_at IS NOT NULL
    ORDER BY published_at DESC LIMIT 1) j;

-- name: last_refusal_of_account^
-- What the platform said when it refused a post of the account for :reason, and since when.
SELECT error_said, error_message, error_message_zh, updated_at FROM publish_job
WHERE account = :account AND state = 'failed' AND useless_after > :since AND (error_code = :reason
    OR (:reason = 'account_disconnected' AND action_required = 'reconnect_account'))
ORDER BY updated_at DESC LIMIT 1;

-- name: pause_account!
-- A pause is only ever made longer here; resume_account ends it.
UPDATE account SET paused_until = greatest(paused_until, :until), pause_reason = :reason
WHERE account = :account AND (paused_until IS NULL OR paused_until < :until);

-- name: pause_channel!
-- For all accounts of the platform; only ever made longer here.
UPDATE channel SET paused_until = greatest(paused_until, :until), pause_reason = :reason
WHERE platform = :platform AND (paused_until IS NULL OR paused_until < :until);

-- name: note_trouble$
-- The platform did not answer this account. True if it has not answered another one either, with no success between.
WITH before AS (SELECT * FROM channel WHERE platform = :platform FOR UPDATE)
UPDATE channel c SET trouble_at = :now, trouble_account = :account
FROM before WHERE c.platform = before.platform
RETURNING coalesce(before.trouble_account <> :account AND before.trouble_at >= :since, false)
    OR coalesce(before.pause_reason = 'platform_unavailable', false);

-- name: end_trouble!
-- It answers. A pause for another reason (a limit of the whole app) stays.
UPDATE channel SET trouble_at = NULL, trouble_account = NULL,
    paused_until = CASE WHEN pause_reason = 'platform_unavailable' THEN NULL ELSE paused_until END,
    pause_reason = CASE WHEN pause_reason = 'platform_unavailable' THEN NULL ELSE pause_reason END
WHERE platform = :platform AND (trouble_at IS NOT NULL OR pause_reason = 'platform_unavailable');

-- name: resume_account!
-- Whatever it rested for, or only if it was for :reason. One that was taken away rests until it is connected again.
UPDATE account SET paused_until = NULL, pause_reason = NULL
WHERE account = :account AND paused_until IS NOT NULL AND disconnected_at IS NULL
  AND (:reason::text IS NULL OR pause_reason = :reason);

-- name: resume_account_of_turn!
-- The platform has taken the login of the account that a turn works with.
UPDATE account a SET paused_until = NULL, pause_reason = NULL FROM publish_job j
WHERE j.job_id = :job_id AND j.fence = :fence AND j.state = 'running' AND a.account = j.account
  AND a.paused_until IS NOT NULL AND a.pause_reason = :reason AND a.disconnected_at IS NULL;

-- name: note_token!
-- What is known of the token in force (when it ends, never the token), beside what else is known of the account.
UPDATE account SET health = health || jsonb_build_object('token', :token::jsonb) WHERE account = :account;

-- name: note_account_state!
-- What the platform said of the account when it was last asked, beside what is known of its token.
UPDATE account SET health = health || jsonb_build_object('state', :state::jsonb), checked_at = :now
WHERE account = :account;

-- name: hold_token_lock$
-- One renewal of an account's token at a time, over all processes; held by the connection, not a transaction.
SELECT pg_try_advisory_lock(hashtextextended('encore token ' || :account, 0));

-- name: drop_token_lock$
-- By the connection that holds it.
SELECT pg_advisory_unlock(hashtextextended('encore token ' || :account, 0));

-- name: note_unknown_error!
-- An answer that no error table knows, counted; the latest sample is kept.
INSERT INTO unknown_error (platform, code, stage, sample, first_seen_at, last_seen_at)
VALUES (:platform, :code, :stage, :sample, :now, :now)
ON CONFLICT (platform, code, stage) DO UPDATE
SET seen = unknown_error.seen + 1, last_seen_at = excluded.last_seen_at, sample = excluded.sample;

-- name: unknown_errors
SELECT * FROM unknown_error ORDER BY last_seen_at DESC, platform, code;

-- name: put_stop^
-- Whoever stops what is stopped already finds that stop, as it was given.
INSERT INTO stop (scope, name, reason, stopped_at, stopped_by) VALUES (:scope, :name, :reason, :now, :who)
ON CONFLICT (scope, name) WHERE ended_at IS NULL DO UPDATE SET reason = stop.reason
RETURNING *;

-- name: running_jobs_of_stopped_accounts
-- Whatever their tasks have done; by publish_job_running.
SELECT job_id FROM publish_job
WHERE state = 'running' AND account IN (SELECT account FROM stopped_account) ORDER BY job_id;

-- name: end_stop!
UPDATE stop SET ended_at = :now, ended_by = :who WHERE stop_id = :stop_id AND ended_at IS NULL;

-- name: stop^
SELECT * FROM stop WHERE stop_id = :stop_id;

-- name: open_stops
-- The widest first.
SELECT * FROM stop WHERE ended_at IS NULL ORDER BY scope = 'school' DESC, scope = 'platform' DESC, stopped_at, stop_id;
