-- What is due: windows that are over, posts by hand, tasks gone silent, and what a run of publish_due_jobs takes.

-- name: work_for_claim^
-- Which steps of a claim have anything to do, from the start of an index each; most claims find nothing at all.
-- Never null: marked, window_over, silent, by_hand, due.
SELECT EXISTS (SELECT FROM campaign WHERE rebind_due_at <= :now) AS marked,
    EXISTS (SELECT FROM publish_job WHERE state = 'queued' AND useless_after <= :now) AS window_over,
    EXISTS (SELECT FROM publish_job WHERE state = 'running' AND lease_expires_at < :now) AS silent,
    EXISTS (SELECT FROM publish_job WHERE state = 'queued' AND delivery = 'handoff' AND action_required IS NULL
            AND scheduled_at <= :now) AS by_hand,
    EXISTS (SELECT FROM channel h CROSS JOIN LATERAL (
        (SELECT FROM publish_job WHERE platform = h.platform AND state = 'queued' AND action_required IS NULL
            AND delivery = 'api' AND not_before IS NULL AND scheduled_at <= :now + h.claim_ahead LIMIT 1)
        UNION ALL
        (SELECT FROM publish_job WHERE platform = h.platform AND state = 'queued' AND action_required IS NULL
            AND delivery = 'api' AND not_before IS NOT NULL
            AND greatest(scheduled_at, not_before) <= :now + h.claim_ahead LIMIT 1)) j) AS due;

-- name: open_claim!
-- None for a run that has claimed before. Claims follow one another: the limits in flight are counted, and two counts at
-- once would both find room.
WITH locked AS MATERIALIZED (SELECT pg_advisory_xact_lock(hashtextextended('encore claim', 0)))
INSERT INTO claim (run_id, claimed_at) SELECT :run_id, :now FROM locked ON CONFLICT DO NOTHING;

-- name: campaigns_past_window
-- Campaigns with a queued post whose window is over: swept one at a time, because each sweep may lock its campaign.
SELECT DISTINCT campaign_id FROM publish_job
WHERE state = 'queued' AND useless_after <= :now ORDER BY campaign_id LIMIT :most;

-- name: lock_missed_windows
-- A campaign's queued posts whose window is over, each with what it last waited for and the stop that was in force when its
-- time was over. Held and cooling ones too: a post that is useless now is not going to be useful later. What somebody is
-- deciding about is left to the next claim, so that nobody waits for the other in a circle.
SELECT j.job_id, j.delivery, j.error_said, j.error_message, j.error_message_zh, s.stop_id IS NOT NULL AS stopped,
    s.reason AS stop_reason
FROM publish_job j LEFT JOIN LATERAL (
    SELECT stop_id, reason FROM stop
    WHERE stopped_at <= j.useless_after AND (ended_at IS NULL OR ended_at > j.useless_after)
      AND (scope = 'school' OR (scope, name) IN (('platform', j.platform), ('account', j.account)))
    ORDER BY stop_id LIMIT 1) s ON true
WHERE j.campaign_id = :campaign_id AND j.state = 'queued' AND j.useless_after <= :now
ORDER BY j.job_id FOR UPDATE OF j SKIP LOCKED;

-- name: end_missed_window!
-- One of these. What is posted by hand may have been, and nobody has said so.
UPDATE publish_job SET state = 'failed',
    error_code = CASE delivery WHEN 'handoff' THEN 'handoff_unconfirmed' ELSE 'missed_window' END,
    error_message = :error_message, error_said = :error_said, error_message_zh = NULL,
    action_required = CASE delivery WHEN 'handoff' THEN 'confirm_outcome' END,
    handed_off_at = CASE delivery WHEN 'handoff' THEN coalesce(handed_off_at, :now) END, updated_at = :now
WHERE job_id = :job_id;

-- name: hand_over_due_jobs!
-- From now on a person may post them; until somebody says that it is not live they stay by hand.
UPDATE publish_job SET action_required = 'post_by_hand', handed_off_at = coalesce(handed_off_at, :now), updated_at = :now
WHERE job_id IN (
    SELECT job_id FROM publish_job
    WHERE state = 'queued' AND delivery = 'handoff' AND action_required IS NULL AND scheduled_at <= :now
      AND NOT EXISTS (SELECT FROM campaign c WHERE c.campaign_id = publish_job.campaign_id AND c.rebind_due_at IS NOT NULL)
      AND NOT EXISTS (SELECT FROM stopped_account s WHERE s.account = publish_job.account)
    ORDER BY scheduled_at, job_id LIMIT :most FOR UPDATE SKIP LOCKED);

-- name: silent_jobs
-- Jobs whose task has been silent for longer than its lease.
SELECT job_id FROM publish_job WHERE state = 'running' AND lease_expires_at < :now
ORDER BY lease_expires_at, job_id LIMIT :most;

-- name: lock_silent_job^
-- The same job, if it is still silent and nobody else is deciding about it.
SELECT * FROM publish_job WHERE job_id = :job_id AND state = 'running' AND lease_expires_at < :now
FOR UPDATE SKIP LOCKED;

-- name: reclaim_job!
-- Back to the queue under a new fence, so that the lost task can write nothing any more if it wakes.
UPDATE publish_job SET state = 'queued', fence = fence + 1, reclaims = reclaims + started::integer, claimed_by = NULL,
    lease_expires_at = NULL, started = false, observing = false, updated_at = :now
WHERE job_id = :job_id;

-- name: take_over_job!
-- Straight to the claiming run: a job whose post may be live never lies in the queue, where it could be cancelled,
-- held, planned anew or swept as if nothing had been sent. One that was left to its platform was not lost.
WITH taken AS (
    UPDATE publish_job SET claimed_by = :run_id, group_no = :group_no, fence = fence + 1,
        reclaims = reclaims + (started AND NOT observing)::integer, started = false, observing = false,
        lease_expires_at = :lease_expires_at, updated_at = :now
    WHERE job_id = :job_id
    RETURNING job_id
)
INSERT INTO claim_batch (run_id, position, job_id, group_no) SELECT :run_id, :position, job_id, :group_no FROM taken;

-- name: lock_due_jobs
-- For each account its oldest due jobs, then the oldest of all within each platform's places. An account with nothing in
-- flight gives all of them, since they follow one another in one group; else as many as it has places left. Of those
-- that are late (a backlog after an outage) an account gets one, and the next when it has caught its breath. What is
-- planned within claim_ahead is taken ahead of its second.
-- The accounts are those of the queue's start, and the lateral joins read theirs from its start, whatever the table holds
-- besides. (OFFSET 0: one after another by its index, and not all there are beforehand.)
-- Never null: job_id, account, platform, late, groups.
WITH serving AS MATERIALIZED (
    SELECT platform, platform_places, groups, late_after, claim_ahead FROM free_channel
    WHERE open AND platform_places > 0 AND (paused_until IS NULL OR paused_until <= :now)
), waiting AS MATERIALIZED (
    SELECT j.account FROM serving s CROSS JOIN LATERAL (
        SELECT account FROM publish_job
        WHERE platform = s.platform AND state = 'queued' AND action_required IS NULL AND delivery = 'api'
          AND not_before IS NULL AND scheduled_at <= :now + s.claim_ahead OFFSET 0) j
    UNION
    SELECT j.account FROM serving s CROSS JOIN LATERAL (
        SELECT account FROM publish_job
        WHERE platform = s.platform AND state = 'queued' AND action_required IS NULL AND delivery = 'api'
          AND not_before IS NOT NULL AND greatest(scheduled_at, not_before) <= :now + s.claim_ahead OFFSET 0) j
), free AS MATERIALIZED (
    SELECT place.*, platform_places, groups, late_after, claim_ahead FROM waiting
    CROSS JOIN LATERAL (SELECT * FROM free_place WHERE free_place.account = waiting.account OFFSET 0) place
    JOIN serving USING (platform)
    WHERE open AND places > 0 AND (paused_until IS NULL OR paused_until <= :now)
), due AS MATERIALIZED (
    SELECT j.job_id, j.due_at, false AS late, free.account, free.places, free.platform, free.platform_places, free.groups
    FROM free CROSS JOIN LATERAL (
        SELECT job_id, greatest(scheduled_at, not_before) AS due_at FROM publish_job
        WHERE account = free.account AND state = 'queued' AND action_required IS NULL AND delivery = 'api'
          AND greatest(scheduled_at, not_before) <= :now + free.claim_ahead
          AND claimable_from(scheduled_at, not_before, free.claim_ahead) <= :now
          AND scheduled_at >= :now - free.late_after
          AND NOT EXISTS (SELECT FROM campaign c
                          WHERE c.campaign_id = publish_job.campaign_id AND c.rebind_due_at IS NOT NULL)
        ORDER BY greatest(scheduled_at, not_before), job_id LIMIT least(free.places, :most)
        FOR UPDATE SKIP LOCKED) j
    UNION ALL
    SELECT j.job_id, j.due_at, true, free.account, free.places, free.platform, free.platform_places, free.groups
    FROM free CROSS JOIN LATERAL (
        SELECT job_id, greatest(scheduled_at, not_before) AS due_at FROM publish_job
        WHERE account = free.account AND state = 'queued' AND action_required IS NULL AND delivery = 'api'
          AND greatest(scheduled_at, not_before) <= :now AND scheduled_at < :now - free.late_after
          AND NOT EXISTS (SELECT FROM campaign c
                          WHERE c.campaign_id = publish_job.campaign_id AND c.rebind_due_at IS NOT NULL)
          AND (free.catch_up_at IS NULL OR free.catch_up_at <= :now)
        ORDER BY greatest(scheduled_at, not_before), job_id LIMIT 1
        FOR UPDATE SKIP LOCKED) j
)
SELECT job_id, account, platform, late, groups FROM (
    SELECT *, row_number() OVER (PARTITION BY platform ORDER BY due_at, job_id) AS rank_there,
        row_number() OVER (PARTITION BY account ORDER BY due_at, job_id) AS rank FROM due) ranked
WHERE rank_there <= platform_places AND rank <= places ORDER BY due_at, job_id LIMIT :most;

-- name: claim_jobs
-- What was just locked, in its order, each with its group; an account of whose late jobs one goes now catches its breath.
-- Gives what `claim_batch` does. Never null: position, group_no.
WITH given AS (
    SELECT * FROM unnest(:job_ids::text[], :group_nos::integer[]) WITH ORDINALITY AS g (job_id, group_no, number)
), paced AS (
    UPDATE account a SET catch_up_at = :now + h.catch_up FROM channel h
    WHERE a.account = ANY (:late_accounts::text[]) AND h.platform = a.platform
), caught_up AS (
    -- The same to the claim and to the wake, which looks at each account that is catching up.
    UPDATE account SET catch_up_at = NULL WHERE account IN (
        SELECT account FROM account WHERE catch_up_at <= :now AND account <> ALL (:late_accounts::text[])
        FOR UPDATE SKIP LOCKED)
), claimed AS (
    UPDATE publish_job j SET state = 'running', claimed_by = :run_id, group_no = given.group_no,
        lease_expires_at = :lease_expires_at, started = false, not_before = NULL, observing = false, updated_at = :now
    FROM given WHERE j.job_id = given.job_id
    RETURNING j.job_id, j.campaign_id, j.platform, j.account, j.touchpoint, j.scheduled_at
), written AS (
    INSERT INTO claim_batch (run_id, position, job_id, group_no)
    SELECT :run_id, :first_position + number - 1, job_id, group_no FROM given
    RETURNING position, job_id, group_no
)
SELECT w.position, w.group_no, j.job_id, j.platform, j.account, j.touchpoint, j.scheduled_at, c.concert_title, c.timezone
FROM written w JOIN claimed j USING (job_id) JOIN campaign c USING (campaign_id) ORDER BY w.position;

-- name: claim_batch
-- What a run has claimed, as people call it, in the order in which it was claimed.
SELECT b.position, b.group_no, j.job_id, j.platform, j.account, j.touchpoint, j.scheduled_at, c.concert_title, c.timezone
FROM claim_batch b JOIN publish_job j USING (job_id) JOIN campaign c USING (campaign_id)
WHERE b.run_id = :run_id ORDER BY b.position;

-- name: next_due_at$
-- When a run is next to be woken; by the view that says what a claim may take.
SELECT min(due_at) FROM next_thing_to_do;

-- name: next_due_job^
-- The same with the job, by which the wake tells new work from work that nobody takes. Never null: what, due_at.
SELECT what, due_at FROM next_thing_to_do ORDER BY due_at, what LIMIT 1;
