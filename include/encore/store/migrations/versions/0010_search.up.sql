-- Words that stand anywhere within a title or a venue are found by their pairs of letters. In a table of their own, so that
-- a campaign pays for them only when it is named anew, and not whenever its status follows its posts.

LOCK TABLE campaign IN SHARE ROW EXCLUSIVE MODE;

CREATE FUNCTION letter_pairs(words text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT substr(small, n, 2)), '{}')
    FROM (SELECT lower(words) AS small) AS said CROSS JOIN LATERAL generate_series(1, length(small) - 1) AS n
$$;
COMMENT ON FUNCTION letter_pairs IS
    'Each two letters of a text that follow one another, in small letters. A text that is a part of another has no others.';

CREATE TABLE campaign_search (
    campaign_id text PRIMARY KEY REFERENCES campaign ON DELETE CASCADE,
    pairs       text[] NOT NULL
);
COMMENT ON TABLE campaign_search IS 'The letter pairs of each campaign''s title and venue, written by the database alone.';

CREATE FUNCTION note_letter_pairs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO campaign_search (campaign_id, pairs)
    VALUES (NEW.campaign_id, letter_pairs(NEW.concert_title || ' ' || NEW.venue_or_link))
    ON CONFLICT (campaign_id) DO UPDATE SET pairs = EXCLUDED.pairs;
    RETURN NULL;
END $$;
CREATE TRIGGER search_inserted AFTER INSERT ON campaign FOR EACH ROW EXECUTE FUNCTION note_letter_pairs();
CREATE TRIGGER search_updated AFTER UPDATE OF concert_title, venue_or_link ON campaign FOR EACH ROW
    WHEN ((OLD.concert_title, OLD.venue_or_link) IS DISTINCT FROM (NEW.concert_title, NEW.venue_or_link))
    EXECUTE FUNCTION note_letter_pairs();

INSERT INTO campaign_search SELECT campaign_id, letter_pairs(concert_title || ' ' || venue_or_link) FROM campaign;
CREATE INDEX campaign_search_pairs ON campaign_search USING gin (pairs);
ANALYZE campaign_search;
