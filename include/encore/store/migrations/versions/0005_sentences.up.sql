-- A sentence is kept as {"key": ..., "values": {...}} beside its English. Rows of before have none and are shown as they are.
ALTER TABLE publish_job ADD COLUMN error_said jsonb;
ALTER TABLE publish_attempt ADD COLUMN error_said jsonb;
ALTER TABLE finding ADD COLUMN said jsonb;
ALTER TABLE approval ADD COLUMN void_said jsonb;
ALTER TABLE generation_request ADD COLUMN note_said jsonb;
COMMENT ON COLUMN publish_job.error_said IS 'The sentence of error_message: {"key": ..., "values": {...}}.';
COMMENT ON COLUMN publish_job.error_message_zh IS 'Of rows before error_said; no longer written.';
COMMENT ON COLUMN finding.message_zh IS 'Of rows before said; no longer written.';
