-- The school's accounts: which teachers may use one, and whose approval its posts wait for.

-- name: users_of_account
-- Those to whom it was given, also while it is for all. Never null: teacher.
SELECT teacher FROM account_use WHERE account = :account ORDER BY teacher;

-- name: give_account!
-- Only the school's: its teacher's own is nobody else's.
UPDATE account SET for_all = :for_all, staff_approves = :staff_approves
WHERE account = :account AND owner IS NULL AND active
  AND (for_all, staff_approves) IS DISTINCT FROM (:for_all, :staff_approves);

-- name: put_account_uses!
-- Whoever has it already keeps it as it was given.
INSERT INTO account_use (account, teacher, given_by, given_at)
SELECT a.account, t.teacher, :who, :now FROM account a, unnest(:teachers::text[]) t (teacher)
WHERE a.account = ANY (:accounts) AND a.owner IS NULL AND a.active ON CONFLICT DO NOTHING;

-- name: end_account_uses!
-- Of everybody else.
DELETE FROM account_use WHERE account = :account AND teacher <> ALL (:teachers);

-- name: end_uses_of_teacher!
-- Of one who has nothing left to post: what stays under their name still goes out through the account that it was given.
DELETE FROM account_use WHERE teacher = :teacher AND NOT EXISTS (
    SELECT FROM campaign c WHERE c.teacher_id = :teacher
    AND (c.status IN ('scheduled', 'active') OR c.concert_datetime > :now));
