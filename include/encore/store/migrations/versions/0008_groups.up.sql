-- One task publishes a group: the posts of one platform that a claim takes, or a share of them.
ALTER TABLE claim_batch ADD COLUMN group_no integer;
UPDATE claim_batch SET group_no = position;
ALTER TABLE claim_batch ALTER COLUMN group_no SET NOT NULL;
COMMENT ON COLUMN claim_batch.group_no IS 'Which of the run''s mapped tasks publishes it, from 0; of the runs before there were groups its position.';

ALTER TABLE publish_job ADD COLUMN group_no integer, ADD COLUMN last_run text;
UPDATE publish_job j SET group_no = b.group_no FROM claim_batch b
WHERE j.state = 'running' AND b.run_id = j.claimed_by AND b.job_id = j.job_id;
COMMENT ON COLUMN publish_job.group_no IS 'While it is running: in which of its run''s groups.';
COMMENT ON COLUMN publish_job.last_run IS 'The run whose task began it last: where a failed one shows as a failed task.';

ALTER TABLE channel ADD COLUMN max_groups integer NOT NULL DEFAULT 4 CHECK (max_groups > 0);
COMMENT ON COLUMN channel.max_groups IS 'Groups of this platform that may be open at once.';
DROP TRIGGER tell_channels_changed ON channel;
CREATE TRIGGER tell_channels_changed AFTER UPDATE ON channel FOR EACH ROW
    WHEN ((OLD.paused_until, OLD.pause_reason, OLD.max_groups, OLD.wake_ahead)
          IS DISTINCT FROM (NEW.paused_until, NEW.pause_reason, NEW.max_groups, NEW.wake_ahead))
    EXECUTE FUNCTION tell_jobs_changed();

DROP VIEW next_thing_to_do;
DROP VIEW next_claimable_job;
DROP VIEW free_place;
ALTER TABLE channel DROP COLUMN max_in_flight;
CREATE VIEW free_channel AS
SELECT c.platform,
       -- After an outage one post tries the water; its success ends the pause for all.
       CASE WHEN c.pause_reason = 'platform_unavailable' THEN 1 - there.jobs
            WHEN c.max_groups > there.groups THEN 1000 ELSE 0 END AS platform_places,
       c.max_groups - there.groups AS groups,
       c.paused_until, c.late_after, c.wake_ahead, c.claim_ahead,
       NOT EXISTS (SELECT FROM stop s WHERE s.ended_at IS NULL
                   AND (s.scope = 'school' OR (s.scope = 'platform' AND s.name = c.platform))) AS open
FROM channel c CROSS JOIN LATERAL (
    SELECT count(*) AS jobs, count(DISTINCT (claimed_by, group_no)) AS groups
    FROM publish_job WHERE platform = c.platform AND state = 'running' AND NOT observing
) there;
COMMENT ON VIEW free_channel IS
    'How many more jobs of each platform may be taken, in how many more groups, until when it rests, and how far ahead it is served.';

CREATE VIEW free_place AS
SELECT a.account, a.platform,
       -- With nothing in flight an account's jobs follow one another in one group, however many.
       CASE busy.jobs WHEN 0 THEN 1000 ELSE a.max_in_flight - busy.jobs END AS places,
       a.paused_until, a.catch_up_at,
       a.delivery = 'api' AND NOT EXISTS (SELECT FROM stop s WHERE s.ended_at IS NULL
                                          AND s.scope = 'account' AND s.name = a.account) AS open
FROM account a CROSS JOIN LATERAL (
    SELECT count(*) AS jobs FROM publish_job
    WHERE platform = a.platform AND account = a.account AND state = 'running' AND NOT observing
) busy;
COMMENT ON VIEW free_place IS
    'How many more jobs of each account may be taken where its platform takes any, until when it rests, and how it catches up.';

-- The queue is read from its start until there is one that has a place. What waits for something else than its planned
-- second stands by itself, because the lead does not count for that: another may be taken before it. So do the few
-- accounts that rest or catch up, of which each has a first job of its own. (OFFSET 0: an account is looked at when a job of
-- its comes to hand, and not all of them beforehand.)
CREATE VIEW next_claimable_job AS
SELECT j.account, j.job_id, greatest(j.due_at, c.paused_until) AS due_at
FROM free_channel c
CROSS JOIN LATERAL (
    (SELECT job_id, publish_job.account, claimable_from(scheduled_at, not_before, c.wake_ahead) AS due_at
     FROM publish_job CROSS JOIN LATERAL (SELECT * FROM free_place f WHERE f.account = publish_job.account OFFSET 0) f
     WHERE publish_job.platform = c.platform AND state = 'queued' AND action_required IS NULL AND delivery = 'api'
       AND not_before IS NULL
       AND f.open AND f.places > 0 AND f.paused_until IS NULL AND f.catch_up_at IS NULL
       AND NOT EXISTS (SELECT FROM campaign m WHERE m.campaign_id = publish_job.campaign_id AND m.rebind_due_at IS NOT NULL)
     ORDER BY scheduled_at, job_id LIMIT 1)
    UNION ALL
    (SELECT job_id, publish_job.account, claimable_from(scheduled_at, not_before, c.wake_ahead)
     FROM publish_job CROSS JOIN LATERAL (SELECT * FROM free_place f WHERE f.account = publish_job.account OFFSET 0) f
     WHERE publish_job.platform = c.platform AND state = 'queued' AND action_required IS NULL AND delivery = 'api'
       AND not_before IS NOT NULL
       AND f.open AND f.places > 0 AND f.paused_until IS NULL AND f.catch_up_at IS NULL
       AND NOT EXISTS (SELECT FROM campaign m WHERE m.campaign_id = publish_job.campaign_id AND m.rebind_due_at IS NOT NULL)
     ORDER BY greatest(scheduled_at, not_before), job_id LIMIT 1)
    UNION ALL
    SELECT first.job_id, f.account, greatest(first.due_at, f.paused_until)
    FROM free_place f
    CROSS JOIN LATERAL (
        (SELECT job_id, claimable_from(scheduled_at, not_before, c.wake_ahead) AS due_at FROM publish_job
         WHERE account = f.account AND state = 'queued' AND action_required IS NULL AND delivery = 'api'
           AND not_before IS NULL
           AND (f.catch_up_at IS NULL OR scheduled_at + c.late_after >= f.catch_up_at)
           AND NOT EXISTS (SELECT FROM campaign m WHERE m.campaign_id = publish_job.campaign_id AND m.rebind_due_at IS NOT NULL)
         ORDER BY greatest(scheduled_at, not_before), job_id LIMIT 1)
        UNION ALL
        (SELECT job_id, claimable_from(scheduled_at, not_before, c.wake_ahead) FROM publish_job
         WHERE account = f.account AND state = 'queued' AND action_required IS NULL AND delivery = 'api'
           AND not_before IS NOT NULL
           AND (f.catch_up_at IS NULL OR scheduled_at + c.late_after >= f.catch_up_at)
           AND NOT EXISTS (SELECT FROM campaign m WHERE m.campaign_id = publish_job.campaign_id AND m.rebind_due_at IS NOT NULL)
         ORDER BY greatest(scheduled_at, not_before), job_id LIMIT 1)
        UNION ALL
        -- A post that will be late by then waits for its account's turn.
        (SELECT job_id, greatest(scheduled_at, not_before, f.catch_up_at) FROM publish_job
         WHERE account = f.account AND state = 'queued' AND action_required IS NULL AND delivery = 'api'
           AND scheduled_at + c.late_after < f.catch_up_at
           AND NOT EXISTS (SELECT FROM campaign m WHERE m.campaign_id = publish_job.campaign_id AND m.rebind_due_at IS NOT NULL)
         ORDER BY greatest(scheduled_at, not_before), job_id LIMIT 1)
    ) first
    WHERE f.platform = c.platform AND f.open AND f.places > 0
      AND (f.paused_until IS NOT NULL OR f.catch_up_at IS NOT NULL)
      AND (f.paused_until IS NULL OR f.paused_until < '9999-01-01Z')
) j
WHERE c.open AND c.platform_places > 0 AND (c.paused_until IS NULL OR c.paused_until < '9999-01-01Z');
COMMENT ON VIEW next_claimable_job IS
    'The first jobs that a claim would take, and when a run is woken for them. Reads the queue from its start only.';

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
