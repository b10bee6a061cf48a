-- The languages and the voice of a campaign's posts, where they are not the school's.

ALTER TABLE campaign
    ADD COLUMN languages jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN voice     text CHECK (voice IN ('warm', 'formal', 'playful')),
    ADD CONSTRAINT campaign_speaks_one_or_two_languages CHECK (
        jsonb_typeof(languages) = 'object'
        AND languages - ARRAY['all', 'tiktok', 'xiaohongshu', 'instagram'] = '{}'
        AND NOT languages @? 'strict $.* ? (@.type() != "array" || @.size() < 1 || @.size() > 2)'
        AND NOT languages @? 'strict $.*[*] ? (@.type() != "string" || !(@ like_regex "^[a-z]{2}(-[A-Za-z]+)?$"))'
        AND NOT languages @? 'strict $.* ? (@.size() == 2 && @[0] == @[1])');
COMMENT ON COLUMN campaign.languages IS
    'Platform, or all -> the languages of its posts, in their order. Where neither is there, the school''s.';
COMMENT ON COLUMN campaign.voice IS 'Null: the school''s.';
CREATE INDEX campaign_by_making ON campaign (teacher_id, created_at DESC, campaign_id DESC);
