-- Answers kept for a repeated Idempotency-Key.

-- name: open_api_key!
-- The first request with a key goes on; a second one waits here until the first is committed, and then adds nothing.
-- Without an answer yet, :now is what tells whose the key is.
INSERT INTO api_idempotency (teacher_id, key, request_sha256, created_at)
VALUES (:person, :key, :request_sha256, :now) ON CONFLICT DO NOTHING;

-- name: take_over_api_key!
-- The same request again, whose work was begun before :lapsed and never answered: its process is gone.
UPDATE api_idempotency SET created_at = :now
WHERE teacher_id = :person AND key = :key AND request_sha256 = :request_sha256 AND status IS NULL
  AND created_at < :lapsed;

-- name: answer_of_api_key^
SELECT * FROM api_idempotency WHERE teacher_id = :person AND key = :key;

-- name: keep_answer_of_api_key!
-- Not by who was believed gone, and whose work somebody else has begun anew.
UPDATE api_idempotency SET status = :status, answer = :answer
WHERE teacher_id = :person AND key = :key AND status IS NULL AND created_at = :reserved_at;

-- name: give_back_api_key!
-- The work ended in a refusal, which is not kept.
DELETE FROM api_idempotency WHERE teacher_id = :person AND key = :key AND status IS NULL AND created_at = :reserved_at;
