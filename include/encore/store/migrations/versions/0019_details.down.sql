DROP TRIGGER audit_inserted ON campaign;
DROP TRIGGER audit_updated ON campaign;
CREATE TRIGGER audit_inserted AFTER INSERT ON campaign FOR EACH ROW
    EXECUTE FUNCTION audit('campaign_event', 'campaign_id', 'status',
    'teacher_id concert_title concert_datetime timezone venue_or_link student_highlights cta_link platforms timeline off off_by accounts');
CREATE TRIGGER audit_updated AFTER UPDATE ON campaign FOR EACH ROW
    WHEN ((OLD.status, OLD.teacher_id, OLD.concert_title, OLD.concert_datetime, OLD.timezone, OLD.venue_or_link,
           OLD.student_highlights, OLD.cta_link, OLD.platforms, OLD.timeline, OLD.off, OLD.off_by,
           OLD.accounts)
          IS DISTINCT FROM
          (NEW.status, NEW.teacher_id, NEW.concert_title, NEW.concert_datetime, NEW.timezone, NEW.venue_or_link,
           NEW.student_highlights, NEW.cta_link, NEW.platforms, NEW.timeline, NEW.off, NEW.off_by,
           NEW.accounts))
    EXECUTE FUNCTION audit('campaign_event', 'campaign_id', 'status',
    'teacher_id concert_title concert_datetime timezone venue_or_link student_highlights cta_link platforms timeline off off_by accounts');
ALTER TABLE campaign DROP COLUMN details;
