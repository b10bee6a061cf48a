-- What people decide about a post: retry, cancel, move, and whether one in doubt is live.

-- name: retry_job!
-- Once, however often it is clicked: only a failed job is put back. In one transaction with the binding of its campaign.
UPDATE publish_job SET state = 'queued', action_required = NULL, error_code = NULL, error_message = NULL,
    error_said = NULL, error_message_zh = NULL, not_before = NULL, cancel_requested = false, reclaims = 0,
    attempt_limit = attempt_no + :attempts, updated_at = :now
WHERE job_id = :job_id AND state = 'failed'
  AND (action_required IS NULL OR action_required NOT IN ('confirm_outcome', 'post_by_hand'));

-- name: cancel_job!
-- By a person, who alone takes that back; also what the plan had taken out, so that it does not come back with that. Not
-- while nobody knows whether it is live.
UPDATE publish_job SET state = 'cancelled', action_required = NULL, error_code = NULL, error_message = NULL,
    error_said = NULL, error_message_zh = NULL, updated_at = :now
WHERE job_id = :job_id AND action_required IS DISTINCT FROM 'confirm_outcome'
  AND (state IN ('queued', 'failed') OR (state = 'cancelled' AND error_code IS NOT NULL));

-- name: undo_cancel!
-- Back to the queue, in one transaction with the binding of its campaign.
UPDATE publish_job SET state = 'queued', action_required = NULL, cancel_requested = false, error_code = NULL,
    error_message = NULL, error_said = NULL, error_message_zh = NULL, not_before = NULL, reclaims = 0,
    attempt_limit = attempt_no + :attempts, updated_at = :now
WHERE job_id = :job_id AND state = 'cancelled' AND action_required IS DISTINCT FROM 'confirm_outcome';

-- name: undo_cancel_request!
-- It has been sent and was not yet taken back.
UPDATE publish_job SET cancel_requested = false, updated_at = :now
WHERE job_id = :job_id AND state = 'running' AND cancel_requested;

-- name: request_cancel!
-- It has been sent; should that turn out not to be live, it is not sent again.
UPDATE publish_job SET cancel_requested = true, updated_at = :now WHERE job_id = :job_id AND state = 'running';

-- name: move_job!
-- A person chooses another time, which also takes up again what had failed or been cancelled. In one transaction with the
-- binding of its campaign.
UPDATE publish_job SET state = 'queued', scheduled_at = :scheduled_at, useless_after = :useless_after, moved_at = :now,
    not_before = NULL, error_code = NULL, error_message = NULL, error_said = NULL, error_message_zh = NULL,
    action_required = NULL, cancel_requested = false, reclaims = CASE WHEN state = 'queued' THEN reclaims ELSE 0 END,
    attempt_limit = CASE WHEN state = 'queued' THEN attempt_limit ELSE attempt_no + :attempts END, updated_at = :now
WHERE job_id = :job_id AND state IN ('queued', 'failed', 'cancelled')
  AND action_required IS DISTINCT FROM 'confirm_outcome';

-- name: confirm_live!
-- A person says that it is live: a doubtful post, or one that was posted by hand.
UPDATE publish_job SET state = 'success', external_url = :external_url, external_post_id = :external_post_id,
    published_at = coalesce(published_at, :now), error_code = NULL, error_message = NULL, error_said = NULL,
    error_message_zh = NULL, action_required = NULL, cancel_requested = false, updated_at = :now
WHERE job_id = :job_id
  AND (action_required = 'confirm_outcome' OR (state IN ('queued', 'failed') AND delivery = 'handoff'));

-- name: confirm_not_live!
-- The doubt ends and the job is queued again, with a fresh set of attempts; in one transaction with
-- the binding of its campaign. What is too late by now has missed its time (:error_message, :error_said), which nobody
-- doubts any more.
UPDATE publish_job SET state = CASE WHEN useless_after > :now THEN 'queued' ELSE 'failed' END,
    action_required = NULL,
    error_code = CASE WHEN useless_after <= :now THEN 'missed_window' END,
    error_message = CASE WHEN useless_after <= :now THEN :error_message END,
    error_said = CASE WHEN useless_after <= :now THEN :error_said::jsonb END, error_message_zh = NULL,
    handed_off_at = NULL, not_before = NULL, cancel_requested = false, reclaims = 0,
    attempt_limit = attempt_no + :attempts, updated_at = :now
WHERE job_id = :job_id AND state = 'failed' AND action_required = 'confirm_outcome';

-- name: put_confirmation!
-- What a person said of the outcome, in the ledger, where it ends the doubt about an open commit.
INSERT INTO publish_attempt (job_id, attempt_no, fence, step, outcome, evidence, at)
SELECT job_id, attempt_no, fence, 'confirmed', :outcome, :evidence, :now FROM publish_job WHERE job_id = :job_id;
