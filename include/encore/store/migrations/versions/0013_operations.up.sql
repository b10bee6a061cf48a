-- What operations shows. The views are of this moment, for people with psql; the pages, the metrics and `status` ask the
-- functions behind them, for a moment that they give. None of them reads what is over.

LOCK TABLE campaign IN SHARE MODE;

-- The failures of a concert that does not take place need nobody.
CREATE INDEX campaign_off ON campaign (campaign_id) WHERE off IS NOT NULL;

CREATE FUNCTION resting_accounts(moment timestamptz)
RETURNS TABLE (account text, platform text, waits_for text, until timestamptz) LANGUAGE sql STABLE AS $$
    SELECT account, platform,
           CASE WHEN stopped THEN 'stop' WHEN pause_reason = 'account_disconnected' THEN 'reconnect' ELSE 'pause' END,
           CASE WHEN NOT stopped THEN paused_until END
    FROM (
        SELECT a.account, a.platform, a.pause_reason, greatest(a.paused_until, c.paused_until) AS paused_until,
               EXISTS (SELECT FROM stop WHERE ended_at IS NULL AND scope = 'school')
               OR a.platform IN (SELECT name FROM stop WHERE ended_at IS NULL AND scope = 'platform')
               OR a.account IN (SELECT name FROM stop WHERE ended_at IS NULL AND scope = 'account') AS stopped
        FROM account a JOIN channel c USING (platform) WHERE a.active
    ) known
    WHERE stopped OR paused_until > moment
$$;
COMMENT ON FUNCTION resting_accounts IS
    'The accounts through which nothing goes out at that moment, and what they wait for: a stop to end, a login, a pause.';

CREATE FUNCTION posts_of_concern(moment timestamptz)
RETURNS TABLE (kind text, waits_for text, job_id text, campaign_id text, platform text, account text, touchpoint text,
               scheduled_at timestamptz, useless_after timestamptz)
LANGUAGE sql STABLE AS $$
    WITH resting AS MATERIALIZED (SELECT * FROM resting_accounts(moment))
    -- It should be out, and nobody has taken it; or its account rests, and it waits for that. Which these are the claim's own
    -- indexes tell without a look at a post, of what waits for its planned second and of what waits for something else. (By
    -- themselves, and OFFSET 0: the planner knows only that most posts are past their time, and would read the whole queue.)
    SELECT CASE WHEN r.waits_for IS NULL THEN 'late' ELSE 'waiting' END, r.waits_for,
           j.job_id, j.campaign_id, j.platform, j.account, j.touchpoint, j.scheduled_at, j.useless_after
    FROM channel CROSS JOIN LATERAL (
        SELECT job_id FROM publish_job
        WHERE platform = channel.platform AND state = 'queued' AND action_required IS NULL AND delivery = 'api'
          AND not_before IS NULL AND scheduled_at < moment - interval '2 minutes' OFFSET 0) due
    JOIN publish_job j ON j.job_id = due.job_id AND j.state = 'queued'
    LEFT JOIN resting r ON r.account = j.account
    UNION ALL
    SELECT CASE WHEN r.waits_for IS NULL THEN 'late' ELSE 'waiting' END, r.waits_for,
           j.job_id, j.campaign_id, j.platform, j.account, j.touchpoint, j.scheduled_at, j.useless_after
    FROM channel CROSS JOIN LATERAL (
        SELECT job_id FROM publish_job
        WHERE platform = channel.platform AND state = 'queued' AND action_required IS NULL AND delivery = 'api'
          AND not_before IS NOT NULL AND greatest(scheduled_at, not_before) < moment - interval '2 minutes' OFFSET 0) due
    JOIN publish_job j ON j.job_id = due.job_id AND j.state = 'queued'
    LEFT JOIN resting r ON r.account = j.account
    UNION ALL
    -- A task has it, and has not sent it.
    SELECT 'late', NULL, j.job_id, j.campaign_id, j.platform, j.account, j.touchpoint, j.scheduled_at, j.useless_after
    FROM publish_job j
    WHERE j.state = 'running' AND NOT j.observing AND j.scheduled_at < moment - interval '2 minutes'
    UNION ALL
    -- It should be in somebody's hands.
    SELECT CASE WHEN r.waits_for IS NULL THEN 'late' ELSE 'waiting' END, r.waits_for,
           j.job_id, j.campaign_id, j.platform, j.account, j.touchpoint, j.scheduled_at, j.useless_after
    FROM publish_job j LEFT JOIN resting r ON r.account = j.account AND r.waits_for = 'stop'
    WHERE j.state = 'queued' AND j.action_required IS NULL AND j.delivery = 'handoff'
      AND j.scheduled_at < moment - interval '2 minutes'
    UNION ALL
    -- Somebody must act before its window closes; after that it needs nobody any more.
    SELECT CASE WHEN j.state = 'failed' AND j.action_required IS DISTINCT FROM 'reconnect_account' THEN 'failed'
                ELSE 'waiting' END,
           CASE j.action_required WHEN 'approve_content' THEN 'approval' WHEN 'reconnect_account' THEN 'reconnect'
                WHEN 'post_by_hand' THEN 'hand_off' ELSE 'teacher' END,
           j.job_id, j.campaign_id, j.platform, j.account, j.touchpoint, j.scheduled_at, j.useless_after
    FROM publish_job j
    WHERE j.state IN ('queued', 'failed') AND (j.action_required IS NOT NULL OR j.state = 'failed')
      AND j.useless_after > moment AND j.action_required IS DISTINCT FROM 'confirm_outcome'
      AND NOT EXISTS (SELECT FROM campaign c WHERE c.campaign_id = j.campaign_id AND c.off IS NOT NULL)
    UNION ALL
    -- A doubt does, however old it is.
    SELECT 'in_doubt', 'teacher',
           j.job_id, j.campaign_id, j.platform, j.account, j.touchpoint, j.scheduled_at, j.useless_after
    FROM publish_job j WHERE j.state = 'failed' AND j.action_required = 'confirm_outcome'
$$;
COMMENT ON FUNCTION posts_of_concern IS
    'The posts that are late, have failed and can still be saved, are in doubt, or wait for somebody, each once.';

CREATE FUNCTION posts_sent(moment timestamptz)
RETURNS TABLE (job_id text, campaign_id text, platform text, account text, due_at timestamptz, sent_at timestamptz,
               seconds double precision)
LANGUAGE sql STABLE AS $$
    -- A post that was planned when its time had come was due then.
    SELECT j.job_id, j.campaign_id, j.platform, j.account, greatest(j.scheduled_at, j.created_at), t.sent_at,
           extract(epoch FROM t.sent_at - greatest(j.scheduled_at, j.created_at))::double precision
    FROM channel c CROSS JOIN LATERAL (
        SELECT * FROM publish_job
        WHERE platform = c.platform AND state = 'success' AND published_at > moment - interval '1 day'
          AND published_at <= moment AND delivery = 'api' OFFSET 0) j
    CROSS JOIN LATERAL (
        SELECT max(p.at) AS sent_at FROM publish_attempt p WHERE p.job_id = j.job_id AND p.step = 'commit_started') t
    WHERE t.sent_at > moment - interval '1 day'
$$;
COMMENT ON FUNCTION posts_sent IS
    'What Encore has sent in the day before that moment, and how long after its time: from when the request began that made it public.';

CREATE VIEW late_post AS
SELECT p.*, c.teacher_id, c.concert_title FROM posts_of_concern(now()) p JOIN campaign c USING (campaign_id)
WHERE p.kind = 'late';
COMMENT ON VIEW late_post IS 'Should have been sent or handed over two minutes ago, and nothing holds them.';
CREATE VIEW failed_post AS
SELECT p.*, c.teacher_id, c.concert_title, j.error_code, j.error_message
FROM posts_of_concern(now()) p JOIN campaign c USING (campaign_id) JOIN publish_job j USING (job_id)
WHERE p.kind = 'failed';
COMMENT ON VIEW failed_post IS 'Have failed, and somebody can still do something about it.';
CREATE VIEW doubtful_post AS
SELECT p.*, c.teacher_id, c.concert_title, j.error_code, j.error_message
FROM posts_of_concern(now()) p JOIN campaign c USING (campaign_id) JOIN publish_job j USING (job_id)
WHERE p.kind = 'in_doubt';
COMMENT ON VIEW doubtful_post IS 'Nobody knows whether they are live; somebody must look and say so.';
CREATE VIEW waiting_post AS
SELECT p.*, c.teacher_id, c.concert_title FROM posts_of_concern(now()) p JOIN campaign c USING (campaign_id)
WHERE p.kind = 'waiting';
COMMENT ON VIEW waiting_post IS
    'Wait for the teacher, an approval, a login (reconnect), a post by hand (hand_off), the end of a stop or of a pause.';
CREATE VIEW place_at_rest AS
SELECT scope, name, 'stop' AS why, reason, stopped_at AS since, stopped_by AS by, NULL::timestamptz AS until
FROM stop WHERE ended_at IS NULL
UNION ALL
SELECT 'platform', platform, 'pause', pause_reason, NULL, NULL, paused_until FROM channel WHERE paused_until > now()
UNION ALL
SELECT 'account', account, 'pause', pause_reason, NULL, NULL, paused_until FROM account
WHERE active AND paused_until > now();
COMMENT ON VIEW place_at_rest IS
    'The school, platforms and accounts that staff have stopped, or that rest by themselves; the year 9999: until a login works again.';
CREATE VIEW lateness AS
SELECT platform, count(*) AS posts,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS p50,
       percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds) AS p95,
       percentile_cont(0.99) WITHIN GROUP (ORDER BY seconds) AS p99
FROM posts_sent(now()) GROUP BY GROUPING SETS ((platform), ());
COMMENT ON VIEW lateness IS 'Seconds between the time of a post and its sending, over the last day; of all platforms where none is named.';
