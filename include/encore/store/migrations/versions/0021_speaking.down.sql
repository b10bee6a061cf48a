DROP INDEX campaign_by_making;
ALTER TABLE campaign DROP COLUMN languages, DROP COLUMN voice;
