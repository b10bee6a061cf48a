-- Pictures and videos: drawn ones and uploads, consent, and the addresses at which platforms fetch them.

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

-- name: fetch_media^
-- What is at an address, and a line that somebody has asked for it; nothing once the address has expired.
WITH found AS (
    SELECT m.*, d.token FROM media_address d JOIN media_asset m USING (media_id)
    WHERE d.token = :token AND d.expires_at > :now
), noted AS (
    INSERT INTO media_fetch (token, at, method, user_agent) SELECT token, :now, :method, :user_agent FROM found
)
SELECT * FROM found;

-- name: media_fetches
-- When the addresses that a job's attempts gave out for a picture or video were fetched; our own look at one is none.
SELECT f.at, f.user_agent FROM media_fetch f JOIN media_address d USING (token)
WHERE d.job_id = :job_id AND d.media_id = :media_id AND f.method = 'GET' AND d.attempt_no > 0
ORDER BY f.at;
