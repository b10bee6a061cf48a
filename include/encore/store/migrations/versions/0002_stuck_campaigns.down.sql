LOCK TABLE publish_job, campaign IN ACCESS EXCLUSIVE MODE;

COMMENT ON COLUMN generation_request.claimed_at IS NULL;

DROP INDEX publish_job_in_doubt, publish_job_needs_someone;
CREATE INDEX publish_job_needs_someone ON publish_job (campaign_id)
    WHERE state IN ('queued', 'failed') AND (action_required IS NOT NULL OR state = 'failed');

CREATE OR REPLACE FUNCTION follow_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE campaign c SET status = wanted.status, updated_at = NEW.updated_at
    FROM (
        SELECT CASE WHEN bool_or(state IN ('queued', 'running')) THEN
                        CASE WHEN bool_or(state = 'success') THEN 'active' ELSE 'scheduled' END
                    ELSE 'completed' END AS status
        FROM publish_job WHERE campaign_id = NEW.campaign_id
    ) wanted
    WHERE c.campaign_id = NEW.campaign_id AND c.status <> wanted.status
      -- What has been live stays active, even when nothing else is: the way back to scheduled is closed.
      AND NOT (c.status = 'active' AND wanted.status = 'scheduled');
    RETURN NULL;
END $$;
DROP FUNCTION status_by_jobs;
