-- How often posts of an account begin: a platform bears only so many a minute.
ALTER TABLE account ADD COLUMN begun_at timestamptz[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN account.begun_at IS 'When its latest posts began, as many as its platform takes within a minute.';
