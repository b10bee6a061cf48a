"""What each post of a campaign carries, when it goes and whether it may, from the timeline, the accounts, the approval
and the jobs as they are. Pure: `campaigns.rebind` reads, asks here and writes; what an approval would do is asked here
beforehand.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from encore.campaigns.binding import ELSEWHERE, LEFT_OUT, OFF, PLANS_OWN, Binding, Content, Effect, Reason, taken_out
from encore.campaigns.speaking import caption_id
from encore.campaigns.succession import given_up, live_through, moved_before, stays_cancelled
from encore.campaigns.timeline import misplaced, objection, touchpoint_moment, useless_from
from encore.domain.campaign import SKIP
from encore.domain.content import payload_ref
from encore.domain.job import Action, Delivery, JobState, Platform, Touchpoint, idempotency_key
from encore.domain.json import Json
from encore.settings import Settings
from encore.store import rows


def job_id_of(key: str) -> str:
    return f"job-{hashlib.sha256(key.encode()).hexdigest()[:16]}"


def bind(
    campaign: rows.Campaign,
    accounts: Iterable[rows.Account],
    jobs: Iterable[rows.PublishJob],
    content: Content,
    approved_at: datetime | None,
    settings: Settings,
    now: datetime,
    unsent: Collection[str] = (),
    by_staff: bool = False,
) -> tuple[Binding, ...]:
    """`accounts`: those that post for this teacher. `jobs`: the campaign's rows as they are, locked if they are to be
    written. `approved_at`: when exactly this `content` was approved; None while it is not, and then what is queued is
    held and nothing is planned anew; `by_staff`: by staff too, for the accounts that want it. `unsent`: ids of
    running jobs that have not been sent; they are bound like queued ones, but left to their tasks where nothing changes
    for them."""
    jobs = list(jobs)
    claimed = {job.job_id: _as_if_unclaimed(job) for job in jobs if job.job_id in unsent}
    known = {job.idempotency_key: claimed.get(job.job_id, job) for job in jobs}
    accounts = list(accounts)
    posting = frozenset(entry.account for entry in accounts)
    binder = _Binder(campaign, list(known.values()), posting, content, approved_at, by_staff, settings, now)
    bound = []
    # What a person moved stays, also where the school's timeline does without its moment by now.
    moments = settings.moments_of(campaign.timeline)
    moments += [name for name in Touchpoint if name not in moments and any(
        job.touchpoint == name and job.moved_at and job.state == JobState.QUEUED for job in known.values()
    )]  # fmt: skip
    for platform in map(Platform, campaign.platforms):
        of_platform = [entry for entry in accounts if entry.platform == platform]
        for touchpoint in moments:
            for entry in of_platform:
                key = idempotency_key(campaign.campaign_id, entry.account, touchpoint)
                bound.append(binder.bound(platform, touchpoint, entry, known.pop(key, None)))
            if not of_platform:
                bound.append(
                    Binding("", platform, touchpoint, "", Effect.LEFT_OUT, None, Reason.NO_ACCOUNT)
                )  # fmt: skip
    bound += [binder.without_a_place(job) for job in known.values()]
    stay = {job_id: _as_it_is(job) for job_id, job in claimed.items()}
    return tuple(replace(one, writes=None) if one.writes == stay.get(one.job_id) else one for one in bound)


@dataclass(frozen=True)
class _Binder:
    campaign: rows.Campaign
    jobs: list[rows.PublishJob]
    posting: frozenset[str]
    content: Content
    approved_at: datetime | None
    by_staff: bool
    settings: Settings
    now: datetime

    def bound(
        self, platform: Platform, touchpoint: Touchpoint, account: rows.Account, job: rows.PublishJob | None
    ) -> Binding:
        """What becomes of one post, which has no row yet if `job` is None."""
        key = idempotency_key(self.campaign.campaign_id, account.account, touchpoint)
        plans_own = job is not None and job.state == JobState.CANCELLED and job.error_code in PLANS_OWN
        anew = job is None or plans_own
        before = given_up(self.jobs, platform, touchpoint, self.posting) if anew else []
        at = touchpoint_moment(self.campaign, platform, touchpoint, self.approved_at or self.now, self.settings)
        if job is not None and self.approved_at is None and self._rule_follows_approval(touchpoint):
            at = job.scheduled_at  # until it is approved anew, which is when it follows
        moved, lost_time = moved_before(before) or job, None
        if moved is not None and moved.moved_at and moved.state not in (JobState.SUCCESS, JobState.RUNNING):
            chosen, concert_at = moved.scheduled_at, self.campaign.concert_datetime
            # What comes back after a while goes by the timeline if the time that was chosen for it is over.
            back = plans_own and moved is job
            over = back and objection(self.campaign, touchpoint, chosen, self.settings, self.now)
            if over or misplaced(touchpoint, chosen, concert_at, self.settings):
                lost_time = chosen
            elif self.campaign.timeline.get(touchpoint) != SKIP:
                at = chosen
        moved_at = moved.moved_at if moved and not lost_time else None
        place = _Place(job_id_of(key), key, platform, touchpoint, account, at, moved_at, lost_time)
        if anew and stays_cancelled(before, job):
            return self._cancelled_before(place, job)
        if job is None or plans_own:
            return self._anew(place, job)
        if job.state in (JobState.SUCCESS, JobState.RUNNING) or job.action_required == Action.CONFIRM_OUTCOME:
            return place.becomes(Effect.UNTOUCHED, at=job.scheduled_at)
        if job.state == JobState.CANCELLED:
            return place.becomes(Effect.STAYS_CANCELLED)
        return self._queued(place, job) if job.state == JobState.QUEUED else self._failed(place, job)

    def without_a_place(self, job: rows.PublishJob) -> Binding:
        """A job whose platform, moment or account the campaign does not have any more."""
        moments = self.settings.moments_of(self.campaign.timeline)
        there = job.platform in self.campaign.platforms and job.touchpoint in moments
        shown = Binding(
            job.job_id, job.platform, job.touchpoint, job.account, Effect.UNTOUCHED, job.scheduled_at,
            Reason.ACCOUNT_GONE if there else Reason.UNWANTED,
        )  # fmt: skip
        if job.state != JobState.QUEUED or (job.handed_off_at and not self.campaign.off):
            return shown
        code = OFF if self.campaign.off else LEFT_OUT
        return replace(shown, effect=Effect.LEFT_OUT, writes=_as_it_is(job) | taken_out(code, job))

    # One post --------------------------------------------------------------------------------------------------

    def _anew(self, place: _Place, job: rows.PublishJob | None) -> Binding:
        reason = self._left_out(place) or self._lacking(place)
        if reason is None and self._elsewhere(place):
            reason = Reason.ELSEWHERE
        if reason is not None:
            writes = None
            if reason is Reason.ELSEWHERE and job is None and self.approved_at is not None:
                writes = self._fresh(place, None) | taken_out(ELSEWHERE)  # there to be asked for
            return place.becomes(Effect.LEFT_OUT, reason, writes=writes)
        writes = self._fresh(place, job) if self.approved_at is not None else None
        return place.becomes(self._effect(place, self._delivery(place, job)), self._awaits(place), writes=writes)

    def _cancelled_before(self, place: _Place, job: rows.PublishJob | None) -> Binding:
        """As a person left it on another account, there to be taken back."""
        writes = None
        if self.approved_at is not None and not self._left_out(place) and not self._lacking(place):
            writes = self._fresh(place, job) | {"state": JobState.CANCELLED, "action_required": None}
        return place.becomes(Effect.LEFT_OUT, Reason.CANCELLED, writes=writes)

    def _queued(self, place: _Place, job: rows.PublishJob) -> Binding:
        reason = self._left_out(place)
        if reason is Reason.PAST and place.at == job.scheduled_at:
            # It waited until its time was over; the sweep ends it, with what it waited for.
            return place.becomes(Effect.LEFT_OUT, reason)
        if reason is not None:
            code = OFF if reason is Reason.OFF else LEFT_OUT
            return place.becomes(Effect.LEFT_OUT, reason, writes=_as_it_is(job) | taken_out(code, job))
        if self._lacking(place):
            # Its text or picture is gone from what is approved: held as it is.
            writes = _as_it_is(job) | self._times(place) | {"action_required": Action.APPROVE_CONTENT}
            return place.becomes(Effect.LEFT_OUT, self._lacking(place), writes=writes)
        delivery = self._delivery(place, job)
        writes = _as_it_is(job) | self._times(place)
        if self.approved_at is None:
            writes |= {"delivery": delivery, "action_required": Action.APPROVE_CONTENT}
        else:
            writes |= self._bytes(place) | {"delivery": delivery, "action_required": self._held(place, job, delivery)}
            writes["fresh"] = self._has_new_bytes(place, job)
        return place.becomes(self._effect(place, delivery), self._awaits(place), writes=writes)

    def _failed(self, place: _Place, job: rows.PublishJob) -> Binding:
        if self.approved_at is None or self._left_out(place) or self._lacking(place):
            return place.becomes(Effect.STAYS_FAILED)
        if live_through(given_up(self.jobs, place.platform, place.touchpoint, self.posting)):
            return place.becomes(Effect.STAYS_FAILED, Reason.ELSEWHERE)  # until a person asks for it
        another = place.at != job.scheduled_at if job.error_code == "missed_window" else self._has_new_bytes(place, job)
        if job.action_required == Action.RECONNECT_ACCOUNT or not another:
            # A retry sends what is approved now, not what was approved then.
            writes = _as_it_is(job) | self._bytes(place) if self._has_new_bytes(place, job) else None
            return place.becomes(Effect.STAYS_FAILED, writes=writes)
        effect = self._effect(place, self._delivery(place, job))
        return place.becomes(effect, self._awaits(place), writes=self._fresh(place, job))

    # What it takes -----------------------------------------------------------------------------------------------

    def _rule_follows_approval(self, touchpoint: Touchpoint) -> bool:
        rule = self.settings.moments.get(touchpoint)
        return rule is not None and rule.after_approval is not None and not self.campaign.timeline.get(touchpoint)

    def _left_out(self, place: _Place) -> Reason | None:
        if self.campaign.off:
            return Reason.OFF
        if place.at is None:
            return Reason.UNWANTED
        if misplaced(place.touchpoint, place.at, self.campaign.concert_datetime, self.settings):
            return Reason.MISPLACED
        late = objection(self.campaign, place.touchpoint, place.at, self.settings, self.now)
        return Reason.PAST if late else None

    def _lacking(self, place: _Place) -> Reason | None:
        text, picture = self._content(place)
        if text not in self.content.versions:
            return Reason.NO_TEXT
        return Reason.NO_PICTURE if picture not in self.content.media else None

    def _content(self, place: _Place) -> tuple[str, tuple[str, str]]:
        text = caption_id(self.settings, self.campaign, place.platform, place.touchpoint)
        return text, (place.platform, self.settings.platforms[place.platform].media)

    def _bytes(self, place: _Place) -> Json:
        text, picture = self._content(place)
        return {
            "payload_ref": payload_ref(text, self.content.versions[text]), "media_ref": self.content.media[picture]
        }  # fmt: skip

    def _has_new_bytes(self, place: _Place, job: rows.PublishJob) -> bool:
        return self._bytes(place) != {"payload_ref": job.payload_ref, "media_ref": job.media_ref}

    def _elsewhere(self, place: _Place) -> bool:
        """Whether this moment is live, or may be, through another account of the platform."""
        return live_through(
            job for job in self.jobs
            if job.platform == place.platform and job.touchpoint == place.touchpoint
            and job.account != place.account.account
        )  # fmt: skip

    def _delivery(self, place: _Place, job: rows.PublishJob | None) -> Delivery:
        """What was handed to a person stays with them until somebody says that it is not live."""
        return Delivery.HANDOFF if job and job.handed_off_at else Delivery(place.account.delivery)

    def _awaits(self, place: _Place) -> Reason | None:
        waits = self.approved_at is not None and place.account.staff_approves and not self.by_staff
        return Reason.STAFF if waits else None

    def _held(self, place: _Place, job: rows.PublishJob, delivery: Delivery) -> Action | None:
        if self._awaits(place):
            return Action.APPROVE_CONTENT
        due = place.at is not None and place.at <= self.now
        return Action.POST_BY_HAND if delivery is Delivery.HANDOFF and job.handed_off_at and due else None

    def _effect(self, place: _Place, delivery: Delivery) -> Effect:
        if delivery is Delivery.HANDOFF:
            return Effect.BY_HAND
        return Effect.AT_ONCE if place.at is not None and place.at <= self.now else Effect.PLANNED

    def _times(self, place: _Place) -> Json:
        assert place.at is not None
        until = useless_from(place.at, place.touchpoint, self.campaign.concert_datetime, self.settings)
        return {"scheduled_at": place.at, "useless_after": until, "moved_at": place.moved_at}

    def _fresh(self, place: _Place, job: rows.PublishJob | None) -> Json:
        """A row that begins (anew), with a full set of attempts."""
        return {
            "job_id": job.job_id if job else place.job_id,
            "platform": place.platform, "account": place.account.account, "touchpoint": place.touchpoint,
            "idempotency_key": place.key, "state": JobState.QUEUED, "delivery": self._delivery(place, job),
            **self._bytes(place), **self._times(place), "not_before": None,
            "action_required": Action.APPROVE_CONTENT if self._awaits(place) else None,
            "error_code": None, "error_message": None, "error_said": None, "fresh": True,
        }  # fmt: skip


@dataclass(frozen=True)
class _Place:
    """Where a post belongs: on one account, at one moment. `at`: when, None where the timeline has no such moment.
    `moved_at`: when a person chose that time."""

    job_id: str
    key: str
    platform: Platform
    touchpoint: Touchpoint
    account: rows.Account
    at: datetime | None
    moved_at: datetime | None
    lost_time: datetime | None

    def becomes(
        self, effect: Effect, reason: Reason | None = None, *, at: datetime | None = None,
        writes: Json | None = None,
    ) -> Binding:  # fmt: skip
        return Binding(
            self.job_id, self.platform, self.touchpoint, self.account.account, effect, at or self.at, reason,
            self.lost_time, writes,
        )  # fmt: skip


_COLUMNS = (
    "job_id", "platform", "account", "touchpoint", "idempotency_key", "state", "delivery", "payload_ref", "media_ref",
    "scheduled_at", "useless_after", "moved_at", "action_required", "not_before", "error_code", "error_message",
    "error_said",
)  # fmt: skip


def _as_it_is(job: rows.PublishJob) -> Json:
    return {name: getattr(job, name) for name in _COLUMNS} | {"fresh": False}


def _as_if_unclaimed(job: rows.PublishJob) -> rows.PublishJob:
    """With a cancel that came too late for an earlier try, its task cancels it."""
    return job._replace(state=JobState.CANCELLED if job.cancel_requested else JobState.QUEUED)
