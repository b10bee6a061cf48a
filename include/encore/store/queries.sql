-- Every statement that Encore sends to its database. A name ending in ^ gives one row or none, $ one value,
-- ! the number of rows touched, none of these all rows. Instants are parameters; no statement asks the clock but
-- `database_time`, by which every process sets its own.

------------------------------------------------------------------------------------------ accounts and channels

-- name: put_channel!
-- Make the channel as configured; a pause stays.
INSERT INTO channel (platform, max_in_flight, late_after, catch_up)
VALUES (:platform, :max_in_flight, :late_after, :catch_up)
ON CONFLICT (platform) DO UPDATE SET max_in_flight = excluded.max_in_flight, late_after = excluded.late_after,
    catch_up = excluded.catch_up
WHERE (channel.max_in_flight, channel.late_after, channel.catch_up)
    IS DISTINCT FROM (excluded.max_in_flight, excluded.late_after, excluded.catch_up);

-- name: put_account!
-- Make the account as configured; its pause and health stay.
INSERT INTO account (account, platform, conn_id, owner, max_in_flight, delivery)
VALUES (:account, :platform, :conn_id, :owner, :max_in_flight, :delivery)
ON CONFLICT (account) DO UPDATE SET conn_id = excluded.conn_id, owner = excluded.owner, active = true,
    max_in_flight = excluded.max_in_flight, delivery = excluded.delivery
WHERE (account.conn_id, account.owner, account.active, account.max_in_flight, account.delivery)
    IS DISTINCT FROM (excluded.conn_id, excluded.owner, true, excluded.max_in_flight, excluded.delivery);

-- name: retire_account!
-- An account that is no longer configured takes no new jobs; its past stays.
UPDATE account SET active = false WHERE account = :account AND active;

-- name: account^
SELECT * FROM account WHERE account = :account;

-- name: accounts
-- Those that take posts.
SELECT * FROM account WHERE active ORDER BY platform, account;

-- name: accounts_of_teacher
-- For each platform the teacher's own account or accounts, else the school's.
SELECT DISTINCT a.* FROM account a
WHERE a.active AND (a.owner = :teacher_id OR (a.owner IS NULL AND NOT EXISTS (
    SELECT FROM account own WHERE own.active AND own.owner = :teacher_id AND own.platform = a.platform)))
ORDER BY a.platform, a.account;

-- name: last_post_of_account$
-- When a post of the account was last published, by publish_job_published from its end.
SELECT published_at FROM publish_job
WHERE platform = :platform AND account = :account AND state = 'success' AND published_at IS NOT NULL
ORDER BY published_at DESC LIMIT 1;

-- name: last_refusal_of_account^
-- What the platform said when it refused a post of the account for :reason, and since when.
SELECT error_message, error_message_zh, updated_at FROM publish_job
WHERE account = :account AND state = 'failed' AND useless_after > :since AND (error_code = :reason
    OR (:reason = 'account_disconnected' AND action_required = 'reconnect_account'))
ORDER BY updated_at DESC LIMIT 1;

-- name: pause_account!
-- A pause is only ever made longer here; resume_account ends it.
UPDATE account SET paused_until = greatest(paused_until, :until), pause_reason = :reason
WHERE account = :account AND (paused_until IS NULL OR paused_until < :until);

-- name: pause_channel!
-- For all accounts of the platform; only ever made longer here.
UPDATE channel SET paused_until = greatest(paused_until, :until), pause_reason = :reason
WHERE platform = :platform AND (paused_until IS NULL OR paused_until < :until);

-- name: note_trouble$
-- The platform did not answer this account. True if it has not answered another one either, with no success between.
WITH before AS (SELECT * FROM channel WHERE platform = :platform FOR UPDATE)
UPDATE channel c SET trouble_at = :now, trouble_account = :account
FROM before WHERE c.platform = before.platform
RETURNING coalesce(before.trouble_account <> :account AND before.trouble_at >= :since, false)
    OR coalesce(before.pause_reason = 'platform_unavailable', false);

-- name: end_trouble!
-- It answers. A pause for another reason (a limit of the whole app) stays.
UPDATE channel SET trouble_at = NULL, trouble_account = NULL,
    paused_until = CASE WHEN pause_reason = 'platform_unavailable' THEN NULL ELSE paused_until END,
    pause_reason = CASE WHEN pause_reason = 'platform_unavailable' THEN NULL ELSE pause_reason END
WHERE platform = :platform AND (trouble_at IS NOT NULL OR pause_reason = 'platform_unavailable');

-- name: resume_account!
-- Whatever it rested for, or only if it was for :reason.
UPDATE account SET paused_until = NULL, pause_reason = NULL
WHERE account = :account AND paused_until IS NOT NULL AND (:reason::text IS NULL OR pause_reason = :reason);

-- name: resume_account_of_turn!
-- The platform has taken the login of the account that a turn works with.
UPDATE account a SET paused_until = NULL, pause_reason = NULL FROM publish_job j
WHERE j.job_id = :job_id AND j.fence = :fence AND j.state = 'running' AND a.account = j.account
  AND a.paused_until IS NOT NULL AND a.pause_reason = :reason;

-- name: note_token!
-- What is known of the token in force (when it ends, never the token), beside what else is known of the account.
UPDATE account SET health = health || jsonb_build_object('token', :token::jsonb) WHERE account = :account;

-- name: note_account_state!
-- What the platform said of the account when it was last asked, beside what is known of its token.
UPDATE account SET health = health || jsonb_build_object('state', :state::jsonb), checked_at = :now
WHERE account = :account;

-- name: hold_token_lock$
-- One renewal of an account's token at a time, over all processes; held by the connection, not a transaction.
SELECT pg_try_advisory_lock(hashtextextended('encore token ' || :account, 0));

-- name: drop_token_lock$
-- By the connection that holds it.
SELECT pg_advisory_unlock(hashtextextended('encore token ' || :account, 0));

-- name: note_unknown_error!
-- An answer that no error table knows, counted; the latest sample is kept.
INSERT INTO unknown_error (platform, code, stage, sample, first_seen_at, last_seen_at)
VALUES (:platform, :code, :stage, :sample, :now, :now)
ON CONFLICT (platform, code, stage) DO UPDATE
SET seen = unknown_error.seen + 1, last_seen_at = excluded.last_seen_at, sample = excluded.sample;

-- name: unknown_errors
SELECT * FROM unknown_error ORDER BY last_seen_at DESC, platform, code;

------------------------------------------------------------------------------------------------- stops

-- name: put_stop^
-- Whoever stops what is stopped already finds that stop, as it was given.
INSERT INTO stop (scope, name, reason, stopped_at, stopped_by) VALUES (:scope, :name, :reason, :now, :who)
ON CONFLICT (scope, name) WHERE ended_at IS NULL DO UPDATE SET reason = stop.reason
RETURNING *;

-- name: end_stop!
UPDATE stop SET ended_at = :now, ended_by = :who WHERE stop_id = :stop_id AND ended_at IS NULL;

-- name: stop^
SELECT * FROM stop WHERE stop_id = :stop_id;

-- name: open_stops
-- The widest first.
SELECT * FROM stop WHERE ended_at IS NULL ORDER BY scope = 'school' DESC, scope = 'platform' DESC, stopped_at, stop_id;

------------------------------------------------------------------------------------------------- preflight

-- name: jobs_to_check
-- Queued posts that were not looked at as they are now, or not within :ahead of their time, or that had a finding.
-- What is due by now is being published and needs no forecast.
SELECT j.job_id, j.account, j.platform, j.scheduled_at, j.payload_ref, j.media_ref,
    coalesce(p.payload_refs ? j.payload_ref, false)
        AND coalesce(p.payload_refs ?& string_to_array(j.media_ref, ','), false) AS approved
FROM publish_job j
LEFT JOIN preflight f USING (job_id)
LEFT JOIN approval p ON p.campaign_id = j.campaign_id AND p.voided_at IS NULL
WHERE j.state = 'queued' AND j.delivery = 'api' AND j.action_required IS NULL AND j.scheduled_at > :now
  AND (f.job_id IS NULL
    OR (f.payload_ref, f.media_ref, f.scheduled_at) IS DISTINCT FROM (j.payload_ref, j.media_ref, j.scheduled_at)
    OR (j.scheduled_at <= :now + :ahead AND f.checked_at < j.scheduled_at - :ahead)
    OR EXISTS (SELECT FROM finding n WHERE n.job_id = j.job_id AND n.cleared_at IS NULL))
ORDER BY j.scheduled_at, j.job_id LIMIT :most;

-- name: put_preflight!
-- As what a post was looked at last.
INSERT INTO preflight (job_id, checked_at, scheduled_at, payload_ref, media_ref)
VALUES (:job_id, :now, :scheduled_at, :payload_ref, :media_ref)
ON CONFLICT (job_id) DO UPDATE SET checked_at = excluded.checked_at, scheduled_at = excluded.scheduled_at,
    payload_ref = excluded.payload_ref, media_ref = excluded.media_ref;

-- name: accounts_in_trouble
-- Accounts to ask again although no post of theirs is near: it may be over.
SELECT a.account FROM account a
WHERE a.active AND (a.pause_reason = 'account_disconnected'
   OR EXISTS (SELECT FROM finding f WHERE f.account = a.account AND f.cleared_at IS NULL)
   OR EXISTS (SELECT FROM publish_job j WHERE j.account = a.account AND j.state = 'failed'
              AND j.action_required = 'reconnect_account'))
ORDER BY a.account;

-- name: posts_due$
-- Posts of the account that go out by then, or should have.
SELECT count(*) FROM publish_job
WHERE account = :account AND state = 'queued' AND delivery = 'api' AND scheduled_at <= :until;

-- name: put_finding!
-- Found again it is the same finding, with what is known now.
INSERT INTO finding (duty, job_id, account, code, message, message_zh, action, detail, found_at, seen_at)
VALUES (:duty, :job_id, :account, :code, :message, :message_zh, :action, :detail, :now, :now)
ON CONFLICT (duty, coalesce(job_id, ''), coalesce(account, ''), code) WHERE cleared_at IS NULL
DO UPDATE SET message = excluded.message, message_zh = excluded.message_zh, action = excluded.action,
    detail = excluded.detail, seen_at = excluded.seen_at;

-- name: clear_findings!
-- What one duty had found about a job or an account and has not found again.
UPDATE finding SET cleared_at = :now
WHERE duty = :duty AND job_id IS NOT DISTINCT FROM :job_id::text AND account IS NOT DISTINCT FROM :account::text
  AND cleared_at IS NULL AND code <> ALL (:still::text[]);

-- name: clear_settled_findings!
-- A post that is out, failed or cancelled has its own words; an account that is no longer configured needs none.
UPDATE finding f SET cleared_at = :now
WHERE f.cleared_at IS NULL
  AND (EXISTS (SELECT FROM publish_job j WHERE j.job_id = f.job_id AND j.state <> 'queued')
    OR EXISTS (SELECT FROM account a WHERE a.account = f.account AND NOT a.active));

-- name: open_findings
-- Of all accounts and jobs, each with the account it concerns.
SELECT f.*, coalesce(f.account, j.account) AS concerns, j.campaign_id, j.platform
FROM finding f LEFT JOIN publish_job j USING (job_id)
WHERE f.cleared_at IS NULL ORDER BY concerns, f.found_at, f.finding_id;

-- name: findings_of_campaign
-- Of its queued posts, and of the accounts that they go out through.
SELECT f.* FROM finding f
WHERE f.cleared_at IS NULL
  AND (f.job_id IN (SELECT job_id FROM publish_job WHERE campaign_id = :campaign_id)
    OR f.account IN (SELECT account FROM publish_job WHERE campaign_id = :campaign_id AND state = 'queued'))
ORDER BY f.found_at, f.finding_id;

-- name: campaigns_to_reconnect
-- Those with posts that failed because the account's login was refused.
SELECT DISTINCT campaign_id FROM publish_job
WHERE account = :account AND state = 'failed' AND action_required = 'reconnect_account' ORDER BY campaign_id;

-- name: requeue_reconnected_jobs!
-- A campaign's posts that failed because the login was refused, which nothing was published by, once it works again. In
-- one transaction with the binding of the campaign. Not without end: a platform may answer every question and still refuse to publish.
UPDATE publish_job SET state = 'queued', action_required = NULL, error_code = NULL, error_message = NULL,
    error_message_zh = NULL, not_before = NULL, reclaims = 0, attempt_limit = attempt_no + :attempts, updated_at = :now
WHERE campaign_id = :campaign_id AND account = :account AND state = 'failed'
  AND action_required = 'reconnect_account' AND useless_after > :now AND attempt_no < :attempts;

-- name: release_reconnected_jobs!
-- The others need no more reconnecting either; their owner may retry them.
UPDATE publish_job SET action_required = NULL, updated_at = :now
WHERE campaign_id = :campaign_id AND account = :account AND state = 'failed' AND action_required = 'reconnect_account';

------------------------------------------------------------------------------------------------- retention

-- name: forget_claims!
-- With their batches: by then no run asks again what it had claimed.
DELETE FROM claim WHERE claimed_at < :before;

-- name: forget_api_idempotency!
DELETE FROM api_idempotency WHERE created_at < :before;

-- name: forget_media_addresses!
-- With who fetched what: evidence for as long as the outcome of the job is in doubt.
DELETE FROM media_address d USING publish_job j
WHERE j.job_id = d.job_id AND d.expires_at < :before
  AND j.state <> 'running' AND j.action_required IS DISTINCT FROM 'confirm_outcome';

-- name: forget_findings!
DELETE FROM finding WHERE cleared_at < :before;

-- name: forget_model_answers!
DELETE FROM model_answer WHERE at < :before;

------------------------------------------------------------------------------------------------- campaigns

-- name: put_campaign^
-- Insert, or update what differs. An unchanged campaign gives no row, so that seeding twice changes nothing.
INSERT INTO campaign (campaign_id, teacher_id, concert_title, concert_datetime, timezone, venue_or_link,
    student_highlights, cta_link, platforms, timeline, facts_sha256, created_at, updated_at)
VALUES (:campaign_id, :teacher_id, :concert_title, :concert_datetime, :timezone, :venue_or_link,
    :student_highlights, :cta_link, :platforms, :timeline, :facts_sha256, :now, :now)
ON CONFLICT (campaign_id) DO UPDATE SET concert_title = excluded.concert_title,
    concert_datetime = excluded.concert_datetime, timezone = excluded.timezone,
    venue_or_link = excluded.venue_or_link, student_highlights = excluded.student_highlights,
    cta_link = excluded.cta_link, platforms = excluded.platforms, timeline = excluded.timeline,
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

-- name: campaign_by_identity^
SELECT * FROM campaign
WHERE teacher_id = :teacher_id AND concert_title = :concert_title AND concert_datetime = :concert_datetime;

-- name: campaigns_upward
-- A page of the list, the earliest concert first, after the campaign that a cursor names. Every filter may be absent;
-- the statement is planned with its values, so that absent ones cost nothing.
SELECT * FROM campaign
WHERE (:teacher_id::text IS NULL OR teacher_id = :teacher_id)
  AND (:status::text IS NULL OR status = :status)
  AND (:title::text IS NULL OR strpos(lower(concert_title), lower(:title)) > 0)
  AND (:since::timestamptz IS NULL OR concert_datetime >= :since)
  AND (:until::timestamptz IS NULL OR concert_datetime < :until)
  AND (:after_at::timestamptz IS NULL OR (concert_datetime, campaign_id) > (:after_at, :after_id::text))
ORDER BY concert_datetime, campaign_id LIMIT :most;

-- name: campaigns_downward
-- The same, the latest concert first.
SELECT * FROM campaign
WHERE (:teacher_id::text IS NULL OR teacher_id = :teacher_id)
  AND (:status::text IS NULL OR status = :status)
  AND (:title::text IS NULL OR strpos(lower(concert_title), lower(:title)) > 0)
  AND (:since::timestamptz IS NULL OR concert_datetime >= :since)
  AND (:until::timestamptz IS NULL OR concert_datetime < :until)
  AND (:after_at::timestamptz IS NULL OR (concert_datetime, campaign_id) < (:after_at, :after_id::text))
ORDER BY concert_datetime DESC, campaign_id DESC LIMIT :most;

-- name: campaign_glances
-- A page of the pages' list: campaigns from :since on, each with its posts by state and the next one. The lateral join
-- asks publish_job_by_campaign once a row shown, whatever the tables hold besides.
WITH shown AS MATERIALIZED (
    SELECT * FROM campaign
    WHERE (:teacher_id::text IS NULL OR teacher_id = :teacher_id)
      AND (:words::text IS NULL OR strpos(lower(concert_title || ' ' || venue_or_link), lower(:words)) > 0)
      AND (:since::timestamptz IS NULL OR concert_datetime >= :since)
      AND (:after_at::timestamptz IS NULL OR (concert_datetime, campaign_id) > (:after_at, :after_id::text))
    ORDER BY concert_datetime, campaign_id LIMIT :most)
SELECT shown.*, jobs.*, EXISTS (SELECT FROM content_asset a WHERE a.campaign_id = shown.campaign_id) AS written,
    (SELECT state FROM generation_request g WHERE g.campaign_id = shown.campaign_id
     ORDER BY request_id DESC LIMIT 1) AS generation
FROM shown CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state = 'queued') AS queued, count(*) FILTER (WHERE state = 'running') AS running,
        count(*) FILTER (WHERE state = 'success') AS live, count(*) FILTER (WHERE state = 'failed') AS failed,
        count(*) FILTER (WHERE state = 'queued' AND action_required IS NOT NULL
            AND action_required <> 'post_by_hand') AS held,
        min(greatest(scheduled_at, not_before)) FILTER (WHERE state = 'queued' AND action_required IS NULL) AS next_at
    FROM publish_job j WHERE j.campaign_id = shown.campaign_id) jobs
ORDER BY concert_datetime, campaign_id;

-- name: past_campaign_glances
-- The same of the concerts before :until, the latest first.
WITH shown AS MATERIALIZED (
    SELECT * FROM campaign
    WHERE (:teacher_id::text IS NULL OR teacher_id = :teacher_id)
      AND (:words::text IS NULL OR strpos(lower(concert_title || ' ' || venue_or_link), lower(:words)) > 0)
      AND concert_datetime < :until
      AND (:after_at::timestamptz IS NULL OR (concert_datetime, campaign_id) < (:after_at, :after_id::text))
    ORDER BY concert_datetime DESC, campaign_id DESC LIMIT :most)
SELECT shown.*, jobs.*, EXISTS (SELECT FROM content_asset a WHERE a.campaign_id = shown.campaign_id) AS written,
    (SELECT state FROM generation_request g WHERE g.campaign_id = shown.campaign_id
     ORDER BY request_id DESC LIMIT 1) AS generation
FROM shown CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state = 'queued') AS queued, count(*) FILTER (WHERE state = 'running') AS running,
        count(*) FILTER (WHERE state = 'success') AS live, count(*) FILTER (WHERE state = 'failed') AS failed,
        count(*) FILTER (WHERE state = 'queued' AND action_required IS NOT NULL
            AND action_required <> 'post_by_hand') AS held,
        min(greatest(scheduled_at, not_before)) FILTER (WHERE state = 'queued' AND action_required IS NULL) AS next_at
    FROM publish_job j WHERE j.campaign_id = shown.campaign_id) jobs
ORDER BY concert_datetime DESC, campaign_id DESC;

-- name: posts_that_need_someone
-- Campaigns with posts that wait for a person, one row each and kind of need. A failure without anything to do that is
-- past its time needs nobody any more; a doubt does, however old. Read by publish_job_needs_someone from :now on, and
-- the doubts by publish_job_in_doubt: what is over costs nothing, however much there is of it.
SELECT c.campaign_id, c.concert_title, c.concert_datetime, c.timezone,
    coalesce(j.action_required, 'retry') AS need, count(*) AS posts, min(j.useless_after) AS by
FROM (
    SELECT campaign_id, action_required, useless_after FROM publish_job
    WHERE state IN ('queued', 'failed') AND (action_required IS NOT NULL OR state = 'failed')
      AND useless_after > :now AND action_required IS DISTINCT FROM 'confirm_outcome'
    UNION ALL
    SELECT campaign_id, action_required, useless_after FROM publish_job
    WHERE state = 'failed' AND action_required = 'confirm_outcome'
) j JOIN campaign c USING (campaign_id)
WHERE (:teacher_id::text IS NULL OR c.teacher_id = :teacher_id)
  AND (c.off IS NULL OR j.action_required = 'confirm_outcome')
GROUP BY c.campaign_id, need ORDER BY by, c.campaign_id, need LIMIT :most;

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

--------------------------------------------------------------------------------------------------- content

-- name: content_assets
SELECT * FROM content_asset WHERE campaign_id = :campaign_id ORDER BY asset_type DESC, platform, touchpoint, language;

-- name: put_content_asset^
-- The current revision; the same text again gives no row and no new version. A person's edit is not overwritten
-- by a writer.
INSERT INTO content_asset (asset_id, campaign_id, asset_type, platform, touchpoint, language, content, version,
    provenance, updated_at)
VALUES (:asset_id, :campaign_id, :asset_type, :platform, :touchpoint, :language, :content, 1, :provenance, :now)
ON CONFLICT (asset_id) DO UPDATE SET content = excluded.content, version = content_asset.version + 1,
    provenance = excluded.provenance, updated_at = excluded.updated_at
WHERE content_asset.content <> excluded.content
  AND NOT (content_asset.provenance ? 'editor' AND NOT excluded.provenance ? 'editor')
RETURNING asset_id, version;

-- name: note_content_facts!
-- A text that a writer would write just so again counts as written from these facts.
UPDATE content_asset SET provenance = provenance
    || jsonb_build_object('facts', :facts_sha256::text, 'told', :told_sha256::text)
WHERE asset_id = :asset_id AND content = :content;

-- name: put_content_revision!
INSERT INTO content_revision (asset_id, version, content, sha256, provenance, at)
VALUES (:asset_id, :version, :content, :sha256, :provenance, :now);

-- name: replace_content^
-- A person's own change of one text (an edit, or having it written anew): over whatever is there, if it is still the
-- version that the person saw.
UPDATE content_asset SET content = :content, version = version + 1, provenance = :provenance, updated_at = :now
WHERE asset_id = :asset_id AND version = :version
RETURNING *;

-- name: content_revisions
-- Newest first.
SELECT r.* FROM content_revision r JOIN content_asset a USING (asset_id)
WHERE a.campaign_id = :campaign_id AND r.asset_id = :asset_id ORDER BY r.version DESC;

-- name: put_media_asset!
-- What Encore has drawn. The same again changes nothing, unless another was drawn after it: then it is the newest again.
INSERT INTO media_asset (media_id, campaign_id, file, sha256, kind, mime, size_bytes, width, height,
    duration_seconds, facts, origin, platform, contains_students, consent_on_file, drawn_from, created_at)
VALUES (:media_id, :campaign_id, :file, :sha256, :kind, :mime, :size_bytes, :width, :height,
    :duration_seconds, :facts, :origin, :platform, :contains_students, :consent_on_file, :drawn_from, :now)
ON CONFLICT (media_id) DO UPDATE SET created_at = excluded.created_at, contains_students = excluded.contains_students,
    consent_on_file = excluded.consent_on_file, drawn_from = excluded.drawn_from
WHERE EXISTS (SELECT FROM media_asset n
    WHERE n.campaign_id = media_asset.campaign_id AND n.platform = media_asset.platform AND n.kind = media_asset.kind
      AND n.origin = media_asset.origin AND n.created_at > media_asset.created_at);

-- name: put_media_upload!
-- A file that a person put in, to be posted (upload) or to stand behind the flyer's text (background): as it was given,
-- or a version of the file with the digest :made_of. The same again becomes the current one, with what is said of it now.
INSERT INTO media_asset (media_id, campaign_id, file, sha256, kind, mime, size_bytes, width, height,
    duration_seconds, facts, origin, platform, contains_students, consent_on_file, drawn_from, created_at)
VALUES (:media_id, :campaign_id, :file, :sha256, :kind, :mime, :size_bytes, :width, :height,
    :duration_seconds, :facts, :origin, :platform, :contains_students, :consent_on_file,
    jsonb_build_object('made_of', :made_of::text), :now)
ON CONFLICT (media_id) DO UPDATE SET contains_students = excluded.contains_students,
    consent_on_file = excluded.consent_on_file, drawn_from = excluded.drawn_from, created_at = excluded.created_at;

-- name: background_of_campaign^
-- The newest; one that shows people without their consent is never drawn.
SELECT * FROM media_asset WHERE campaign_id = :campaign_id AND origin = 'background'
ORDER BY created_at DESC, media_id DESC LIMIT 1;

-- name: remove_backgrounds!
-- Whatever stands behind the flyer.
DELETE FROM media_asset WHERE campaign_id = :campaign_id AND origin = 'background';

-- name: set_consent!
-- Of a picture or video and everything else in the campaign that was made of the same file: each platform's version of
-- it, the flyers that it stands behind, itself where it is put in twice. What was drawn before Encore kept from what
-- loses its consent with any background: it may show that one.
WITH said AS (
    SELECT coalesce(drawn_from ->> 'made_of', sha256) AS made_of, contains_students, origin
    FROM media_asset WHERE campaign_id = :campaign_id AND media_id = :media_id)
UPDATE media_asset m SET consent_on_file = :consent_on_file, contains_students = m.contains_students OR said.contains_students
FROM said
WHERE m.campaign_id = :campaign_id
  AND (m.media_id = :media_id OR coalesce(m.drawn_from ->> 'made_of', m.sha256) = said.made_of
       OR (m.origin = 'flyer' AND m.drawn_from = '{}' AND said.origin = 'background' AND m.contains_students
           AND NOT :consent_on_file))
  AND (m.consent_on_file <> :consent_on_file OR said.contains_students AND NOT m.contains_students);

-- name: media_assets
SELECT * FROM media_asset WHERE campaign_id = :campaign_id ORDER BY created_at, media_id;

-- name: put_media_address!
INSERT INTO media_address (token, media_id, job_id, attempt_no, created_at, expires_at)
VALUES (:token, :media_id, :job_id, :attempt_no, :now, :expires_at);

-- name: media_at_address^
-- Nothing once the address has expired.
SELECT m.*, d.token FROM media_address d JOIN media_asset m USING (media_id)
WHERE d.token = :token AND d.expires_at > :now;

-- name: note_media_fetch!
INSERT INTO media_fetch (token, at, method, user_agent) VALUES (:token, :now, :method, :user_agent);

-- name: media_fetches
-- When the addresses that a job's attempts gave out for a picture or video were fetched; our own look at one is none.
SELECT f.at, f.user_agent FROM media_fetch f JOIN media_address d USING (token)
WHERE d.job_id = :job_id AND d.media_id = :media_id AND f.method = 'GET' AND d.attempt_no > 0
ORDER BY f.at;

-- name: model_answer^
-- What the model that writes answered before to exactly this.
SELECT content, why_not, tokens FROM model_answer WHERE asked = :asked;

-- name: put_model_answer!
-- The first answer stays.
INSERT INTO model_answer (asked, model, content, why_not, tokens, at)
VALUES (:asked, :model, :content, :why_not, :tokens, :now)
ON CONFLICT (asked) DO NOTHING;

-------------------------------------------------------------------------------------------------- approval

-- name: approval_in_force^
SELECT * FROM approval WHERE campaign_id = :campaign_id AND voided_at IS NULL;

-- name: approvals_of_campaign
SELECT * FROM approval WHERE campaign_id = :campaign_id ORDER BY approval_id;

-- name: put_approval^
INSERT INTO approval (campaign_id, approved_by, approved_at, payload_refs, content_sha256, privacy, confirmations)
VALUES (:campaign_id, :approved_by, :now, :payload_refs, :content_sha256, :privacy, :confirmations)
RETURNING *;

-- name: void_approval!
UPDATE approval SET voided_at = :now, void_reason = :reason WHERE campaign_id = :campaign_id AND voided_at IS NULL;

-------------------------------------------------------------------------------------------- generation requests

-- name: put_generation_request^
-- One waiting request a campaign: asking again finds the first, which is locked and stays as it is, but for what was
-- asked to be written anew: that is never lost, and who asked for it last says what is kept. In one statement, since the
-- first may be taken up at any time between two; what it reads then is what there is by then.
INSERT INTO generation_request (campaign_id, requested_by, requested_at, review, privacy, anew)
VALUES (:campaign_id, :requested_by, :now, :review, :privacy, :anew)
ON CONFLICT (campaign_id) WHERE state = 'requested'
DO UPDATE SET anew = coalesce(excluded.anew, generation_request.anew)
RETURNING *;

-- name: open_generation_request^
-- The one that is being worked on, else the one that waits.
SELECT * FROM generation_request WHERE campaign_id = :campaign_id AND state IN ('requested', 'running')
ORDER BY state DESC LIMIT 1;

-- name: generation_request^
SELECT * FROM generation_request WHERE request_id = :request_id;

-- name: last_generation_request^
SELECT * FROM generation_request WHERE campaign_id = :campaign_id ORDER BY request_id DESC LIMIT 1;

-- name: claim_generation_requests
-- What waits while nobody works on its campaign, and what a run took and then showed no life of for too long.
UPDATE generation_request SET state = 'running', claimed_by = :run_id, claimed_at = :now
WHERE request_id IN (
    SELECT request_id FROM generation_request
    WHERE (state = 'requested' AND NOT EXISTS (SELECT FROM generation_request o
           WHERE o.campaign_id = generation_request.campaign_id AND o.state = 'running'))
       OR (state = 'running' AND claimed_at < :stale_before)
    ORDER BY requested_at, request_id LIMIT :most
    FOR UPDATE SKIP LOCKED)
RETURNING request_id;

-- name: claim_generation_request!
-- For a run that was started for this very request; not while another one works on the campaign.
UPDATE generation_request r SET state = 'running', claimed_by = :run_id, claimed_at = :now
WHERE request_id = :request_id AND state = 'requested' AND NOT EXISTS (
    SELECT FROM generation_request o WHERE o.campaign_id = r.campaign_id AND o.state = 'running');

-- name: await_review!
-- The content stands and a person looks at it, which keeps nobody from asking for other content or from approving it.
UPDATE generation_request SET state = 'reviewing' WHERE request_id = :request_id AND claimed_by = :run_id
  AND state IN ('running', 'reviewing');

-- name: renew_generation_request!
-- A sign of life of the run that has it, at a moment that may be to come. A request that is over (staff cleared a task of
-- its run) is that run's as long as no other of the campaign is open, so that two never ask the model at once.
UPDATE generation_request r SET claimed_at = greatest(claimed_at, :alive_at)
WHERE request_id = :request_id AND claimed_by = :run_id
  AND (state = 'running' OR NOT EXISTS (SELECT FROM generation_request o
       WHERE o.campaign_id = r.campaign_id AND o.request_id <> r.request_id AND o.state IN ('requested', 'running')));

-- name: generation_requests_of_run
-- What a run has taken up, with the concert as people call it.
SELECT r.*, c.concert_title FROM generation_request r JOIN campaign c USING (campaign_id)
WHERE r.claimed_by = :run_id ORDER BY r.request_id;

-- name: next_request_at$
-- Since when the oldest request waits that a run could take up.
SELECT min(requested_at) FROM generation_request r WHERE state = 'requested' AND NOT EXISTS (
    SELECT FROM generation_request o WHERE o.campaign_id = r.campaign_id AND o.state = 'running');

-- name: next_generation_request^
-- The same with the request, by which the wake tells new work from work that nobody takes.
SELECT request_id AS what, requested_at AS due_at FROM generation_request r
WHERE state = 'requested' AND NOT EXISTS (
    SELECT FROM generation_request o WHERE o.campaign_id = r.campaign_id AND o.state = 'running')
ORDER BY requested_at, request_id LIMIT 1;

-- name: end_generation_request!
-- By the run that has it; one that has failed may still be done.
UPDATE generation_request SET state = :state, ended_at = :now, note = :note
WHERE request_id = :request_id AND claimed_by = :run_id AND state IN ('running', 'reviewing', 'failed');

-- name: generation_request_counts
SELECT state, count(*) AS requests FROM generation_request GROUP BY state;

-------------------------------------------------------------------------------------------------- planning

-- name: bind_job!
-- What a job carries, when it goes and whether it may, as `binding` has it; a new job where there is none. What is live,
-- being published or in doubt stays, whatever was bound. :fresh: with a full set of attempts.
INSERT INTO publish_job (job_id, campaign_id, platform, account, touchpoint, delivery, idempotency_key, state,
    scheduled_at, moved_at, not_before, useless_after, payload_ref, media_ref, action_required, error_code, error_message,
    error_message_zh, attempt_limit, created_at, updated_at)
VALUES (:job_id, :campaign_id, :platform, :account, :touchpoint, :delivery, :idempotency_key, :state,
    :scheduled_at, :moved_at, :not_before, :useless_after, :payload_ref, :media_ref, :action_required, :error_code,
    :error_message, :error_message_zh, :attempt_limit, :now, :now)
ON CONFLICT (idempotency_key) DO UPDATE SET state = excluded.state, delivery = excluded.delivery,
    scheduled_at = excluded.scheduled_at, moved_at = excluded.moved_at, not_before = excluded.not_before,
    useless_after = excluded.useless_after, payload_ref = excluded.payload_ref, media_ref = excluded.media_ref,
    action_required = excluded.action_required, error_code = excluded.error_code,
    error_message = excluded.error_message, error_message_zh = excluded.error_message_zh,
    cancel_requested = CASE WHEN :fresh THEN false ELSE publish_job.cancel_requested END,
    reclaims = CASE WHEN :fresh THEN 0 ELSE publish_job.reclaims END,
    attempt_limit = CASE WHEN :fresh THEN publish_job.attempt_no + excluded.attempt_limit
                    ELSE publish_job.attempt_limit END,
    updated_at = excluded.updated_at
WHERE publish_job.state IN ('queued', 'failed', 'cancelled')
  AND publish_job.action_required IS DISTINCT FROM 'confirm_outcome'
  AND (publish_job.state, publish_job.delivery, publish_job.scheduled_at, publish_job.moved_at,
       publish_job.not_before, publish_job.useless_after, publish_job.payload_ref, publish_job.media_ref,
       publish_job.action_required, publish_job.error_code)
      IS DISTINCT FROM (excluded.state, excluded.delivery, excluded.scheduled_at, excluded.moved_at,
       excluded.not_before, excluded.useless_after, excluded.payload_ref, excluded.media_ref,
       excluded.action_required, excluded.error_code);

-- name: mark_open_campaigns!
-- Every campaign that has something to send, or that was approved and has its concert before it.
UPDATE campaign c SET rebind_due_at = :due_at, updated_at = :now
WHERE (rebind_due_at IS NULL OR rebind_due_at > :due_at)
  AND (c.status IN ('scheduled', 'active')
    OR (c.concert_datetime > :now AND EXISTS (
        SELECT FROM approval p WHERE p.campaign_id = c.campaign_id AND p.voided_at IS NULL)));

-- name: marked_campaigns
-- By campaign_to_rebind, from its start.
SELECT campaign_id, rebind_failures FROM campaign WHERE rebind_due_at <= :now
ORDER BY rebind_due_at, campaign_id LIMIT :most;

-- name: unmark_campaign!
-- Its posts are right.
UPDATE campaign SET rebind_due_at = NULL, rebind_failures = 0, rebind_error = NULL
WHERE campaign_id = :campaign_id AND rebind_due_at IS NOT NULL;

-- name: note_failed_rebind!
-- Its posts could not be made right; until that succeeds nothing of it is claimed.
UPDATE campaign SET rebind_due_at = :again_at, rebind_failures = rebind_failures + 1, rebind_error = :said
WHERE campaign_id = :campaign_id;

-- name: unbound_campaigns$
-- How many campaigns there are whose posts could not be made right.
SELECT count(*) FROM campaign WHERE rebind_due_at IS NOT NULL AND rebind_failures > 0;

-- name: set_off!
-- The concert is called off or put off, or (:off null) takes place after all.
UPDATE campaign SET off = :off, off_at = :off_at, off_by = :off_by, updated_at = :now
WHERE campaign_id = :campaign_id AND off IS DISTINCT FROM :off::text;

-- name: set_timeline!
-- The campaign's own timeline; its facts stay.
UPDATE campaign SET timeline = :timeline, updated_at = :now WHERE campaign_id = :campaign_id;

-- name: jobs_of_campaign
SELECT * FROM publish_job WHERE campaign_id = :campaign_id ORDER BY scheduled_at, platform, account;

-- name: job^
SELECT * FROM publish_job WHERE job_id = :job_id;

-- name: job_events
SELECT * FROM job_event WHERE job_id = :job_id ORDER BY event_id;

-- name: job_counts
SELECT state, count(*) AS jobs FROM publish_job GROUP BY state;

-- name: report
-- Every job with its concert, the rest its account takes and the stop that holds it, as a person reads them.
SELECT c.concert_title, c.concert_datetime, c.timezone, c.teacher_id, c.off,
    greatest(a.paused_until, h.paused_until) AS paused_until, coalesce(a.pause_reason, h.pause_reason) AS pause_reason,
    s.stop_id IS NOT NULL AS stopped, s.reason AS stop_reason, j.*
FROM publish_job j JOIN campaign c USING (campaign_id) JOIN account a USING (account)
JOIN channel h ON h.platform = j.platform
LEFT JOIN LATERAL (
    SELECT stop_id, reason FROM stopped_account s WHERE s.account = j.account ORDER BY stop_id LIMIT 1) s ON true
ORDER BY c.concert_datetime, c.campaign_id, j.scheduled_at, j.platform;

-- name: reports_of_campaign
-- The same for one campaign's jobs.
SELECT c.concert_title, c.concert_datetime, c.timezone, c.teacher_id, c.off,
    greatest(a.paused_until, h.paused_until) AS paused_until, coalesce(a.pause_reason, h.pause_reason) AS pause_reason,
    s.stop_id IS NOT NULL AS stopped, s.reason AS stop_reason, j.*
FROM publish_job j JOIN campaign c USING (campaign_id) JOIN account a USING (account)
JOIN channel h ON h.platform = j.platform
LEFT JOIN LATERAL (
    SELECT stop_id, reason FROM stopped_account s WHERE s.account = j.account ORDER BY stop_id LIMIT 1) s ON true
WHERE j.campaign_id = :campaign_id ORDER BY j.scheduled_at, j.platform, j.account;

-- name: report_of_job^
-- The same for one job.
SELECT c.concert_title, c.concert_datetime, c.timezone, c.teacher_id, c.off,
    greatest(a.paused_until, h.paused_until) AS paused_until, coalesce(a.pause_reason, h.pause_reason) AS pause_reason,
    s.stop_id IS NOT NULL AS stopped, s.reason AS stop_reason, j.*
FROM publish_job j JOIN campaign c USING (campaign_id) JOIN account a USING (account)
JOIN channel h ON h.platform = j.platform
LEFT JOIN LATERAL (
    SELECT stop_id, reason FROM stopped_account s WHERE s.account = j.account ORDER BY stop_id LIMIT 1) s ON true
WHERE j.job_id = :job_id;

------------------------------------------------------------------------------------------------------ claim

-- name: lock_claims$
-- Claims follow one another: the limits in flight are counted, and two counts at once would both find room.
SELECT pg_advisory_xact_lock(hashtextextended('encore claim', 0));

-- name: open_claim!
-- None for a run that has claimed before.
INSERT INTO claim (run_id, claimed_at) VALUES (:run_id, :now) ON CONFLICT DO NOTHING;

-- name: campaigns_past_window
-- Campaigns with a queued post whose window is over: swept one at a time, because each sweep may lock its campaign.
SELECT DISTINCT campaign_id FROM publish_job
WHERE state = 'queued' AND useless_after <= :now ORDER BY campaign_id LIMIT :most;

-- name: sweep_missed_windows!
-- Held and cooling jobs too: a post that is useless now is not going to be useful later; it says if publishing was stopped
-- when its time was over. What is posted by hand may have been, and nobody has said so.
UPDATE publish_job SET state = 'failed',
    error_code = CASE delivery WHEN 'handoff' THEN 'handoff_unconfirmed' ELSE 'missed_window' END,
    action_required = CASE delivery WHEN 'handoff' THEN 'confirm_outcome' END,
    handed_off_at = CASE delivery WHEN 'handoff' THEN coalesce(handed_off_at, :now) END,
    error_message = CASE delivery
        WHEN 'handoff' THEN 'Its time is over, and we do not know whether it was posted by hand.'
        ELSE concat_ws(' ', 'It was not posted in time, and by now it would be pointless. Nothing was published.',
            (SELECT concat('Publishing was stopped at that time', ': ' || nullif(rtrim(s.reason, '.'), ''), '.') FROM stop s
             WHERE s.stopped_at <= useless_after AND (s.ended_at IS NULL OR s.ended_at > useless_after)
               AND (s.scope = 'school' OR (s.scope, s.name) IN (('platform', platform), ('account', account)))
             ORDER BY s.stop_id LIMIT 1),
            'What it last waited for: ' || error_message) END,
    error_message_zh = CASE delivery
        WHEN 'handoff' THEN '发布时间已过，我们不知道是否已手动发布。'
        ELSE concat('未能按时发布，现在发布已没有意义。没有发布任何内容。',
            (SELECT concat('当时发布已暂停', '：' || nullif(rtrim(s.reason, '.。'), ''), '。') FROM stop s
             WHERE s.stopped_at <= useless_after AND (s.ended_at IS NULL OR s.ended_at > useless_after)
               AND (s.scope = 'school' OR (s.scope, s.name) IN (('platform', platform), ('account', account)))
             ORDER BY s.stop_id LIMIT 1),
            '此前等待的原因：' || error_message_zh) END,
    updated_at = :now
WHERE job_id IN (
    -- What somebody is deciding about is left to the next claim, so that nobody waits for the other in a circle.
    SELECT job_id FROM publish_job WHERE campaign_id = :campaign_id AND state = 'queued' AND useless_after <= :now
    ORDER BY job_id FOR UPDATE SKIP LOCKED);

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
-- held, planned anew or swept as if nothing had been sent.
WITH taken AS (
    UPDATE publish_job SET claimed_by = :run_id, fence = fence + 1, reclaims = reclaims + started::integer,
        started = false, observing = false, lease_expires_at = :lease_expires_at, updated_at = :now
    WHERE job_id = :job_id
    RETURNING job_id
)
INSERT INTO claim_batch (run_id, position, job_id)
SELECT :run_id, (SELECT count(*) FROM claim_batch WHERE run_id = :run_id), job_id FROM taken;

-- name: claim_due_jobs
-- For each account with free places its oldest due jobs, then the oldest of all within each platform's places. Of those
-- that are late (a backlog after an outage) an account gets one, and the next when it has caught its breath.
-- The lateral joins read publish_job_waiting from its start once an account, whatever the table holds besides.
WITH free AS MATERIALIZED (
    SELECT * FROM free_place
    WHERE open AND places > 0 AND platform_places > 0 AND (paused_until IS NULL OR paused_until <= :now)
), due AS MATERIALIZED (
    SELECT j.job_id, j.due_at, false AS late, free.account, free.places, free.platform, free.platform_places
    FROM free CROSS JOIN LATERAL (
        SELECT job_id, greatest(scheduled_at, not_before) AS due_at FROM publish_job
        WHERE account = free.account AND state = 'queued' AND action_required IS NULL AND delivery = 'api'
          AND greatest(scheduled_at, not_before) <= :now AND scheduled_at >= :now - free.late_after
          AND NOT EXISTS (SELECT FROM campaign c
                          WHERE c.campaign_id = publish_job.campaign_id AND c.rebind_due_at IS NOT NULL)
        ORDER BY greatest(scheduled_at, not_before), job_id LIMIT least(free.places, :most)
        FOR UPDATE SKIP LOCKED) j
    UNION ALL
    SELECT j.job_id, j.due_at, true, free.account, free.places, free.platform, free.platform_places
    FROM free CROSS JOIN LATERAL (
        SELECT job_id, greatest(scheduled_at, not_before) AS due_at FROM publish_job
        WHERE account = free.account AND state = 'queued' AND action_required IS NULL AND delivery = 'api'
          AND greatest(scheduled_at, not_before) <= :now AND scheduled_at < :now - free.late_after
          AND NOT EXISTS (SELECT FROM campaign c
                          WHERE c.campaign_id = publish_job.campaign_id AND c.rebind_due_at IS NOT NULL)
          AND (free.catch_up_at IS NULL OR free.catch_up_at <= :now)
        ORDER BY greatest(scheduled_at, not_before), job_id LIMIT 1
        FOR UPDATE SKIP LOCKED) j
), chosen AS MATERIALIZED (
    SELECT job_id, due_at, late, account, platform FROM (
        SELECT *, row_number() OVER (PARTITION BY platform ORDER BY due_at, job_id) AS rank_there,
            row_number() OVER (PARTITION BY account ORDER BY due_at, job_id) AS rank FROM due) ranked
    WHERE rank_there <= platform_places AND rank <= places ORDER BY due_at, job_id LIMIT :most
), paced AS (
    UPDATE account a SET catch_up_at = :now + h.catch_up
    FROM chosen JOIN channel h USING (platform)
    WHERE chosen.late AND a.account = chosen.account
), claimed AS (
    UPDATE publish_job j SET state = 'running', claimed_by = :run_id, lease_expires_at = :lease_expires_at,
        started = false, not_before = NULL, observing = false, updated_at = :now
    FROM chosen WHERE j.job_id = chosen.job_id
    RETURNING j.job_id, chosen.due_at
)
INSERT INTO claim_batch (run_id, position, job_id)
SELECT :run_id, (SELECT count(*) FROM claim_batch WHERE run_id = :run_id)
    + row_number() OVER (ORDER BY due_at, job_id) - 1, job_id
FROM claimed
RETURNING job_id;

-- name: claim_batch
-- What a run has claimed, as people call it, in the order in which it was claimed.
SELECT b.position, j.job_id, j.platform, j.touchpoint, c.concert_title
FROM claim_batch b JOIN publish_job j USING (job_id) JOIN campaign c USING (campaign_id)
WHERE b.run_id = :run_id ORDER BY b.position;

-- name: next_due_at$
-- When a claim would next find something; by the view that says what a claim may take.
SELECT min(due_at) FROM next_thing_to_do;

-- name: next_due_job^
-- The same with the job, by which the wake tells new work from work that nobody takes.
SELECT what, due_at FROM next_thing_to_do ORDER BY due_at, what LIMIT 1;

------------------------------------------------------------------------------------------ publishing one job

-- name: lock_job^
SELECT * FROM publish_job WHERE job_id = :job_id FOR UPDATE;

-- name: take_job^
-- Acquire: the job is this run's, under a fence that shuts out every earlier copy. What it gives is the turn.
UPDATE publish_job SET state = 'running', claimed_by = :run_id, fence = fence + 1, started = true, observing = false,
    lease_expires_at = :lease_expires_at, error_code = NULL, error_message = NULL, error_message_zh = NULL,
    action_required = NULL, attempt_limit = greatest(attempt_limit, :attempt_limit), updated_at = :now
WHERE job_id = :job_id
RETURNING job_id, fence, platform, account, attempt_no, attempt_limit;

-- name: hold_turn^
-- Whether the job is still this turn's; if so, it is locked until the transaction ends.
SELECT cancel_requested FROM publish_job WHERE job_id = :job_id AND fence = :fence AND state = 'running' FOR UPDATE;

-- name: renew_lease!
-- Compare-and-set on the fence, as all that follow here. A sign of life alone is no :progress: a task that dies at
-- the same place again and again must be told from one that gets on.
UPDATE publish_job SET lease_expires_at = :lease_expires_at, observing = :observing,
    reclaims = CASE WHEN :progress THEN 0 ELSE reclaims END, updated_at = :now
WHERE job_id = :job_id AND fence = :fence AND state = 'running';

-- name: count_attempt^
-- A new pass through prepare and commit; retry_count is the attempts after the first.
UPDATE publish_job SET attempt_no = attempt_no + 1, retry_count = attempt_no, updated_at = :now
WHERE job_id = :job_id AND fence = :fence AND state = 'running'
RETURNING attempt_no;

-- name: give_attempt_back!
-- The pass came to nothing because something had to be waited for; that uses a job up never.
UPDATE publish_job SET attempt_limit = attempt_limit + 1 WHERE job_id = :job_id AND fence = :fence AND state = 'running';

-- name: lock_begins^
-- When posts of an account last began; whoever begins one waits here for whoever else does.
SELECT begun_at FROM account WHERE account = :account FOR UPDATE;

-- name: note_begins!
UPDATE account SET begun_at = :begun_at WHERE account = :account;

-- name: put_ledger_entry!
-- A line of the ledger, under the turn's fence.
INSERT INTO publish_attempt (job_id, attempt_no, fence, step, checkpoint, commit_deadline_at, outcome, error_code,
    error_message, evidence, at)
SELECT job_id, attempt_no, fence, :step, :checkpoint, :commit_deadline_at, :outcome, :error_code, :error_message,
    :evidence, :now
FROM publish_job WHERE job_id = :job_id AND fence = :fence AND state = 'running' FOR UPDATE;

-- name: ledger
SELECT * FROM publish_attempt WHERE job_id = :job_id ORDER BY entry_id;

-- name: wanted^
-- What must hold at the moment of the commit, read under locks that make an edit, a move, a cancel or a pause wait.
-- After `hold_turn`, as a statement of its own: the approval cannot be locked here, and had this one waited for an
-- edit to end, it would still show the approval as it was before that.
SELECT j.cancel_requested, j.scheduled_at > :now AS moved, j.useless_after <= :now AS useless,
    j.payload_ref, j.media_ref, c.off IS NOT NULL AS off, j.delivery = 'api' AND a.delivery = 'api' AS by_api,
    EXISTS (SELECT FROM stopped_account s WHERE s.account = j.account) AS stopped,
    coalesce(p.payload_refs ? j.payload_ref, false) AS text_approved,
    coalesce(p.payload_refs ?& string_to_array(j.media_ref, ','), false) AND NOT EXISTS (
        SELECT FROM media_asset m WHERE m.media_id = ANY (string_to_array(j.media_ref, ','))
        AND m.contains_students AND NOT m.consent_on_file) AS media_approved,
    greatest(a.paused_until, h.paused_until) AS paused_until,
    coalesce(a.pause_reason, h.pause_reason) AS pause_reason
FROM publish_job j
JOIN campaign c USING (campaign_id)
JOIN account a USING (account)
JOIN channel h ON h.platform = j.platform
LEFT JOIN approval p ON p.campaign_id = j.campaign_id AND p.voided_at IS NULL
WHERE j.job_id = :job_id AND j.fence = :fence AND j.state = 'running'
FOR UPDATE OF j FOR SHARE OF c, a, h;

-- name: finish_job!
-- The end of a job under this fence: success, failed or cancelled.
UPDATE publish_job SET state = :state, error_code = :error_code, error_message = :error_message,
    error_message_zh = :error_message_zh, action_required = :action_required, external_post_id = :external_post_id,
    external_url = :external_url, published_at = :published_at, claimed_by = NULL, lease_expires_at = NULL,
    observing = false, reclaims = 0, cancel_requested = false, updated_at = :now
WHERE job_id = :job_id AND fence = :fence AND state = 'running';

-- name: posts_without_a_name
-- Posts that are live without a link, the newest first: their platform may name them by now. By publish_job_published.
SELECT job_id FROM publish_job
WHERE platform IN (SELECT platform FROM channel) AND state = 'success' AND published_at >= :since
  AND external_url IS NULL AND delivery = 'api'
ORDER BY published_at DESC, job_id LIMIT :most;

-- name: name_post!
-- Once: a name that is there already stays.
UPDATE publish_job SET external_post_id = coalesce(external_post_id, :external_post_id), external_url = :external_url,
    updated_at = :now
WHERE job_id = :job_id AND state = 'success' AND external_url IS NULL;

-- name: got_through_since$
-- Whether another job was published on the platform since then: if so, it is not the platform that is down.
SELECT EXISTS (SELECT FROM publish_job
    WHERE platform = :platform AND state = 'success' AND published_at >= :since AND job_id <> :job_id);

-- name: attempt_ended_at$
-- When the first attempt after :attempt_no ended.
SELECT min(at) FROM publish_attempt WHERE job_id = :job_id AND attempt_no > :attempt_no AND step = 'ended';

-- name: requeue_job^
-- A wait: back to the queue until :not_before. Whether it is held, rebind decides; with :rebind its campaign is marked, so
-- that its posts are made right before any of them is claimed.
WITH requeued AS (
    UPDATE publish_job SET state = 'queued', not_before = :not_before, action_required = NULL,
        error_code = :error_code, error_message = :error_message, error_message_zh = :error_message_zh,
        claimed_by = NULL, lease_expires_at = NULL, observing = false, reclaims = 0, updated_at = :now
    WHERE job_id = :job_id AND fence = :fence AND state = 'running'
    RETURNING job_id, campaign_id
), marked AS (
    UPDATE campaign c SET rebind_due_at = coalesce(c.rebind_due_at, :now), updated_at = :now
    FROM requeued WHERE :rebind AND c.campaign_id = requeued.campaign_id
)
SELECT job_id FROM requeued;

-- name: end_silent_job!
-- Given up or cancelled while its task is gone, whose row is locked and whose lease is over.
UPDATE publish_job SET state = :state, fence = fence + 1, error_code = :error_code, error_message = :error_message,
    error_message_zh = :error_message_zh, action_required = :action_required, claimed_by = NULL,
    lease_expires_at = NULL, observing = false, cancel_requested = false, updated_at = :now
WHERE job_id = :job_id AND fence = :fence AND state = 'running';

-- name: job_for_publishing^
-- All that one publish task needs besides the ledger, in one round trip, while the job is its turn's. Whoever only looks
-- has no turn, and gives no :fence.
SELECT j.*, c.concert_title, c.teacher_id, a.conn_id, a.health AS account_health,
    r.content, r.sha256 AS content_sha256, r.provenance, s.language, p.privacy AS approved_privacy,
    (SELECT jsonb_agg(to_jsonb(m)) FROM media_asset m WHERE m.media_id = ANY (string_to_array(j.media_ref, ','))) AS media
FROM publish_job j
JOIN campaign c USING (campaign_id)
JOIN account a USING (account)
JOIN content_asset s ON s.asset_id = split_part(j.payload_ref, '@', 1)
JOIN content_revision r ON r.asset_id = s.asset_id AND r.version = split_part(j.payload_ref, '@', 2)::integer
LEFT JOIN approval p ON p.campaign_id = j.campaign_id AND p.voided_at IS NULL
WHERE j.job_id = :job_id AND (:fence::bigint IS NULL OR (j.fence = :fence AND j.state = 'running'));

-- name: hold_account_lock$
-- One publish task at a time for an account whose platform bears no two; held by the connection, not a transaction.
SELECT pg_try_advisory_lock(hashtextextended('encore account ' || :account, 0));

-- name: drop_account_lock$
-- By the connection that holds it.
SELECT pg_advisory_unlock(hashtextextended('encore account ' || :account, 0));

---------------------------------------------------------------------------------------- decisions of people

-- name: retry_job!
-- Once, however often it is clicked: only a failed job is put back. In one transaction with the binding of its campaign.
UPDATE publish_job SET state = 'queued', action_required = NULL, error_code = NULL, error_message = NULL,
    error_message_zh = NULL, not_before = NULL, cancel_requested = false, reclaims = 0,
    attempt_limit = attempt_no + :attempts, updated_at = :now
WHERE job_id = :job_id AND state = 'failed'
  AND (action_required IS NULL OR action_required NOT IN ('confirm_outcome', 'post_by_hand'));

-- name: cancel_job!
-- By a person, who alone takes that back; also what the plan had taken out, so that it does not come back with that. Not
-- while nobody knows whether it is live.
UPDATE publish_job SET state = 'cancelled', action_required = NULL, error_code = NULL, error_message = NULL,
    error_message_zh = NULL, updated_at = :now
WHERE job_id = :job_id AND action_required IS DISTINCT FROM 'confirm_outcome'
  AND (state IN ('queued', 'failed') OR (state = 'cancelled' AND error_code IS NOT NULL));

-- name: undo_cancel!
-- Back to the queue, in one transaction with the binding of its campaign.
UPDATE publish_job SET state = 'queued', action_required = NULL, cancel_requested = false, error_code = NULL,
    error_message = NULL, error_message_zh = NULL, not_before = NULL, reclaims = 0,
    attempt_limit = attempt_no + :attempts, updated_at = :now
WHERE job_id = :job_id AND state = 'cancelled' AND action_required IS DISTINCT FROM 'confirm_outcome';

-- name: undo_cancel_request!
-- It is being published and was not yet taken back.
UPDATE publish_job SET cancel_requested = false, updated_at = :now
WHERE job_id = :job_id AND state = 'running' AND cancel_requested;

-- name: request_cancel!
-- Obeyed by the publish task up to the moment at which it sends.
UPDATE publish_job SET cancel_requested = true, updated_at = :now WHERE job_id = :job_id AND state = 'running';

-- name: move_job!
-- A person chooses another time, which also takes up again what had failed or been cancelled. In one transaction with the
-- binding of its campaign.
UPDATE publish_job SET state = 'queued', scheduled_at = :scheduled_at, useless_after = :useless_after, moved_at = :now,
    not_before = NULL, error_code = NULL, error_message = NULL, error_message_zh = NULL,
    action_required = NULL, cancel_requested = false, reclaims = CASE WHEN state = 'queued' THEN reclaims ELSE 0 END,
    attempt_limit = CASE WHEN state = 'queued' THEN attempt_limit ELSE attempt_no + :attempts END, updated_at = :now
WHERE job_id = :job_id AND state IN ('queued', 'failed', 'cancelled')
  AND action_required IS DISTINCT FROM 'confirm_outcome';

-- name: confirm_live!
-- A person says that it is live: a doubtful post, or one that was posted by hand.
UPDATE publish_job SET state = 'success', external_url = :external_url, external_post_id = :external_post_id,
    published_at = coalesce(published_at, :now), error_code = NULL, error_message = NULL, error_message_zh = NULL,
    action_required = NULL, cancel_requested = false, updated_at = :now
WHERE job_id = :job_id
  AND (action_required = 'confirm_outcome' OR (state IN ('queued', 'failed') AND delivery = 'handoff'));

-- name: confirm_not_live!
-- The doubt ends and the job is queued again, with a fresh set of attempts; in one transaction with
-- the binding of its campaign. What is too late by now has missed its time, which nobody doubts any more.
UPDATE publish_job SET state = CASE WHEN useless_after > :now THEN 'queued' ELSE 'failed' END,
    action_required = NULL,
    error_code = CASE WHEN useless_after <= :now THEN 'missed_window' END,
    error_message = CASE WHEN useless_after <= :now
        THEN 'It was not posted in time, and by now it would be pointless. Nothing was published.' END,
    error_message_zh = CASE WHEN useless_after <= :now
        THEN '未能按时发布，现在发布已没有意义。没有发布任何内容。' END,
    handed_off_at = NULL, not_before = NULL, cancel_requested = false, reclaims = 0,
    attempt_limit = attempt_no + :attempts, updated_at = :now
WHERE job_id = :job_id AND state = 'failed' AND action_required = 'confirm_outcome';

-- name: put_confirmation!
-- What a person said of the outcome, in the ledger, where it ends the doubt about an open commit.
INSERT INTO publish_attempt (job_id, attempt_no, fence, step, outcome, evidence, at)
SELECT job_id, attempt_no, fence, 'confirmed', :outcome, :evidence, :now FROM publish_job WHERE job_id = :job_id;

------------------------------------------------------------------------------------------- answers and health

-- name: database_time$
-- The moment at which it is answered, not that at which its transaction began.
SELECT clock_timestamp();

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

-- name: last_claim_at$
-- When publish_due_jobs last ran as far as its claim.
SELECT max(claimed_at) FROM claim;

-- name: lost_jobs$
-- Running posts whose task has been silent for longer than its lease, and which nobody has taken back yet.
SELECT count(*) FROM publish_job WHERE state = 'running' AND lease_expires_at < :now;
