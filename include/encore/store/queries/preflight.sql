-- What is looked at ahead of time, of posts and of accounts; what was found, and what becomes of posts once a login works
-- again.

-- name: jobs_to_check
-- Queued posts that were not looked at as they are now, or not within :ahead of their time, or that had a finding.
-- What is due by now is being published and needs no forecast.
SELECT j.job_id, j.account, j.platform, j.scheduled_at, j.payload_ref, j.media_ref,
    coalesce(p.payload_refs ? j.payload_ref, false)
        AND coalesce(p.payload_refs ?& string_to_array(j.media_ref, ','), false) AS approved
FROM publish_job j
LEFT JOIN preflight f USING (job_id)
LEFT JOIN approval p ON p.campaign_id = j.campaign_id AND p.voided_at IS NULL
WHERE j.state = 'queued' AND j.delivery = 'api' AND j.action_required IS NULL AND j.scheduled_at > :now
  AND (f.job_id IS NULL
    OR (f.payload_ref, f.media_ref, f.scheduled_at) IS DISTINCT FROM (j.payload_ref, j.media_ref, j.scheduled_at)
    OR (j.scheduled_at <= :now + :ahead AND f.checked_at < j.scheduled_at - :ahead)
    OR EXISTS (SELECT FROM finding n WHERE n.job_id = j.job_id AND n.cleared_at IS NULL))
ORDER BY j.scheduled_at, j.job_id LIMIT :most;

-- name: put_preflight!
-- As what a post was looked at last.
INSERT INTO preflight (job_id, checked_at, scheduled_at, payload_ref, media_ref)
VALUES (:job_id, :now, :scheduled_at, :payload_ref, :media_ref)
ON CONFLICT (job_id) DO UPDATE SET checked_at = excluded.checked_at, scheduled_at = excluded.scheduled_at,
    payload_ref = excluded.payload_ref, media_ref = excluded.media_ref;

-- name: accounts_in_trouble
-- Accounts to ask again although no post of theirs is near: it may be over.
SELECT a.account FROM account a
WHERE a.active AND (a.pause_reason = 'account_disconnected'
   OR EXISTS (SELECT FROM finding f WHERE f.account = a.account AND f.cleared_at IS NULL)
   OR EXISTS (SELECT FROM publish_job j WHERE j.account = a.account AND j.state = 'failed'
              AND j.action_required = 'reconnect_account'))
ORDER BY a.account;

-- name: posts_due$
-- Posts of the account that go out by then, or should have.
SELECT count(*) FROM publish_job
WHERE account = :account AND state = 'queued' AND delivery = 'api' AND scheduled_at <= :until;

-- name: put_finding!
-- Found again it is the same finding, with what is known now.
INSERT INTO finding (duty, job_id, account, code, message, said, action, detail, found_at, seen_at)
VALUES (:duty, :job_id, :account, :code, :message, :said, :action, :detail, :now, :now)
ON CONFLICT (duty, coalesce(job_id, ''), coalesce(account, ''), code) WHERE cleared_at IS NULL
DO UPDATE SET message = excluded.message, said = excluded.said, message_zh = '', action = excluded.action,
    detail = excluded.detail, seen_at = excluded.seen_at;

-- name: clear_findings!
-- What one duty had found about a job or an account and has not found again.
UPDATE finding SET cleared_at = :now
WHERE duty = :duty AND job_id IS NOT DISTINCT FROM :job_id::text AND account IS NOT DISTINCT FROM :account::text
  AND cleared_at IS NULL AND code <> ALL (:still::text[]);

-- name: clear_settled_findings!
-- A post that is out, failed or cancelled has its own words; an account that is no longer configured needs none.
UPDATE finding f SET cleared_at = :now
WHERE f.cleared_at IS NULL
  AND (EXISTS (SELECT FROM publish_job j WHERE j.job_id = f.job_id AND j.state <> 'queued')
    OR EXISTS (SELECT FROM account a WHERE a.account = f.account AND NOT a.active));

-- name: open_findings
-- Of all accounts and jobs, each with the account it concerns. Never null: concerns.
SELECT f.*, coalesce(f.account, j.account) AS concerns, j.campaign_id, j.platform
FROM finding f LEFT JOIN publish_job j USING (job_id)
WHERE f.cleared_at IS NULL ORDER BY concerns, f.found_at, f.finding_id;

-- name: findings_of_campaign
-- Of its queued posts, and of the accounts that they go out through.
SELECT f.* FROM finding f
WHERE f.cleared_at IS NULL
  AND (f.job_id IN (SELECT job_id FROM publish_job WHERE campaign_id = :campaign_id)
    OR f.account IN (SELECT account FROM publish_job WHERE campaign_id = :campaign_id AND state = 'queued'))
ORDER BY f.found_at, f.finding_id;

-- name: campaigns_to_reconnect
-- Those with posts that failed because the account's login was refused.
SELECT DISTINCT campaign_id FROM publish_job
WHERE account = :account AND state = 'failed' AND action_required = 'reconnect_account' ORDER BY campaign_id;

-- name: requeue_reconnected_jobs!
-- A campaign's posts that failed because the login was refused, which nothing was published by, once it works again. In
-- one transaction with the binding of the campaign. Not without end: a platform may answer every question and still refuse to publish.
-- :but: those whose moment is live by now.
UPDATE publish_job SET state = 'queued', action_required = NULL, error_code = NULL, error_message = NULL,
    error_said = NULL, error_message_zh = NULL, not_before = NULL, reclaims = 0, attempt_limit = attempt_no + :attempts,
    updated_at = :now
WHERE campaign_id = :campaign_id AND account = :account AND state = 'failed'
  AND action_required = 'reconnect_account' AND useless_after > :now AND attempt_no < :attempts
  AND job_id <> ALL (:but::text[]);

-- name: release_reconnected_jobs!
-- The others need no more reconnecting either; their owner may retry them.
UPDATE publish_job SET action_required = NULL, updated_at = :now
WHERE campaign_id = :campaign_id AND account = :account AND state = 'failed' AND action_required = 'reconnect_account';
