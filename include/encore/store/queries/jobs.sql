-- Publish jobs as people read them.

-- name: jobs_of_campaign
SELECT * FROM publish_job WHERE campaign_id = :campaign_id ORDER BY scheduled_at, platform, account;

-- name: settled_times
-- When each post of a campaign went live, may have, or goes out because a person moved it.
SELECT DISTINCT ON (platform, touchpoint) platform, touchpoint, coalesce(published_at, scheduled_at) AS at
FROM publish_job
WHERE campaign_id = :campaign_id
  AND (state = 'success' OR action_required = 'confirm_outcome'
    OR moved_at IS NOT NULL AND state IN ('queued', 'running'))
ORDER BY platform, touchpoint, scheduled_at DESC;

-- name: job^
SELECT * FROM publish_job WHERE job_id = :job_id;

-- name: job_events
SELECT * FROM job_event WHERE job_id = :job_id ORDER BY event_id;

-- name: job_counts
SELECT state, count(*) AS jobs FROM publish_job GROUP BY state;

-- name: report
-- Every job with its concert, the rest its account takes and the stop that holds it, as a person reads them.
SELECT c.concert_title, c.concert_datetime, c.timezone, c.teacher_id, c.off,
    greatest(a.paused_until, h.paused_until) AS paused_until, coalesce(a.pause_reason, h.pause_reason) AS pause_reason,
    s.stop_id IS NOT NULL AS stopped, s.reason AS stop_reason, a.staff_approves, j.*
FROM publish_job j JOIN campaign c USING (campaign_id) JOIN account a USING (account)
JOIN channel h ON h.platform = j.platform
LEFT JOIN LATERAL (
    SELECT stop_id, reason FROM stopped_account s WHERE s.account = j.account ORDER BY stop_id LIMIT 1) s ON true
ORDER BY c.concert_datetime, c.campaign_id, j.scheduled_at, j.platform;

-- name: reports_of_campaign
-- The same for one campaign's jobs.
SELECT c.concert_title, c.concert_datetime, c.timezone, c.teacher_id, c.off,
    greatest(a.paused_until, h.paused_until) AS paused_until, coalesce(a.pause_reason, h.pause_reason) AS pause_reason,
    s.stop_id IS NOT NULL AS stopped, s.reason AS stop_reason, a.staff_approves, j.*
FROM publish_job j JOIN campaign c USING (campaign_id) JOIN account a USING (account)
JOIN channel h ON h.platform = j.platform
LEFT JOIN LATERAL (
    SELECT stop_id, reason FROM stopped_account s WHERE s.account = j.account ORDER BY stop_id LIMIT 1) s ON true
WHERE j.campaign_id = :campaign_id ORDER BY j.scheduled_at, j.platform, j.account;

-- name: report_of_job^
-- The same for one job.
SELECT c.concert_title, c.concert_datetime, c.timezone, c.teacher_id, c.off,
    greatest(a.paused_until, h.paused_until) AS paused_until, coalesce(a.pause_reason, h.pause_reason) AS pause_reason,
    s.stop_id IS NOT NULL AS stopped, s.reason AS stop_reason, a.staff_approves, j.*
FROM publish_job j JOIN campaign c USING (campaign_id) JOIN account a USING (account)
JOIN channel h ON h.platform = j.platform
LEFT JOIN LATERAL (
    SELECT stop_id, reason FROM stopped_account s WHERE s.account = j.account ORDER BY stop_id LIMIT 1) s ON true
WHERE j.job_id = :job_id;

-- name: reports_of_jobs
-- The same for several, in no order.
SELECT c.concert_title, c.concert_datetime, c.timezone, c.teacher_id, c.off,
    greatest(a.paused_until, h.paused_until) AS paused_until, coalesce(a.pause_reason, h.pause_reason) AS pause_reason,
    s.stop_id IS NOT NULL AS stopped, s.reason AS stop_reason, a.staff_approves, j.*
FROM publish_job j JOIN campaign c USING (campaign_id) JOIN account a USING (account)
JOIN channel h ON h.platform = j.platform
LEFT JOIN LATERAL (
    SELECT stop_id, reason FROM stopped_account s WHERE s.account = j.account ORDER BY stop_id LIMIT 1) s ON true
WHERE j.job_id = ANY(:job_ids);

-- name: reports_of_run
-- The same for the jobs that a run has claimed, or one of its groups: a page of the list after the place where the last
-- one ended, what has failed first, each with the run that has taken it over, or had it after this one; and, of what
-- failed in this run, when, and who saw to it when.
-- May be null: group_no, later_run, failed_here_at, seen_to_by, seen_to_at. Never null: place.
WITH shown AS MATERIALIZED (
    SELECT b.job_id, b.group_no AS taken_in, later.run_id AS later_run,
        (j.state <> 'failed')::integer * 1000000 + b.position + 1 AS place
    FROM claim_batch b JOIN claim r USING (run_id) JOIN publish_job j USING (job_id)
    LEFT JOIN claim later ON later.run_id = coalesce(j.claimed_by, j.last_run) AND later.run_id <> b.run_id
        AND (j.claimed_by IS NOT NULL OR later.claimed_at > r.claimed_at)
    WHERE b.run_id = :run_id AND (:group_no::integer IS NULL OR b.group_no = :group_no)
      AND (j.state <> 'failed')::integer * 1000000 + b.position + 1 > :after
    ORDER BY place LIMIT :most
)
SELECT c.concert_title, c.concert_datetime, c.timezone, c.teacher_id, c.off,
    greatest(a.paused_until, h.paused_until) AS paused_until, coalesce(a.pause_reason, h.pause_reason) AS pause_reason,
    s.stop_id IS NOT NULL AS stopped, s.reason AS stop_reason, a.staff_approves, j.*, shown.taken_in, shown.later_run, shown.place,
    here.at AS failed_here_at, after.actor AS seen_to_by, after.at AS seen_to_at
FROM shown JOIN publish_job j USING (job_id) JOIN campaign c USING (campaign_id) JOIN account a USING (account)
JOIN channel h ON h.platform = j.platform
LEFT JOIN LATERAL (
    SELECT stop_id, reason FROM stopped_account s WHERE s.account = j.account ORDER BY stop_id LIMIT 1) s ON true
LEFT JOIN LATERAL (
    SELECT event_id, at FROM job_event e WHERE e.job_id = j.job_id AND e.from_state = 'running' AND e.to_state = 'failed'
      AND e.changes -> 'claimed_by' ->> 0 = :run_id ORDER BY event_id DESC LIMIT 1) here ON true
LEFT JOIN LATERAL (
    SELECT actor, at FROM job_event e WHERE e.job_id = j.job_id AND e.event_id > here.event_id
      AND e.from_state = 'failed' AND e.to_state <> 'failed' ORDER BY event_id LIMIT 1) after ON true
ORDER BY shown.place;

-- name: groups_of_run
-- The groups of a run with how their posts stand by now; what is not sent before its planned second is still planned.
-- Never null: platform, posts, first_at, timezone, live, failed, working, running, planned, cancelled, taken_over.
SELECT b.group_no, min(j.platform) AS platform, count(*) AS posts, min(j.scheduled_at) AS first_at,
    (array_agg(c.timezone ORDER BY j.scheduled_at, b.position))[1] AS timezone,
    count(*) FILTER (WHERE j.state = 'success') AS live,
    count(*) FILTER (WHERE j.state = 'failed') AS failed,
    count(*) FILTER (WHERE j.state = 'running' AND j.observing) AS working,
    count(*) FILTER (WHERE j.state = 'running' AND j.scheduled_at <= :now) AS running,
    count(*) FILTER (WHERE j.state = 'queued' OR (j.state = 'running' AND j.scheduled_at > :now)) AS planned,
    count(*) FILTER (WHERE j.state = 'cancelled') AS cancelled,
    count(later.run_id) AS taken_over
FROM claim_batch b JOIN claim r USING (run_id) JOIN publish_job j USING (job_id) JOIN campaign c USING (campaign_id)
LEFT JOIN claim later ON later.run_id = coalesce(j.claimed_by, j.last_run) AND later.run_id <> b.run_id
    AND (j.claimed_by IS NOT NULL OR later.claimed_at > r.claimed_at)
WHERE b.run_id = :run_id GROUP BY b.group_no ORDER BY b.group_no;
