"""What states and moments are called."""

from __future__ import annotations

from encore.campaigns.turn import CALLED_OFF, PUT_OFF
from encore.domain.campaign import CampaignStatus
from encore.domain.details import DETAILS
from encore.domain.job import JobState
from encore.store import rows
from encore.words.sentence import Words

STATUSES: dict[str, str] = {
    CampaignStatus.DRAFT: "campaign.draft",
    CampaignStatus.SCHEDULED: "campaign.scheduled",
    CampaignStatus.ACTIVE: "campaign.running",
    CampaignStatus.COMPLETED: "campaign.completed",
}
OFF = {CALLED_OFF: "campaign.called_off", PUT_OFF: "campaign.put_off_give_date"}
STATES: dict[str, str] = {
    JobState.QUEUED: "campaign.planned",
    JobState.RUNNING: "campaign.being_published",
    JobState.SUCCESS: "campaign.live",
    JobState.FAILED: "campaign.failed",
    JobState.CANCELLED: "campaign.cancelled",
}
HELD, BY_HAND, DOUBTFUL = "campaign.on_hold", "campaign.by_hand", "campaign.in_doubt"
KINDS = {**STATES, "held": HELD}
FIELDS = {
    "teacher_id": "page.teacher",
    "concert_title": "facts.title",
    "concert_datetime": "facts.when",
    "timezone": "facts.zone",
    "venue_or_link": "facts.place",
    "student_highlights": "facts.highlights",
    "cta_link": "facts.link",
    "platforms": "facts.platforms",
    "timeline": "facts.posting_times",
    "languages": "facts.languages",
    "voice": "facts.voice",
    **{name: f"column.{name}" for name in DETAILS},
}
PARTS = {"title": "text.title", "text": "text.text", "tags": "text.hashtags", "link": "package.link"}
USAGE = {"title": "text.title", "text": "text.text", "hashtags": "text.hashtags", "mentions": "text.mentions"}

Counted = tuple[str, str, int]
"""Posts of a kind: the kind, what it is called, how many."""


def counted(words: Words, **posts: int) -> tuple[Counted, ...]:
    """Each kind of which there are posts."""
    return tuple((kind, words.say(KINDS[kind]), number) for kind, number in posts.items() if number)


def status_name(words: Words, campaign: rows.Campaign) -> str:
    """How a campaign stands, in a word or two."""
    return words.say(OFF[campaign.off] if campaign.off else STATUSES[campaign.status])


def account_label(row: rows.Account) -> str:
    """What people call an account: its @name on the platform as far as that is known, else its name here."""
    username = row.username or row.health.get("state", {}).get("username") or ""
    return f"@{username.removeprefix('@')}" if username else row.display_name or row.account


def void_reason(words: Words, approval: rows.Approval) -> str:
    """Why an approval is not valid any more."""
    return words.stored(approval.void_said, approval.void_reason)
