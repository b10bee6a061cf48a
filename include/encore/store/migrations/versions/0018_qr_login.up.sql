-- What a login by QR code shows while it is pending, and when its service was last asked for it.

CREATE TABLE qr_login (
    attempt_id   text PRIMARY KEY REFERENCES login_attempt ON DELETE CASCADE,
    picture      bytea,
    content_type text NOT NULL DEFAULT '',
    shown_at     timestamptz NOT NULL,
    before_us    boolean NOT NULL DEFAULT false,
    asked_at     timestamptz,
    asking_until timestamptz,
    trouble      jsonb
);
COMMENT ON COLUMN qr_login.picture IS 'The code, as long as it can be scanned.';
COMMENT ON COLUMN qr_login.before_us IS 'The service was logged in before, by nobody who came here for it.';
COMMENT ON COLUMN qr_login.asking_until IS 'Somebody asks the service whether it is logged in: so long nobody else does.';
COMMENT ON COLUMN qr_login.trouble IS 'Why the service gave no answer when it was last asked.';
CREATE INDEX login_attempt_of_service ON login_attempt (service, began_at) WHERE service IS NOT NULL;
