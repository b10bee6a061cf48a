-- Files of concerts that are looked at before they are put in.

-- name: put_import_draft!
-- A file as it was sent.
INSERT INTO import_draft (draft_id, person, made_at, name, content, reading)
VALUES (:draft_id, :person, :now, :name, :content, :reading);

-- name: import_draft^
-- Of its owner alone.
SELECT * FROM import_draft WHERE draft_id = :draft_id AND person = :person;

-- name: change_import_draft!
-- How it is to be read, and cells that were mended.
UPDATE import_draft SET reading = :reading, mended = :mended WHERE draft_id = :draft_id AND person = :person;

-- name: forget_import_drafts!
-- A batch of those that nobody came back to.
DELETE FROM import_draft WHERE draft_id IN (SELECT draft_id FROM import_draft WHERE made_at < :before LIMIT :most);
