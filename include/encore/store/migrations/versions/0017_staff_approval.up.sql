-- Posts that wait for the approval of staff: staff are told, the teacher, who has approved, is not asked again.

ALTER TABLE notice DROP CONSTRAINT notice_kind_check;
ALTER TABLE notice ADD CONSTRAINT notice_kind_check CHECK (kind IN ('failed', 'in_doubt', 'missed', 'hand_off', 'out_at_last', 'needs_approval',
                    'approval_late', 'ready', 'not_written', 'called_off', 'disconnected', 'ahead', 'system',
                    'staff_approval'));

CREATE OR REPLACE FUNCTION notice_of_job() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    teacher text := (SELECT teacher_id FROM campaign WHERE campaign_id = NEW.campaign_id);
    -- Posts of a campaign that change together are one thing to tell.
    together text := 'transaction ' || pg_current_xact_id();
BEGIN
    CASE
    WHEN NEW.state = 'failed' AND NEW.action_required IS NOT DISTINCT FROM 'confirm_outcome' THEN
        PERFORM put_notice('in_doubt', teacher, coalesce(NEW.error_code, '') || ' ' || NEW.attempt_no, NEW.updated_at,
                           NEW.error_said, NEW.campaign_id, NEW.job_id, NEW.account);
    WHEN NEW.state = 'failed' AND NEW.error_code = 'missed_window' THEN
        PERFORM put_notice('missed', teacher, NEW.scheduled_at::text, NEW.updated_at,
                           NEW.error_said, NEW.campaign_id, NEW.job_id, NEW.account);
    WHEN NEW.state = 'failed' THEN
        PERFORM put_notice('failed', teacher, coalesce(NEW.error_code, '') || ' ' || NEW.attempt_no, NEW.updated_at,
                           NEW.error_said, NEW.campaign_id, NEW.job_id, NEW.account);
    WHEN NEW.state = 'success' THEN
        IF NEW.published_at > NEW.scheduled_at + interval '15 minutes'
           OR EXISTS (SELECT FROM notice n WHERE n.job_id = NEW.job_id AND n.kind IN ('failed', 'in_doubt', 'missed')) THEN
            PERFORM put_notice('out_at_last', teacher, '', NEW.updated_at, NULL, NEW.campaign_id, NEW.job_id, NEW.account);
        END IF;
    WHEN NEW.action_required = 'post_by_hand' THEN
        PERFORM put_notice('hand_off', teacher, NEW.scheduled_at::text, NEW.updated_at, NULL, NEW.campaign_id, NEW.job_id, NEW.account);
    WHEN NEW.action_required = 'approve_content' THEN
        -- What its teacher has approved, and staff have not, is for staff to be told of.
        IF NOT EXISTS (SELECT FROM approval p JOIN account a ON a.account = NEW.account
                       WHERE p.campaign_id = NEW.campaign_id AND p.voided_at IS NULL AND NOT p.by_staff AND a.staff_approves) THEN
            PERFORM put_notice('needs_approval', teacher, together, NEW.updated_at, NULL, NEW.campaign_id, NULL, NULL);
        END IF;
    ELSE NULL;
    END CASE;
    RETURN NULL;
END $$;
