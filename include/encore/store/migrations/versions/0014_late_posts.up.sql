-- Each late post is read once. (It was found by an index, then looked up by its key.)

CREATE OR REPLACE FUNCTION posts_of_concern(moment timestamptz)
RETURNS TABLE (kind text, waits_for text, job_id text, campaign_id text, platform text, account text, touchpoint text,
               scheduled_at timestamptz, useless_after timestamptz)
LANGUAGE sql STABLE AS $$
    WITH resting AS MATERIALIZED (SELECT * FROM resting_accounts(moment))
    -- It should be out, and nobody has taken it; or its account rests, and it waits for that. The claim's own indexes tell of
    -- what waits for its planned second and of what waits for something else. (By themselves, and OFFSET 0: the planner
    -- knows only that most posts are past their time, and would read the whole queue.)
    SELECT CASE WHEN r.waits_for IS NULL THEN 'late' ELSE 'waiting' END, r.waits_for,
           j.job_id, j.campaign_id, j.platform, j.account, j.touchpoint, j.scheduled_at, j.useless_after
    FROM channel CROSS JOIN LATERAL (
        SELECT job_id, campaign_id, platform, account, touchpoint, scheduled_at, useless_after FROM publish_job
        WHERE platform = channel.platform AND state = 'queued' AND action_required IS NULL AND delivery = 'api'
          AND not_before IS NULL AND scheduled_at < moment - interval '2 minutes' OFFSET 0) j
    LEFT JOIN resting r ON r.account = j.account
    UNION ALL
    SELECT CASE WHEN r.waits_for IS NULL THEN 'late' ELSE 'waiting' END, r.waits_for,
           j.job_id, j.campaign_id, j.platform, j.account, j.touchpoint, j.scheduled_at, j.useless_after
    FROM channel CROSS JOIN LATERAL (
        SELECT job_id, campaign_id, platform, account, touchpoint, scheduled_at, useless_after FROM publish_job
        WHERE platform = channel.platform AND state = 'queued' AND action_required IS NULL AND delivery = 'api'
          AND not_before IS NOT NULL AND greatest(scheduled_at, not_before) < moment - interval '2 minutes' OFFSET 0) j
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
