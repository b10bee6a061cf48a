-- A million finished posts cost neither the claim nor the wake anything, and only what changes is told and written down.

-- All at once and in the order in which they are locked, so that nobody waits here for somebody who waits for us.
LOCK TABLE publish_job, campaign, account, channel IN ACCESS EXCLUSIVE MODE;

-- What may be claimed, in its order on each platform, whatever the accounts: what waits for its planned second, and what
-- waits for something else.
CREATE INDEX publish_job_next ON publish_job (platform, scheduled_at, job_id) INCLUDE (account)
    WHERE state = 'queued' AND action_required IS NULL AND delivery = 'api' AND not_before IS NULL;
CREATE INDEX publish_job_next_try ON publish_job (platform, greatest(scheduled_at, not_before), job_id) INCLUDE (account)
    WHERE state = 'queued' AND action_required IS NULL AND delivery = 'api' AND not_before IS NOT NULL;
CREATE INDEX publish_job_in_flight ON publish_job (platform, account) WHERE state = 'running' AND NOT observing;
CREATE INDEX account_by_itself ON account (platform) WHERE paused_until IS NOT NULL OR catch_up_at IS NOT NULL;

-- Whoever tells something waits at its COMMIT for whoever else does. A trigger by statement and column fires for a column
-- that is named, also where its value stays or no row is found; these fire for what is different afterwards.
DROP TRIGGER tell_jobs_updated ON publish_job;
CREATE TRIGGER tell_jobs_updated AFTER UPDATE ON publish_job FOR EACH ROW
    WHEN ((OLD.state, OLD.scheduled_at, OLD.not_before, OLD.action_required, OLD.observing, OLD.delivery)
          IS DISTINCT FROM (NEW.state, NEW.scheduled_at, NEW.not_before, NEW.action_required, NEW.observing, NEW.delivery))
    EXECUTE FUNCTION tell_jobs_changed();
DROP TRIGGER tell_accounts_changed ON account;
CREATE TRIGGER tell_accounts_changed AFTER UPDATE ON account FOR EACH ROW
    WHEN ((OLD.paused_until, OLD.max_in_flight, OLD.delivery)
          IS DISTINCT FROM (NEW.paused_until, NEW.max_in_flight, NEW.delivery))
    EXECUTE FUNCTION tell_jobs_changed();
DROP TRIGGER tell_channels_changed ON channel;
CREATE TRIGGER tell_channels_changed AFTER UPDATE ON channel FOR EACH ROW
    WHEN ((OLD.paused_until, OLD.pause_reason, OLD.max_in_flight, OLD.wake_ahead)
          IS DISTINCT FROM (NEW.paused_until, NEW.pause_reason, NEW.max_in_flight, NEW.wake_ahead))
    EXECUTE FUNCTION tell_jobs_changed();
DROP TRIGGER tell_campaigns_marked ON campaign;
CREATE TRIGGER tell_campaigns_marked AFTER UPDATE ON campaign FOR EACH ROW
    WHEN (OLD.rebind_due_at IS DISTINCT FROM NEW.rebind_due_at) EXECUTE FUNCTION tell_jobs_changed();

-- Both make a whole row into JSON, which a statement that changes nothing of theirs is spared.
DROP TRIGGER legal_transition ON publish_job;
CREATE TRIGGER legal_transition BEFORE UPDATE OF state ON publish_job FOR EACH ROW
    WHEN (OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION refuse_illegal_transition('job', 'state');
DROP TRIGGER legal_transition ON campaign;
CREATE TRIGGER legal_transition BEFORE UPDATE OF status ON campaign FOR EACH ROW
    WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION refuse_illegal_transition('campaign', 'status');

DROP TRIGGER audit ON publish_job;
CREATE TRIGGER audit_inserted AFTER INSERT ON publish_job FOR EACH ROW
    EXECUTE FUNCTION audit('job_event', 'job_id', 'state',
    'scheduled_at moved_at not_before useless_after payload_ref media_ref delivery handed_off_at error_code action_required cancel_requested claimed_by external_post_id external_url');
CREATE TRIGGER audit_updated AFTER UPDATE ON publish_job FOR EACH ROW
    WHEN ((OLD.state, OLD.scheduled_at, OLD.moved_at, OLD.not_before, OLD.useless_after, OLD.payload_ref, OLD.media_ref,
           OLD.delivery, OLD.handed_off_at, OLD.error_code, OLD.action_required, OLD.cancel_requested, OLD.claimed_by,
           OLD.external_post_id, OLD.external_url)
          IS DISTINCT FROM
          (NEW.state, NEW.scheduled_at, NEW.moved_at, NEW.not_before, NEW.useless_after, NEW.payload_ref, NEW.media_ref,
           NEW.delivery, NEW.handed_off_at, NEW.error_code, NEW.action_required, NEW.cancel_requested, NEW.claimed_by,
           NEW.external_post_id, NEW.external_url))
    EXECUTE FUNCTION audit('job_event', 'job_id', 'state',
    'scheduled_at moved_at not_before useless_after payload_ref media_ref delivery handed_off_at error_code action_required cancel_requested claimed_by external_post_id external_url');
DROP TRIGGER audit ON campaign;
CREATE TRIGGER audit_inserted AFTER INSERT ON campaign FOR EACH ROW
    EXECUTE FUNCTION audit('campaign_event', 'campaign_id', 'status',
    'teacher_id concert_title concert_datetime timezone venue_or_link student_highlights cta_link platforms timeline off off_by');
CREATE TRIGGER audit_updated AFTER UPDATE ON campaign FOR EACH ROW
    WHEN ((OLD.status, OLD.teacher_id, OLD.concert_title, OLD.concert_datetime, OLD.timezone, OLD.venue_or_link,
           OLD.student_highlights, OLD.cta_link, OLD.platforms, OLD.timeline, OLD.off, OLD.off_by)
          IS DISTINCT FROM
          (NEW.status, NEW.teacher_id, NEW.concert_title, NEW.concert_datetime, NEW.timezone, NEW.venue_or_link,
           NEW.student_highlights, NEW.cta_link, NEW.platforms, NEW.timeline, NEW.off, NEW.off_by))
    EXECUTE FUNCTION audit('campaign_event', 'campaign_id', 'status',
    'teacher_id concert_title concert_datetime timezone venue_or_link student_highlights cta_link platforms timeline off off_by');
