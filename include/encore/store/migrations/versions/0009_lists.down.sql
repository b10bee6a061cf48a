LOCK TABLE publish_job, campaign IN ACCESS EXCLUSIVE MODE;

DROP INDEX publish_job_last_of_account;
DROP INDEX campaign_unfinished;
