-- Requests to have a campaign written, who works on them, and what the model that writes has answered.

-- name: put_generation_request^
-- One waiting request a campaign: asking again finds the first, which is locked and stays as it is, but for what was
-- asked to be written anew: that is never lost, and who asked for it last says what is kept. In one statement, since the
-- first may be taken up at any time between two; what it reads then is what there is by then.
INSERT INTO generation_request (campaign_id, requested_by, requested_at, review, privacy, anew)
VALUES (:campaign_id, :requested_by, :now, :review, :privacy, :anew)
ON CONFLICT (campaign_id) WHERE state = 'requested'
DO UPDATE SET anew = coalesce(excluded.anew, generation_request.anew)
RETURNING *;

-- name: open_generation_request^
-- The one that is being worked on, else the one that waits.
SELECT * FROM generation_request WHERE campaign_id = :campaign_id AND state IN ('requested', 'running')
ORDER BY state DESC LIMIT 1;

-- name: generation_request^
SELECT * FROM generation_request WHERE request_id = :request_id;

-- name: last_generation_request^
SELECT * FROM generation_request WHERE campaign_id = :campaign_id ORDER BY request_id DESC LIMIT 1;

-- name: lock_generation_claims$
-- Claims of requests follow one another: who is worked for is counted, and two counts at once would both find room.
SELECT pg_advisory_xact_lock(hashtextextended('encore generation claim', 0));

-- name: claim_generation_requests
-- What waits while nobody works on its campaign: the first of each teacher for whom nothing is worked on, and of the
-- others, by turns, until :at_once are. And what a run took and then showed no life of for too long.
WITH taken AS (
    SELECT request_id, place FROM generation_turn WHERE turn = 1 OR busy + place <= :at_once
    UNION ALL
    SELECT request_id, 0 FROM generation_request WHERE state = 'running' AND claimed_at < :stale_before
    ORDER BY place, request_id LIMIT :most
), free AS (
    SELECT request_id FROM generation_request
    WHERE request_id IN (SELECT request_id FROM taken)
      AND (state = 'requested' OR (state = 'running' AND claimed_at < :stale_before))
    FOR UPDATE SKIP LOCKED)
UPDATE generation_request r SET state = 'running', claimed_by = :run_id, claimed_at = :now, place = taken.place
FROM taken JOIN free USING (request_id) WHERE r.request_id = taken.request_id
RETURNING r.request_id;

-- name: claim_generation_request!
-- For a run that was started for this very request; not while another one works on the campaign.
UPDATE generation_request r SET state = 'running', claimed_by = :run_id, claimed_at = :now
WHERE request_id = :request_id AND state = 'requested' AND NOT EXISTS (
    SELECT FROM generation_request o WHERE o.campaign_id = r.campaign_id AND o.state = 'running');

-- name: await_review!
-- The content stands and a person looks at it, which keeps nobody from asking for other content or from approving it.
UPDATE generation_request SET state = 'reviewing' WHERE request_id = :request_id AND claimed_by = :run_id
  AND state IN ('running', 'reviewing');

-- name: renew_generation_request!
-- A sign of life of the run that has it, at a moment that may be to come. A request that is over (staff cleared a task of
-- its run) is that run's as long as no other of the campaign is open, so that two never ask the model at once.
UPDATE generation_request r SET claimed_at = greatest(claimed_at, :alive_at)
WHERE request_id = :request_id AND claimed_by = :run_id
  AND (state = 'running' OR NOT EXISTS (SELECT FROM generation_request o
       WHERE o.campaign_id = r.campaign_id AND o.request_id <> r.request_id AND o.state IN ('requested', 'running')));

-- name: generation_requests_of_run
-- What a run has taken up, with the concert as people call it, in the order in which it is worked on.
SELECT r.*, c.concert_title FROM generation_request r JOIN campaign c USING (campaign_id)
WHERE r.claimed_by = :run_id ORDER BY r.place NULLS FIRST, r.request_id;

-- name: next_request_at$
-- Since when the oldest request waits of a teacher for whom nothing is worked on; others wait for their turn.
SELECT min(requested_at) FROM generation_turn WHERE turn = 1;

-- name: next_generation_request^
-- What a claim would take up first, by which the wake tells new work from work that nobody takes. Never null: what, due_at.
SELECT request_id AS what, requested_at AS due_at FROM generation_turn
WHERE turn = 1 OR busy + place <= :at_once ORDER BY place LIMIT 1;

-- name: end_generation_request!
-- By the run that has it; one that has failed may still be done.
UPDATE generation_request SET state = :state, ended_at = :now, note = :note, note_said = :note_said
WHERE request_id = :request_id AND claimed_by = :run_id AND state IN ('running', 'reviewing', 'failed');

-- name: generation_request_counts
SELECT state, count(*) AS requests FROM generation_request GROUP BY state;

-- name: model_answer^
-- What the model that writes answered before to exactly this.
SELECT content, why_not, tokens FROM model_answer WHERE asked = :asked;

-- name: put_model_answer!
-- The first answer stays.
INSERT INTO model_answer (asked, model, content, why_not, tokens, at)
VALUES (:asked, :model, :content, :why_not, :tokens, :now)
ON CONFLICT (asked) DO NOTHING;

-- name: lock_model_uses$
-- Calls of the model that begin at once are counted one after the other, or each would find the room that is for one.
SELECT pg_advisory_xact_lock(hashtextextended('encore model uses', 0));

-- name: model_use_of_month^
-- What one month's calls have taken, and what is held for those of which nobody has told what they took.
SELECT count(*) AS calls, coalesce(sum(sent + received), 0)::bigint AS tokens,
       coalesce(sum(millionths) FILTER (WHERE currency = :currency), 0)::bigint AS millionths
FROM model_use WHERE month = :month;

-- name: put_model_use$
-- The most that it may take, until it is settled.
INSERT INTO model_use (month, at, purpose, model, sent, received, millionths, currency)
VALUES (:month, :now, :purpose, :model, :sent, :received, :millionths, :currency)
RETURNING use_id;

-- name: settle_model_use!
UPDATE model_use SET sent = :sent, received = :received, millionths = :millionths, settled_at = :now
WHERE use_id = :use_id AND settled_at IS NULL;

-- name: release_model_use!
-- The call took nothing.
DELETE FROM model_use WHERE use_id = :use_id AND settled_at IS NULL;

-- name: model_use_by_month
-- The newest months first, each currency of a month apart. `held`: calls of which nobody has told what they took, which
-- count with the most that they may have taken.
SELECT month, currency, count(*) AS calls, coalesce(sum(sent), 0)::bigint AS sent,
       coalesce(sum(received), 0)::bigint AS received, coalesce(sum(millionths), 0)::bigint AS millionths,
       count(*) FILTER (WHERE settled_at IS NULL) AS held
FROM model_use WHERE month >= :since GROUP BY month, currency ORDER BY month DESC, currency;
