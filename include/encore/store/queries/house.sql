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
-- With their batches: by then no run asks again what it had claimed. As many of the oldest as have :most rows together.
DELETE FROM claim WHERE run_id IN (
    SELECT run_id FROM (
        SELECT c.run_id, b.posts, sum(1 + b.posts) OVER (ORDER BY c.claimed_at, c.run_id) AS so_far
        FROM (SELECT run_id, claimed_at FROM claim WHERE claimed_at < :before
              ORDER BY claimed_at, run_id LIMIT least(:most, 200)) c
        CROSS JOIN LATERAL (SELECT count(*) AS posts FROM claim_batch b WHERE b.run_id = c.run_id) b
    ) counted
    WHERE so_far <= :most OR so_far = 1 + posts);

-- name: forget_api_idempotency!
-- The oldest first.
DELETE FROM api_idempotency WHERE (teacher_id, key) IN (
    SELECT teacher_id, key FROM api_idempotency WHERE created_at < :before
    ORDER BY created_at LIMIT :most FOR UPDATE SKIP LOCKED);

-- name: forget_media_addresses!
-- With who fetched what: evidence for as long as the outcome of the job is in doubt.
DELETE FROM media_address WHERE token IN (
    SELECT d.token FROM media_address d JOIN publish_job j USING (job_id)
    WHERE d.expires_at < :before AND j.state <> 'running' AND j.action_required IS DISTINCT FROM 'confirm_outcome'
    ORDER BY d.expires_at LIMIT :most FOR UPDATE OF d SKIP LOCKED);

-- name: forget_findings!
-- The oldest first.
DELETE FROM finding WHERE finding_id IN (
    SELECT finding_id FROM finding WHERE cleared_at < :before
    ORDER BY cleared_at LIMIT :most FOR UPDATE SKIP LOCKED);

-- name: forget_model_answers!
-- The oldest first.
DELETE FROM model_answer WHERE asked IN (
    SELECT asked FROM model_answer WHERE at < :before ORDER BY at LIMIT :most FOR UPDATE SKIP LOCKED);

-- name: forget_model_uses!
-- Of months long past.
DELETE FROM model_use WHERE use_id IN (
    SELECT use_id FROM model_use WHERE month < :before ORDER BY month LIMIT :most FOR UPDATE SKIP LOCKED);

-- name: forget_text_proposals!
-- That nobody has taken.
DELETE FROM text_proposal WHERE asset_id IN (
    SELECT asset_id FROM text_proposal WHERE made_at < :before ORDER BY made_at LIMIT :most FOR UPDATE SKIP LOCKED);

-- name: forget_uses!
-- What teachers did, once no day asks for it.
DELETE FROM teacher_use WHERE ctid IN (
    SELECT ctid FROM teacher_use WHERE at < :before ORDER BY at LIMIT :most FOR UPDATE SKIP LOCKED);

-- name: campaigns_to_look_through
-- Whose pictures and videos nobody has looked at for so long, by what they are needed for.
SELECT campaign_id FROM campaign
WHERE created_at < :before AND (media_looked_at IS NULL OR media_looked_at < :looked_before)
ORDER BY media_looked_at NULLS FIRST, created_at LIMIT :most;

-- name: note_media_looked_at!
UPDATE campaign SET media_looked_at = :now WHERE campaign_id = :campaign_id;

-- name: unneeded_media
-- Of a campaign what is neither drawn nor put in last of its kind, unless its concert is as long past; and what no post
-- has, no approval in force names, no address leads to (which is evidence while a post is in doubt), and nothing that
-- stays was drawn with. Not while content is asked for, which may find it again.
SELECT m.media_id FROM media_asset m JOIN campaign c USING (campaign_id)
WHERE m.campaign_id = :campaign_id AND m.created_at < :before
  AND (EXISTS (SELECT FROM media_asset n
          WHERE n.campaign_id = m.campaign_id AND n.platform = m.platform AND n.kind = m.kind AND n.origin = m.origin
            AND (n.created_at, n.media_id) > (m.created_at, m.media_id))
       OR (c.concert_datetime < :before AND NOT EXISTS (
          SELECT FROM publish_job j WHERE j.campaign_id = c.campaign_id
            AND (j.state IN ('queued', 'running') OR j.action_required = 'confirm_outcome'))))
  AND NOT EXISTS (SELECT FROM publish_job j WHERE j.campaign_id = m.campaign_id 
        AND m.media_id = ANY (string_to_array(j.media_ref, ',')))
  AND NOT EXISTS (SELECT FROM approval a
      WHERE a.campaign_id = m.campaign_id AND a.voided_at IS NULL AND a.payload_refs ? m.media_id)
  AND NOT EXISTS (SELECT FROM media_address d WHERE d.media_id = m.media_id)
  AND NOT EXISTS (SELECT FROM media_asset n
      WHERE n.campaign_id = m.campaign_id AND n.media_id <> m.media_id AND m.origin = 'background'
        AND n.drawn_from ->> 'background' = m.media_id)
  AND NOT EXISTS (SELECT FROM generation_request g
      WHERE g.campaign_id = m.campaign_id AND g.state IN ('requested', 'running', 'reviewing'));

-- name: forget_media!
-- Their files are noted by the database.
DELETE FROM media_asset WHERE media_id = ANY (:media_ids);

-- name: media_files_left
-- The oldest first.
SELECT * FROM media_file_left WHERE since < :before ORDER BY since LIMIT :most;

-- name: needs_media_file$
-- Whether there is a row again, by which it is needed.
SELECT EXISTS (SELECT FROM media_asset WHERE file = :file);

-- name: forget_media_file!
DELETE FROM media_file_left WHERE file = :file;

-- name: campaigns_to_forget
-- Over for so long, with nothing that waits, runs or is in doubt; the earliest concerts first.
SELECT campaign_id FROM campaign c
WHERE concert_datetime < :before AND (forgotten_at IS NULL OR forgotten_at < concert_datetime)
  AND (status = 'completed' OR off = 'called_off')
  AND NOT EXISTS (SELECT FROM publish_job j WHERE j.campaign_id = c.campaign_id
      AND (j.state IN ('queued', 'running') OR j.action_required = 'confirm_outcome'))
ORDER BY concert_datetime LIMIT :most;

-- name: forget_job_events!
-- Of posts that are over and not in doubt.
DELETE FROM job_event WHERE event_id IN (
    SELECT e.event_id FROM publish_job j JOIN job_event e USING (job_id)
    WHERE j.campaign_id = ANY (:campaign_ids) AND j.state IN ('success', 'failed', 'cancelled')
      AND j.action_required IS DISTINCT FROM 'confirm_outcome' LIMIT :most);

-- name: forget_attempts!
-- The same of what was tried for them.
DELETE FROM publish_attempt WHERE entry_id IN (
    SELECT a.entry_id FROM publish_job j JOIN publish_attempt a USING (job_id)
    WHERE j.campaign_id = ANY (:campaign_ids) AND j.state IN ('success', 'failed', 'cancelled')
      AND j.action_required IS DISTINCT FROM 'confirm_outcome' LIMIT :most);

-- name: forget_campaign_events!
-- What happened to the campaigns themselves.
DELETE FROM campaign_event WHERE event_id IN (
    SELECT event_id FROM campaign_event WHERE campaign_id = ANY (:campaign_ids) LIMIT :most);

-- name: note_forgotten!
-- Unless something has begun to move again meanwhile.
UPDATE campaign SET forgotten_at = :now WHERE campaign_id IN (
    SELECT campaign_id FROM campaign WHERE campaign_id = ANY (:campaign_ids)
      AND (status = 'completed' OR off = 'called_off') ORDER BY campaign_id FOR UPDATE SKIP LOCKED);
