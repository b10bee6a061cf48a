-- What people asked of Meta, and Meta of us: that we lose an account of theirs, or forget it. What a person is called
-- there stands here as its SHA-256 alone.

-- name: put_data_request!
-- Once: whoever asks the same again finds the first.
INSERT INTO data_request (confirmation_code, kind, app, user_sha256, issued_at, asked_at)
VALUES (:confirmation_code, :kind, :app, :user_sha256, :issued_at, :now)
ON CONFLICT ON CONSTRAINT data_request_is_asked_once DO NOTHING;

-- name: data_request_asked^
SELECT * FROM data_request
WHERE kind = :kind AND app = :app AND user_sha256 = :user_sha256 AND issued_at = :issued_at;

-- name: data_request^
SELECT * FROM data_request WHERE confirmation_code = :confirmation_code;

-- name: open_data_requests
-- Also those that something broke off; the oldest first.
SELECT * FROM data_request WHERE done_at IS NULL ORDER BY asked_at LIMIT :most;

-- name: settle_data_request!
-- Once.
UPDATE data_request SET done_at = :now, accounts = :accounts
WHERE confirmation_code = :confirmation_code AND done_at IS NULL;

-- name: accounts_of_app_user
-- All that were connected through this app by then and are the person's, those that are no longer ours too. Locked, so that
-- none of them is connected anew meanwhile; whoever holds these asks for no job or campaign.
SELECT * FROM account
WHERE way = :app AND connected_at <= :until
  AND :user_sha256 IN (encode(sha256(convert_to(app_user_id, 'UTF8')), 'hex'),
                       encode(sha256(convert_to(external_id, 'UTF8')), 'hex'))
ORDER BY account FOR UPDATE;

-- name: forget_account_owner!
-- What the platform told of the account and its owner. Of what it is called there stays a SHA-256, by which
-- account_of_external knows it if it is connected again: what was posted through it must not be posted a second time.
UPDATE account SET username = '', display_name = '', profile_link = '', scopes = '{}', app_user_id = NULL,
    access_ends_at = NULL, health = '{}',
    external_id = 'sha256:' || encode(sha256(convert_to(platform || ' ' || external_id, 'UTF8')), 'hex')
WHERE account = :account AND connected_at <= :until AND NOT coalesce(starts_with(external_id, 'sha256:'), false);

-- name: forget_account_picture!
-- Unless the account was connected anew meanwhile.
DELETE FROM account_picture WHERE account = :account
  AND EXISTS (SELECT FROM account a WHERE a.account = :account AND a.connected_at <= :until);

-- name: forget_found_accounts!
-- What logins have found of the person; one that still waits for a decision is over.
UPDATE login_attempt SET found = '{}', ends_at = least(ends_at, :now)
WHERE way = :app AND began_at <= :until AND EXISTS (
    SELECT FROM jsonb_array_elements(found -> 'accounts') one
    WHERE :user_sha256 IN (encode(sha256(convert_to(one ->> 'app_user_id', 'UTF8')), 'hex'),
                           encode(sha256(convert_to(one ->> 'external_id', 'UTF8')), 'hex')));

-- name: forget_what_accounts_were!
-- The SHA-256 of forgotten accounts, once no concert for which something was planned through them is later than :before.
UPDATE account SET external_id = NULL WHERE account IN (
    SELECT a.account FROM account a
    WHERE starts_with(a.external_id, 'sha256:') AND NOT EXISTS (
        SELECT FROM publish_job j JOIN campaign c USING (campaign_id)
        WHERE j.account = a.account AND c.concert_datetime >= :before)
    LIMIT :most);
