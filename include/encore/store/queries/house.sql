-- The clock, what health reads, and what is forgotten once nothing needs it any more.

-- name: database_time$
-- The moment at which it is answered, not that at which its transaction began.
SELECT clock_timestamp();

-- name: last_claim_at$
-- When publish_due_jobs last ran as far as its claim.
SELECT max(claimed_at) FROM claim;

-- name: lost_jobs$
-- Running posts whose task has been silent for longer than its lease, and which nobody has taken back yet.
SELECT count(*) FROM publish_job WHERE state = 'running' AND lease_expires_at < :now;

-- name: forget_claims!
-- With their batches: by then no run asks again what it had claimed.
DELETE FROM claim WHERE claimed_at < :before;

-- name: forget_api_idempotency!
DELETE FROM api_idempotency WHERE created_at < :before;

-- name: forget_media_addresses!
-- With who fetched what: evidence for as long as the outcome of the job is in doubt.
DELETE FROM media_address d USING publish_job j
WHERE j.job_id = d.job_id AND d.expires_at < :before
  AND j.state <> 'running' AND j.action_required IS DISTINCT FROM 'confirm_outcome';

-- name: forget_findings!
DELETE FROM finding WHERE cleared_at < :before;

-- name: forget_model_answers!
DELETE FROM model_answer WHERE at < :before;
