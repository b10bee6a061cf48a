DROP VIEW next_claimable_job, free_place;
DROP TABLE campaign_event, job_event, unknown_error, api_idempotency, notice, finding, preflight, media_fetch, media_address,
    claim_batch, claim, publish_attempt, publish_job, generation_request, approval, media_asset, content_revision,
    content_asset, model_answer, campaign, account, channel, legal_transition;
DROP FUNCTION tell_generation_requested, tell_jobs_changed, follow_jobs, audit, changed_facts,
    refuse_illegal_transition;
