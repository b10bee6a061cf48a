-- What a job carries, when it goes and whether it may follows from what people decide; here is where that is kept.

-- All at once and in the order in which they are locked, so that nobody waits here for somebody who waits for us.
LOCK TABLE publish_job, campaign, account, channel, generation_request IN ACCESS EXCLUSIVE MODE;
SELECT set_config('encore.actor', 'migration 0004', true);

-- Moments are data: which there are, the settings say.
ALTER TABLE publish_job DROP CONSTRAINT publish_job_touchpoint_check;
ALTER TABLE content_asset DROP CONSTRAINT content_asset_touchpoint_check;

-- A hand-off is a delivery of its own, and no machine ever sends one.
ALTER TABLE account ADD COLUMN delivery text NOT NULL DEFAULT 'api' CHECK (delivery IN ('api', 'handoff'));
COMMENT ON COLUMN account.delivery IS 'How its posts go out, as the settings say; a job is bound to it by rebind.';
ALTER TABLE publish_job ADD COLUMN handed_off_at timestamptz;
COMMENT ON COLUMN publish_job.handed_off_at IS
    'Since when a person may have posted it by hand; null again once somebody has said that it is not live.';

-- Until the settings have said so, an account goes on as its posts do: a claim may come first.
UPDATE account SET delivery = 'handoff' WHERE account IN (
    SELECT account FROM publish_job WHERE delivery = 'handoff' AND state IN ('queued', 'running', 'failed'));

-- Hand-offs were in the hands of people from the minute of the approval, and may have been posted since, those that were
-- taken back meanwhile too; from now on they are asked for when they are due. One that missed its window was said not to
-- be published, which nobody knows. What was claimed although its account hands over steps back before its commit.
UPDATE publish_job SET handed_off_at = updated_at, updated_at = now()
WHERE delivery = 'handoff' AND (state = 'cancelled' OR (state = 'queued' AND action_required = 'post_by_hand'));
UPDATE publish_job SET action_required = NULL, updated_at = now()
WHERE delivery = 'handoff' AND state = 'queued' AND action_required = 'post_by_hand' AND scheduled_at > now();
UPDATE publish_job SET handed_off_at = scheduled_at, error_code = 'handoff_unconfirmed', action_required = 'confirm_outcome',
    error_message = 'Its time is over, and we do not know whether it was posted by hand.',
    error_message_zh = '发布时间已过，我们不知道是否已手动发布。', updated_at = now()
WHERE delivery = 'handoff' AND state = 'failed' AND error_code IN ('missed_window', 'handoff_unconfirmed');
UPDATE publish_job SET delivery = 'api', updated_at = now() WHERE delivery = 'handoff' AND state = 'running';
ALTER TABLE publish_job ADD CONSTRAINT by_hand_is_never_sent CHECK (delivery = 'api' OR state <> 'running');

DROP INDEX publish_job_waiting;
CREATE INDEX publish_job_waiting ON publish_job (account, greatest(scheduled_at, not_before), job_id)
    WHERE state = 'queued' AND action_required IS NULL AND delivery = 'api';
CREATE INDEX publish_job_to_hand_over ON publish_job (scheduled_at)
    WHERE state = 'queued' AND action_required IS NULL AND delivery = 'handoff';

-- Campaigns whose jobs no longer fit, and concerts that do not take place as planned.
ALTER TABLE campaign
    ADD COLUMN rebind_due_at timestamptz,
    ADD COLUMN rebind_failures integer NOT NULL DEFAULT 0,
    ADD COLUMN rebind_error text,
    ADD COLUMN off text CHECK (off IN ('called_off', 'put_off')),
    ADD COLUMN off_at timestamptz,
    ADD COLUMN off_by text,
    ADD CONSTRAINT off_is_told CHECK ((off IS NULL) = (off_at IS NULL));
COMMENT ON COLUMN campaign.rebind_due_at IS
    'From when on the claim makes its jobs right again before it takes any of them; null while they are.';
COMMENT ON COLUMN campaign.off IS 'The concert is called off, or put off until its facts give a new time: nothing goes out.';
CREATE INDEX campaign_to_rebind ON campaign (rebind_due_at) WHERE rebind_due_at IS NOT NULL;

-- Staff hold everything, a platform or an account at once.
CREATE TABLE stop (
    stop_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope      text NOT NULL CHECK (scope IN ('school', 'platform', 'account')),
    name       text NOT NULL DEFAULT '',
    reason     text NOT NULL DEFAULT '',
    stopped_at timestamptz NOT NULL,
    stopped_by text NOT NULL,
    ended_at   timestamptz,
    ended_by   text,
    CONSTRAINT the_school_needs_no_name CHECK ((scope = 'school') = (name = ''))
);
COMMENT ON COLUMN stop.name IS 'The platform or the account; empty for the school.';
CREATE UNIQUE INDEX one_open_stop ON stop (scope, name) WHERE ended_at IS NULL;
-- Where this schema was left before and is come back to.
INSERT INTO stop (scope, name, stopped_at, stopped_by)
SELECT 'account', account, now(), 'migration 0004' FROM account WHERE pause_reason = 'stopped';
UPDATE account SET paused_until = NULL, pause_reason = NULL WHERE pause_reason = 'stopped';

-- A picture knows what it was drawn from.
ALTER TABLE media_asset ADD COLUMN drawn_from jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN media_asset.drawn_from IS
    'Of what Encore has drawn: the facts, the text, the picture behind it, the design, and the fingerprint of them all.';

-- While one request is worked on, another may wait: what it asks for, the first has perhaps read already. What waits for
-- a review is neither, and hinders nobody.
ALTER TABLE generation_request DROP CONSTRAINT generation_request_state_check;
ALTER TABLE generation_request ADD CONSTRAINT generation_request_state_check
    CHECK (state IN ('requested', 'running', 'reviewing', 'done', 'failed'));
ALTER TABLE generation_request ADD COLUMN anew jsonb;
COMMENT ON COLUMN generation_request.anew IS 'What is written anew although it stands: {"keep_edited": true or false}.';
-- One that still writes stays what it is, and is taken up again if its run shows no more life.
UPDATE generation_request r SET state = 'reviewing' WHERE state = 'running' AND review = 'airflow'
  AND EXISTS (SELECT FROM media_asset m WHERE m.campaign_id = r.campaign_id);
DROP INDEX one_open_generation_request;
CREATE UNIQUE INDEX one_waiting_generation_request ON generation_request (campaign_id) WHERE state = 'requested';
CREATE UNIQUE INDEX one_running_generation_request ON generation_request (campaign_id) WHERE state = 'running';

-- The audit trail tells the new things too.
DROP TRIGGER audit ON publish_job;
CREATE TRIGGER audit AFTER INSERT OR UPDATE ON publish_job
    FOR EACH ROW EXECUTE FUNCTION audit('job_event', 'job_id', 'state',
    'scheduled_at moved_at not_before useless_after payload_ref media_ref delivery handed_off_at error_code action_required cancel_requested claimed_by external_post_id external_url');
DROP TRIGGER audit ON campaign;
CREATE TRIGGER audit AFTER INSERT OR UPDATE ON campaign
    FOR EACH ROW EXECUTE FUNCTION audit('campaign_event', 'campaign_id', 'status',
    'teacher_id concert_title concert_datetime timezone venue_or_link student_highlights cta_link platforms timeline off off_by');

-- What may be claimed, and when: nothing that is stopped, handed over, or of a marked campaign.
DROP VIEW next_claimable_job;
DROP VIEW free_place;
CREATE VIEW stopped_account AS
SELECT a.account, s.stop_id, s.scope, s.reason, s.stopped_at, s.stopped_by
FROM account a JOIN stop s ON s.ended_at IS NULL
    AND (s.scope = 'school' OR (s.scope = 'platform' AND s.name = a.platform) OR (s.scope = 'account' AND s.name = a.account));
COMMENT ON VIEW stopped_account IS 'The accounts that a person holds at the moment, once for each stop that does.';

CREATE VIEW free_place AS
SELECT a.account, a.platform,
       a.max_in_flight - coalesce(busy.jobs, 0) AS places,
       -- After an outage one post tries the water; its success ends the pause for all.
       CASE WHEN c.pause_reason = 'platform_unavailable' THEN 1 ELSE c.max_in_flight END
           - coalesce(sum(busy.jobs) OVER (PARTITION BY a.platform), 0) AS platform_places,
       greatest(a.paused_until, c.paused_until) AS paused_until,
       a.catch_up_at, c.late_after,
       a.delivery = 'api' AND NOT EXISTS (SELECT FROM stopped_account s WHERE s.account = a.account) AS open
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
     WHERE account = f.account AND state = 'queued' AND action_required IS NULL AND delivery = 'api'
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
    'The first job of each account that a claim would take, and from when on. Reads the queue from its start only.';

-- A claim has more to do than to take jobs: it hands over what is posted by hand, and makes marked campaigns right.
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
COMMENT ON VIEW next_thing_to_do IS 'What the next claim finds first, and when: a job to take or to hand over, a campaign to make right.';

CREATE TRIGGER tell_campaigns_marked AFTER UPDATE OF rebind_due_at ON campaign
    FOR EACH STATEMENT EXECUTE FUNCTION tell_jobs_changed();
CREATE TRIGGER tell_stops_changed AFTER INSERT OR UPDATE ON stop
    FOR EACH STATEMENT EXECUTE FUNCTION tell_jobs_changed();
DROP TRIGGER tell_jobs_updated ON publish_job;
CREATE TRIGGER tell_jobs_updated AFTER UPDATE OF state, scheduled_at, not_before, action_required, observing, delivery ON publish_job
    FOR EACH STATEMENT EXECUTE FUNCTION tell_jobs_changed();
DROP TRIGGER tell_accounts_changed ON account;
CREATE TRIGGER tell_accounts_changed AFTER UPDATE OF paused_until, max_in_flight, delivery ON account
    FOR EACH STATEMENT EXECUTE FUNCTION tell_jobs_changed();

-- Every campaign that still has something to send is made right once under the new rules.
UPDATE campaign SET rebind_due_at = now(), updated_at = now()
WHERE campaign_id IN (SELECT campaign_id FROM publish_job WHERE state = 'queued');
