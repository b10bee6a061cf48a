"""Looking ahead: what is looked at when, what is found, cleared again, and what lets held posts go on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from campaign_fixtures import NOW

from encore.accounts.preflight import Preflight
from encore.domain.job import Delivery, Platform
from encore.errors import AccountDisconnectedError, MisconfiguredError, PlatformUnavailableError, PublishingError
from encore.platforms.contract import AccountState, ContentPayload, Credentials, MediaAsset, MediaFile
from encore.platforms.instagram.adapter import InstagramAdapter
from encore.posts import decisions
from encore.publishing.ending import DISCONNECTED
from encore.publishing.submission import Submission
from encore.words.sentence import sentence_of, verbatim

HOUR = timedelta(hours=1)
WELL = AccountState(username="school", posts_left=50)
TEXT = ContentPayload("Come and listen!", privacy="PUBLIC_TO_EVERYONE")


@dataclass
class World:
    """What the platform says when asked, and who was asked."""

    media: MediaAsset
    state: AccountState | PublishingError = WELL
    content: ContentPayload | PublishingError = TEXT
    reachable: bool = True
    asked: list[str] = field(default_factory=list)

    def probe(self, account: Any) -> AccountState:
        self.asked.append(account.account)
        if isinstance(self.state, PublishingError):
            raise self.state
        return self.state


@pytest.fixture
def world(tmp_path: Path) -> World:
    picture = tmp_path / "flyer.jpg"
    picture.write_bytes(b"x" * 1000)
    file = MediaFile("m", "image", str(picture), "0" * 64, "image/jpeg", 1000, 1080, 1350)
    return World(media=MediaAsset((file,)))


@pytest.fixture
def check(store, settings, world):
    def at(now=NOW, using=settings):
        def submission(job: Any) -> Submission:
            if isinstance(world.content, PublishingError):
                raise world.content
            adapter = InstagramAdapter(using.platforms[Platform.INSTAGRAM], lambda: now)
            return Submission(adapter, world.content, world.media, Credentials(job.account))

        return Preflight(store, using, world.probe, submission, lambda _: world.reachable, now).check()

    return at


@pytest.fixture
def campaign_id(concerts):
    """Planned for two weeks, three days and half a day from now."""
    moments = {name: (NOW + wait).isoformat() for name, wait in
               (("announcement", 12 * HOUR), ("reminder", 3 * 24 * HOUR), ("day_of", 14 * 24 * HOUR))}  # fmt: skip
    return concerts.planned(platforms=["instagram"], timeline=moments)


def codes(store):
    return sorted((row.duty, row.code) for row in store.open_findings())


def test_nothing_is_found_where_all_is_well_and_it_is_not_looked_at_again(store, check, world, campaign_id):
    done = check()
    assert (done.accounts, done.jobs, done.findings) == (1, 3, 0)
    assert check(NOW + HOUR) == replace(done, accounts=0, jobs=0)
    assert world.asked == ["instagram-school"]


def test_a_post_is_looked_at_once_more_an_hour_before_its_time(check, campaign_id):
    check()
    assert check(NOW + 10 * HOUR).jobs == 0
    assert check(NOW + 11 * HOUR).jobs == 1
    assert check(NOW + 11.5 * HOUR).jobs == 0


def test_another_time_or_text_is_looked_at_anew(store, check, campaign_id, concerts):
    check()
    job = concerts.jobs(campaign_id)[2]
    store.connection.execute(
        "UPDATE publish_job SET scheduled_at = scheduled_at + interval '1 day' WHERE job_id = %s", (job.job_id,)
    )
    assert check(NOW + HOUR).jobs == 1


def test_what_is_found_is_one_finding_however_often_and_cleared_when_it_is_gone(store, check, world, campaign_id):
    world.content = ContentPayload("x" * 3000 + " #a" * 9)
    assert check().findings == 6
    check(NOW + HOUR)
    found = store.findings_of_campaign(campaign_id=campaign_id)
    assert {row.code for row in found} == {"text_too_long", "too_many_hashtags"} and len(found) == 6
    assert all(row.message == str(sentence_of(row.said)) and row.action == "fix_content" for row in found)
    assert all((row.found_at, row.seen_at) == (NOW, NOW + HOUR) for row in found)
    world.content = ContentPayload("short")
    check(NOW + 2 * HOUR)
    assert store.open_findings() == []


def test_a_void_approval_is_found(store, check, campaign_id):
    store.void_approval(campaign_id=campaign_id, reason="test", said=None, now=NOW)
    check()
    assert codes(store) == [("job", "approval_void")] * 3


def test_media_that_is_gone_or_cannot_be_fetched_is_found(store, check, world, campaign_id):
    world.reachable = False
    check()
    assert codes(store) == [("job", "media_not_reachable")] * 3
    Path(world.media.files[0].path).write_bytes(b"cut off")
    check(NOW + HOUR)
    assert codes(store) == [("job", "media_missing")] * 3


def test_what_keeps_a_post_from_being_put_together_is_found(store, check, world, campaign_id):
    world.content = MisconfiguredError(verbatim("The media is gone."), code="media_missing")
    check()
    assert codes(store) == [("job", "media_missing")] * 3


def test_more_posts_than_the_platform_allows_are_told(store, check, world, campaign_id):
    world.state = AccountState(posts_left=0)
    check()
    [found] = store.open_findings()
    assert (found.duty, found.code, found.detail) == ("account", "quota_low", "1 posts within a day, 0 left")


def test_the_choice_of_an_audience_that_the_account_does_not_offer_is_told(store, check, world, concerts, settings):
    from encore.platforms.tiktok.adapter import TikTokAdapter

    world.state = AccountState(privacy_options=("SELF_ONLY",), longest_video_seconds=5)
    later = {name: (NOW + HOUR * 3).isoformat() for name in ("announcement",)}
    concerts.planned(platforms=["tiktok"], timeline={**later, "reminder": "skip", "day_of": "skip"})
    video = replace(world.media.files[0], kind="video", mime="video/mp4", duration_seconds=6.0, video_codec="h264")
    file = MediaAsset((replace(video, frame_rate=30.0, height=1920),))

    def submission(job: Any) -> Submission:
        adapter = TikTokAdapter(settings.platforms[Platform.TIKTOK], lambda: NOW)
        return Submission(adapter, world.content, file, Credentials("x"))

    Preflight(store, settings, world.probe, submission, lambda _: True, NOW).check()
    assert {row.code for row in store.open_findings()} == {"privacy_not_offered", "video_duration"}


def test_a_dead_login_holds_the_posts_and_a_living_one_lets_them_go_on(store, check, world, campaign_id, concerts):
    world.state = AccountDisconnectedError(verbatim("It is gone."))
    check()
    account = store.account(account="instagram-school")
    assert account.pause_reason == DISCONNECTED and codes(store) == [("account", "account_disconnected")]
    failed = concerts.jobs(campaign_id)[0].job_id
    store.connection.execute(
        "UPDATE publish_job SET state = 'failed', error_code = 'x', error_message = 'x', "
        "action_required = 'reconnect_account' WHERE job_id = %s",
        (failed,),
    )
    world.state = AccountState()
    check(NOW + HOUR)
    account = store.account(account="instagram-school")
    assert (account.pause_reason, account.paused_until) == (None, None)
    job = store.job(job_id=failed)
    assert (job.state, job.action_required) == ("queued", None)
    assert store.open_findings() == []


def test_a_campaign_that_is_deleted_meanwhile_keeps_no_other_from_going_on(
    store, check, campaign_id, concerts, monkeypatch
):
    failed = concerts.jobs(campaign_id)[0].job_id
    store.connection.execute(
        "UPDATE publish_job SET state = 'failed', error_code = 'x', error_message = 'x', "
        "action_required = 'reconnect_account' WHERE job_id = %s",
        (failed,),
    )
    held = store.campaigns_to_reconnect
    gone = SimpleNamespace(campaign_id="c-gone")
    monkeypatch.setattr(store, "campaigns_to_reconnect", lambda **of: [gone, *held(**of)], raising=False)
    check()
    assert store.job(job_id=failed).state == "queued"


def test_a_post_that_is_refused_again_and_again_is_left_to_its_owner(
    store, check, world, campaign_id, concerts, settings
):
    """The platform may answer every question and still refuse to publish."""
    job_id = concerts.jobs(campaign_id)[0].job_id
    store.connection.execute(
        "UPDATE publish_job SET state = 'failed', error_code = 'x', error_message = 'x', attempt_no = 5, "
        "action_required = 'reconnect_account' WHERE job_id = %s",
        (job_id,),
    )
    check()
    assert (store.job(job_id=job_id).state, store.job(job_id=job_id).action_required) == ("failed", None)
    assert decisions.retry(store, settings, job_id, NOW).state == "queued"


def test_a_login_that_may_not_post_lets_nothing_go_on(store, check, world, campaign_id):
    store.pause_account(account="instagram-school", until=NOW + HOUR, reason=DISCONNECTED)
    world.state = AccountState(
        findings=(AccountDisconnectedError(verbatim("No permission."), code="permission_missing"),)
    )
    check()
    assert store.account(account="instagram-school").pause_reason == DISCONNECTED
    assert codes(store) == [("account", "permission_missing")]


def test_what_cannot_be_looked_at_now_is_looked_at_again(store, check, world, campaign_id):
    world.content = PlatformUnavailableError(verbatim("The bucket is away."))
    assert check().findings == 0
    assert check(NOW + HOUR).jobs == 3


def test_a_rest_that_has_another_cause_is_not_ended(store, check, campaign_id):
    store.pause_account(account="instagram-school", until=NOW + HOUR, reason="rate_limited")
    check()
    assert store.account(account="instagram-school").pause_reason == "rate_limited"


def test_an_answer_that_did_not_come_changes_nothing(store, check, world, campaign_id):
    world.state = AccountDisconnectedError(verbatim("It is gone."))
    check()
    world.state = PlatformUnavailableError(verbatim("Nobody there."))
    check(NOW + HOUR)
    assert codes(store) == [("account", "account_disconnected")]
    assert store.account(account="instagram-school").pause_reason == DISCONNECTED


def test_a_post_that_is_over_has_no_findings(store, check, world, campaign_id, concerts):
    world.content = ContentPayload("x" * 3000)
    check()
    store.cancel_job(job_id=concerts.jobs(campaign_id)[0].job_id, now=NOW)
    check(NOW + HOUR)
    assert len(store.open_findings()) == 2


def test_nothing_is_asked_about_what_is_posted_by_hand(store, check, world, concerts, settings):
    by_hand = settings.platforms[Platform.INSTAGRAM].model_copy(update={"delivery": Delivery.HANDOFF})
    using = settings.model_copy(update={"platforms": {**settings.platforms, Platform.INSTAGRAM: by_hand}})
    concerts.settings = using
    concerts.planned(platforms=["instagram"])
    done = check(using=using)
    assert (done.accounts, done.jobs, world.asked) == (0, 0, [])


def test_an_account_that_is_publishing_and_bears_no_second_caller_is_left_alone(
    store, check, world, open_store, concerts
):
    concerts.planned(
        platforms=["xiaohongshu"], timeline={"reminder": "skip", "announcement": (NOW + HOUR * 2).isoformat()}
    )
    busy = open_store()
    assert busy.hold_account_lock(account="xiaohongshu-school")
    assert check().accounts == 1 and world.asked == []
    busy.drop_account_lock(account="xiaohongshu-school")
    store.connection.execute("DELETE FROM preflight")
    check()
    assert world.asked == ["xiaohongshu-school"]
