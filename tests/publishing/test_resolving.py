"""A job's row put together: its media, the addresses where a platform fetches them, and its account's login."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from campaign_fixtures import NOW

from encore.errors import AccountDisconnectedError, MisconfiguredError, PlatformUnavailableError
from encore.media.media_store import MediaStore, MediaStoreError
from encore.platforms.contract import Credentials
from encore.publishing.resolving import Resolver
from encore.publishing.submission import Submission
from encore.words.sentence import verbatim


@dataclass
class Logins:
    """Of every account; remembers what was asked of it."""

    asked: list[str] = field(default_factory=list)

    def of(self, adapter, account, *, renew=True):
        self.asked.append(f"{account.account} {'renewed' if renew else 'as it is'}")
        return Credentials(account.account, token="first")

    def renewed(self, adapter, account, refused=None):
        self.asked.append(f"{account.account} instead of {refused.token}")
        return replace(refused, token="second")


@pytest.fixture
def logins() -> Logins:
    return Logins()


@pytest.fixture
def resolver(store, settings, logins, tmp_path) -> Resolver:
    public = settings.media.model_copy(update={"public_base_url": "https://school.test/media/"})
    return Resolver(
        store, settings.model_copy(update={"media": public}), lambda: NOW, logins, MediaStore(str(tmp_path), "")
    )


@pytest.fixture
def job(store, concerts):
    campaign_id = concerts.planned(platforms=["instagram"])
    return store.job_for_publishing(job_id=concerts.jobs(campaign_id)[0].job_id, fence=None)


def test_media_that_is_gone_is_told_before_a_login_is_asked_for(resolver, logins, job):
    with pytest.raises(MisconfiguredError) as caught:
        resolver.submission(job._replace(media=None))
    assert caught.value.code == "media_missing" and logins.asked == []


def test_while_the_bucket_is_away_the_post_waits(resolver, job):
    class Away(MediaStore):
        def local_path(self, file, size_bytes=None):
            raise MediaStoreError(verbatim("The media file cannot be read."))

    with pytest.raises(PlatformUnavailableError) as caught:
        replace(resolver, media=Away("", "")).submission(job)
    assert caught.value.code == "media_store_away" and caught.value.retried


OURS = {"method": "HEAD", "user_agent": "encore"}


def test_each_address_is_another_one_and_leads_to_the_file_for_its_time_only(store, resolver, job):
    [file] = resolver.submission(job).media_asset.files
    addresses = [file.public_address(), file.public_address()]
    tokens = [address.removeprefix("https://school.test/media/").removesuffix(".image") for address in addresses]
    assert len(set(tokens)) == 2 and all(len(token) == 32 for token in tokens)
    ends_at = NOW + timedelta(hours=resolver.settings.media.address_hours)
    assert store.fetch_media(token=tokens[0], now=ends_at - timedelta(seconds=1), **OURS).media_id == file.media_id
    assert store.fetch_media(token=tokens[0], now=ends_at, **OURS) is None


def test_a_fetch_is_kept_as_evidence(store, resolver, job):
    [file] = resolver.submission(job._replace(attempt_no=1)).media_asset.files
    token = file.public_address().rpartition("/")[2].partition(".")[0]
    assert file.fetched() == ()
    store.fetch_media(token=token, method="GET", user_agent="instagram", now=NOW)
    assert file.fetched() == (NOW,)


def test_without_a_public_address_there_is_none(settings, resolver, job):
    [file] = replace(resolver, settings=settings).submission(job).media_asset.files
    with pytest.raises(MisconfiguredError) as caught:
        file.public_address()
    assert (caught.value.code, caught.value.said.key) == ("media_not_reachable", "media.no_public_address")


def test_only_who_says_so_renews_a_login(resolver, logins, job):
    refused = AccountDisconnectedError(verbatim("The token is refused."))
    refused.renewable = True
    looking, publishing = resolver.submission(job), resolver.submission(job, renew=True)
    assert not looking.has_new_login(refused) and publishing.has_new_login(refused)
    assert publishing.credentials.token == "second"
    assert logins.asked == [f"{job.account} {what}" for what in ("as it is", "renewed", "instead of first")]


def test_every_attempt_has_a_key_of_its_own(resolver, job):
    def key(made: Submission) -> str:
        return made.content_payload.submission_key

    assert key(resolver.submission(job)) != key(resolver.submission(job._replace(attempt_no=job.attempt_no + 1)))
