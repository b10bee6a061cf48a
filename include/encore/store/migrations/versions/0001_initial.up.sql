-- Encore's first schema. Rules about rows live here: states and their transitions, uniqueness, the audit trail.

CREATE TABLE legal_transition (
    entity     text NOT NULL,
    from_state text NOT NULL,
    to_state   text NOT NULL,
    PRIMARY KEY (entity, from_state, to_state)
);
COMMENT ON TABLE legal_transition IS 'The state tables of domain/, which a test compares with this one.';
INSERT INTO legal_transition VALUES
    ('job', 'queued', 'running'), ('job', 'queued', 'failed'), ('job', 'queued', 'success'),
    ('job', 'queued', 'cancelled'), ('job', 'failed', 'cancelled'), ('job', 'running', 'cancelled'),
    ('job', 'running', 'success'), ('job', 'running', 'failed'), ('job', 'running', 'queued'),
    ('job', 'failed', 'queued'), ('job', 'failed', 'running'), ('job', 'failed', 'success'),
    ('job', 'cancelled', 'queued'),
    ('campaign', 'draft', 'scheduled'), ('campaign', 'draft', 'active'), ('campaign', 'draft', 'completed'),
    ('campaign', 'scheduled', 'active'), ('campaign', 'scheduled', 'completed'),
    ('campaign', 'active', 'completed'), ('campaign', 'completed', 'active'),
    ('campaign', 'completed', 'scheduled');

-- Channels and accounts -------------------------------------------------------------------------------------

CREATE TABLE channel (
    platform        text PRIMARY KEY,
    max_in_flight   integer NOT NULL CHECK (max_in_flight > 0),
    late_after      interval NOT NULL,
    catch_up        interval NOT NULL,
    paused_until    timestamptz,
    pause_reason    text,
    trouble_at      timestamptz,
    trouble_account text,
    CONSTRAINT punctual_posts_are_not_paced CHECK (catch_up <= late_after)
);
COMMENT ON TABLE channel IS
    'One row a platform of the settings: what holds for every account on it (a limit of the whole app).';
COMMENT ON COLUMN channel.trouble_at IS
    'When the platform last did not answer, and to whom; a second account in a row makes it an outage.';
COMMENT ON COLUMN channel.catch_up IS
    'The least time between two posts of an account that are more than late_after behind their time.';

CREATE TABLE account (
    account       text PRIMARY KEY,
    platform      text NOT NULL REFERENCES channel,
    conn_id       text NOT NULL,
    owner         text,
    active        boolean NOT NULL DEFAULT true,
    max_in_flight integer NOT NULL CHECK (max_in_flight > 0),
    paused_until  timestamptz,
    pause_reason  text,
    catch_up_at   timestamptz,
    health        jsonb NOT NULL DEFAULT '{}',
    checked_at    timestamptz
);
COMMENT ON COLUMN account.conn_id IS 'The Airflow connection that holds the login. No secret is stored here.';
COMMENT ON COLUMN account.paused_until IS 'The year 9999: until a person has acted.';
COMMENT ON COLUMN account.catch_up_at IS 'From when on the next late post may go out; set by the claim of one.';

-- Campaigns and content -------------------------------------------------------------------------------------

CREATE TABLE campaign (
    campaign_id        text PRIMARY KEY,
    teacher_id         text NOT NULL,
    concert_title      text NOT NULL CHECK (length(concert_title) BETWEEN 1 AND 200),
    concert_datetime   timestamptz NOT NULL,
    timezone           text NOT NULL,
    venue_or_link      text NOT NULL CHECK (length(venue_or_link) BETWEEN 1 AND 300),
    student_highlights text CHECK (length(student_highlights) <= 2000),
    cta_link           text CHECK (length(cta_link) <= 500),
    platforms          text[] NOT NULL CHECK (cardinality(platforms) > 0),
    timeline           jsonb NOT NULL DEFAULT '{}',
    status             text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'scheduled', 'active', 'completed')),
    facts_sha256       text NOT NULL,
    plan_notes         jsonb NOT NULL DEFAULT '{}',
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    CONSTRAINT campaign_is_unique UNIQUE (teacher_id, concert_title, concert_datetime)
);
CREATE INDEX campaign_by_teacher ON campaign (teacher_id, concert_datetime, campaign_id);
CREATE INDEX campaign_by_time ON campaign (concert_datetime, campaign_id);

CREATE TABLE content_asset (
    asset_id    text PRIMARY KEY,
    campaign_id text NOT NULL REFERENCES campaign ON DELETE CASCADE,
    asset_type  text NOT NULL CHECK (asset_type IN ('flyer_text', 'caption')),
    platform    text NOT NULL,
    touchpoint  text CHECK (touchpoint IN ('announcement', 'reminder', 'day_of')),
    language    text NOT NULL CHECK (language IN ('en', 'zh')),
    content     text NOT NULL CHECK (content <> ''),
    version     integer NOT NULL CHECK (version > 0),
    provenance  jsonb NOT NULL,
    updated_at  timestamptz NOT NULL
);
CREATE INDEX content_asset_by_campaign ON content_asset (campaign_id);

CREATE TABLE content_revision (
    asset_id   text NOT NULL REFERENCES content_asset ON DELETE CASCADE,
    version    integer NOT NULL,
    content    text NOT NULL,
    sha256     text NOT NULL,
    provenance jsonb NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (asset_id, version)
);

CREATE TABLE model_answer (
    asked   text PRIMARY KEY,
    model   text NOT NULL,
    content text NOT NULL,
    why_not text NOT NULL,
    tokens  jsonb NOT NULL,
    at      timestamptz NOT NULL
);
COMMENT ON TABLE model_answer IS 'Answers of the model that writes, by the sha256 of all that it was asked.';
CREATE INDEX model_answer_by_age ON model_answer (at);

CREATE TABLE media_asset (
    media_id          text PRIMARY KEY,
    campaign_id       text NOT NULL REFERENCES campaign ON DELETE CASCADE,
    file              text NOT NULL,
    sha256            text NOT NULL,
    kind              text NOT NULL CHECK (kind IN ('image', 'video')),
    mime              text NOT NULL,
    size_bytes        bigint NOT NULL CHECK (size_bytes > 0),
    width             integer NOT NULL,
    height            integer NOT NULL,
    duration_seconds  double precision,
    facts             jsonb NOT NULL DEFAULT '{}',
    origin            text NOT NULL CHECK (origin IN ('flyer', 'upload', 'background')),
    platform          text NOT NULL DEFAULT 'shared',
    contains_students boolean NOT NULL DEFAULT false,
    consent_on_file   boolean NOT NULL DEFAULT false,
    created_at        timestamptz NOT NULL
);
CREATE INDEX media_asset_by_campaign ON media_asset (campaign_id);

CREATE TABLE approval (
    approval_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id    text NOT NULL REFERENCES campaign ON DELETE CASCADE,
    approved_by    text NOT NULL,
    approved_at    timestamptz NOT NULL,
    payload_refs   jsonb NOT NULL,
    content_sha256 text NOT NULL,
    privacy        jsonb NOT NULL DEFAULT '{}',
    confirmations  text[] NOT NULL DEFAULT '{}',
    voided_at      timestamptz,
    void_reason    text
);
CREATE INDEX approval_by_campaign ON approval (campaign_id);
COMMENT ON COLUMN approval.payload_refs IS 'Every payload_ref and media_id that was approved, each with its sha256.';
COMMENT ON COLUMN approval.confirmations IS 'What the approver declared: as a platform demands it
(TikTok: music usage), and each statement (fact:...) that the concert''s facts do not give.';
CREATE UNIQUE INDEX one_approval_in_force ON approval (campaign_id) WHERE voided_at IS NULL;

CREATE TABLE generation_request (
    request_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id  text NOT NULL REFERENCES campaign ON DELETE CASCADE,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    review       text NOT NULL CHECK (review IN ('airflow', 'pages', 'auto')),
    privacy      jsonb NOT NULL DEFAULT '{}',
    state        text NOT NULL DEFAULT 'requested' CHECK (state IN ('requested', 'running', 'done', 'failed')),
    claimed_by   text,
    claimed_at   timestamptz,
    ended_at     timestamptz,
    note         text
);
COMMENT ON COLUMN generation_request.review IS
    'Who approves: a person in Airflow, the teacher on the pages, or (demonstrations only) nobody.';
CREATE UNIQUE INDEX one_open_generation_request ON generation_request (campaign_id)
    WHERE state IN ('requested', 'running');
CREATE INDEX generation_request_by_run ON generation_request (claimed_by);
CREATE INDEX generation_request_by_campaign ON generation_request (campaign_id, request_id);

-- Publish jobs ----------------------------------------------------------------------------------------------

CREATE TABLE publish_job (
    job_id           text PRIMARY KEY,
    campaign_id      text NOT NULL REFERENCES campaign ON DELETE CASCADE,
    platform         text NOT NULL REFERENCES channel,
    account          text NOT NULL REFERENCES account,
    touchpoint       text NOT NULL CHECK (touchpoint IN ('announcement', 'reminder', 'day_of')),
    delivery         text NOT NULL DEFAULT 'api' CHECK (delivery IN ('api', 'handoff')),
    idempotency_key  text NOT NULL,
    scheduled_at     timestamptz NOT NULL,
    moved_at         timestamptz,
    not_before       timestamptz,
    useless_after    timestamptz NOT NULL,
    payload_ref      text NOT NULL,
    media_ref        text NOT NULL,
    state            text NOT NULL DEFAULT 'queued'
                     CHECK (state IN ('queued', 'running', 'success', 'failed', 'cancelled')),
    error_code       text,
    error_message    text,
    error_message_zh text,
    retry_count      integer NOT NULL DEFAULT 0,
    action_required  text CHECK (action_required IN
                     ('reconnect_account', 'fix_content', 'approve_content', 'confirm_outcome', 'post_by_hand')),
    cancel_requested boolean NOT NULL DEFAULT false,
    claimed_by       text,
    lease_expires_at timestamptz,
    started          boolean NOT NULL DEFAULT false,
    fence            bigint NOT NULL DEFAULT 0,
    observing        boolean NOT NULL DEFAULT false,
    attempt_no       integer NOT NULL DEFAULT 0,
    attempt_limit    integer NOT NULL CHECK (attempt_limit > 0),
    reclaims         integer NOT NULL DEFAULT 0,
    external_post_id text,
    external_url     text,
    published_at     timestamptz,
    created_at       timestamptz NOT NULL,
    updated_at       timestamptz NOT NULL,
    CONSTRAINT one_job_per_touchpoint UNIQUE (idempotency_key),
    CONSTRAINT running_has_a_lease
        CHECK (state <> 'running' OR (claimed_by IS NOT NULL AND lease_expires_at IS NOT NULL)),
    CONSTRAINT success_needs_no_one CHECK (state <> 'success' OR (action_required IS NULL AND error_code IS NULL)),
    CONSTRAINT failure_has_a_reason
        CHECK (state <> 'failed' OR (error_code IS NOT NULL AND error_message IS NOT NULL)),
    CONSTRAINT doubt_stays_failed CHECK (action_required IS DISTINCT FROM 'confirm_outcome' OR state IN ('failed', 'cancelled'))
);
COMMENT ON COLUMN publish_job.moved_at IS 'When a person chose scheduled_at; a new plan then leaves it.';
COMMENT ON COLUMN publish_job.fence IS 'Grows with every acquire and reclaim; a write under an older one is refused.';
COMMENT ON COLUMN publish_job.observing IS 'Deferred while the platform works: holds no slot and no place in flight.';
COMMENT ON COLUMN publish_job.started IS 'Whether a task has begun with it since it was claimed.';
COMMENT ON COLUMN publish_job.reclaims IS
    'Leases in a row that a task lost without progress; one that never came to begin has lost nothing.';
CREATE INDEX publish_job_by_campaign ON publish_job (campaign_id, scheduled_at);
-- The claim and the wake look only at what may be claimed; a million finished jobs cost them nothing.
CREATE INDEX publish_job_waiting ON publish_job (account, greatest(scheduled_at, not_before), job_id)
    WHERE state = 'queued' AND action_required IS NULL;
CREATE INDEX publish_job_open_window ON publish_job (useless_after) WHERE state = 'queued';
CREATE INDEX publish_job_running ON publish_job (account, lease_expires_at) WHERE state = 'running';
CREATE INDEX publish_job_to_reconnect ON publish_job (account)
    WHERE state = 'failed' AND action_required = 'reconnect_account';
CREATE INDEX publish_job_needs_someone ON publish_job (campaign_id)
    WHERE state IN ('queued', 'failed') AND (action_required IS NOT NULL OR state = 'failed');
CREATE INDEX publish_job_published ON publish_job (platform, published_at) WHERE state = 'success';
CREATE UNIQUE INDEX one_job_per_post ON publish_job (account, external_post_id) WHERE external_post_id IS NOT NULL;

CREATE TABLE publish_attempt (
    entry_id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id             text NOT NULL REFERENCES publish_job ON DELETE CASCADE,
    attempt_no         integer NOT NULL,
    fence              bigint NOT NULL,
    step               text NOT NULL CHECK (step IN ('prepare_started', 'checkpointed', 'prepared', 'commit_started',
                       'commit_answered', 'observed', 'confirmed', 'ended')),
    checkpoint         jsonb,
    commit_deadline_at timestamptz,
    outcome            text,
    error_code         text,
    error_message      text,
    evidence           jsonb,
    at                 timestamptz NOT NULL
);
COMMENT ON TABLE publish_attempt IS 'The ledger: what was tried for a job, step by step. Append-only.';
CREATE INDEX publish_attempt_by_job ON publish_attempt (job_id, entry_id);

CREATE TABLE claim (
    run_id     text PRIMARY KEY,
    claimed_at timestamptz NOT NULL
);
CREATE INDEX claim_by_time ON claim (claimed_at);
CREATE TABLE claim_batch (
    run_id   text NOT NULL REFERENCES claim ON DELETE CASCADE,
    position integer NOT NULL,
    job_id   text NOT NULL REFERENCES publish_job ON DELETE CASCADE,
    PRIMARY KEY (run_id, position)
);
COMMENT ON TABLE claim_batch IS 'What a run claimed, so that a second try of the same claim returns the same list.';

CREATE TABLE media_address (
    token      text PRIMARY KEY,
    media_id   text NOT NULL REFERENCES media_asset ON DELETE CASCADE,
    job_id     text NOT NULL REFERENCES publish_job ON DELETE CASCADE,
    attempt_no integer NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE TABLE media_fetch (
    token      text NOT NULL REFERENCES media_address ON DELETE CASCADE,
    at         timestamptz NOT NULL,
    method     text NOT NULL,
    user_agent text NOT NULL DEFAULT ''
);
COMMENT ON TABLE media_fetch IS 'Who fetched what when: evidence for a doubtful post.';
CREATE INDEX media_address_by_job ON media_address (job_id);
CREATE INDEX media_fetch_by_token ON media_fetch (token);

CREATE TABLE preflight (
    job_id       text PRIMARY KEY REFERENCES publish_job ON DELETE CASCADE,
    checked_at   timestamptz NOT NULL,
    scheduled_at timestamptz NOT NULL,
    payload_ref  text NOT NULL,
    media_ref    text NOT NULL
);
COMMENT ON TABLE preflight IS 'When a queued post was last looked at, and as what: another time, text or picture is looked at anew.';
CREATE TABLE finding (
    finding_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    duty       text NOT NULL CHECK (duty IN ('token', 'account', 'job')),
    job_id     text REFERENCES publish_job ON DELETE CASCADE,
    account    text REFERENCES account,
    code       text NOT NULL,
    message    text NOT NULL,
    message_zh text NOT NULL DEFAULT '',
    action     text CHECK (action IN
               ('reconnect_account', 'fix_content', 'approve_content', 'confirm_outcome', 'post_by_hand')),
    detail     text,
    found_at   timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    cleared_at timestamptz,
    CONSTRAINT finding_concerns_one CHECK (num_nonnulls(job_id, account) = 1)
);
COMMENT ON COLUMN finding.duty IS 'Who looks for it in keep_house, and clears it when it is gone.';
COMMENT ON COLUMN finding.detail IS 'The platform''s own words, redacted; for operators.';
CREATE UNIQUE INDEX one_open_finding ON finding (duty, coalesce(job_id, ''), coalesce(account, ''), code)
    WHERE cleared_at IS NULL;
CREATE TABLE notice (
    job_id  text NOT NULL REFERENCES publish_job ON DELETE CASCADE,
    cause   text NOT NULL,
    sent_at timestamptz NOT NULL,
    PRIMARY KEY (job_id, cause)
);
CREATE TABLE api_idempotency (
    teacher_id     text NOT NULL,
    key            text NOT NULL,
    request_sha256 text NOT NULL,
    status         integer,
    answer         jsonb,
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (teacher_id, key)
);
CREATE TABLE unknown_error (
    platform      text NOT NULL REFERENCES channel,
    code          text NOT NULL,
    stage         text NOT NULL,
    sample        text NOT NULL,
    seen          integer NOT NULL DEFAULT 1,
    first_seen_at timestamptz NOT NULL,
    last_seen_at  timestamptz NOT NULL,
    PRIMARY KEY (platform, code, stage)
);

-- The audit trail, written by the database so that a manual UPDATE is in it too ------------------------------

CREATE TABLE job_event (
    event_id   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id     text NOT NULL REFERENCES publish_job ON DELETE CASCADE,
    from_state text,
    to_state   text NOT NULL,
    changes    jsonb NOT NULL DEFAULT '{}',
    actor      text NOT NULL,
    at         timestamptz NOT NULL
);
CREATE INDEX job_event_by_job ON job_event (job_id, event_id);
CREATE TABLE campaign_event (
    event_id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id text NOT NULL REFERENCES campaign ON DELETE CASCADE,
    from_state  text,
    to_state    text NOT NULL,
    changes     jsonb NOT NULL DEFAULT '{}',
    actor       text NOT NULL,
    at          timestamptz NOT NULL
);
CREATE INDEX campaign_event_by_campaign ON campaign_event (campaign_id, event_id);

CREATE FUNCTION refuse_illegal_transition() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    entity text := TG_ARGV[0];
    old_state text := to_jsonb(OLD) ->> TG_ARGV[1];
    new_state text := to_jsonb(NEW) ->> TG_ARGV[1];
BEGIN
    IF old_state <> new_state AND NOT EXISTS (
        SELECT FROM legal_transition t
        WHERE t.entity = TG_ARGV[0] AND t.from_state = old_state AND t.to_state = new_state
    ) THEN
        RAISE EXCEPTION 'a % cannot go from % to %', entity, old_state, new_state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'legal_transition';
    END IF;
    RETURN NEW;
END $$;

-- Facts of the given names that differ between two rows, as {"name": [old, new]}.
CREATE FUNCTION changed_facts(old_row jsonb, new_row jsonb, names text[]) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(jsonb_object_agg(name, jsonb_build_array(old_row -> name, new_row -> name)), '{}')
    FROM unnest(names) AS name
    WHERE old_row -> name IS DISTINCT FROM new_row -> name
$$;

CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    id_column text := TG_ARGV[1];
    state_column text := TG_ARGV[2];
    watched text[] := string_to_array(TG_ARGV[3], ' ');
    old_row jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{}' END;
    new_row jsonb := to_jsonb(NEW);
    changes jsonb := changed_facts(old_row, new_row, watched);
    -- A statement of ours moves updated_at along; a manual one does not, and then the clock tells.
    moment timestamptz := CASE WHEN old_row ->> 'updated_at' IS DISTINCT FROM new_row ->> 'updated_at'
                          THEN (new_row ->> 'updated_at')::timestamptz ELSE clock_timestamp() END;
BEGIN
    IF TG_OP = 'INSERT' OR changes <> '{}' OR old_row -> state_column <> new_row -> state_column THEN
        EXECUTE format('INSERT INTO %I (%I, from_state, to_state, changes, actor, at) VALUES ($1, $2, $3, $4, $5, $6)',
                       TG_ARGV[0], id_column)
        USING new_row ->> id_column, old_row ->> state_column, new_row ->> state_column, changes,
              coalesce(nullif(current_setting('encore.actor', true), ''), 'database user ' || current_user), moment;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER legal_transition BEFORE UPDATE OF state ON publish_job
    FOR EACH ROW EXECUTE FUNCTION refuse_illegal_transition('job', 'state');
CREATE TRIGGER audit AFTER INSERT OR UPDATE ON publish_job
    FOR EACH ROW EXECUTE FUNCTION audit('job_event', 'job_id', 'state',
    'scheduled_at not_before useless_after payload_ref media_ref error_code action_required cancel_requested claimed_by external_post_id external_url');
CREATE TRIGGER legal_transition BEFORE UPDATE OF status ON campaign
    FOR EACH ROW EXECUTE FUNCTION refuse_illegal_transition('campaign', 'status');
CREATE TRIGGER audit AFTER INSERT OR UPDATE ON campaign
    FOR EACH ROW EXECUTE FUNCTION audit('campaign_event', 'campaign_id', 'status',
    'teacher_id concert_title concert_datetime timezone venue_or_link student_highlights cta_link platforms timeline');

-- A campaign's status follows from its jobs.
CREATE FUNCTION follow_jobs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE campaign c SET status = wanted.status, updated_at = NEW.updated_at
    FROM (
        SELECT CASE WHEN bool_or(state IN ('queued', 'running')) THEN
                        CASE WHEN bool_or(state = 'success') THEN 'active' ELSE 'scheduled' END
                    ELSE 'completed' END AS status
        FROM publish_job WHERE campaign_id = NEW.campaign_id
    ) wanted
    WHERE c.campaign_id = NEW.campaign_id AND c.status <> wanted.status
      -- What has been live stays active, even when nothing else is: the way back to scheduled is closed.
      AND NOT (c.status = 'active' AND wanted.status = 'scheduled');
    RETURN NULL;
END $$;
CREATE TRIGGER follow_jobs_inserted AFTER INSERT ON publish_job
    FOR EACH ROW EXECUTE FUNCTION follow_jobs();
-- Claims and waits (queued <-> running) change nothing for the campaign and skip the work.
CREATE TRIGGER follow_jobs_updated AFTER UPDATE OF state ON publish_job
    FOR EACH ROW WHEN (OLD.state <> NEW.state AND NOT (OLD.state IN ('queued', 'running') AND NEW.state IN ('queued', 'running')))
    EXECUTE FUNCTION follow_jobs();

-- What may be claimed, and when: the one place that the claim and the wake both read -------------------------

CREATE VIEW free_place AS
SELECT a.account, a.platform,
       a.max_in_flight - coalesce(busy.jobs, 0) AS places,
       -- After an outage one post tries the water; its success ends the pause for all.
       CASE WHEN c.pause_reason = 'platform_unavailable' THEN 1 ELSE c.max_in_flight END
           - coalesce(sum(busy.jobs) OVER (PARTITION BY a.platform), 0) AS platform_places,
       greatest(a.paused_until, c.paused_until) AS paused_until,
       a.catch_up_at, c.late_after
FROM account a
JOIN channel c USING (platform)
LEFT JOIN (
    SELECT account, count(*) AS jobs FROM publish_job WHERE state = 'running' AND NOT observing GROUP BY account
) busy USING (account);
COMMENT ON VIEW free_place IS
    'How many more jobs each account and platform may have in flight, until when it rests, and how it catches up.';

CREATE VIEW next_claimable_job AS
SELECT f.account, j.job_id, greatest(j.due_at, f.paused_until) AS due_at
FROM free_place f
CROSS JOIN LATERAL (
    (SELECT job_id, greatest(scheduled_at, not_before) AS due_at FROM publish_job
     WHERE account = f.account AND state = 'queued' AND action_required IS NULL
       AND (f.catch_up_at IS NULL OR scheduled_at + f.late_after >= f.catch_up_at)
     ORDER BY greatest(scheduled_at, not_before), job_id LIMIT 1)
    UNION ALL
    -- A post that will be late by then waits for its account's turn.
    (SELECT job_id, greatest(scheduled_at, not_before, f.catch_up_at) FROM publish_job
     WHERE account = f.account AND state = 'queued' AND action_required IS NULL
       AND scheduled_at + f.late_after < f.catch_up_at
     ORDER BY greatest(scheduled_at, not_before), job_id LIMIT 1)
) j
WHERE f.places > 0 AND f.platform_places > 0 AND (f.paused_until IS NULL OR f.paused_until < '9999-01-01Z');
COMMENT ON VIEW next_claimable_job IS
    'The first job of each account that a claim would take, and from when on. Reads the queue from its start only.';

-- Waking Airflow: what changes the next due moment says so.
CREATE FUNCTION tell_jobs_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('encore_jobs', '');
    RETURN NULL;
END $$;
CREATE TRIGGER tell_jobs_inserted AFTER INSERT ON publish_job
    FOR EACH STATEMENT EXECUTE FUNCTION tell_jobs_changed();
CREATE TRIGGER tell_jobs_updated AFTER UPDATE OF state, scheduled_at, not_before, action_required, observing ON publish_job
    FOR EACH STATEMENT EXECUTE FUNCTION tell_jobs_changed();
CREATE TRIGGER tell_accounts_changed AFTER UPDATE OF paused_until, max_in_flight ON account
    FOR EACH STATEMENT EXECUTE FUNCTION tell_jobs_changed();
CREATE TRIGGER tell_channels_changed AFTER UPDATE OF paused_until, pause_reason, max_in_flight ON channel
    FOR EACH STATEMENT EXECUTE FUNCTION tell_jobs_changed();
CREATE FUNCTION tell_generation_requested() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('encore_generation', '');
    RETURN NULL;
END $$;
CREATE TRIGGER tell_generation_requested AFTER INSERT OR UPDATE OF state ON generation_request
    FOR EACH STATEMENT EXECUTE FUNCTION tell_generation_requested();
