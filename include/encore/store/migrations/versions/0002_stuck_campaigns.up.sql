-- A campaign's status follows its jobs also where two of them end at once, and what got stuck before is mended. What
-- needs a person is found without reading every failure that there ever was.

-- Both at once and the jobs first, so that nobody waits here for somebody who waits for us.
LOCK TABLE publish_job, campaign IN ACCESS EXCLUSIVE MODE;

CREATE FUNCTION status_by_jobs(of_campaign text) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN bool_or(state IN ('queued', 'running')) THEN
                    CASE WHEN bool_or(state = 'success') THEN 'active' ELSE 'scheduled' END
                WHEN count(*) > 0 THEN 'completed' END
    FROM publish_job WHERE campaign_id = of_campaign
$$;
COMMENT ON FUNCTION status_by_jobs IS 'What a campaign''s jobs as they are make of its status; null where it has none.';

CREATE OR REPLACE FUNCTION follow_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Whoever ends another job of the campaign waits here until we have committed. The statement after this one sees
    -- what they had left; in one statement, each of two would see the other's job as it was before.
    PERFORM FROM campaign WHERE campaign_id = NEW.campaign_id FOR NO KEY UPDATE;
    UPDATE campaign c SET status = wanted, updated_at = NEW.updated_at
    FROM status_by_jobs(NEW.campaign_id) AS wanted
    WHERE c.campaign_id = NEW.campaign_id AND c.status <> wanted
      -- What has been live stays active, even when nothing else is: the way back to scheduled is closed.
      AND NOT (c.status = 'active' AND wanted = 'scheduled');
    RETURN NULL;
END $$;

SELECT set_config('encore.actor', 'migration 0002', true);
UPDATE campaign c SET status = wanted, updated_at = now()
FROM campaign s CROSS JOIN LATERAL status_by_jobs(s.campaign_id) AS wanted
WHERE c.campaign_id = s.campaign_id AND c.status <> wanted AND NOT (c.status = 'active' AND wanted = 'scheduled');

-- Doubts stay until somebody looks, so they have an index of their own; everything else is over with its time.
DROP INDEX publish_job_needs_someone;
CREATE INDEX publish_job_needs_someone ON publish_job (useless_after)
    WHERE state IN ('queued', 'failed') AND (action_required IS NOT NULL OR state = 'failed');
CREATE INDEX publish_job_in_doubt ON publish_job (campaign_id)
    WHERE state = 'failed' AND action_required = 'confirm_outcome';

COMMENT ON COLUMN generation_request.claimed_at IS
    'The last sign of life of the run that has it; a moment to come while it waits as long as the model asked.';
