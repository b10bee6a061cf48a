LOCK TABLE publish_job, campaign, media_asset, generation_request IN ACCESS EXCLUSIVE MODE;

DROP INDEX campaign_to_forget;
ALTER TABLE campaign DROP COLUMN forgotten_at;
DROP INDEX finding_cleared;
DROP INDEX api_idempotency_by_age;
DROP INDEX media_address_by_age;
DROP INDEX media_address_by_media;
DROP INDEX media_asset_by_file;
ALTER TABLE campaign DROP COLUMN media_looked_at;
DROP TRIGGER note_media_file_left ON media_asset;
DROP FUNCTION note_media_file_left;
DROP TABLE media_file_left;
DROP TABLE teacher_use;
DROP VIEW generation_turn;
ALTER TABLE generation_request DROP COLUMN place;
