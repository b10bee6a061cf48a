DROP TABLE notice;  -- of the first version, which nothing has ever written

CREATE TABLE person (
    person         text PRIMARY KEY,
    staff          boolean NOT NULL DEFAULT false,
    language       text NOT NULL DEFAULT 'en',
    timezone       text NOT NULL DEFAULT 'UTC',
    unwanted       text[] NOT NULL DEFAULT '{}',
    quiet_from     time,
    quiet_until    time,
    digest         text NOT NULL DEFAULT 'none' CHECK (digest IN ('none', 'daily', 'weekly')),
    digest_at      time NOT NULL DEFAULT '08:00',
    digest_due_at  timestamptz,
    bell_seen_at   timestamptz,
    updated_at     timestamptz NOT NULL,
    CONSTRAINT quiet_has_two_ends CHECK (num_nonnulls(quiet_from, quiet_until) IN (0, 2)),
    CONSTRAINT digest_is_due CHECK ((digest = 'none') = (digest_due_at IS NULL))
);
COMMENT ON TABLE person IS 'How a person wants to be told; who has never said so has no row, and a bell all the same.';
COMMENT ON COLUMN person.person IS 'The user name: the teacher_id of a teacher''s campaigns.';
COMMENT ON COLUMN person.staff IS 'As it was when they last saved: staff are told what concerns the system.';
COMMENT ON COLUMN person.unwanted IS 'Kinds of notices that are sent nowhere; the bell shows them.';
COMMENT ON COLUMN person.quiet_from IS 'On the clock of `timezone`: from then until quiet_until nothing is sent; it goes out then.';
CREATE INDEX person_by_digest ON person (digest_due_at) WHERE digest_due_at IS NOT NULL;

CREATE TABLE person_address (
    address_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person     text NOT NULL REFERENCES person ON DELETE CASCADE,
    service    text NOT NULL,
    shown      text NOT NULL CHECK (length(shown) BETWEEN 1 AND 200),
    added_at   timestamptz NOT NULL,
    error      jsonb,
    failed_at  timestamptz,
    CONSTRAINT one_address_once UNIQUE (person, service, shown)
);
COMMENT ON COLUMN person_address.service IS '`mail`, where `shown` is the address; else that of a messenger, whose address is a secret that Airflow keeps.';
COMMENT ON COLUMN person_address.error IS 'Why the last message did not arrive, as a sentence; null once one has.';

CREATE TABLE notice (
    notice_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('failed', 'in_doubt', 'missed', 'hand_off', 'out_at_last', 'needs_approval',
                'approval_late', 'ready', 'not_written', 'called_off', 'disconnected', 'ahead', 'system')),
    recipient   text,
    campaign_id text,
    job_id      text,
    account     text,
    cause       text NOT NULL,
    said        jsonb,
    at          timestamptz NOT NULL,
    tell_at     timestamptz NOT NULL,
    told_at     timestamptz
);
COMMENT ON TABLE notice IS
    'What somebody is to be told, once for each cause; written in the transaction that makes it true. It refers to nothing, since that would lock what it is about, in whatever order the transaction has come by it.';
COMMENT ON COLUMN notice.recipient IS 'A person; null for all of the staff.';
COMMENT ON COLUMN notice.cause IS 'With what it is about, what makes it another notice than those before.';
COMMENT ON COLUMN notice.said IS 'Why, as a sentence: {"key": ..., "values": {...}}.';
COMMENT ON COLUMN notice.tell_at IS 'When it is put into messages: a moment later, so that what happens together is told together.';
COMMENT ON COLUMN notice.told_at IS 'When it was put into messages to all who want it, be it to nobody.';
CREATE UNIQUE INDEX notice_once ON notice
    (kind, coalesce(job_id, ''), coalesce(campaign_id, ''), coalesce(account, ''), coalesce(recipient, ''), cause);
CREATE INDEX notice_to_tell ON notice (tell_at, notice_id) WHERE told_at IS NULL;
CREATE INDEX notice_of_person ON notice (recipient, notice_id);
CREATE INDEX notice_newest_of_person ON notice (recipient, at);
CREATE INDEX notice_of_job ON notice (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX notice_of_campaign ON notice (campaign_id) WHERE campaign_id IS NOT NULL;
CREATE INDEX notice_by_age ON notice (at);

CREATE TABLE message (
    message_id text PRIMARY KEY,
    address_id bigint NOT NULL REFERENCES person_address ON DELETE CASCADE,
    digest     text CHECK (digest IN ('daily', 'weekly')),
    made_at    timestamptz NOT NULL,
    send_at    timestamptz NOT NULL,
    tries      integer NOT NULL DEFAULT 0,
    ended_at   timestamptz,
    arrived    boolean
);
COMMENT ON TABLE message IS 'One letter to one address. Sent again, after a crash between sending and noting, it has the same id.';
COMMENT ON COLUMN message.digest IS 'What is coming, instead of notices.';
COMMENT ON COLUMN message.send_at IS 'When it is sent; later than `made_at` after a try that failed.';
COMMENT ON COLUMN message.arrived IS 'Whether the service has taken it; false where that was given up.';
CREATE INDEX message_to_send ON message (send_at, message_id) WHERE ended_at IS NULL;
CREATE INDEX message_by_address ON message (address_id);
CREATE INDEX message_by_age ON message (made_at);
CREATE TABLE message_notice (
    message_id text NOT NULL REFERENCES message ON DELETE CASCADE,
    notice_id  bigint NOT NULL REFERENCES notice ON DELETE CASCADE,
    PRIMARY KEY (message_id, notice_id)
);
CREATE INDEX message_notice_by_notice ON message_notice (notice_id);

CREATE TABLE trouble (
    code  text PRIMARY KEY,
    said  jsonb NOT NULL,
    since timestamptz NOT NULL
);
COMMENT ON TABLE trouble IS 'What keeps Encore itself from working, and staff have been told of; gone when it is over.';

CREATE FUNCTION tell_notices_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('encore_notices', '');
    RETURN NULL;
END $$;
CREATE TRIGGER tell_notices AFTER INSERT ON notice FOR EACH STATEMENT EXECUTE FUNCTION tell_notices_changed();
CREATE TRIGGER tell_messages AFTER INSERT OR UPDATE ON message FOR EACH STATEMENT EXECUTE FUNCTION tell_notices_changed();
CREATE TRIGGER tell_digests AFTER INSERT OR UPDATE OF digest_due_at ON person
    FOR EACH STATEMENT EXECUTE FUNCTION tell_notices_changed();

CREATE VIEW next_notice AS
SELECT min(due_at) AS due_at FROM (
    (SELECT tell_at AS due_at FROM notice WHERE told_at IS NULL ORDER BY tell_at, notice_id LIMIT 1)
    UNION ALL
    (SELECT send_at FROM message WHERE ended_at IS NULL ORDER BY send_at, message_id LIMIT 1)
    UNION ALL
    (SELECT digest_due_at FROM person WHERE digest_due_at IS NOT NULL ORDER BY digest_due_at LIMIT 1)
) first;
COMMENT ON VIEW next_notice IS 'When there is something to tell next; null for never.';

-- Written where it becomes true. `tell_at` is 20 s later: of a rush that fails, one message tells all.
CREATE FUNCTION put_notice(kind text, recipient text, cause text, at timestamptz, said jsonb, campaign_id text,
                           job_id text, account text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO notice (kind, recipient, cause, at, tell_at, said, campaign_id, job_id, account)
    VALUES (kind, recipient, cause, at, at + interval '20 seconds', said, campaign_id, job_id, account)
    ON CONFLICT DO NOTHING
$$;

CREATE FUNCTION notice_of_job() RETURNS trigger LANGUAGE plpgsql AS $$
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
        PERFORM put_notice('needs_approval', teacher, together, NEW.updated_at, NULL, NEW.campaign_id, NULL, NULL);
    ELSE NULL;
    END CASE;
    RETURN NULL;
END $$;
CREATE TRIGGER notice_of_job AFTER UPDATE ON publish_job FOR EACH ROW
    WHEN ((OLD.state, OLD.action_required) IS DISTINCT FROM (NEW.state, NEW.action_required)
          AND (NEW.state = 'failed'
               OR (NEW.state = 'queued' AND NEW.action_required IN ('post_by_hand', 'approve_content'))
               -- That a person has told us is nothing to tell them.
               OR (NEW.state = 'success' AND OLD.state = 'running'
                   AND (NEW.retry_count > 0 OR NEW.published_at > NEW.scheduled_at + interval '15 minutes'))))
    EXECUTE FUNCTION notice_of_job();

CREATE FUNCTION notice_of_request() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    teacher text := (SELECT teacher_id FROM campaign WHERE campaign_id = NEW.campaign_id);
BEGIN
    PERFORM put_notice(CASE NEW.state WHEN 'done' THEN 'ready' ELSE 'not_written' END, teacher, 'request ' || NEW.request_id,
                       coalesce(NEW.ended_at, clock_timestamp()), NEW.note_said, NEW.campaign_id, NULL, NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER notice_of_request AFTER UPDATE ON generation_request FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND (NEW.state = 'failed' OR (NEW.state = 'done' AND NEW.review <> 'auto')))
    EXECUTE FUNCTION notice_of_request();

CREATE FUNCTION notice_of_campaign() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM put_notice('called_off', NEW.teacher_id, NEW.off || ' ' || NEW.off_at, NEW.updated_at, NULL, NEW.campaign_id, NULL, NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER notice_of_campaign AFTER UPDATE ON campaign FOR EACH ROW
    WHEN (NEW.off IS NOT NULL AND OLD.off IS DISTINCT FROM NEW.off) EXECUTE FUNCTION notice_of_campaign();

-- To whom it belongs; the school's own account is the staff's.
CREATE FUNCTION notice_of_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM put_notice('disconnected', NEW.owner, 'transaction ' || pg_current_xact_id(), clock_timestamp(), NULL, NULL, NULL, NEW.account);
    RETURN NULL;
END $$;
CREATE TRIGGER notice_of_account AFTER UPDATE ON account FOR EACH ROW
    WHEN (NEW.pause_reason = 'account_disconnected' AND OLD.pause_reason IS DISTINCT FROM NEW.pause_reason)
    EXECUTE FUNCTION notice_of_account();

CREATE FUNCTION notice_of_unknown_error() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM put_notice('system', NULL, NEW.platform || ' ' || NEW.code || ' ' || NEW.stage, NEW.first_seen_at, jsonb_build_object(
        'key', 'notice.unknown_error', 'values', jsonb_build_object('platform', NEW.platform, 'code', NEW.code)), NULL, NULL, NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER notice_of_unknown_error AFTER INSERT ON unknown_error FOR EACH ROW EXECUTE FUNCTION notice_of_unknown_error();

-- Found ahead by keep_house: of a post its teacher, of an account its owner. One that is found again stays the same finding.
CREATE FUNCTION notice_of_finding() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose text := CASE WHEN NEW.job_id IS NULL THEN (SELECT owner FROM account a WHERE a.account = NEW.account)
        ELSE (SELECT c.teacher_id FROM publish_job j JOIN campaign c USING (campaign_id) WHERE j.job_id = NEW.job_id) END;
    campaign text := (SELECT campaign_id FROM publish_job WHERE job_id = NEW.job_id);
BEGIN
    PERFORM put_notice('ahead', whose, NEW.code || ' ' || NEW.found_at, NEW.found_at, NEW.said, campaign, NEW.job_id, NEW.account);
    RETURN NULL;
END $$;
CREATE TRIGGER notice_of_finding AFTER INSERT ON finding FOR EACH ROW EXECUTE FUNCTION notice_of_finding();
