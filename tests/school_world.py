"""A school on its own timeline, with platforms that remember: what people do after approving, step by step."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from campaign_fixtures import DECLARED, NOW, Campaigns
from fake_platform import Clock

from encore.accounts import stopping
from encore.accounts.configured import put_accounts
from encore.campaigns import media_library, restoring
from encore.campaigns import texts as content_editing
from encore.campaigns.access import Person
from encore.campaigns.choosing import choose_accounts
from encore.campaigns.fact_review import unsupported_facts
from encore.campaigns.facts import change_facts
from encore.campaigns.plan_notes import stored_notes
from encore.campaigns.rebinding import rebind
from encore.campaigns.review import review
from encore.campaigns.scheduling import Scheduled, schedule
from encore.campaigns.staleness import stale_parts
from encore.campaigns.turn import lock
from encore.domain.job import Delivery, JobState, Platform
from encore.errors import ContentRejectedError, OutcomeUnknownError, PlatformUnavailableError, PublishingError
from encore.platforms.contract import (
    CannotTell,
    ContentPayload,
    Credentials,
    MediaAsset,
    NotPublished,
    PlatformAdapter,
    Published,
)
from encore.posts import decisions
from encore.posts import moving as rescheduling
from encore.publishing.claim import claim_due
from encore.publishing.outcome import Ready
from encore.publishing.publisher import Publisher
from encore.publishing.submission import Submission
from encore.settings import AccountSettings, Settings
from encore.store.store import Store
from encore.words.sentence import verbatim

POSTS = {"instagram": "https://www.instagram.com/p/{}/", "tiktok": "https://www.tiktok.com/@school/video/{}",
         "xiaohongshu": "https://www.xiaohongshu.com/explore/{}"}  # fmt: skip

STAFF = Person("staff", staff=True)

WORKS, REFUSES, AWAY, SILENT, LOST = "works", "refuses", "away", "silent", "lost"
"""What a platform does with the next post: take it, refuse its content, be down; take it and never answer; lose it and
never answer."""


@dataclass(frozen=True)
class Post:
    job_id: str
    platform: str
    account: str
    moment: str
    text: str
    at: datetime
    by_hand: bool = False


@dataclass
class Feeds:
    """All that is live, on every platform, and how each of them is disposed."""

    posts: list[Post] = field(default_factory=list)
    moods: dict[str, str] = field(default_factory=dict)
    witness: Callable[[Any], None] = lambda job: None
    """Sees each job whose post is about to become public."""
    numbers: Any = field(default_factory=lambda: count(1))

    def of(self, job_id: str) -> list[Post]:
        return [post for post in self.posts if post.job_id == job_id]


class _Adapter(PlatformAdapter):
    platform = Platform.INSTAGRAM

    def __init__(self, settings: Any, clock: Clock, feeds: Feeds, job: Any) -> None:
        super().__init__(settings, clock)
        self.feeds, self.job = feeds, job

    def validate(self, content_payload, media_asset):
        return []

    def prepare(self, content_payload, media_asset, credentials, checkpoint, save):
        if self.feeds.moods.get(self.job.platform) == AWAY:
            raise PlatformUnavailableError(verbatim("The platform is away."))
        container = {"of": self.job.payload_ref}
        save(container)
        return container

    def commit(self, content_payload, media_asset, credentials, checkpoint):
        mood = self.feeds.moods.get(self.job.platform, WORKS)
        if mood == REFUSES:
            raise ContentRejectedError(verbatim("The platform does not like this text."))
        if mood == AWAY:
            raise PlatformUnavailableError(verbatim("The platform is away."))
        self.feeds.witness(self.job)
        if mood != LOST:
            job = self.job
            self.feeds.posts.append(
                Post(job.job_id, job.platform, job.account, job.touchpoint, content_payload.text, self.clock())
            )
        if mood in (SILENT, LOST):
            raise OutcomeUnknownError(verbatim("No answer came."))
        return self._published()

    def observe(self, content_payload, media_asset, credentials, checkpoint, committed_at):
        if self.feeds.moods.get(self.job.platform) in (SILENT, LOST):
            return CannotTell("The platform lists nothing today.", {})
        if any(not post.by_hand for post in self.feeds.of(self.job.job_id)):
            return self._published()
        return NotPublished(PlatformUnavailableError(verbatim("The platform has no such post.")))

    def identify(self, content_payload, media_asset, credentials, checkpoint, committed_at):
        return None

    def _published(self) -> Published:
        number = next(self.feeds.numbers)
        return Published(f"{self.job.job_id}-{number}", POSTS[self.job.platform].format(f"p{number}"))


@dataclass
class School:
    """One campaign of one school. Time moves only by `at` and `after`."""

    store: Store
    settings: Settings
    clock: Clock = field(default_factory=Clock)
    feeds: Feeds = field(default_factory=Feeds)
    campaign_id: str = ""
    runs: Any = field(default_factory=lambda: count(1))
    waiting: list[Ready] = field(default_factory=list)
    """What tasks have ready for its planned second, also those whose post was taken from them."""

    # What the machines do --------------------------------------------------------------------------------------

    def publish(self, rounds: int = 12) -> None:
        """Claim and prepare what is due or soon will be, as long as a claim finds something, go on with what was begun,
        and send what is ready at its second."""
        for _ in range(rounds):
            run_id = f"run-{next(self.runs)}"
            claimed = [job.job_id for job in claim_due(self.store, self.settings, run_id, self.clock())]
            ready = {one.turn.job_id: one.turn.fence for one in self.waiting}
            for job in self.jobs():
                if job.state == JobState.RUNNING and ready.get(job.job_id) != job.fence:
                    self.prepare(job.job_id, job.claimed_by)
            self._send()
            if not claimed:
                return

    def prepare(self, job_id: str, run_id: str) -> None:
        with contextlib.suppress(PublishingError):
            outcome = self.publisher().begin(job_id, run_id, cleared=False)
            if isinstance(outcome, Ready):
                self.waiting.append(outcome)

    def _send(self) -> None:
        due = [one for one in self.waiting if one.due_at <= self.clock()]
        self.waiting = [one for one in self.waiting if one.due_at > self.clock()]
        for one in due:
            with contextlib.suppress(PublishingError):
                self.publisher().commit(one)

    def next_due_at(self) -> datetime | None:
        """When the machines have something to do, as far as one can tell."""
        wake = self.store.next_due_at()
        return min([one.due_at for one in self.waiting] + ([wake] if wake else []), default=None)

    def publisher(self) -> Publisher:
        def submission(job: Any) -> Submission:
            adapter = _Adapter(self.settings.platforms[Platform(job.platform)], self.clock, self.feeds, job)
            return Submission(
                adapter, ContentPayload(text=job.content, language=job.language), MediaAsset(()),
                Credentials(job.account),
            )  # fmt: skip

        return Publisher(self.store, self.settings, submission, clock=self.clock, sleep=self.clock.sleep)

    def at(self, moment: datetime) -> None:
        """The clock shows `moment`, and the machines do what is due by then."""
        self.clock.now = max(moment, self.clock.now)
        self.publish()

    def after(self, **time: float) -> None:
        self.at(self.clock.now + timedelta(**time))

    def until(self, end: datetime) -> None:
        """From one due time to the next."""
        while (due := self.next_due_at()) is not None and due <= end:
            before = self.clock.now
            self.at(max(due, self.clock.now))
            if self.clock.now == before and (self.next_due_at() or end) <= before:
                self.clock.now += timedelta(minutes=1)
        self.at(end)

    # What people do --------------------------------------------------------------------------------------------

    def begin(self, **facts: Any) -> str:
        concerts = Campaigns(self.store, self.settings)
        self.campaign_id = concerts.put(self.clock(), **facts)
        concerts.write(self.campaign_id, self.clock())
        return self.campaign_id

    def approve(
        self, *, at_once: Iterable[str] = (), restored: Iterable[str] = (), by_staff: bool = False
    ) -> Scheduled:
        reviewed = review(self.store, self.campaign_id)
        doubtful = (*unsupported_facts(self.settings, reviewed, self.clock()), *stale_parts(self.settings, reviewed))
        vouched = [one.key for one in doubtful]
        choices = replace(DECLARED, confirmed=vouched, at_once=tuple(at_once), restored=tuple(restored))
        return schedule(
            self.store, self.settings, self.campaign_id, "teacher-li", reviewed.digest, choices, self.clock(),
            by_staff=by_staff,
        )  # fmt: skip

    def edit(self, text: str, moment: str | None = None, platform: str | None = None) -> None:
        """Every text of that moment (of every one without), so that it says `text`."""
        rows = [
            row for row in self.store.content_assets(campaign_id=self.campaign_id)
            if moment in (None, row.touchpoint) and platform in (None, row.platform)
        ]  # fmt: skip
        edits = [content_editing.Edit(row.asset_id, f"{row.touchpoint}\n\n{text}") for row in rows]
        content_editing.edit(self.store, self.settings, self.campaign_id, edits, "teacher-li", None, self.clock())

    def change(self, **facts: Any) -> Any:
        return change_facts(self.store, self.settings, self.campaign_id, facts, None, self.clock())

    def move(self, job: Any, at: datetime) -> Any:
        return rescheduling.move_job(self.store, self.settings, job.job_id, at, self.clock())

    def cancel(self, job: Any) -> Any:
        return decisions.cancel(self.store, job.job_id, self.clock())

    def undo(self, job: Any) -> Any:
        return restoring.undo_cancel(self.store, self.settings, job.job_id, self.clock())

    def retry(self, job: Any) -> Any:
        return decisions.retry(self.store, self.settings, job.job_id, self.clock())

    def post_by_hand(self, job: Any) -> None:
        """The teacher posts it, and says nothing yet."""
        self.feeds.posts.append(
            Post(job.job_id, job.platform, job.account, job.touchpoint, "by hand", self.clock(), by_hand=True)
        )

    def confirm_live(self, job: Any) -> Any:
        link = POSTS[job.platform].format(f"7300{next(self.feeds.numbers)}")
        return decisions.confirm_live(self.store, self.settings, job.job_id, link, "teacher-li", self.clock())

    def confirm_not_live(self, job: Any) -> Any:
        return decisions.confirm_not_live(self.store, self.settings, job.job_id, "teacher-li", self.clock())

    def deliver(self, delivery: Delivery, *accounts: str) -> None:
        """Staff set how posts of these accounts go out."""
        self._accounts(
            entry.model_copy(update={"delivery": delivery}) if entry.account in accounts else entry
            for entry in self.settings.accounts
        )

    def add_account(self, account: str, platform: str, owner: str | None = "teacher-li") -> None:
        more = AccountSettings(account=account, platform=platform, conn_id=f"encore_{account}", owner=owner)
        self._accounts([*self.settings.accounts, more])

    def choose(self, **accounts: list[str] | None) -> Any:
        """By platform; the others stay as they are."""
        chosen = {**self.campaign().accounts, **accounts}
        return choose_accounts(self.store, self.settings, self.campaign_id, chosen, self.clock())

    def remove_account(self, account: str) -> None:
        self._accounts(entry for entry in self.settings.accounts if entry.account != account)

    def _accounts(self, accounts: Iterable[AccountSettings]) -> None:
        self.settings = self.settings.model_copy(update={"accounts": tuple(accounts)})
        put_accounts(self.store, self.settings, self.clock())

    def set_off(self, off: str | None) -> None:
        with self.store.transaction():
            lock(self.store, self.campaign_id)
            now = self.clock()
            self.store.set_off(
                campaign_id=self.campaign_id, off=off, off_at=now if off else None,
                off_by="teacher-li" if off else None, now=now,
            )  # fmt: skip
            rebind(self.store, self.settings, self.campaign_id, now)

    def set_consent(self, consent: bool) -> None:
        """For the first picture that is posted, which shows students."""
        media = review(self.store, self.campaign_id).media[0]
        media_library.set_consent(self.store, self.settings, self.campaign_id, media.media_id, consent, self.clock())

    def stop(self, scope: str, name: str = "") -> None:
        stopping.stop(self.store, scope, name, "", STAFF, self.clock())

    def go(self) -> None:
        self.store.connection.execute(
            "UPDATE stop SET ended_at = %s, ended_by = 'staff' WHERE ended_at IS NULL", (self.clock(),)
        )

    # What there is ---------------------------------------------------------------------------------------------

    def jobs(self) -> list[Any]:
        return self.store.jobs_of_campaign(campaign_id=self.campaign_id)

    def job(self, platform: str, moment: str, account: str | None = None) -> Any:
        [job] = [
            job for job in self.jobs()
            if (job.platform, job.touchpoint) == (platform, moment) and account in (None, job.account)
        ]  # fmt: skip
        return job

    def campaign(self) -> Any:
        return self.store.campaign(campaign_id=self.campaign_id)

    def live(self, platform: str, moment: str) -> list[Post]:
        return [post for post in self.feeds.posts if (post.platform, post.moment) == (platform, moment)]

    def notes(self) -> str:
        return "\n".join(map(str, stored_notes(self.campaign())))

    def twice(self) -> list[tuple]:
        counted = Counter((post.platform, post.account, post.moment) for post in self.feeds.posts)
        return [post for post, times in counted.items() if times > 1]


def school(store: Store, settings: Settings, now: datetime = NOW) -> School:
    return School(store, settings.model_copy(update={"timeline": "default"}), Clock(now))
