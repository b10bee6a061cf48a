-- Campaigns: their rows, the locks on them in their order, the lists that people read, and what wants a person.

-- name: put_campaign^
-- Insert, or update what differs. An unchanged campaign gives no row, so that seeding twice changes nothing.
-- Never null: inserted.
INSERT INTO campaign (campaign_id, teacher_id, concert_title, concert_datetime, timezone, venue_or_link,
    student_highlights, cta_link, details, platforms, timeline, languages, voice, facts_sha256, created_at, updated_at)
VALUES (:campaign_id, :teacher_id, :concert_title, :concert_datetime, :timezone, :venue_or_link,
    :student_highlights, :cta_link, :details, :platforms, :timeline, :languages, :voice, :facts_sha256, :now, :now)
ON CONFLICT (campaign_id) DO UPDATE SET concert_title = excluded.concert_title,
    concert_datetime = excluded.concert_datetime, timezone = excluded.timezone,
    venue_or_link = excluded.venue_or_link, student_highlights = excluded.student_highlights,
    cta_link = excluded.cta_link, details = excluded.details, platforms = excluded.platforms,
    timeline = excluded.timeline, languages = excluded.languages, voice = excluded.voice,
    facts_sha256 = excluded.facts_sha256, updated_at = excluded.updated_at
WHERE campaign.teacher_id = excluded.teacher_id
  AND (campaign.facts_sha256, campaign.timeline) IS DISTINCT FROM (excluded.facts_sha256, excluded.timeline)
RETURNING campaign_id, (xmax = 0) AS inserted;

-- name: campaign^
SELECT * FROM campaign WHERE campaign_id = :campaign_id;

-- name: take_turn_on_campaign$
-- Whoever changes a campaign's facts, content, approval, plan or posts waits here for whoever is doing so, before
-- anything is locked: else the jobs that another plan has just made would be locked after the campaign, in the wrong order.
SELECT pg_advisory_xact_lock(hashtextextended('encore campaign ' || :campaign_id, 0));

-- name: lock_jobs_of_campaign
-- Then come its jobs, then the campaign, and account and channel last: the order in which publishing locks them, so that
-- neither waits for the other in a circle.
SELECT job_id FROM publish_job WHERE campaign_id = :campaign_id ORDER BY job_id FOR UPDATE;

-- name: lock_campaign^
SELECT * FROM campaign WHERE campaign_id = :campaign_id FOR UPDATE;

-- name: newest_campaign_of_teacher^
-- What they put in last, whose languages and voice the form for another one proposes.
SELECT * FROM campaign WHERE teacher_id = :teacher_id ORDER BY created_at DESC, campaign_id DESC LIMIT 1;

-- name: campaigns_at
-- A teacher's concerts of that moment, seldom more than one.
SELECT * FROM campaign WHERE teacher_id = :teacher_id AND concert_datetime = :concert_datetime ORDER BY campaign_id;

-- name: coming_campaigns_of_teacher
-- Those whose concert is still to come, whatever becomes of it.
SELECT * FROM campaign WHERE teacher_id = :teacher_id AND concert_datetime > :now ORDER BY concert_datetime;

-- name: campaigns_upward
-- A page of the list, the earliest concert first, after the campaign that a cursor names. Every filter may be absent;
-- the statement is planned with its values, so that absent ones cost nothing: without words nothing is joined, and with
-- words what is seldom is looked for by its letter pairs and what is common along the list. May be null: after_id.
SELECT c.* FROM campaign c LEFT JOIN campaign_search s USING (campaign_id)
WHERE (:teacher_id::text IS NULL OR teacher_id = :teacher_id)
  AND (:status::text IS NULL OR status = :status)
  AND (:title::text IS NULL OR (s.pairs @> letter_pairs(:title) AND strpos(lower(concert_title), lower(:title)) > 0))
  AND (:since::timestamptz IS NULL OR concert_datetime >= :since)
  AND (:until::timestamptz IS NULL OR concert_datetime < :until)
  AND (:after_at::timestamptz IS NULL OR (concert_datetime, campaign_id) > (:after_at, :after_id::text))
ORDER BY concert_datetime, campaign_id LIMIT :most;

-- name: campaigns_downward
-- The same, the latest concert first. May be null: after_id.
SELECT c.* FROM campaign c LEFT JOIN campaign_search s USING (campaign_id)
WHERE (:teacher_id::text IS NULL OR teacher_id = :teacher_id)
  AND (:status::text IS NULL OR status = :status)
  AND (:title::text IS NULL OR (s.pairs @> letter_pairs(:title) AND strpos(lower(concert_title), lower(:title)) > 0))
  AND (:since::timestamptz IS NULL OR concert_datetime >= :since)
  AND (:until::timestamptz IS NULL OR concert_datetime < :until)
  AND (:after_at::timestamptz IS NULL OR (concert_datetime, campaign_id) < (:after_at, :after_id::text))
ORDER BY concert_datetime DESC, campaign_id DESC LIMIT :most;

-- name: campaign_glances
-- A page of the pages' list: campaigns from :since on, each with its posts by state and the next one. The lateral join
-- asks publish_job_by_campaign once a row shown, whatever the tables hold besides. What a task has ready for its planned
-- second is still queued for a reader. May be null: after_id.
WITH shown AS MATERIALIZED (
    SELECT c.* FROM campaign c LEFT JOIN campaign_search s USING (campaign_id)
    WHERE (:teacher_id::text IS NULL OR teacher_id = :teacher_id)
      AND (:words::text IS NULL OR (s.pairs @> letter_pairs(:words)
                                    AND strpos(lower(concert_title || ' ' || venue_or_link), lower(:words)) > 0))
      AND (:since::timestamptz IS NULL OR concert_datetime >= :since)
      AND (:after_at::timestamptz IS NULL OR (concert_datetime, campaign_id) > (:after_at, :after_id::text))
    ORDER BY concert_datetime, campaign_id LIMIT :most)
SELECT shown.*, jobs.*, EXISTS (SELECT FROM content_asset a WHERE a.campaign_id = shown.campaign_id) AS written,
    (SELECT state FROM generation_request g WHERE g.campaign_id = shown.campaign_id
     ORDER BY request_id DESC LIMIT 1) AS generation
FROM shown CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state = 'queued' OR (state = 'running' AND scheduled_at > :now)) AS queued,
        count(*) FILTER (WHERE state = 'running' AND scheduled_at <= :now) AS running,
        count(*) FILTER (WHERE state = 'success') AS live, count(*) FILTER (WHERE state = 'failed') AS failed,
        count(*) FILTER (WHERE state = 'queued' AND action_required IS NOT NULL
            AND action_required <> 'post_by_hand') AS held,
        min(greatest(scheduled_at, not_before)) FILTER (WHERE action_required IS NULL
            AND (state = 'queued' OR (state = 'running' AND scheduled_at > :now))) AS next_at
    FROM publish_job j WHERE j.campaign_id = shown.campaign_id) jobs
ORDER BY concert_datetime, campaign_id;

-- name: past_campaign_glances
-- The same of the concerts before :until, the latest first. May be null: after_id.
WITH shown AS MATERIALIZED (
    SELECT c.* FROM campaign c LEFT JOIN campaign_search s USING (campaign_id)
    WHERE (:teacher_id::text IS NULL OR teacher_id = :teacher_id)
      AND (:words::text IS NULL OR (s.pairs @> letter_pairs(:words)
                                    AND strpos(lower(concert_title || ' ' || venue_or_link), lower(:words)) > 0))
      AND concert_datetime < :until
      AND (:after_at::timestamptz IS NULL OR (concert_datetime, campaign_id) < (:after_at, :after_id::text))
    ORDER BY concert_datetime DESC, campaign_id DESC LIMIT :most)
SELECT shown.*, jobs.*, EXISTS (SELECT FROM content_asset a WHERE a.campaign_id = shown.campaign_id) AS written,
    (SELECT state FROM generation_request g WHERE g.campaign_id = shown.campaign_id
     ORDER BY request_id DESC LIMIT 1) AS generation
FROM shown CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state = 'queued' OR (state = 'running' AND scheduled_at > :now)) AS queued,
        count(*) FILTER (WHERE state = 'running' AND scheduled_at <= :now) AS running,
        count(*) FILTER (WHERE state = 'success') AS live, count(*) FILTER (WHERE state = 'failed') AS failed,
        count(*) FILTER (WHERE state = 'queued' AND action_required IS NOT NULL
            AND action_required <> 'post_by_hand') AS held,
        min(greatest(scheduled_at, not_before)) FILTER (WHERE action_required IS NULL
            AND (state = 'queued' OR (state = 'running' AND scheduled_at > :now))) AS next_at
    FROM publish_job j WHERE j.campaign_id = shown.campaign_id) jobs
ORDER BY concert_datetime DESC, campaign_id DESC;

-- name: posts_that_need_someone
-- Campaigns with posts that wait for a person, one row each and kind of need. A failure without anything to do that is
-- past its time needs nobody any more; a doubt does, however old. Read by publish_job_needs_someone from :now on, and
-- the doubts by publish_job_in_doubt: what is over costs nothing, however much there is of it. Counted and ordered before
-- campaigns are looked up, and of these no more than are shown: after an outage thousands of posts may wait.
-- Never null: need, posts, by.
SELECT c.campaign_id, c.concert_title, c.concert_datetime, c.timezone, j.need, j.posts, j.by
FROM (
    SELECT campaign_id, coalesce(CASE WHEN action_required = 'approve_content' AND account IN (
        SELECT account FROM account WHERE staff_approves) THEN 'staff_approval' END, action_required, 'retry') AS need, count(*) AS posts, min(useless_after) AS by
    FROM (
        SELECT campaign_id, action_required, useless_after, account FROM publish_job
        WHERE state IN ('queued', 'failed') AND (action_required IS NOT NULL OR state = 'failed')
          AND useless_after > :now AND action_required IS DISTINCT FROM 'confirm_outcome'
        UNION ALL
        SELECT campaign_id, action_required, useless_after, account FROM publish_job
        WHERE state = 'failed' AND action_required = 'confirm_outcome'
    ) waiting
    WHERE :teacher_id::text IS NULL OR campaign_id IN (SELECT campaign_id FROM campaign WHERE teacher_id = :teacher_id)
    GROUP BY campaign_id, need ORDER BY by, campaign_id, need
) j JOIN campaign c USING (campaign_id)
WHERE c.off IS NULL OR j.need = 'confirm_outcome'
ORDER BY j.by, j.campaign_id, j.need LIMIT :most;

-- name: campaigns_to_approve
-- Concerts to come that take place, whose texts are there, and which nobody has approved or planned yet.
SELECT c.campaign_id, c.concert_title, c.concert_datetime, c.timezone FROM campaign c
WHERE c.status = 'draft' AND c.off IS NULL AND c.concert_datetime > :now AND (:teacher_id::text IS NULL OR c.teacher_id = :teacher_id)
  AND EXISTS (SELECT FROM content_asset a WHERE a.campaign_id = c.campaign_id)
  AND NOT EXISTS (SELECT FROM generation_request g
                  WHERE g.campaign_id = c.campaign_id AND g.state IN ('requested', 'running'))
ORDER BY c.concert_datetime, c.campaign_id LIMIT :most;

-- name: set_plan_notes!
UPDATE campaign SET plan_notes = :notes, updated_at = :now WHERE campaign_id = :campaign_id AND plan_notes <> :notes;

-- name: campaign_events
SELECT * FROM campaign_event WHERE campaign_id = :campaign_id ORDER BY event_id;
