-- The texts of a campaign with all their versions, and the approvals that were given to them.

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
-- A text that a writer would write just so again counts as written from these facts, in these languages and this voice.
UPDATE content_asset SET provenance = provenance || :made
WHERE asset_id = :asset_id AND content = :content;

-- name: revisions_of_facts
-- Of each text of a campaign the newest revision that was written or edited under just these facts.
SELECT DISTINCT ON (r.asset_id) r.* FROM content_revision r JOIN content_asset a USING (asset_id)
WHERE a.campaign_id = :campaign_id AND r.provenance ->> 'facts' = :facts_sha256
ORDER BY r.asset_id, r.version DESC;

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

-- name: approval_in_force^
SELECT * FROM approval WHERE campaign_id = :campaign_id AND voided_at IS NULL;

-- name: approvals_of_campaign
SELECT * FROM approval WHERE campaign_id = :campaign_id ORDER BY approval_id;

-- name: put_approval^
INSERT INTO approval (campaign_id, approved_by, approved_at, payload_refs, content_sha256, privacy, confirmations,
    by_staff)
VALUES (:campaign_id, :approved_by, :now, :payload_refs, :content_sha256, :privacy, :confirmations, :by_staff)
RETURNING *;

-- name: void_approval!
UPDATE approval SET voided_at = :now, void_reason = :reason, void_said = :said
WHERE campaign_id = :campaign_id AND voided_at IS NULL;

-- name: put_text_proposal!
-- The newest one of a text counts.
INSERT INTO text_proposal (asset_id, version, content, provenance, wish, made_at)
VALUES (:asset_id, :version, :content, :provenance, :wish, :now)
ON CONFLICT (asset_id) DO UPDATE SET version = excluded.version, content = excluded.content,
    provenance = excluded.provenance, wish = excluded.wish, made_at = excluded.made_at;

-- name: text_proposal^
SELECT * FROM text_proposal WHERE asset_id = :asset_id;

-- name: drop_text_proposal!
-- It was taken, or is not wanted.
DELETE FROM text_proposal WHERE asset_id = :asset_id;
