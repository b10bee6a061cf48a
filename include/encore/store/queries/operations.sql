-- What operations shows: posts that are late, failed, in doubt or waiting, what rests, how late posts were.

-- name: concern_counts
-- How many posts of each kind, by whom they wait for and platform. What each is, `posts_of_concern` says.
-- Never null: kind, platform, posts.
SELECT kind, waits_for, platform, count(*) AS posts FROM posts_of_concern(:now) GROUP BY kind, waits_for, platform;

-- name: reports_of_concern
-- These posts as a person reads them, whose window closes first first: a page of the list after the post that a cursor
-- names. Every filter may be absent. May be null: after_id. Never null: kind.
WITH shown AS MATERIALIZED (
    SELECT kind, waits_for AS concerns, job_id FROM posts_of_concern(:now) p
    WHERE (:kind::text IS NULL OR kind = :kind) AND (:waits_for::text IS NULL OR waits_for = :waits_for)
      AND (:platform::text IS NULL OR platform = :platform)
      AND (:teacher_id::text IS NULL OR campaign_id IN (SELECT campaign_id FROM campaign WHERE teacher_id = :teacher_id))
      AND (:after_at::timestamptz IS NULL OR (useless_after, job_id) > (:after_at, :after_id::text))
    ORDER BY useless_after, job_id LIMIT :most
)
SELECT c.concert_title, c.concert_datetime, c.timezone, c.teacher_id, c.off,
    greatest(a.paused_until, h.paused_until) AS paused_until, coalesce(a.pause_reason, h.pause_reason) AS pause_reason,
    s.stop_id IS NOT NULL AS stopped, s.reason AS stop_reason, a.staff_approves, j.*, shown.kind, shown.concerns
FROM shown JOIN publish_job j USING (job_id) JOIN campaign c USING (campaign_id) JOIN account a USING (account)
JOIN channel h ON h.platform = j.platform
LEFT JOIN LATERAL (
    SELECT stop_id, reason FROM stopped_account s WHERE s.account = j.account ORDER BY stop_id LIMIT 1) s ON true
ORDER BY j.useless_after, j.job_id;

-- name: resting_account_counts
-- Accounts through which nothing goes out, by what they wait for. Never null: waits_for, accounts.
SELECT waits_for, count(*) AS accounts FROM resting_accounts(:now) GROUP BY waits_for;

-- name: resting_places
-- Platforms, then accounts, that rest by themselves, each with why and until when: the first of them. `of_all`: how many
-- there are. Never null: scope, name, platform, until, of_all.
SELECT scope, name, platform, reason, until, count(*) OVER () AS of_all FROM (
    SELECT 'platform' AS scope, platform AS name, platform, pause_reason AS reason, paused_until AS until
    FROM channel WHERE paused_until > :now
    UNION ALL
    SELECT 'account', account, platform, pause_reason, paused_until FROM account WHERE active AND paused_until > :now
) rests ORDER BY scope DESC, name LIMIT :most;

-- name: lateness_by_hour
-- Of what was sent in the last day: how many posts and after how many seconds, in the middle, of 95 and of 99 in a
-- hundred; of each platform, of each hour back from now (`hour_at` is its beginning), and of all (neither is named).
-- Never null: posts.
SELECT platform, hour_at, count(*) AS posts,
    percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY seconds) AS seconds
FROM (SELECT platform, date_bin('1 hour', sent_at, :now) AS hour_at, seconds FROM posts_sent(:now)) sent
GROUP BY GROUPING SETS ((), (platform), (hour_at)) ORDER BY platform NULLS FIRST, hour_at NULLS FIRST;
