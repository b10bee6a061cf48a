"""Look ahead at what is to be published: is the login alive, is there quota left, are text, media and approval fit?

Run by keep_house. A post is looked at when it was planned (or planned anew), once more an hour before its time, and as
long as something was found; its account at the same moments, and while it is in trouble. Nothing is posted. An answer
that the platform did not give changes nothing: it says neither that all is well nor that it is not.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from encore.accounts import findings
from encore.accounts.connected import Origin, is_called
from encore.campaigns.rebinding import rebind_in_turn
from encore.campaigns.review import review_of
from encore.campaigns.succession import given_up, live_through
from encore.campaigns.turn import lock_if_there
from encore.domain.job import Delivery, Platform
from encore.domain.json import Json
from encore.errors import AccountDisconnectedError, ContentRejectedError, PublishingError, QuotaExceededError
from encore.platforms.contract import AccountState, MediaAsset
from encore.platforms.error_table import ErrorTable, own_error
from encore.publishing.ending import DISCONNECTED, UNTIL_A_PERSON_ACTS
from encore.publishing.submission import Submission
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store
from encore.words.sentence import sentence

log = logging.getLogger(__name__)

AHEAD = timedelta(hours=1)
A_DAY = timedelta(days=1)
TWICE = "account_twice"
"""Why an account rests whose posts would go out through another row as well."""
MOST_JOBS = 500
"""Looked at in one round; the soonest first, the rest ten minutes later."""


@dataclass(frozen=True)
class Checked:
    """How much was looked at, and how many findings are open after it."""

    accounts: int
    jobs: int
    findings: int


@dataclass
class Preflight:
    """`probe` asks the platform about an `account` row; `submission_for` resolves a `job_for_publishing` row;
    `reaches` tries to fetch a file of it from our own public address and says whether that worked."""

    store: Store
    settings: Settings
    probe: Callable[[rows.Account], AccountState]
    submission_for: Callable[[rows.JobForPublishing], Submission]
    reaches: Callable[[MediaAsset], bool]
    now: datetime
    _reachable: bool | None = field(default=None, init=False)

    def check(self) -> Checked:
        """Look at everything that it is time for. Accounts first: what they said is used for their posts."""
        self.store.clear_settled_findings(now=self.now)
        jobs = self.store.jobs_to_check(now=self.now, ahead=AHEAD, most=MOST_JOBS)
        names = {job.account for job in jobs} | {row.account for row in self.store.accounts_in_trouble()}
        accounts = [row for row in self.store.accounts() if row.account in names and self.is_asked(row)]
        found = sum(self.check_account(row) for row in accounts)
        known = {row.account: _state_of(row) for row in self.store.accounts()}
        found += sum(self.check_job(job, known.get(job.account) or AccountState()) for job in jobs)
        return Checked(len(accounts), len(jobs), found)

    def is_asked(self, account: rows.Account) -> bool:
        """Nothing is asked about an account whose posts go out by hand, or whose login was given up."""
        return account.delivery == Delivery.API and account.disconnected_at is None

    def check_account(self, account: rows.Account) -> int:
        """Ask the platform about one account, hold its posts if its login is dead, let them go on if it works."""
        alone = self.settings.platforms[Platform(account.platform)].max_in_flight_per_account == 1
        if alone and not self.store.hold_account_lock(account=account.account):
            return 0  # it is publishing right now, which says more than any question
        try:
            state = self.probe(account)
        except PublishingError as err:
            return self._not_well(account, err)
        finally:
            if alone:
                self.store.drop_account_lock(account=account.account)
        self._note(account, state)
        if other := self._twice(account, state):
            self.store.pause_account(account=account.account, until=UNTIL_A_PERSON_ACTS, reason=TWICE)
            found = [own_error(TWICE, account.platform, detail=other)]
            return findings.put_account_findings(self.store, findings.ACCOUNT, account.account, found, self.now)
        self.store.resume_account(account=account.account, reason=TWICE)
        if not any(isinstance(finding, AccountDisconnectedError) for finding in state.findings):
            self._go_on(account)
        found = [*state.findings, *self._too_many_posts(account, state)]
        return findings.put_account_findings(self.store, findings.ACCOUNT, account.account, found, self.now)

    def check_job(self, job: rows.JobToCheck, state: AccountState) -> int:
        """Look at one queued post: what the publisher would refuse, and what would make it wait for a person."""
        found = [] if job.approved else [own_error("approval_void", job.platform)]
        try:
            submission = self.submission_for(rows.there(self.store.job_for_publishing(job_id=job.job_id, fence=None)))
        except PublishingError as err:
            if err.retried:
                log.info("%s: could not be looked at (%s)", job.job_id, err.code)
                return 0
            found.append(err)
        else:
            found += self._content_findings(submission, state)
        with self.store.transaction():
            self.store.put_preflight(
                job_id=job.job_id,
                scheduled_at=job.scheduled_at,
                payload_ref=job.payload_ref,
                media_ref=job.media_ref,
                now=self.now,
            )
            return findings.put_job_findings(self.store, job.job_id, _each_once(found), self.now)

    def _not_well(self, account: rows.Account, err: PublishingError) -> int:
        if err.retried and not isinstance(err, QuotaExceededError):
            log.info("%s: could not be asked (%s)", account.account, err.code)
            return 0
        if isinstance(err, AccountDisconnectedError):
            # Held posts go out once the login works again; posts that meet a dead login would fail.
            self.store.pause_account(account=account.account, until=UNTIL_A_PERSON_ACTS, reason=DISCONNECTED)
        return findings.put_account_findings(self.store, findings.ACCOUNT, account.account, [err], self.now)

    def _note(self, account: rows.Account, state: AccountState) -> None:
        facts = asdict(replace(state, findings=()))
        del facts["findings"]
        self.store.note_account_state(account=account.account, state=facts, now=self.now)

    def _twice(self, account: rows.Account, state: AccountState) -> str:
        """The other row that is the same account of the platform, of which this one is the later: a name may have come
        to light, or the settings name an account that somebody has connected."""
        place = (account.origin == Origin.CONNECTED, account.account)
        return next((
            row.account for row in self.store.accounts()
            if state.username and row.platform == account.platform and row.delivery == Delivery.API
            and (row.origin == Origin.CONNECTED, row.account) < place and is_called(row, state.username)
        ), "")  # fmt: skip

    def _go_on(self, account: rows.Account) -> None:
        """The account first: what waits goes out, however long the rest takes. Where that breaks off, the posts that
        are left have the account looked at again."""
        self.store.resume_account(account=account.account, reason=DISCONNECTED)
        held = self.store.campaigns_to_reconnect(account=account.account)
        back = sum(self._put_back(account.account, row.campaign_id) for row in held)
        if back:
            log.info("%s: the login works again; %d posts are back in the queue", account.account, back)

    def _put_back(self, account: str, campaign_id: str) -> int:
        attempts = self.settings.publishing.max_attempts
        with self.store.transaction():
            campaign = lock_if_there(self.store, campaign_id)
            if campaign is None:  # deleted since; the others' posts go on
                return 0
            back = self.store.requeue_reconnected_jobs(
                campaign_id=campaign_id, account=account, attempts=attempts, now=self.now,
                but=self._live_elsewhere(campaign_id),
            )  # fmt: skip
            self.store.release_reconnected_jobs(campaign_id=campaign_id, account=account, now=self.now)
            rebind_in_turn(self.store, self.settings, review_of(self.store, campaign), self.now)
        return back

    def _live_elsewhere(self, campaign_id: str) -> list[str]:
        """The posts whose moment went out meanwhile through an account that had their place: they are their owner's to
        ask for."""
        posting = {row.account for row in self.store.accounts_of_campaign(campaign_id=campaign_id)}
        jobs = self.store.jobs_of_campaign(campaign_id=campaign_id)
        return [
            job.job_id for job in jobs
            if live_through(
                other for other in given_up(jobs, job.platform, job.touchpoint, posting) if other.job_id != job.job_id
            )
        ]  # fmt: skip

    def _too_many_posts(self, account: rows.Account, state: AccountState) -> list[PublishingError]:
        if state.posts_left is None:
            return []
        planned = self.store.posts_due(account=account.account, until=self.now + A_DAY)
        if planned <= state.posts_left:
            return []
        detail = f"{planned} posts within a day, {state.posts_left} left"
        return [own_error("quota_low", account.platform, detail=detail, now=self.now)]

    def _content_findings(self, submission: Submission, state: AccountState) -> list[PublishingError]:
        content, media = submission.content_payload, submission.media_asset
        platform = submission.adapter.platform
        found: list[PublishingError] = [
            ContentRejectedError(problem.said, code=problem.code)
            for problem in submission.adapter.validate(content, media)
        ]
        if state.privacy_options and content.privacy and content.privacy not in state.privacy_options:
            offered = ", ".join(state.privacy_options)
            table = ErrorTable.load(platform)
            found.append(table.error("encore_privacy_not_offered", stage="create", detail=f"offered: {offered}"))
        longest = state.longest_video_seconds
        if longest and any((file.duration_seconds or 0) > longest for file in media.files):
            table = ErrorTable.load(platform)
            found.append(table.error("encore_video_too_long", stage="create", detail=f"at most {longest:g} s"))
        if not all(_is_whole(Path(file.path), file.size_bytes) for file in media.files):
            found.append(own_error("media_gone", platform))
        elif submission.adapter.fetches(media, submission.credentials) and not self._can_be_fetched(media):
            found.append(own_error("media_not_fetchable", platform))
        return found

    def _can_be_fetched(self, media: MediaAsset) -> bool:
        """Tried once a round: the address leads to the same place for every post."""
        if self._reachable is None:
            self._reachable = self.reaches(media)
        return self._reachable


def _is_whole(path: Path, size_bytes: int) -> bool:
    return path.is_file() and path.stat().st_size == size_bytes


def _each_once(found: list[PublishingError]) -> list[PublishingError]:
    """Those of the same code are one finding, with the words of all."""
    by_code: dict[str, list[PublishingError]] = {}
    for error in found:
        by_code.setdefault(error.code, []).append(error)
    for first, *more in by_code.values():
        if others := [error.said for error in more if error.said != first.said]:
            first.said = sentence("all_told", said=[first.said, *others])
    return [first for first, *_ in by_code.values()]


def _state_of(account: rows.Account) -> AccountState | None:
    """What the platform last said of an account, from its row."""
    known = (account.health or {}).get("state")
    if not known:
        return None
    state: Json = {**known, "privacy_options": tuple(known.get("privacy_options") or ())}
    return AccountState(**state)
