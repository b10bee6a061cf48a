-- Texts in the two languages stay: only new ones are refused.
ALTER TABLE content_asset DROP CONSTRAINT content_asset_language_check,
    ADD CONSTRAINT content_asset_language_check CHECK (language IN ('en', 'zh')) NOT VALID;
