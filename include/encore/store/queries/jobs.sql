-- Publish jobs as people read them.

-- name: jobs_of_campaign
SELECT * FROM publish_job WHERE campaign_id = :campaign_id ORDER BY scheduled_at, platform, account;

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
    s.stop_id IS NOT NULL AS stopped, s.reason AS stop_reason, j.*
FROM publish_job j JOIN campaign c USING (campaign_id) JOIN account a USING (account)
JOIN channel h ON h.platform = j.platform
LEFT JOIN LATERAL (
    SELECT stop_id, reason FROM stopped_account s WHERE s.account = j.account ORDER BY stop_id LIMIT 1) s ON true
ORDER BY c.concert_datetime, c.campaign_id, j.scheduled_at, j.platform;

-- name: reports_of_campaign
-- The same for one campaign's jobs.
SELECT c.concert_title, c.concert_datetime, c.timezone, c.teacher_id, c.off,
    greatest(a.paused_until, h.paused_until) AS paused_until, coalesce(a.pause_reason, h.pause_reason) AS pause_reason,
    s.stop_id IS NOT NULL AS stopped, s.reason AS stop_reason, j.*
FROM publish_job j JOIN campaign c USING (campaign_id) JOIN account a USING (account)
JOIN channel h ON h.platform = j.platform
LEFT JOIN LATERAL (
    SELECT stop_id, reason FROM stopped_account s WHERE s.account = j.account ORDER BY stop_id LIMIT 1) s ON true
WHERE j.campaign_id = :campaign_id ORDER BY j.scheduled_at, j.platform, j.account;

-- name: report_of_job^
-- The same for one job.
SELECT c.concert_title, c.concert_datetime, c.timezone, c.teacher_id, c.off,
    greatest(a.paused_until, h.paused_until) AS paused_until, coalesce(a.pause_reason, h.pause_reason) AS pause_reason,
    s.stop_id IS NOT NULL AS stopped, s.reason AS stop_reason, j.*
FROM publish_job j JOIN campaign c USING (campaign_id) JOIN account a USING (account)
JOIN channel h ON h.platform = j.platform
LEFT JOIN LATERAL (
    SELECT stop_id, reason FROM stopped_account s WHERE s.account = j.account ORDER BY stop_id LIMIT 1) s ON true
WHERE j.job_id = :job_id;
