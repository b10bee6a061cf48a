-- Accounts that their owners connect, beside those of the settings: how each came here, who may use it, which of them a
-- campaign uses. Tokens are in Airflow's encrypted store and never here.

LOCK TABLE campaign, account, approval IN ACCESS EXCLUSIVE MODE;

ALTER TABLE account
    ADD COLUMN origin          text NOT NULL DEFAULT 'settings' CHECK (origin IN ('settings', 'connected')),
    ADD COLUMN way             text CHECK (way IN ('tiktok', 'instagram', 'facebook', 'xiaohongshu', 'handoff')),
    ADD COLUMN external_id     text,
    ADD COLUMN app_user_id     text,
    ADD COLUMN username        text NOT NULL DEFAULT '',
    ADD COLUMN display_name    text NOT NULL DEFAULT '',
    ADD COLUMN profile_link    text NOT NULL DEFAULT '',
    ADD COLUMN scopes          text[] NOT NULL DEFAULT '{}',
    ADD COLUMN access_ends_at  timestamptz,
    ADD COLUMN connected_at    timestamptz,
    ADD COLUMN connected_by    text,
    ADD COLUMN disconnected_at timestamptz,
    ADD COLUMN disconnected_by text,
    ADD COLUMN disconnected_as text,
    ADD COLUMN for_all         boolean NOT NULL DEFAULT true,
    ADD COLUMN staff_approves  boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT connected_account_says_how
        CHECK ((origin = 'connected') = (way IS NOT NULL) AND (way IS NULL) = (connected_at IS NULL)),
    ADD CONSTRAINT own_account_is_its_owners CHECK (owner IS NULL OR NOT staff_approves);
COMMENT ON COLUMN account.external_id IS 'What the platform calls it towards our app, and never changes.';
COMMENT ON COLUMN account.app_user_id IS 'What its owner is called in the platform''s callbacks, where that is another name.';
COMMENT ON COLUMN account.access_ends_at IS
    'When what the app may read of it ends, unless its owner was at the platform''s login again.';
COMMENT ON COLUMN account.disconnected_as IS 'Key of the sentence that says how it was taken away.';
COMMENT ON COLUMN account.for_all IS 'Of the school''s: whether every teacher may use it, or those of account_use alone.';
COMMENT ON COLUMN account.staff_approves IS 'Posts of a teacher through it wait for the approval of staff.';
CREATE UNIQUE INDEX one_account_of_external ON account (platform, external_id) WHERE external_id IS NOT NULL AND active;
CREATE INDEX account_of_app_user ON account (app_user_id) WHERE app_user_id IS NOT NULL;

CREATE TABLE account_picture (
    account      text PRIMARY KEY REFERENCES account ON DELETE CASCADE,
    content      bytea NOT NULL,
    content_type text NOT NULL,
    fetched_at   timestamptz NOT NULL
);
COMMENT ON TABLE account_picture IS 'The small picture of an account, so that no page asks a platform for one.';

CREATE TABLE account_use (
    account  text NOT NULL REFERENCES account ON DELETE CASCADE,
    teacher  text NOT NULL,
    given_by text NOT NULL,
    given_at timestamptz NOT NULL,
    PRIMARY KEY (account, teacher)
);
COMMENT ON TABLE account_use IS 'The teachers who may use an account of the school''s that is not for all.';
ALTER TABLE person_link ADD COLUMN accounts text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN person_link.accounts IS 'Of the school''s, that whoever comes by an invitation may use.';

CREATE TABLE login_attempt (
    attempt_id   text PRIMARY KEY,
    state_sha256 text CONSTRAINT one_attempt_for_a_state UNIQUE,
    person       text NOT NULL,
    way          text NOT NULL CHECK (way IN ('tiktok', 'instagram', 'facebook', 'xiaohongshu')),
    owner        text,
    renews       text REFERENCES account,
    service      text,
    redirect_uri text NOT NULL DEFAULT '',
    began_at     timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    status       text NOT NULL DEFAULT 'sent' CHECK (status IN ('sent', 'answered', 'asked', 'kept', 'dropped', 'failed')),
    settled_at   timestamptz,
    said         jsonb,
    found        jsonb NOT NULL DEFAULT '{}',
    account      text REFERENCES account,
    CONSTRAINT login_attempt_settles CHECK ((status IN ('kept', 'dropped', 'failed')) = (settled_at IS NOT NULL))
);
COMMENT ON TABLE login_attempt IS 'One way of a person to a platform''s login and back.';
COMMENT ON COLUMN login_attempt.state_sha256 IS 'Of what comes back with the answer, which is kept nowhere.';
COMMENT ON COLUMN login_attempt.service IS 'The Airflow connection of the service whose browser is logged in.';
COMMENT ON COLUMN login_attempt.found IS '`accounts`: those that the login opens, as the platform names them; no token.';
CREATE INDEX login_attempt_of_person ON login_attempt (person, began_at);
CREATE INDEX login_attempt_open ON login_attempt (ends_at) WHERE settled_at IS NULL;
CREATE UNIQUE INDEX one_login_of_a_service ON login_attempt (service) WHERE service IS NOT NULL AND settled_at IS NULL;

CREATE TABLE data_request (
    confirmation_code text PRIMARY KEY,
    kind              text NOT NULL CHECK (kind IN ('deauthorize', 'deletion')),
    app               text NOT NULL CHECK (app IN ('instagram', 'facebook')),
    user_sha256       text NOT NULL,
    issued_at         timestamptz NOT NULL,
    asked_at          timestamptz NOT NULL,
    done_at           timestamptz,
    accounts          integer NOT NULL DEFAULT 0,
    CONSTRAINT data_request_is_asked_once UNIQUE (kind, app, user_sha256, issued_at)
);
COMMENT ON TABLE data_request IS 'What people asked of Meta and Meta of us: that we lose an account, or forget it.';

ALTER TABLE campaign ADD COLUMN accounts jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN campaign.accounts IS
    'Platform to the accounts that the teacher chose for it; where there is none the own ones post, else the school''s.';
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

ALTER TABLE approval ADD COLUMN by_staff boolean NOT NULL DEFAULT false;
