"""A refusal is looked at once before it is believed, and a login that has just ended is renewed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from campaign_fixtures import Campaigns
from fake_platform import make_publisher

from encore.errors import AccountDisconnectedError, ContentRejectedError, PlatformUnavailableError
from encore.platforms.contract import CannotTell, NotPublished, Processing, Published
from encore.publishing.claim import claim_due
from encore.publishing.outcome import Done, Parked
from encore.words.sentence import verbatim

RUN = "publish_due_jobs/run-1"


@pytest.fixture
def job_id(concerts: Campaigns, store, settings, clock) -> str:
    concerts.planned(platforms=["instagram"], timeline={"reminder": "skip", "day_of": "skip"})
    [claimed] = claim_due(store, settings, RUN, clock())
    return claimed.job_id


def refused_token(*_):
    error = AccountDisconnectedError(verbatim("The login has ended."))
    error.renewable = True
    return error


@pytest.fixture
def with_refresh_token(store, settings, clock, world):
    """A publisher whose logins can be renewed; `tokens` are those that the platform was asked with."""
    publisher = make_publisher(store, settings, clock, world)
    plain, renewed = publisher.submission_for, []

    def renew(login):
        renewed.append(login.token)
        return replace(login, token=f"token-{len(renewed) + 1}")

    def submission(job):
        made = plain(job)
        made.credentials, made.renew = replace(made.credentials, token="token-1"), renew
        return made

    publisher.submission_for = submission
    return publisher, renewed


@pytest.mark.parametrize("step", ["prepare", "commit", "observe"])
def test_a_token_that_is_refused_before_its_end_is_renewed(with_refresh_token, store, clock, job_id, world, step):
    publisher, renewed = with_refresh_token
    if step == "observe":
        world.script["commit"] = [lambda checkpoint: world.feed.append(checkpoint["container"]) or Processing()]
    world.script[step] = [refused_token]
    try:
        outcome = publisher.publish(job_id, RUN)
    except PlatformUnavailableError as err:
        clock.sleep(err.retry_in.total_seconds())
        outcome = publisher.publish(job_id, RUN, cleared=False)
    assert isinstance(outcome, Done) and renewed == ["token-1"] and len(world.feed) == 1
    assert store.account(account=store.job(job_id=job_id).account).paused_until is None


def test_a_login_that_stays_refused_rests_the_account(with_refresh_token, store, job_id, world):
    publisher, renewed = with_refresh_token
    world.script["prepare"] = [refused_token] * 9
    with pytest.raises(AccountDisconnectedError):
        publisher.publish(job_id, RUN)
    assert store.job(job_id=job_id).action_required == "reconnect_account" and len(renewed) == 1


def test_a_refused_token_that_is_too_young_to_be_renewed_needs_a_person(publisher, store, job_id, world):
    """Instagram renews none that is younger than a day, and says to come again tomorrow."""
    plain = publisher.submission_for

    def renew(login):
        raise PlatformUnavailableError(verbatim("Tomorrow."), code="token_not_renewed", retry_after=timedelta(days=1))

    def submission(job):
        made = plain(job)
        made.renew = renew
        return made

    publisher.submission_for = submission
    world.script["prepare"] = [refused_token]
    with pytest.raises(AccountDisconnectedError):
        publisher.publish(job_id, RUN)
    assert store.job(job_id=job_id).action_required == "reconnect_account"


def test_a_renewal_that_gets_no_answer_is_tried_again(publisher, store, job_id, world):
    plain = publisher.submission_for

    def renew(login):
        raise PlatformUnavailableError(verbatim("Nobody there."))

    def submission(job):
        made = plain(job)
        made.renew = renew
        return made

    publisher.submission_for = submission
    world.script["prepare"] = [refused_token]
    with pytest.raises(PlatformUnavailableError) as caught:
        publisher.publish(job_id, RUN)
    assert caught.value.retry_in is not None and store.job(job_id=job_id).state == "running"


def test_a_missing_permission_is_not_renewed(with_refresh_token, job_id, world):
    publisher, renewed = with_refresh_token
    world.script["prepare"] = [AccountDisconnectedError(verbatim("It may not post."))]
    with pytest.raises(AccountDisconnectedError):
        publisher.publish(job_id, RUN)
    assert renewed == []


def test_a_refusal_that_is_a_lie_is_found_out(publisher, store, job_id, world):
    def post_and_refuse(checkpoint):
        world.feed.append(checkpoint["container"])
        return ContentRejectedError(verbatim("Not accepted."))

    world.script["commit"] = [post_and_refuse]
    assert isinstance(publisher.publish(job_id, RUN), Done)
    job = store.job(job_id=job_id)
    assert (job.state, job.external_url) == ("success", "https://platform.test/c2")


NOT_THERE = NotPublished(PlatformUnavailableError(verbatim("Not there.")))


@pytest.mark.parametrize("seen", [NOT_THERE, CannotTell("nothing listed"), ContentRejectedError(verbatim("No."))])
def test_a_refusal_that_nothing_contradicts_stands(publisher, store, job_id, world, seen):
    world.script["commit"] = [ContentRejectedError(verbatim("Not accepted."))]
    world.script["observe"] = [seen]
    with pytest.raises(ContentRejectedError, match=r"Not accepted."):
        publisher.publish(job_id, RUN)
    job = store.job(job_id=job_id)
    assert (job.state, job.action_required, world.feed) == ("failed", "fix_content", [])


def test_what_the_platform_works_on_after_a_final_refusal_is_watched(publisher, store, clock, job_id, world):
    world.script["commit"] = [ContentRejectedError(verbatim("Not accepted."))]
    world.script["observe"] = [Processing()] * 9
    assert isinstance(publisher.publish(job_id, RUN), Parked)
    world.script["observe"] = [Published("p", "https://platform.test/p")]
    assert isinstance(publisher.publish(job_id, RUN), Done)
    assert world.calls.count("commit") == 1


def test_an_edit_does_not_take_the_handle_of_what_was_begun_away(
    publisher, store, settings, concerts, clock, job_id, world
):
    """Else the adapter would begin a second post beside one that may still land."""
    world.script["commit"] = [ContentRejectedError(verbatim("Too long."))]
    with pytest.raises(ContentRejectedError):
        publisher.publish(job_id, RUN)
    [job] = [store.job(job_id=job_id)]
    concerts.write(job.campaign_id, clock(), text="Shorter")
    concerts.approve(job.campaign_id, clock())
    handles = []
    world.script["prepare"] = [lambda checkpoint: handles.append(dict(checkpoint))]
    claim_due(store, settings, "publish_due_jobs/2", clock())
    assert store.job(job_id=job_id).payload_ref.endswith("@2")
    publisher.publish(job_id, "publish_due_jobs/2")
    assert handles == [{"container": "c2"}]


def test_a_persons_word_reaches_the_adapter_once(publisher, store, settings, clock, job_id, world):
    """ "It is not live" is said of what was begun; what is begun after it is not denied."""
    world.script["commit"] = [Processing()]
    world.script["observe"] = [CannotTell("nothing listed")] * 99
    publisher.publish(job_id, RUN)
    clock.sleep(3600)
    with pytest.raises(Exception, match="may be live"):
        publisher.publish(job_id, RUN)
    store.put_confirmation(job_id=job_id, outcome="not_published", evidence={"by": "teacher-li"}, now=clock())
    store.confirm_not_live(job_id=job_id, attempts=5, error_message="Late.", error_said=None, now=clock())
    handles = []

    def begin(checkpoint):
        handles.append(dict(checkpoint))
        return {**checkpoint, "waiting": 30} if len(handles) < 9 else {**checkpoint}

    world.script["prepare"] = [begin] * 9
    claim_due(store, settings, "publish_due_jobs/2", clock())
    publisher.publish(job_id, "publish_due_jobs/2")
    assert [handle.get("denied") for handle in handles[:2]] == [True, None]
