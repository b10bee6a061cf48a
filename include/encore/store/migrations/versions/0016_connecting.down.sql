ALTER TABLE approval DROP COLUMN by_staff;
DROP TRIGGER audit_inserted ON campaign;
DROP TRIGGER audit_updated ON campaign;
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
ALTER TABLE campaign DROP COLUMN accounts;
DROP TABLE data_request;
DROP TABLE login_attempt;
ALTER TABLE person_link DROP COLUMN accounts;
DROP TABLE account_use;
DROP TABLE account_picture;
ALTER TABLE account
    DROP COLUMN origin, DROP COLUMN way, DROP COLUMN external_id, DROP COLUMN app_user_id, DROP COLUMN username,
    DROP COLUMN display_name, DROP COLUMN profile_link, DROP COLUMN scopes, DROP COLUMN access_ends_at, DROP COLUMN connected_at,
    DROP COLUMN connected_by, DROP COLUMN disconnected_at, DROP COLUMN disconnected_by, DROP COLUMN disconnected_as,
    DROP COLUMN for_all, DROP COLUMN staff_approves;
