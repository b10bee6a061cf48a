-- Logging in the browser of a service by a QR code: one at a time for each service, asked for by whoever looks.

-- name: put_qr_login!
-- Beside its login_attempt; the code comes later.
INSERT INTO qr_login (attempt_id, shown_at) VALUES (:attempt_id, :now);

-- name: qr_login^
SELECT * FROM qr_login WHERE attempt_id = :attempt_id;

-- name: show_qr_code!
-- It has come, and can be scanned from :now on.
UPDATE qr_login SET picture = :picture, content_type = :content_type, shown_at = :now WHERE attempt_id = :attempt_id;

-- name: note_login_before_us!
-- Somebody was logged in there already, whom no attempt had brought or one that was kept.
UPDATE qr_login SET before_us = true WHERE attempt_id = :attempt_id;

-- name: forget_qr_code!
-- It leads nowhere any more.
UPDATE qr_login SET picture = NULL WHERE attempt_id = :attempt_id AND picture IS NOT NULL;

-- name: end_login_attempt_at!
-- An open one lasts until then.
UPDATE login_attempt SET ends_at = :ends_at WHERE attempt_id = :attempt_id AND settled_at IS NULL;

-- name: take_qr_look$
-- Whoever gets it asks the service, nobody else until they are done or :until is over, and not again before :since.
UPDATE qr_login SET asking_until = :until
WHERE attempt_id = :attempt_id AND (asking_until IS NULL OR asking_until <= :now)
  AND coalesce(asked_at, shown_at) <= :since
RETURNING attempt_id;

-- name: end_qr_look!
-- The service has answered, or :trouble says why not.
UPDATE qr_login SET asking_until = NULL, asked_at = :now, trouble = :trouble WHERE attempt_id = :attempt_id;

-- name: open_login_of_service^
-- The one that is allowed (one_login_of_a_service), locked.
SELECT * FROM login_attempt WHERE service = :service AND settled_at IS NULL FOR UPDATE;

-- name: last_login_of_service^
-- Of those that are over, and whether it had found somebody logged in whom it had not brought. Never null: before_us.
SELECT a.*, q.before_us FROM login_attempt a JOIN qr_login q USING (attempt_id)
WHERE a.service = :service AND a.settled_at IS NOT NULL ORDER BY a.began_at DESC LIMIT 1;
