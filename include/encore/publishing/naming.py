"""Posts that are live without an id or a link: asked for again until their platform names them.

TikTok names a public post when it has been moderated, 4 to 600 seconds after it is live, and sometimes only in the list
of the account's videos (platforms-2.md 2.1). A job is a success without it; its owner wants the link all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from encore.errors import ConflictError, PublishingError
from encore.ledger import read_position
from encore.publishing.submission import Submission
from encore.store import rows
from encore.store.store import Store

log = logging.getLogger(__name__)

NAMED_WITHIN = timedelta(hours=3)
"""A post that has no name by then gets none any more."""

MOST_POSTS = 100
"""Asked for in one round, the newest first."""


def name_posts(store: Store, submission_for: Callable[[rows.JobForPublishing], Submission], now: datetime) -> int:
    """Ask for each; returns how many have got a name. What cannot be asked for is left to the next round."""
    named = 0
    for post in store.posts_without_a_name(since=now - NAMED_WITHIN, most=MOST_POSTS):
        position = read_position(store.ledger(job_id=post.job_id))
        job = store.job_for_publishing(job_id=post.job_id, fence=None)
        if job is None or position.committed_at is None:
            continue
        try:
            found = submission_for(job).identify(position)
            if found is not None and (found.post_id or found.url):
                named += store.name_post(
                    job_id=post.job_id, external_post_id=found.post_id, external_url=found.url, now=now
                )
        except (PublishingError, ConflictError) as err:
            log.info("%s: no name yet (%s)", post.job_id, err.code)
    return named
