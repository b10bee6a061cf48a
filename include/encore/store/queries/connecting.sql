-- Accounts that their owners connect: the way to a platform's login and back, and what becomes of what it opens.

-- name: put_login_attempt!
-- Somebody is on the way to a platform's login.
INSERT INTO login_attempt (attempt_id, state_sha256, person, way, owner, renews, service, redirect_uri, began_at, ends_at)
VALUES (:attempt_id, :state_sha256, :person, :way, :owner, :renews, :service, :redirect_uri, :now, :ends_at);

-- name: take_login_answer^
-- Once, by the person who was sent, and in time: who comes second waits for the first and then finds no row.
UPDATE login_attempt SET status = 'answered'
WHERE state_sha256 = :state_sha256 AND person = :person AND way = :way AND status = 'sent' AND ends_at > :now
RETURNING *;

-- name: login_attempt_of_state^
-- As it stands, to say why an answer is not taken.
SELECT * FROM login_attempt WHERE state_sha256 = :state_sha256;

-- name: login_attempt^
SELECT * FROM login_attempt WHERE attempt_id = :attempt_id;

-- name: login_attempt_locked^
SELECT * FROM login_attempt WHERE attempt_id = :attempt_id FOR UPDATE;

-- name: ask_login_attempt!
-- What the login opens; whoever began it is asked whether it is kept.
UPDATE login_attempt SET status = 'asked', found = :found, ends_at = :ends_at
WHERE attempt_id = :attempt_id AND status IN ('sent', 'answered');

-- name: settle_login_attempt!
-- kept, dropped or failed; once.
UPDATE login_attempt SET status = :status, settled_at = :now, said = :said, account = :account
WHERE attempt_id = :attempt_id AND settled_at IS NULL;

-- name: login_attempts_over
-- Open ones whose time is over: what they have left in Airflow's store goes.
SELECT * FROM login_attempt WHERE settled_at IS NULL AND ends_at <= :now ORDER BY ends_at LIMIT :most;

-- name: last_login_attempt^
-- Of one person, if it is still worth a word.
SELECT * FROM login_attempt WHERE person = :person AND began_at > :since ORDER BY began_at DESC LIMIT 1;

-- name: account_of_external^
-- The one that a platform's account is, an earlier one too: what was posted through it must not be posted again. One that
-- was forgotten is known by what forget_account_owner has left.
SELECT * FROM account WHERE platform = :platform AND external_id IN (
    :external_id, 'sha256:' || encode(sha256(convert_to(:platform || ' ' || :external_id, 'UTF8')), 'hex'))
ORDER BY active DESC, connected_at DESC LIMIT 1;

-- name: hold_connecting!
-- One connects or removes an account at a time, over all processes; until the transaction ends.
SELECT pg_advisory_xact_lock(hashtextextended('encore connecting', 0));

-- name: account_names
-- Never null: account.
SELECT account FROM account WHERE account = :name OR starts_with(account, :name || '.');

-- name: put_connected_account!
-- A new one, or the same again: with another login, and perhaps another owner.
INSERT INTO account (account, platform, conn_id, owner, max_in_flight, delivery, origin, way, external_id, app_user_id,
                     username, display_name, profile_link, scopes, access_ends_at, connected_at, connected_by)
VALUES (:account, :platform, :conn_id, :owner, :max_in_flight, :delivery, 'connected', :way, :external_id, :app_user_id,
        :username, :display_name, :profile_link, :scopes, :access_ends_at, :now, :who)
ON CONFLICT (account) DO UPDATE SET conn_id = excluded.conn_id, owner = excluded.owner, active = true,
    max_in_flight = excluded.max_in_flight, delivery = excluded.delivery, way = excluded.way,
    external_id = excluded.external_id, app_user_id = excluded.app_user_id, username = excluded.username,
    display_name = excluded.display_name, profile_link = excluded.profile_link, scopes = excluded.scopes,
    access_ends_at = excluded.access_ends_at,
    connected_at = excluded.connected_at, connected_by = excluded.connected_by, disconnected_at = NULL,
    disconnected_by = NULL, disconnected_as = NULL, health = account.health - 'token',
    staff_approves = account.staff_approves AND excluded.owner IS NULL
WHERE account.origin = 'connected';

-- name: disconnect_account!
-- Its login is given up; what is planned through it is held. Once.
UPDATE account SET disconnected_at = :now, disconnected_by = :who, disconnected_as = :how, health = health - 'token'
WHERE account = :account AND origin = 'connected' AND disconnected_at IS NULL;

-- name: account_locked^
-- The order of locks is that of publishing: whoever holds this asks for no job or campaign.
SELECT * FROM account WHERE account = :account FOR UPDATE;

-- name: is_stopped$
-- Never null.
SELECT EXISTS (SELECT FROM stopped_account WHERE account = :account) AS stopped;

-- name: note_sample!
-- What became of a private sample that somebody had posted, beside what else is known of the account.
UPDATE account SET health = health || jsonb_build_object('sample', :sample::jsonb) WHERE account = :account;

-- name: uses_of_accounts
-- How much is planned through each of these accounts, and how much went out since. Never null: account, planned, posted.
WITH queue AS (
    SELECT account, count(*) AS posts FROM publish_job
    WHERE state = 'queued' AND account = ANY (:accounts::text[]) GROUP BY account)
SELECT a.account, coalesce(q.posts, 0) AS planned,
    (SELECT count(*) FROM publish_job j WHERE j.account = a.account AND j.state = 'success'
        AND j.published_at > :since) AS posted
FROM unnest(:accounts::text[]) a (account) LEFT JOIN queue q USING (account);

-- name: put_account_picture!
-- The newest.
INSERT INTO account_picture (account, content, content_type, fetched_at)
VALUES (:account, :content, :content_type, :now)
ON CONFLICT (account) DO UPDATE SET content = excluded.content, content_type = excluded.content_type,
    fetched_at = excluded.fetched_at;

-- name: account_picture^
SELECT * FROM account_picture WHERE account = :account;

-- name: accounts_with_picture
-- Never null: account.
SELECT account FROM account_picture WHERE account = ANY (:accounts::text[]);
