"""Statements that were made quicker give what they gave before, over rows of every kind."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from campaign_fixtures import NOW

TEACHERS = (None, "teacher-li", "teacher-anna")
ACCOUNTS = ["instagram-school", "tiktok-school", "xiaohongshu-school", "unheard-of"]

NEEDED_BEFORE = """
SELECT c.campaign_id, c.concert_title, c.concert_datetime, c.timezone,
    coalesce(j.action_required, 'retry') AS need, count(*) AS posts, min(j.useless_after) AS by
FROM (
    SELECT campaign_id, action_required, useless_after FROM publish_job
    WHERE state IN ('queued', 'failed') AND (action_required IS NOT NULL OR state = 'failed')
      AND useless_after > %(now)s AND action_required IS DISTINCT FROM 'confirm_outcome'
    UNION ALL
    SELECT campaign_id, action_required, useless_after FROM publish_job
    WHERE state = 'failed' AND action_required = 'confirm_outcome'
) j JOIN campaign c USING (campaign_id)
WHERE (%(teacher_id)s::text IS NULL OR c.teacher_id = %(teacher_id)s)
  AND (c.off IS NULL OR j.action_required = 'confirm_outcome')
GROUP BY c.campaign_id, need ORDER BY by, c.campaign_id, need LIMIT %(most)s
"""
POSTED_BEFORE = """
SELECT published_at FROM publish_job WHERE account = %s AND state = 'success' AND published_at IS NOT NULL
ORDER BY published_at DESC LIMIT 1
"""


def of_every_kind(store, concerts, seed):
    """Posts in any state, with any need, of concerts of which some do not take place."""
    chance = random.Random(seed)
    run = store.connection.execute
    planned = [concerts.planned(concert_title=f"Recital {n}", teacher_id=TEACHERS[1 + n % 2]) for n in range(8)]
    for table in ("publish_job", "campaign"):
        run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for campaign_id in planned:
        if chance.random() < 0.3:
            run("UPDATE campaign SET off = 'put_off', off_at = %s WHERE campaign_id = %s", (NOW, campaign_id))
        for job in concerts.jobs(campaign_id):
            state = chance.choice(["queued", "queued", "failed", "failed", "success", "cancelled"])
            needs = [None, "fix_content", "approve_content", "reconnect_account"]
            action = None if state == "success" else chance.choice([*needs, *["confirm_outcome"] * (state == "failed")])
            why = "x" if state == "failed" else None
            posted_at = NOW - timedelta(minutes=chance.randrange(9999)) if chance.random() < 0.8 else None
            run(
                "UPDATE publish_job SET state = %s, action_required = %s, error_code = %s, error_message = %s, "
                "published_at = %s, useless_after = %s WHERE job_id = %s",
                (state, action, why, why, posted_at, NOW + timedelta(hours=chance.randrange(-3, 4)), job.job_id),
            )
    # One account that never posted.
    run("UPDATE publish_job SET published_at = NULL WHERE account = %s", (chance.choice(ACCOUNTS[:3]),))


def test_what_needs_someone(store, concerts):
    for seed in range(3):
        store.connection.execute("DELETE FROM campaign")
        of_every_kind(store, concerts, seed)
        for teacher_id in TEACHERS:
            for most in (3, 1000):
                asked = {"now": NOW, "teacher_id": teacher_id, "most": most}
                before = store.connection.execute(NEEDED_BEFORE, asked).fetchall()
                assert before and store.posts_that_need_someone(**asked) == before


def test_when_accounts_last_posted(store, concerts):
    for seed in range(3):
        store.connection.execute("DELETE FROM campaign")
        of_every_kind(store, concerts, seed)
        before = {account: store.connection.execute(POSTED_BEFORE, (account,)).fetchone() for account in ACCOUNTS}
        known = {account: row.published_at for account, row in before.items() if row}
        assert {row.account: row.published_at for row in store.last_posts(accounts=ACCOUNTS)} == known
        assert len(known) == 2
    assert store.last_posts(accounts=[]) == []


TITLES = (
    "Spring Recital",
    "spring in Wien",
    "春季音乐会",
    "季春",
    "Zwölf Etüden",
    "ZWÖLF",
    "Straße",
    "İstanbul",
    "a",
    "%_\\",
    "👩‍🎤 ok",
)
LOOKED_FOR = (
    *TITLES,
    "ring",
    "RING",
    "春",
    "春季",
    "季",
    "音乐",
    "zwölf",
    "tüd",
    "ße",
    "SS",
    "i",
    "İ",
    "hall",
    "l sm",
    "%",
    "_",
    "\\",
    "👩",
    "  ",
    "nowhere",
)


@pytest.mark.parametrize("words", LOOKED_FOR)
def test_words_are_found_wherever_they_stand(store, concerts, words):
    """As by looking through all, which the index over pairs of letters only shortens."""
    for title in TITLES:
        concerts.put(concert_title=title, venue_or_link=f"Hall {title[::-1]}")
    seek = "SELECT campaign_id FROM campaign WHERE strpos(lower({}), lower(%s)) > 0"
    past = {"teacher_id": None, "after_at": None, "after_id": None, "most": 100, "now": NOW, "words": words}
    by_name = {row.campaign_id for row in store.connection.execute(seek.format("concert_title"), (words,))}
    anywhere = seek.format("concert_title || ' ' || venue_or_link")
    everywhere = {row.campaign_id for row in store.connection.execute(anywhere, (words,))}
    assert {row.campaign_id for row in store.campaign_glances(**past, since=None)} == everywhere
    assert {
        row.campaign_id for row in store.past_campaign_glances(**past, until=NOW + timedelta(days=999))
    } == everywhere
    filters = {"teacher_id": None, "status": None, "since": None, "until": None, "after_at": None, "after_id": None}
    for statement in (store.campaigns_upward, store.campaigns_downward):
        assert {row.campaign_id for row in statement(**filters, title=words, most=100)} == by_name


def test_a_concert_that_is_named_anew_is_found_by_its_new_name(store, concerts):
    campaign_id = concerts.put(concert_title="Spring Recital")
    store.connection.execute("UPDATE campaign SET concert_title = 'Serenade' WHERE campaign_id = %s", (campaign_id,))
    filters = {"teacher_id": None, "status": None, "since": None, "until": None, "after_at": None, "after_id": None}
    assert not list(store.campaigns_upward(**filters, title="recital", most=100))
    assert [row.campaign_id for row in store.campaigns_upward(**filters, title="seren", most=100)] == [campaign_id]
