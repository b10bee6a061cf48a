-- Who is told what: people's wishes, their addresses, the notices, and the messages that carry them.

-- name: person^
SELECT * FROM person WHERE person = :person;

-- name: put_person!
-- As they have said last, whatever they had said before.
INSERT INTO person (person, staff, language, timezone, unwanted, quiet_from, quiet_until, digest, digest_at, digest_due_at,
    updated_at)
VALUES (:person, :staff, :language, :timezone, :unwanted, :quiet_from, :quiet_until, :digest, :digest_at, :digest_due_at, :now)
ON CONFLICT (person) DO UPDATE SET staff = excluded.staff, language = excluded.language, timezone = excluded.timezone,
    unwanted = excluded.unwanted, quiet_from = excluded.quiet_from, quiet_until = excluded.quiet_until,
    digest = excluded.digest, digest_at = excluded.digest_at, digest_due_at = excluded.digest_due_at,
    updated_at = excluded.updated_at;

-- name: ensure_person!
-- Who adds an address, or looks at the bell, before they have said how they want to be told.
INSERT INTO person (person, staff, language, timezone, updated_at) VALUES (:person, :staff, :language, :timezone, :now)
ON CONFLICT DO NOTHING;

-- name: addresses_of
SELECT * FROM person_address WHERE person = :person ORDER BY address_id;

-- name: put_address$
-- The new one's id; none for one that is there already.
INSERT INTO person_address (person, service, shown, added_at) VALUES (:person, :service, :shown, :now)
ON CONFLICT DO NOTHING RETURNING address_id;

-- name: address^
SELECT * FROM person_address WHERE address_id = :address_id;

-- name: drop_address!
-- Their own; what was still to be sent there goes with it.
DELETE FROM person_address WHERE address_id = :address_id AND person = :person;

-- name: note_address_works!
-- Something has arrived there.
UPDATE person_address SET error = NULL, failed_at = NULL WHERE address_id = :address_id AND error IS NOT NULL;

-- name: note_address_fails!
UPDATE person_address SET error = :error, failed_at = :now WHERE address_id = :address_id;

-- name: put_notice!
-- Once for each cause. :recipient: null for all of the staff.
INSERT INTO notice (kind, recipient, cause, at, tell_at, said, campaign_id, job_id, account)
VALUES (:kind, :recipient, :cause, :now, :now, :said, :campaign_id, :job_id, :account) ON CONFLICT DO NOTHING;

-- name: notices_to_tell
-- Whose time has come, locked; what somebody else is telling is left out. From the start of notice_to_tell. Each with
-- whether what it asks for is still to be done: whoever has done it meanwhile need not be asked. Never null: asks.
SELECT n.notice_id, n.kind, n.recipient, CASE n.kind
        WHEN 'needs_approval' THEN EXISTS (SELECT FROM publish_job j WHERE j.campaign_id = n.campaign_id
            AND j.state = 'queued' AND j.action_required = 'approve_content')
        WHEN 'staff_approval' THEN EXISTS (SELECT FROM publish_job j JOIN account a USING (account)
            WHERE j.campaign_id = n.campaign_id AND j.state = 'queued' AND j.action_required = 'approve_content'
            AND a.staff_approves)
        WHEN 'hand_off' THEN EXISTS (SELECT FROM publish_job j WHERE j.job_id = n.job_id AND j.action_required = 'post_by_hand')
        WHEN 'ready' THEN NOT EXISTS (SELECT FROM approval p WHERE p.campaign_id = n.campaign_id AND p.voided_at IS NULL)
        ELSE true END AS asks
FROM notice n WHERE n.told_at IS NULL AND n.tell_at <= :now
ORDER BY n.tell_at, n.notice_id LIMIT :most FOR UPDATE OF n SKIP LOCKED;

-- name: note_told!
-- They are in messages to all who want them, be that nobody.
UPDATE notice SET told_at = :now WHERE notice_id = ANY (:notice_ids);

-- name: people_to_tell
-- With their addresses: those named, and with :staff all of the staff. Never null: person, address_id.
SELECT p.*, a.address_id FROM person p JOIN person_address a USING (person)
WHERE p.person = ANY (:names) OR (:staff AND p.staff) ORDER BY p.person, a.address_id;

-- name: waiting_message$
-- One to that address which nobody has tried to send yet, so that another notice fits in.
SELECT message_id FROM message
WHERE address_id = :address_id AND ended_at IS NULL AND tries = 0 AND digest IS NULL AND send_at > :now
ORDER BY send_at LIMIT 1 FOR UPDATE SKIP LOCKED;

-- name: put_message!
INSERT INTO message (message_id, address_id, digest, made_at, send_at)
VALUES (:message_id, :address_id, :digest, :now, :send_at);

-- name: put_message_notices!
-- What a message tells.
INSERT INTO message_notice (message_id, notice_id) SELECT :message_id, unnest(:notice_ids::bigint[]) ON CONFLICT DO NOTHING;

-- name: digests_due
-- People whose digest is due, locked, with their addresses if they have any.
SELECT * FROM person WHERE digest_due_at <= :now ORDER BY digest_due_at LIMIT :most FOR UPDATE SKIP LOCKED;

-- name: note_digest!
UPDATE person SET digest_due_at = :digest_due_at WHERE person = :person;

-- name: take_message^
-- The next one to send, taken for as long as a try may last: after a crash it is sent again, with the same id.
UPDATE message SET tries = tries + 1, send_at = :taken_until WHERE message_id = (
    SELECT message_id FROM message WHERE ended_at IS NULL AND send_at <= :now
    ORDER BY send_at, message_id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING message_id, address_id, digest, made_at, tries;

-- name: end_message!
UPDATE message SET ended_at = :now, arrived = :arrived WHERE message_id = :message_id;

-- name: put_off_message!
UPDATE message SET send_at = :send_at WHERE message_id = :message_id;

-- name: notices_of_message
-- In their order, each with what it is about.
SELECT n.*, c.concert_title FROM message_notice m JOIN notice n USING (notice_id) LEFT JOIN campaign c USING (campaign_id)
WHERE m.message_id = :message_id ORDER BY n.notice_id LIMIT :most;

-- name: count_notices_of_message$
-- However many a letter tells one by one.
SELECT count(*) FROM message_notice WHERE message_id = :message_id;

-- name: bell$
-- How many notices of a person are newer than their last look, up to a hundred, and with :staff as many of those to staff.
WITH looked AS MATERIALIZED (SELECT coalesce((SELECT bell_seen_at FROM person WHERE person = :person), '-infinity') AS at)
SELECT count(*) FROM (
    (SELECT FROM notice WHERE recipient = :person AND at > (SELECT at FROM looked) LIMIT 100)
    UNION ALL
    (SELECT FROM notice WHERE :staff AND recipient IS NULL AND at > (SELECT at FROM looked) LIMIT 100)) new;

-- name: note_bell_seen!
UPDATE person SET bell_seen_at = :now WHERE person = :person;

-- name: notices_of_person
-- The newest first, before the one where the last page ended; with :staff what staff are told as well.
-- Never null: notice_id, kind, cause, at.
SELECT n.*, c.concert_title FROM (
    (SELECT * FROM notice WHERE recipient = :person AND notice_id < :before ORDER BY notice_id DESC LIMIT :most)
    UNION ALL
    (SELECT * FROM notice WHERE :staff AND recipient IS NULL AND notice_id < :before ORDER BY notice_id DESC LIMIT :most)
) n LEFT JOIN campaign c USING (campaign_id) ORDER BY n.notice_id DESC LIMIT :most;

-- name: next_notice^
-- When there is something to tell next, for who wakes those who tell. Never null: what, due_at.
SELECT 'notice' AS what, due_at FROM next_notice WHERE due_at IS NOT NULL;

-- name: coming_posts
-- What a person's concerts have planned between two moments, or with :staff those of all.
-- Never null: job_id, platform, touchpoint, scheduled_at, concert_title, campaign_id, timezone.
SELECT j.job_id, j.campaign_id, j.platform, j.touchpoint, j.scheduled_at, j.action_required, c.concert_title, c.timezone
FROM publish_job j JOIN campaign c USING (campaign_id)
WHERE j.state = 'queued' AND j.scheduled_at >= :now AND j.scheduled_at < :until AND c.teacher_id = :person
ORDER BY j.scheduled_at, j.job_id LIMIT :most;

-- name: held_before
-- Campaigns of which a post that waits for approval is planned before then, with the first of them, and whether only staff
-- are waited for. Never null: for_staff.
SELECT DISTINCT ON (j.campaign_id) j.campaign_id, j.scheduled_at, c.teacher_id, a.staff_approves AND EXISTS (
    SELECT FROM approval p WHERE p.campaign_id = j.campaign_id AND p.voided_at IS NULL AND NOT p.by_staff) AS for_staff
FROM publish_job j JOIN campaign c USING (campaign_id) JOIN account a USING (account)
WHERE j.state = 'queued' AND j.action_required = 'approve_content' AND j.scheduled_at BETWEEN :now AND :until
  AND c.off IS NULL
ORDER BY j.campaign_id, j.scheduled_at LIMIT :most;

-- name: unapproved_drafts
-- Written, and approved by nobody, with the concert near.
SELECT c.* FROM campaign c
WHERE c.status = 'draft' AND c.off IS NULL AND c.concert_datetime > :now AND c.concert_datetime < :until
  AND EXISTS (SELECT FROM content_asset a WHERE a.campaign_id = c.campaign_id)
ORDER BY c.concert_datetime, c.campaign_id LIMIT :most;

-- name: troubles
SELECT * FROM trouble;

-- name: put_trouble!
-- One that staff are told of, from now on.
INSERT INTO trouble (code, said, since) VALUES (:code, :said, :now) ON CONFLICT DO NOTHING;

-- name: end_trouble_of_system!
-- It is over.
DELETE FROM trouble WHERE code = :code;

-- name: hold_watch$
-- One watch at a time, whoever else looks; until the transaction ends.
SELECT pg_try_advisory_xact_lock(hashtextextended('encore watch', 0));

-- name: forget_notices!
-- Told long ago.
DELETE FROM notice WHERE notice_id IN (
    SELECT notice_id FROM notice WHERE at < :before AND told_at IS NOT NULL ORDER BY at LIMIT :most);

-- name: forget_messages!
-- Sent, or given up, long ago.
DELETE FROM message WHERE message_id IN (
    SELECT message_id FROM message WHERE made_at < :before AND ended_at IS NOT NULL ORDER BY made_at LIMIT :most);

-- name: tell_staff_to_approve!
-- Once for each approval of a teacher that is not enough for an account of the school's.
INSERT INTO notice (kind, recipient, cause, at, tell_at, campaign_id)
VALUES ('staff_approval', NULL, :cause, :now, :now, :campaign_id) ON CONFLICT DO NOTHING;
