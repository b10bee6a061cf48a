DROP TRIGGER tell_channels_changed ON channel;
DROP VIEW next_thing_to_do;
DROP VIEW next_claimable_job;
DROP VIEW free_place;
DROP VIEW free_channel;
ALTER TABLE channel ADD COLUMN max_in_flight integer NOT NULL DEFAULT 8 CHECK (max_in_flight > 0);
ALTER TABLE channel ALTER COLUMN max_in_flight DROP DEFAULT, DROP COLUMN max_groups;
ALTER TABLE publish_job DROP COLUMN last_run, DROP COLUMN group_no;
ALTER TABLE claim_batch DROP COLUMN group_no;

CREATE VIEW free_place AS
SELECT a.account, a.platform,
       a.max_in_flight - coalesce(busy.jobs, 0) AS places,
       -- After an outage one post tries the water; its success ends the pause for all.
       CASE WHEN c.pause_reason = 'platform_unavailable' THEN 1 ELSE c.max_in_flight END
           - coalesce(sum(busy.jobs) OVER (PARTITION BY a.platform), 0) AS platform_places,
       greatest(a.paused_until, c.paused_until) AS paused_until,
       a.catch_up_at, c.late_after, c.wake_ahead, c.claim_ahead,
       a.delivery = 'api' AND NOT EXISTS (SELECT FROM stopped_account s WHERE s.account = a.account) AS open
FROM account a
JOIN channel c USING (platform)
LEFT JOIN (
    SELECT account, count(*) AS jobs FROM publish_job WHERE state = 'running' AND NOT observing GROUP BY account
) busy USING (account);
COMMENT ON VIEW free_place IS
    'How many more jobs each account and platform may have in flight, until when it rests, how it catches up, and how far ahead it is served.';

CREATE VIEW next_claimable_job AS
SELECT f.account, j.job_id, greatest(j.due_at, f.paused_until) AS due_at
FROM free_place f
CROSS JOIN LATERAL (
    (SELECT job_id, claimable_from(scheduled_at, not_before, f.wake_ahead) AS due_at FROM publish_job
     WHERE account = f.account AND state = 'queued' AND action_required IS NULL AND delivery = 'api'
       AND not_before IS NULL
       AND (f.catch_up_at IS NULL OR scheduled_at + f.late_after >= f.catch_up_at)
       AND NOT EXISTS (SELECT FROM campaign c WHERE c.campaign_id = publish_job.campaign_id AND c.rebind_due_at IS NOT NULL)
     ORDER BY greatest(scheduled_at, not_before), job_id LIMIT 1)
    UNION ALL
    -- By itself, because the lead does not count for what it waits for: another may be taken before it.
    (SELECT job_id, claimable_from(scheduled_at, not_before, f.wake_ahead) FROM publish_job
     WHERE account = f.account AND state = 'queued' AND action_required IS NULL AND delivery = 'api'
       AND not_before IS NOT NULL
       AND (f.catch_up_at IS NULL OR scheduled_at + f.late_after >= f.catch_up_at)
       AND NOT EXISTS (SELECT FROM campaign c WHERE c.campaign_id = publish_job.campaign_id AND c.rebind_due_at IS NOT NULL)
     ORDER BY greatest(scheduled_at, not_before), job_id LIMIT 1)
    UNION ALL
    -- A post that will be late by then waits for its account's turn.
    (SELECT job_id, greatest(scheduled_at, not_before, f.catch_up_at) FROM publish_job
     WHERE account = f.account AND state = 'queued' AND action_required IS NULL AND delivery = 'api'
       AND scheduled_at + f.late_after < f.catch_up_at
       AND NOT EXISTS (SELECT FROM campaign c WHERE c.campaign_id = publish_job.campaign_id AND c.rebind_due_at IS NOT NULL)
     ORDER BY greatest(scheduled_at, not_before), job_id LIMIT 1)
) j
WHERE f.open AND f.places > 0 AND f.platform_places > 0 AND (f.paused_until IS NULL OR f.paused_until < '9999-01-01Z');
COMMENT ON VIEW next_claimable_job IS
    'The first job of each account that a claim would take, and when a run is woken for it. Reads the queue from its start only.';

CREATE VIEW next_thing_to_do AS
(SELECT job_id AS what, due_at FROM next_claimable_job ORDER BY due_at, job_id LIMIT 1)
UNION ALL
(SELECT job_id, scheduled_at FROM publish_job
 WHERE state = 'queued' AND action_required IS NULL AND delivery = 'handoff'
   AND NOT EXISTS (SELECT FROM campaign c WHERE c.campaign_id = publish_job.campaign_id AND c.rebind_due_at IS NOT NULL)
   AND NOT EXISTS (SELECT FROM stopped_account s WHERE s.account = publish_job.account)
 ORDER BY scheduled_at, job_id LIMIT 1)
UNION ALL
(SELECT campaign_id, rebind_due_at FROM campaign WHERE rebind_due_at IS NOT NULL
 ORDER BY rebind_due_at, campaign_id LIMIT 1);
COMMENT ON VIEW next_thing_to_do IS 'What the next claim finds first, and when a run is woken for it: a job to take or to hand over, a campaign to make right.';

CREATE TRIGGER tell_channels_changed AFTER UPDATE ON channel FOR EACH ROW
    WHEN ((OLD.paused_until, OLD.pause_reason, OLD.max_in_flight, OLD.wake_ahead)
          IS DISTINCT FROM (NEW.paused_until, NEW.pause_reason, NEW.max_in_flight, NEW.wake_ahead))
    EXECUTE FUNCTION tell_jobs_changed();
