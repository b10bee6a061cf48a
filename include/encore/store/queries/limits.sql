-- What teachers did of which a day allows only so much.

-- name: lock_uses$
-- What one teacher does at once is counted one after the other. After the turn on a campaign, never before it.
SELECT pg_advisory_xact_lock(hashtextextended('encore uses ' || :teacher_id, 0));

-- name: uses_since
SELECT * FROM teacher_use WHERE teacher_id = :teacher_id AND kind = :kind AND at > :since ORDER BY at;

-- name: put_use!
INSERT INTO teacher_use (teacher_id, kind, at, size_bytes) VALUES (:teacher_id, :kind, :now, :size_bytes);
