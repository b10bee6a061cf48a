-- What each call of the model that writes has cost, or may have; and texts that a person has yet to take.

CREATE TABLE model_use (
    use_id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    month      date NOT NULL,
    at         timestamptz NOT NULL,
    purpose    text NOT NULL,
    model      text NOT NULL,
    sent       bigint NOT NULL CHECK (sent >= 0),
    received   bigint NOT NULL CHECK (received >= 0),
    millionths bigint NOT NULL CHECK (millionths >= 0),
    currency   text NOT NULL,
    settled_at timestamptz
);
COMMENT ON COLUMN model_use.month IS 'The first day of the calendar month in the zone of the settings.';
COMMENT ON COLUMN model_use.sent IS 'Tokens of the question; until it is settled, as the estimate has them.';
COMMENT ON COLUMN model_use.received IS 'Tokens of the answer; until it is settled, the most that it may have.';
COMMENT ON COLUMN model_use.millionths IS 'Its price in millionths of the currency; 0 where no prices are set.';
COMMENT ON COLUMN model_use.settled_at IS 'When the server told what it took; null: it has not, and the most is held.';
CREATE INDEX model_use_by_month ON model_use (month);

CREATE TABLE text_proposal (
    asset_id   text PRIMARY KEY REFERENCES content_asset ON DELETE CASCADE,
    version    integer NOT NULL,
    content    text NOT NULL,
    provenance jsonb NOT NULL,
    wish       text NOT NULL,
    made_at    timestamptz NOT NULL
);
COMMENT ON TABLE text_proposal IS 'A text written anew that nobody has taken yet; the newest of each.';
COMMENT ON COLUMN text_proposal.version IS 'The version of the text in whose place it was written.';
CREATE INDEX text_proposal_by_age ON text_proposal (made_at);
