-- A file that somebody has sent, while they look at what it would do, mend it, and put it in.

CREATE TABLE import_draft (
    draft_id   text PRIMARY KEY,
    person     text NOT NULL,
    made_at    timestamptz NOT NULL,
    name       text NOT NULL,
    content    bytea NOT NULL,
    reading    jsonb NOT NULL DEFAULT '{}',
    mended     jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE import_draft IS 'A file of concerts before it is put in; forgotten after a week.';
COMMENT ON COLUMN import_draft.reading IS 'How its owner says it is to be read: zone, order of day and month, encoding, columns.';
COMMENT ON COLUMN import_draft.mended IS 'Cells that its owner has changed: by row number, by column.';
CREATE INDEX import_draft_by_age ON import_draft (made_at);
