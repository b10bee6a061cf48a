-- What the posts of a campaign carry, when they go and whether they may; which campaigns wait to have that made right.

-- name: bind_job!
-- What a job carries, when it goes and whether it may, as `binding` has it; a new job where there is none. What is live,
-- with a task or in doubt stays, whatever was bound. :fresh: with a full set of attempts.
INSERT INTO publish_job (job_id, campaign_id, platform, account, touchpoint, delivery, idempotency_key, state,
    scheduled_at, moved_at, not_before, useless_after, payload_ref, media_ref, action_required, error_code, error_message,
    error_said, attempt_limit, created_at, updated_at)
VALUES (:job_id, :campaign_id, :platform, :account, :touchpoint, :delivery, :idempotency_key, :state,
    :scheduled_at, :moved_at, :not_before, :useless_after, :payload_ref, :media_ref, :action_required, :error_code,
    :error_message, :error_said, :attempt_limit, :now, :now)
ON CONFLICT (idempotency_key) DO UPDATE SET state = excluded.state, delivery = excluded.delivery,
    scheduled_at = excluded.scheduled_at, moved_at = excluded.moved_at, not_before = excluded.not_before,
    useless_after = excluded.useless_after, payload_ref = excluded.payload_ref, media_ref = excluded.media_ref,
    action_required = excluded.action_required, error_code = excluded.error_code,
    error_message = excluded.error_message, error_said = excluded.error_said,
    error_message_zh = CASE WHEN excluded.error_message = publish_job.error_message
                       THEN publish_job.error_message_zh END,
    cancel_requested = CASE WHEN :fresh THEN false ELSE publish_job.cancel_requested END,
    reclaims = CASE WHEN :fresh THEN 0 ELSE publish_job.reclaims END,
    attempt_limit = CASE WHEN :fresh THEN publish_job.attempt_no + excluded.attempt_limit
                    ELSE publish_job.attempt_limit END,
    updated_at = excluded.updated_at
WHERE publish_job.state IN ('queued', 'failed', 'cancelled')
  AND publish_job.action_required IS DISTINCT FROM 'confirm_outcome'
  AND (publish_job.state, publish_job.delivery, publish_job.scheduled_at, publish_job.moved_at,
       publish_job.not_before, publish_job.useless_after, publish_job.payload_ref, publish_job.media_ref,
       publish_job.action_required, publish_job.error_code)
      IS DISTINCT FROM (excluded.state, excluded.delivery, excluded.scheduled_at, excluded.moved_at,
       excluded.not_before, excluded.useless_after, excluded.payload_ref, excluded.media_ref,
       excluded.action_required, excluded.error_code);

-- name: mark_open_campaigns!
-- Every campaign that has something to send, or that was approved and has its concert before it. Locked one after another
-- by id, so that two who mark do not wait for each other.
UPDATE campaign SET rebind_due_at = :due_at, updated_at = :now WHERE campaign_id IN (
    SELECT c.campaign_id FROM campaign c
    WHERE (c.rebind_due_at IS NULL OR c.rebind_due_at > :due_at)
      AND (c.status IN ('scheduled', 'active')
        OR (c.concert_datetime > :now AND EXISTS (
            SELECT FROM approval p WHERE p.campaign_id = c.campaign_id AND p.voided_at IS NULL)))
    ORDER BY c.campaign_id FOR UPDATE);

-- name: marked_campaigns
-- By campaign_to_rebind, from its start.
SELECT campaign_id, rebind_failures FROM campaign WHERE rebind_due_at <= :now
ORDER BY rebind_due_at, campaign_id LIMIT :most;

-- name: unmark_campaign!
-- Its posts are right.
UPDATE campaign SET rebind_due_at = NULL, rebind_failures = 0, rebind_error = NULL
WHERE campaign_id = :campaign_id AND rebind_due_at IS NOT NULL;

-- name: note_failed_rebind!
-- Its posts could not be made right; until that succeeds nothing of it is claimed.
UPDATE campaign SET rebind_due_at = :again_at, rebind_failures = rebind_failures + 1, rebind_error = :said
WHERE campaign_id = :campaign_id;

-- name: unbound_campaigns$
-- How many campaigns there are whose posts could not be made right.
SELECT count(*) FROM campaign WHERE rebind_due_at IS NOT NULL AND rebind_failures > 0;

-- name: set_off!
-- The concert is called off or put off, or (:off null) takes place after all.
UPDATE campaign SET off = :off, off_at = :off_at, off_by = :off_by, updated_at = :now
WHERE campaign_id = :campaign_id AND off IS DISTINCT FROM :off::text;

-- name: set_timeline!
-- The campaign's own timeline; its facts stay.
UPDATE campaign SET timeline = :timeline, updated_at = :now WHERE campaign_id = :campaign_id;

-- name: choose_accounts!
-- Which accounts a campaign posts through, in its turn; its posts are made right after that.
UPDATE campaign SET accounts = :accounts, updated_at = :now WHERE campaign_id = :campaign_id AND accounts <> :accounts;
