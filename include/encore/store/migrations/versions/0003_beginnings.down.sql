ALTER TABLE account DROP COLUMN begun_at;
