"""A school large enough for the platforms' own limits: a hundred teachers, each with an account on each platform."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from campaign_fixtures import DECLARED

from encore.campaigns import generation
from encore.campaigns.facts import put_campaign
from encore.campaigns.media_library import put_media
from encore.campaigns.requests import Turn, request_generation
from encore.campaigns.review import review
from encore.campaigns.scheduling import schedule
from encore.content.pictures.flyer import flyer_jpeg
from encore.content.pictures.flyer_video import write_flyer_video
from encore.content.writing.template_writer import TemplateWriter
from encore.domain.campaign import CampaignFacts
from encore.domain.job import Platform
from encore.media.media_store import MediaStore
from encore.settings import Settings
from encore.store.store import Store

TEACHERS = 100
SETTINGS: dict[str, Any] = {
    # The look-alikes answer within seconds, so that much shorter deadlines than those of real life are still generous.
    # With the real ones, what was hit inside its commit would be settled by the same rules a quarter of an hour later.
    "platforms": {
        "tiktok": {"commit_seconds": 20, "settle_seconds": 10, "watch_seconds": 5},
        "instagram": {"commit_seconds": 20, "settle_seconds": 10, "watch_seconds": 5},
        "xiaohongshu": {"commit_seconds": 30, "settle_seconds": 20, "watch_seconds": 5},
    },
}


@dataclass(frozen=True)
class Planned:
    """One post: whose and when, what the platform calls the account, and the concert's title, which the text bears."""

    job_id: str
    platform: Platform
    who: str
    scheduled_at: datetime
    title: str = ""


def settings() -> dict[str, Any]:
    accounts = [
        {"account": f"{platform}-{who}", "platform": str(platform), "conn_id": _conn_id(platform, who),
         "owner": _teacher(who)}
        for platform, who in _logins()
    ]  # fmt: skip
    return {**SETTINGS, "accounts": accounts}


def connections(simulator_url: str, *, renewable: bool = False) -> dict[str, str]:
    """Airflow connections as environment variables."""
    return {
        f"AIRFLOW_CONN_{_conn_id(platform, who).upper()}": json.dumps(
            login(platform, who, simulator_url, renewable=renewable)
        )
        for platform, who in _logins()
    }


def login(platform: Platform, who: str, simulator_url: str, *, renewable: bool = False) -> dict[str, Any]:
    """The fields of an account's connection; `renewable`: with what TikTok's tokens are renewed by."""
    fields: dict[str, Any] = {"conn_type": "http", "login": who, "password": f"sim-{who}"}
    if platform == Platform.INSTAGRAM:
        fields["extra"] = {"user_id": f"ig-{who}"}
    if platform == Platform.XIAOHONGSHU:
        fields["host"] = f"{simulator_url}/xiaohongshu/{who}"
    if platform == Platform.TIKTOK and renewable:
        client = {"client_key": "sim-client", "client_secret": "sim-client-secret"}
        fields["extra"] = {**client, "refresh_token": f"simr-{who}-0"}
    return fields


def plan_posts(store: Store, using: Settings, jobs: int, begin: datetime, seconds: float, seed: int) -> list[Planned]:
    """Plan `jobs` posts at random moments of the `seconds` after `begin`."""
    chance = random.Random(seed)
    return plan_at(store, using, [begin + timedelta(seconds=chance.uniform(0, seconds)) for _ in range(jobs)])


def plan_at(
    store: Store,
    using: Settings,
    moments: Sequence[datetime],
    platforms: Sequence[Platform] = tuple(Platform),
    teachers: Sequence[int] = range(TEACHERS),
) -> list[Planned]:
    """Plan a post for each of `moments`, of the accounts of these teachers in turn, by what a teacher's clicks call."""
    with tempfile.TemporaryDirectory(prefix="encore-chaos-") as folder:
        files = media_files(Path(folder))
        found = []
        for number, at in enumerate(moments):
            platform = platforms[number % len(platforms)]
            teacher = teachers[number // len(platforms) % len(teachers)]
            title = f"Recital {number:03} of a Long Evening"
            found.append(plan_one(store, using, files, platform, teacher, title, at))
        return found


def plan_one(
    store: Store, using: Settings, files: dict[str, Path], platform: Platform, teacher: int, title: str, at: datetime
) -> Planned:
    who = _who(teacher)
    return Planned(plan_post(store, using, files, _teacher(who), platform, title, at), platform, who, at, title)


def plan_post(
    store: Store, using: Settings, files: dict[str, Path], teacher_id: str, platform: Platform, title: str, at: datetime
) -> str:
    """One post of a campaign of its own, written, approved and planned for `at`; returns its job's id."""
    now = datetime.now(UTC)
    facts = CampaignFacts(
        teacher_id=teacher_id,
        concert_title=title,
        concert_datetime=now + timedelta(days=20),
        timezone="Europe/Berlin",
        venue_or_link="Small Hall",
        platforms=(platform,),
        timeline={"announcement": at.isoformat(), "reminder": "skip", "day_of": "skip"},
    )
    campaign_id, _ = put_campaign(store, using, facts, now)
    with store.transaction():
        # Taken up before anybody hears of it: here it is not Airflow's generation that is tried.
        request = request_generation(store, using, campaign_id, teacher_id, now)
        store.claim_generation_request(request_id=request.request_id, run_id="test", now=now)
    turn = Turn(request.request_id, "test")
    generation.write_content(store, using, TemplateWriter(), turn, now)
    put_media(
        store, using, MediaStore(using.media.directory, using.media.cache_directory), campaign_id,
        files[using.platforms[platform].media], contains_students=False, consent_on_file=False, now=now,
        platform=platform,
    )  # fmt: skip
    generation.finish(store, turn, "done", None, now)
    seen = review(store, campaign_id).digest
    schedule(store, using, campaign_id, teacher_id, seen, DECLARED, now)
    [job] = store.jobs_of_campaign(campaign_id=campaign_id)
    return job.job_id


def media_files(folder: Path) -> dict[str, Path]:
    """A picture and a video, by kind."""
    text = "Recital of a Long Evening\n\nSmall Hall"
    picture, video = folder / "flyer.jpg", folder / "flyer.mp4"
    picture.write_bytes(flyer_jpeg(text, Platform.INSTAGRAM, "chaos"))
    write_flyer_video(text, "chaos", video)
    return {"image": picture, "video": video}


def _logins() -> Iterator[tuple[Platform, str]]:
    return ((platform, _who(number)) for platform in Platform for number in range(TEACHERS))


def _who(number: int) -> str:
    return f"t{number:03}"


def _teacher(who: str) -> str:
    return f"teacher-{who}"


def _conn_id(platform: Platform, who: str) -> str:
    return f"chaos_{platform}_{who}"
