"""What states and moments are called."""

from __future__ import annotations

from typing import Any

from encore.campaigns.turn import CALLED_OFF, PUT_OFF
from encore.domain.campaign import CampaignStatus
from encore.domain.job import JobState
from encore_airflow.web.visit import Visit
from encore_airflow.web.words import Words

STATUSES = {
    CampaignStatus.DRAFT: "Draft",
    CampaignStatus.SCHEDULED: "Scheduled",
    CampaignStatus.ACTIVE: "Running",
    CampaignStatus.COMPLETED: "Completed",
}
OFF = {CALLED_OFF: "Called off", PUT_OFF: "Put off: give the new date"}
STATES = {
    JobState.QUEUED: "Planned",
    JobState.RUNNING: "Being published",
    JobState.SUCCESS: "Live",
    JobState.FAILED: "Failed",
    JobState.CANCELLED: "Cancelled",
}
HELD, BY_HAND, DOUBTFUL = "On hold", "To post by hand", "In doubt"
FIELDS = {
    "teacher_id": "Teacher",
    "concert_title": "Concert title",
    "concert_datetime": "Date and time",
    "timezone": "Time zone",
    "venue_or_link": "Place or link",
    "student_highlights": "What is special",
    "cta_link": "Link for tickets or more",
    "platforms": "Platforms",
    "timeline": "Posting times",
}
PARTS = {"title": "Title", "text": "Text", "tags": "Hashtags", "link": "Link"}
USAGE = {"title": "Title", "text": "Text", "hashtags": "Hashtags", "mentions": "Mentions"}


def status_name(words: Words, campaign: Any) -> str:
    """How a campaign stands, in a word or two."""
    return words.say(OFF[campaign.off] if campaign.off else STATUSES[campaign.status])


def touchpoint_name(visit: Visit, touchpoint: str) -> str:
    """As the settings call the moment; one that they do not know any more by its key."""
    known = visit.settings.touchpoints.get(touchpoint)
    return visit.words.either(known.name, known.name_zh) if known else touchpoint.replace("_", " ")


def language_name(words: Words, language: str) -> str:
    return words.say({"en": "English", "zh": "Chinese"}[language])
