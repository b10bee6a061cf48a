-- Teachers take turns at having content written, what one may ask for in a day is bounded, and what nobody needs any more
-- is found from its oldest row on.

-- All at once and in the order in which they are locked, so that nobody waits here for somebody who waits for us.
LOCK TABLE publish_job, campaign, media_asset, generation_request IN ACCESS EXCLUSIVE MODE;

ALTER TABLE generation_request ADD COLUMN place integer;
COMMENT ON COLUMN generation_request.place IS 'Its place among those that its run took up; null in runs of before.';

CREATE VIEW generation_turn AS
SELECT waiting.*, row_number() OVER (ORDER BY turn, requested_at, request_id) AS place
FROM (
    SELECT r.request_id, r.requested_at, c.teacher_id, busy.requests AS busy,
           coalesce(own.requests, 0)
               + row_number() OVER (PARTITION BY c.teacher_id ORDER BY r.requested_at, r.request_id) AS turn
    FROM generation_request r
    JOIN campaign c USING (campaign_id)
    CROSS JOIN (SELECT count(*) AS requests FROM generation_request WHERE state = 'running') busy
    LEFT JOIN (
        SELECT c.teacher_id, count(*) AS requests
        FROM generation_request r JOIN campaign c USING (campaign_id) WHERE r.state = 'running' GROUP BY c.teacher_id
    ) own USING (teacher_id)
    WHERE r.state = 'requested' AND NOT EXISTS (
        SELECT FROM generation_request o WHERE o.campaign_id = r.campaign_id AND o.state = 'running')
) waiting;
COMMENT ON VIEW generation_turn IS
    'The requests that a run could take up, in the order in which they come: turn counts those of the same teacher that are worked on or come before it, busy all that are worked on.';

CREATE TABLE teacher_use (
    teacher_id text NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('campaign', 'generation', 'upload')),
    at         timestamptz NOT NULL,
    size_bytes bigint NOT NULL DEFAULT 0 CHECK (size_bytes >= 0)
);
COMMENT ON TABLE teacher_use IS 'What teachers did themselves of which a day allows only so much. Of the last two days.';
CREATE INDEX teacher_use_lately ON teacher_use (teacher_id, kind, at);
CREATE INDEX teacher_use_by_age ON teacher_use (at);

-- Files whose row is gone, however that went.
CREATE TABLE media_file_left (
    file        text PRIMARY KEY,
    campaign_id text NOT NULL,
    since       timestamptz NOT NULL
);
COMMENT ON TABLE media_file_left IS 'Files that lie in the media store without a row, until keep_house removes them.';
CREATE FUNCTION note_media_file_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO media_file_left (file, campaign_id, since) VALUES (OLD.file, OLD.campaign_id, clock_timestamp())
    ON CONFLICT (file) DO UPDATE SET since = excluded.since;
    RETURN NULL;
END $$;
CREATE TRIGGER note_media_file_left AFTER DELETE ON media_asset FOR EACH ROW EXECUTE FUNCTION note_media_file_left();
CREATE INDEX media_file_left_by_age ON media_file_left (since);
ALTER TABLE campaign ADD COLUMN media_looked_at timestamptz;
COMMENT ON COLUMN campaign.media_looked_at IS 'When keep_house last looked for pictures and videos of it that nobody needs.';
CREATE INDEX campaign_media_to_look_through ON campaign (media_looked_at NULLS FIRST, created_at);
CREATE INDEX media_asset_by_file ON media_asset (file);
CREATE INDEX media_address_by_media ON media_address (media_id);

CREATE INDEX media_address_by_age ON media_address (expires_at);
CREATE INDEX api_idempotency_by_age ON api_idempotency (created_at);
CREATE INDEX finding_cleared ON finding (cleared_at) WHERE cleared_at IS NOT NULL;

ALTER TABLE campaign ADD COLUMN forgotten_at timestamptz;
COMMENT ON COLUMN campaign.forgotten_at IS 'When what happened to it and to its posts was removed, as the settings say; it stays with its posts'' last state.';
CREATE INDEX campaign_to_forget ON campaign (concert_datetime)
    WHERE forgotten_at IS NULL OR forgotten_at < concert_datetime;
