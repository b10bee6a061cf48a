LOCK TABLE publish_job, campaign, account, channel, generation_request IN ACCESS EXCLUSIVE MODE;
SELECT set_config('encore.actor', 'migration 0004 back', true);

DROP TRIGGER tell_campaigns_marked ON campaign;
DROP TRIGGER tell_jobs_updated ON publish_job;
CREATE TRIGGER tell_jobs_updated AFTER UPDATE OF state, scheduled_at, not_before, action_required, observing ON publish_job
    FOR EACH STATEMENT EXECUTE FUNCTION tell_jobs_changed();
DROP TRIGGER tell_accounts_changed ON account;
CREATE TRIGGER tell_accounts_changed AFTER UPDATE OF paused_until, max_in_flight ON account
    FOR EACH STATEMENT EXECUTE FUNCTION tell_jobs_changed();

-- What was stopped stays stopped, as a rest without an end: a person resumes the account.
UPDATE account SET paused_until = '9999-01-01Z', pause_reason = 'stopped' WHERE account IN (SELECT account FROM stopped_account);

DROP VIEW next_thing_to_do;
DROP VIEW next_claimable_job;
DROP VIEW free_place;
DROP VIEW stopped_account;
CREATE VIEW free_place AS
SELECT a.account, a.platform,
       a.max_in_flight - coalesce(busy.jobs, 0) AS places,
       -- After an outage one post tries the water; its success ends the pause for all.
       CASE WHEN c.pause_reason = 'platform_unavailable' THEN 1 ELSE c.max_in_flight END
           - coalesce(sum(busy.jobs) OVER (PARTITION BY a.platform), 0) AS platform_places,
       greatest(a.paused_until, c.paused_until) AS paused_until,
       a.catch_up_at, c.late_after
FROM account a
JOIN channel c USING (platform)
LEFT JOIN (
    SELECT account, count(*) AS jobs FROM publish_job WHERE state = 'running' AND NOT observing GROUP BY account
) busy USING (account);
COMMENT ON VIEW free_place IS
    'How many more jobs each account and platform may have in flight, until when it rests, and how it catches up.';

CREATE VIEW next_claimable_job AS
SELECT f.account, j.job_id, greatest(j.due_at, f.paused_until) AS due_at
FROM free_place f
CROSS JOIN LATERAL (
    (SELECT job_id, greatest(scheduled_at, not_before) AS due_at FROM publish_job
     WHERE account = f.account AND state = 'queued' AND action_required IS NULL
       AND (f.catch_up_at IS NULL OR scheduled_at + f.late_after >= f.catch_up_at)
     ORDER BY greatest(scheduled_at, not_before), job_id LIMIT 1)
    UNION ALL
    -- A post that will be late by then waits for its account's turn.
    (SELECT job_id, greatest(scheduled_at, not_before, f.catch_up_at) FROM publish_job
     WHERE account = f.account AND state = 'queued' AND action_required IS NULL
       AND scheduled_at + f.late_after < f.catch_up_at
     ORDER BY greatest(scheduled_at, not_before), job_id LIMIT 1)
) j
WHERE f.places > 0 AND f.platform_places > 0 AND (f.paused_until IS NULL OR f.paused_until < '9999-01-01Z');
COMMENT ON VIEW next_claimable_job IS
    'The first job of each account that a claim would take, and from when on. Reads the queue from its start only.';

DROP TABLE stop;

DROP TRIGGER audit ON publish_job;
CREATE TRIGGER audit AFTER INSERT OR UPDATE ON publish_job
    FOR EACH ROW EXECUTE FUNCTION audit('job_event', 'job_id', 'state',
    'scheduled_at not_before useless_after payload_ref media_ref error_code action_required cancel_requested claimed_by external_post_id external_url');
DROP TRIGGER audit ON campaign;
CREATE TRIGGER audit AFTER INSERT OR UPDATE ON campaign
    FOR EACH ROW EXECUTE FUNCTION audit('campaign_event', 'campaign_id', 'status',
    'teacher_id concert_title concert_datetime timezone venue_or_link student_highlights cta_link platforms timeline');

DROP INDEX one_waiting_generation_request, one_running_generation_request;
UPDATE generation_request SET state = 'done', ended_at = now(), note = 'Its review was broken off; approve it on the pages.'
WHERE state = 'reviewing';
-- The earlier schema knows one open request: the one that waits goes on, since it reads what there is by then.
UPDATE generation_request r SET state = 'failed', ended_at = now(), note = 'A later request took its place.'
WHERE state = 'running' AND EXISTS (SELECT FROM generation_request o WHERE o.campaign_id = r.campaign_id AND o.state = 'requested');
ALTER TABLE generation_request DROP COLUMN anew;
ALTER TABLE generation_request DROP CONSTRAINT generation_request_state_check;
ALTER TABLE generation_request ADD CONSTRAINT generation_request_state_check
    CHECK (state IN ('requested', 'running', 'done', 'failed'));
CREATE UNIQUE INDEX one_open_generation_request ON generation_request (campaign_id)
    WHERE state IN ('requested', 'running');

ALTER TABLE media_asset DROP COLUMN drawn_from;
ALTER TABLE campaign DROP COLUMN rebind_due_at, DROP COLUMN rebind_failures, DROP COLUMN rebind_error,
    DROP COLUMN off, DROP COLUMN off_at, DROP COLUMN off_by;

DROP INDEX publish_job_waiting, publish_job_to_hand_over;
CREATE INDEX publish_job_waiting ON publish_job (account, greatest(scheduled_at, not_before), job_id)
    WHERE state = 'queued' AND action_required IS NULL;
ALTER TABLE publish_job DROP CONSTRAINT by_hand_is_never_sent;
UPDATE publish_job SET action_required = 'post_by_hand', updated_at = now()
WHERE delivery = 'handoff' AND state = 'queued' AND action_required IS NULL;
ALTER TABLE publish_job DROP COLUMN handed_off_at;
ALTER TABLE account DROP COLUMN delivery;

-- The earlier schema knows three moments. What is live of others stays, and is not looked at again; the rest is taken back.
UPDATE publish_job SET state = 'cancelled', action_required = NULL, updated_at = now()
WHERE touchpoint NOT IN ('announcement', 'reminder', 'day_of') AND state = 'queued';
ALTER TABLE publish_job ADD CONSTRAINT publish_job_touchpoint_check
    CHECK (touchpoint IN ('announcement', 'reminder', 'day_of')) NOT VALID;
ALTER TABLE content_asset ADD CONSTRAINT content_asset_touchpoint_check
    CHECK (touchpoint IN ('announcement', 'reminder', 'day_of')) NOT VALID;
