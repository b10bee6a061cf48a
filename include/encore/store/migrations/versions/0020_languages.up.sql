-- Posts may be in German and in traditional Chinese, too.

ALTER TABLE content_asset DROP CONSTRAINT content_asset_language_check,
    ADD CONSTRAINT content_asset_language_check CHECK (language IN ('en', 'zh', 'zh-Hant', 'de'));
