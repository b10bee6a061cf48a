DROP TRIGGER notice_of_finding ON finding;
DROP TRIGGER notice_of_unknown_error ON unknown_error;
DROP TRIGGER notice_of_account ON account;
DROP TRIGGER notice_of_campaign ON campaign;
DROP TRIGGER notice_of_request ON generation_request;
DROP TRIGGER notice_of_job ON publish_job;
DROP FUNCTION notice_of_finding, notice_of_unknown_error, notice_of_account, notice_of_campaign, notice_of_request, notice_of_job, put_notice;
DROP VIEW next_notice;
DROP TABLE trouble, message_notice, message, notice, person_address, person;
DROP FUNCTION tell_notices_changed;
CREATE TABLE notice (
    job_id  text NOT NULL REFERENCES publish_job ON DELETE CASCADE,
    cause   text NOT NULL,
    sent_at timestamptz NOT NULL,
    PRIMARY KEY (job_id, cause)
);
