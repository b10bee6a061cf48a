-- Invitations, and links to choose a new password. Who people are, and their passwords, Airflow keeps.

CREATE TABLE person_link (
    link_id      text PRIMARY KEY,
    token_sha256 text NOT NULL CONSTRAINT one_link_for_a_token UNIQUE,
    kind         text NOT NULL CHECK (kind IN ('invitation', 'new_password')),
    person       text,
    full_name    text NOT NULL DEFAULT '',
    mail         text NOT NULL DEFAULT '',
    role         text CHECK (role IN ('teacher', 'staff')),
    made_by      text NOT NULL,
    made_at      timestamptz NOT NULL,
    ends_at      timestamptz NOT NULL,
    used_at      timestamptz,
    used_by      text,
    withdrawn_at timestamptz,
    CONSTRAINT link_says_for_whom CHECK ((kind = 'invitation') = (role IS NOT NULL)
        AND (kind = 'invitation' OR person IS NOT NULL)),
    CONSTRAINT link_is_used_by_somebody CHECK ((used_at IS NULL) = (used_by IS NULL))
);
COMMENT ON TABLE person_link IS 'A link that works once and ends.';
COMMENT ON COLUMN person_link.token_sha256 IS 'Of the secret that stands in its address, which is kept nowhere.';
COMMENT ON COLUMN person_link.person IS 'The user name; null where whoever is invited chooses one.';
CREATE INDEX person_link_by_time ON person_link (kind, made_at);
CREATE INDEX campaign_by_name_of_teacher ON campaign (lower(teacher_id));
CREATE INDEX person_link_of_person ON person_link (person) WHERE person IS NOT NULL;
