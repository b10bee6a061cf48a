ALTER TABLE generation_request DROP COLUMN note_said;
ALTER TABLE approval DROP COLUMN void_said;
ALTER TABLE finding DROP COLUMN said;
ALTER TABLE publish_attempt DROP COLUMN error_said;
ALTER TABLE publish_job DROP COLUMN error_said;
