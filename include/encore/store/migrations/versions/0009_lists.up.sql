-- What people list is found from where it begins, however many finished campaigns and posts there are.

-- Both at once and the jobs first, so that nobody waits here for somebody who waits for us.
LOCK TABLE publish_job, campaign IN SHARE MODE;

-- A list of drafts, or of what goes out, would be looked for among all that is over. What is over is nearly all there is:
-- a list of that finds it by campaign_by_time.
CREATE INDEX campaign_unfinished ON campaign (status, concert_datetime, campaign_id) WHERE status <> 'completed';
-- An account that posts seldom, or never did, would have all posts of its platform looked through.
CREATE INDEX publish_job_last_of_account ON publish_job (account, published_at) WHERE state = 'success';
