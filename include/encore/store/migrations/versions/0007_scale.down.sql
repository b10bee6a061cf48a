LOCK TABLE publish_job, campaign, account, channel IN ACCESS EXCLUSIVE MODE;

DROP INDEX account_by_itself, publish_job_in_flight, publish_job_next_try, publish_job_next;

DROP TRIGGER tell_jobs_updated ON publish_job;
CREATE TRIGGER tell_jobs_updated AFTER UPDATE OF state, scheduled_at, not_before, action_required, observing, delivery ON publish_job
    FOR EACH STATEMENT EXECUTE FUNCTION tell_jobs_changed();
DROP TRIGGER tell_accounts_changed ON account;
CREATE TRIGGER tell_accounts_changed AFTER UPDATE OF paused_until, max_in_flight, delivery ON account
    FOR EACH STATEMENT EXECUTE FUNCTION tell_jobs_changed();
DROP TRIGGER tell_channels_changed ON channel;
CREATE TRIGGER tell_channels_changed AFTER UPDATE OF paused_until, pause_reason, max_in_flight, wake_ahead ON channel
    FOR EACH STATEMENT EXECUTE FUNCTION tell_jobs_changed();
DROP TRIGGER tell_campaigns_marked ON campaign;
CREATE TRIGGER tell_campaigns_marked AFTER UPDATE OF rebind_due_at ON campaign
    FOR EACH STATEMENT EXECUTE FUNCTION tell_jobs_changed();

DROP TRIGGER legal_transition ON publish_job;
CREATE TRIGGER legal_transition BEFORE UPDATE OF state ON publish_job
    FOR EACH ROW EXECUTE FUNCTION refuse_illegal_transition('job', 'state');
DROP TRIGGER legal_transition ON campaign;
CREATE TRIGGER legal_transition BEFORE UPDATE OF status ON campaign
    FOR EACH ROW EXECUTE FUNCTION refuse_illegal_transition('campaign', 'status');

DROP TRIGGER audit_inserted ON publish_job;
DROP TRIGGER audit_updated ON publish_job;
CREATE TRIGGER audit AFTER INSERT OR UPDATE ON publish_job
    FOR EACH ROW EXECUTE FUNCTION audit('job_event', 'job_id', 'state',
    'scheduled_at moved_at not_before useless_after payload_ref media_ref delivery handed_off_at error_code action_required cancel_requested claimed_by external_post_id external_url');
DROP TRIGGER audit_inserted ON campaign;
DROP TRIGGER audit_updated ON campaign;
CREATE TRIGGER audit AFTER INSERT OR UPDATE ON campaign
    FOR EACH ROW EXECUTE FUNCTION audit('campaign_event', 'campaign_id', 'status',
    'teacher_id concert_title concert_datetime timezone venue_or_link student_highlights cta_link platforms timeline off off_by');
