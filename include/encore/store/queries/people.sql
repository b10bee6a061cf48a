-- Links by which people come in, and what somebody leaves behind.

-- name: put_person_link!
-- Beside those that the same person has already; whoever makes one ends these first.
INSERT INTO person_link (link_id, token_sha256, kind, person, full_name, mail, role, accounts, made_by, made_at,
    ends_at)
VALUES (:link_id, :token_sha256, :kind, :person, :full_name, :mail, :role, :accounts, :made_by, :now, :ends_at);

-- name: person_link^
-- As it stands, to say why it does not work.
SELECT * FROM person_link WHERE token_sha256 = :token_sha256 AND kind = :kind;

-- name: use_person_link^
-- Once: who comes second waits for the first, and then finds no row.
UPDATE person_link SET used_at = :now, used_by = coalesce(person, :used_by)
WHERE token_sha256 = :token_sha256 AND kind = :kind AND used_at IS NULL AND withdrawn_at IS NULL AND ends_at > :now
RETURNING *;

-- name: withdraw_invitation!
-- What was used is not withdrawn any more.
UPDATE person_link SET withdrawn_at = :now
WHERE link_id = :link_id AND kind = 'invitation' AND used_at IS NULL AND withdrawn_at IS NULL;

-- name: withdraw_links_of_person!
-- Whatever was made for somebody before: a new link, a new password or a leave ends it.
UPDATE person_link SET withdrawn_at = :now
WHERE person = :person AND kind = :kind AND used_at IS NULL AND withdrawn_at IS NULL;

-- name: open_invitations
-- Those to whom nobody has come yet, the newest first; also what has ended within a month, so that it is seen why.
SELECT * FROM person_link
WHERE kind = 'invitation' AND used_at IS NULL AND withdrawn_at IS NULL AND made_at > :since
ORDER BY made_at DESC LIMIT :most;

-- name: name_stands$
-- Whether anything here belongs to a user name already, so that whoever chooses one gets nobody's campaigns with it.
-- Never null.
SELECT EXISTS (SELECT FROM campaign WHERE lower(teacher_id) = lower(:person))
    OR EXISTS (SELECT FROM account WHERE lower(owner) = lower(:person))
    OR EXISTS (SELECT FROM person WHERE lower(person) = lower(:person)) AS stands;

-- name: left_behind^
-- What is somebody's, counted. Never null: campaigns, planned, sending, accounts.
SELECT (SELECT count(*) FROM campaign WHERE teacher_id = :person) AS campaigns,
    count(*) FILTER (WHERE j.state = 'queued') AS planned,
    count(*) FILTER (WHERE j.state = 'running') AS sending,
    (SELECT count(*) FROM account WHERE owner = :person AND active) AS accounts
FROM publish_job j JOIN campaign c USING (campaign_id)
WHERE c.teacher_id = :person AND j.state IN ('queued', 'running');

-- name: campaigns_left_by
-- All of a teacher's, past ones too. Never null: campaign_id.
SELECT campaign_id FROM campaign WHERE teacher_id = :person ORDER BY concert_datetime, campaign_id;

-- name: hand_over_campaign!
-- In the turn of the campaign. Refused by campaign_is_unique where the other has that concert already.
UPDATE campaign SET teacher_id = :teacher_id, facts_sha256 = :facts_sha256, updated_at = :now
WHERE campaign_id = :campaign_id;

-- name: keep_written!
-- What was written from a campaign's facts counts as written from them under their new digest.
UPDATE content_asset SET provenance = provenance || jsonb_build_object('facts', :facts_sha256::text)
WHERE campaign_id = :campaign_id AND provenance ->> 'facts' = :before;
