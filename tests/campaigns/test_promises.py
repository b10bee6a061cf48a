"""Stories of what people, platforms and time do after an approval, on the school's timeline. After each step nothing is
live twice, nothing has ended without a word, and nothing went out that must not; at the end, with everything approved
and every platform working, all that is wanted is live or in the hands of a person.

`STORIES=2000 pytest tests/campaigns/test_promises.py` plays that many, other ones each time.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from campaign_fixtures import NOW
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from school_world import AWAY, LOST, REFUSES, SILENT, STAFF, WORKS, School, school

from encore.accounts.giving import Giving, give
from encore.campaigns.binding import ELSEWHERE, PLANS_OWN
from encore.campaigns.review import review
from encore.campaigns.scheduling import can_go_at_once, foresee
from encore.campaigns.timeline import misplaced, touchpoint_moment, useless_from
from encore.domain.job import Action, Delivery, JobState
from encore.errors import ConflictError, RefusedError
from encore.publishing.claim import claim_due
from encore.settings import Settings
from encore.store.store import Store

PLATFORMS = ("instagram", "tiktok")
MOMENTS = ("announcement", "reminder", "day_of")
ENOUGH_TIME = timedelta(minutes=30)
"""A window that closes sooner is too short for a promise: late posts of an account follow one another at a pace."""

some_job = some.integers(0, 20)
some_platform = some.sampled_from(PLATFORMS)
EMPTY = "TRUNCATE campaign, account, channel, stop, claim CASCADE"


class Stories(RuleBasedStateMachine):
    store: Store
    settings: Settings

    @initialize(
        thanks=some.booleans(), days=some.sampled_from([5, 16, 20]), now=some.sampled_from([NOW, NOW.replace(month=10)])
    )
    def begins(self, thanks: bool, days: int, now: datetime) -> None:
        self.store.connection.execute(EMPTY)
        self.life: School = school(self.store, self.settings, now)
        self.life.feeds.witness = self.about_to_be_public
        self.life.begin(
            platforms=list(PLATFORMS), concert_datetime=now + timedelta(days=days, hours=7),
            timeline={"thank_you": "usual"} if thanks else {},
        )  # fmt: skip
        self.cancelled: set[str] = set()
        """Jobs that a person has taken back."""
        self.moved: dict[str, datetime] = {}
        self.asked: Counter[tuple[str, str]] = Counter()
        """How often a person wanted a moment on another account too."""
        self.wrong: list[str] = []
        self.texts = 0
        self.life.approve(by_staff=True)

    # Time and machines -----------------------------------------------------------------------------------------

    @rule(which=some.integers(0, 12), seconds=some.sampled_from([-1, 0, 1, 600]), works=some.booleans())
    def time_passes(self, which: int, seconds: int, works: bool) -> None:
        """Up to around a deadline, in the middle of which the machines may be away."""
        life, now = self.life, self.life.clock()
        nearby = {moment for job in life.jobs() for moment in (job.scheduled_at, job.useless_after, job.not_before)}
        deadlines = sorted({*nearby, life.campaign().concert_datetime, now + timedelta(minutes=20)} - {None})
        ahead = [moment for moment in deadlines if moment > now] or [now + timedelta(hours=1)]
        life.clock.now = max(now, ahead[which % min(len(ahead), 4)] + timedelta(seconds=seconds))
        if works:
            life.publish()

    @rule()
    def machines_work(self) -> None:
        self.life.publish()

    @rule()
    def claims_and_dies(self) -> None:
        claim_due(self.store, self.life.settings, f"dead-{next(self.life.runs)}", self.life.clock())

    @rule(platform=some_platform, mood=some.sampled_from([WORKS, WORKS, REFUSES, AWAY, SILENT, LOST]))
    def platform_is(self, platform: str, mood: str) -> None:
        self.life.feeds.moods[platform] = mood

    # The teacher -----------------------------------------------------------------------------------------------

    @rule(moment=some.sampled_from([*MOMENTS, None]))
    def edits(self, moment: str | None) -> None:
        self.texts += 1
        self.tries(lambda: self.life.edit(f"Text {self.texts}", moment))

    @rule(at_once=some.booleans(), restores=some.booleans(), by_staff=some.booleans())
    def approves(self, at_once: bool, restores: bool, by_staff: bool) -> None:
        life, moments = self.life, ()
        if at_once:
            foreseen = foresee(self.store, life.settings, review(self.store, life.campaign_id), life.clock())
            moments = can_go_at_once(life.settings, life.campaign(), foreseen, life.clock())
        restored = sorted(self.cancelled)[:1] if restores else []
        if self.tries(lambda: life.approve(at_once=moments, restored=restored, by_staff=by_staff)):
            self.cancelled -= set(restored)

    @rule(platform=some_platform, names=some.sets(some.sampled_from(["school", "li", "gone"]), max_size=2))
    def chooses(self, platform: str, names: set[str]) -> None:
        """What the teacher may use, what they may not, or nothing, which is the usual ones."""
        chosen = sorted(f"{platform}-{name}" for name in names) or None
        self.tries(lambda: self.life.choose(**{platform: chosen}))

    @rule(which=some_job, hours=some.sampled_from([1, 6, 30, 100]))
    def moves(self, which: int, hours: int) -> None:
        if job := self.job(which):
            at = self.life.clock() + timedelta(hours=hours)
            if self.tries(lambda: self.life.move(job, at)):
                self.moved[job.job_id] = at
                self.cancelled.discard(job.job_id)
                self.asked[job.platform, job.touchpoint] += job.error_code == ELSEWHERE

    @rule(which=some_job)
    def cancels(self, which: int) -> None:
        if (job := self.job(which)) and job.state != JobState.CANCELLED and self.tries(lambda: self.life.cancel(job)):
            self.cancelled.add(job.job_id)

    @rule(which=some_job)
    def takes_a_cancel_back(self, which: int) -> None:
        if (job := self.job(which)) and self.tries(lambda: self.life.undo(job)):
            self.cancelled.discard(job.job_id)
            self.asked[job.platform, job.touchpoint] += job.error_code == ELSEWHERE

    @rule(which=some_job)
    def retries(self, which: int) -> None:
        if job := self.job(which):
            self.tries(lambda: self.life.retry(job))

    @rule()
    def looks_and_tells(self) -> None:
        """The truth, of whatever somebody is asked about."""
        for job in self.life.jobs():
            if job.action_required == Action.CONFIRM_OUTCOME:
                there = self.life.feeds.of(job.job_id)
                self.tries(lambda job=job, there=there:
                           self.life.confirm_live(job) if there else self.life.confirm_not_live(job))  # fmt: skip

    @rule(which=some_job, says_so=some.booleans())
    def posts_by_hand(self, which: int, says_so: bool) -> None:
        """What is in their hands, perhaps before its time, and not what they have posted already."""
        job = self.job(which)
        if job is None or job.delivery != Delivery.HANDOFF or self.life.feeds.of(job.job_id):
            return
        handed = job.action_required in (Action.POST_BY_HAND, Action.CONFIRM_OUTCOME)
        early = job.state == JobState.QUEUED and job.action_required is None
        if handed or (early and says_so):
            self.life.post_by_hand(job)
            if says_so:
                assert self.tries(lambda: self.life.confirm_live(job))

    @rule(hall=some.sampled_from(["Great Hall", "Small Hall", "Old Church"]))
    def changes_the_venue(self, hall: str) -> None:
        self.tries(lambda: self.life.change(venue_or_link=hall))

    @rule(hours=some.sampled_from([-72, -5, 5, 48, 24 * 14]))
    def changes_the_date(self, hours: int) -> None:
        at = self.life.campaign().concert_datetime + timedelta(hours=hours)
        self.tries(lambda: self.life.change(concert_datetime=at))

    @rule(off=some.sampled_from(["called_off", "put_off", None, None]))
    def does_not_take_place(self, off: str | None) -> None:
        self.life.set_off(off)

    @rule(consent=some.booleans())
    def says_of_consent(self, consent: bool) -> None:
        self.store.connection.execute("UPDATE media_asset SET contains_students = true, consent_on_file = NOT %s "
                                      "WHERE media_id = %s", (consent, self.picture()))  # fmt: skip
        self.life.set_consent(consent)

    @rule(
        what=some.sampled_from(["stop", "handoff", "cancel", "off", "edit", "facts", "move", "staff", "taken"]),
        platform=some_platform, prepared=some.booleans(),
    )  # fmt: skip
    def something_happens_between_claim_and_commit(self, what: str, platform: str, prepared: bool) -> None:
        """A post that is approved will fall due and was taken; before it is sent, somebody thinks better of it."""
        life, run = self.life, f"taken-{next(self.life.runs)}"
        life.go()
        self.tries(lambda: life.approve(by_staff=True))
        if due := self.store.next_due_at():
            life.clock.now = max(due, life.clock())
        taken = [job.job_id for job in claim_due(self.store, life.settings, run, life.clock())]
        for job_id in taken if prepared else ():
            life.prepare(job_id, run)
        match what:
            case "stop":
                life.stop("platform", platform)
            case "handoff":
                self.delivers(platform, Delivery.HANDOFF)
            case "cancel":
                for job in [job for job in life.jobs() if job.job_id in taken]:
                    if self.tries(lambda job=job: life.cancel(job)):
                        self.cancelled.add(job.job_id)
            case "off":
                life.set_off("called_off")
            case "edit":
                self.edits(None)
            case "facts":
                self.changes_the_venue(f"Hall {next(life.runs)}")
            case "staff":
                self.gives(platform, None, True)
            case "taken":
                self.gives(platform, (), False)
            case "move":
                for number, job in enumerate(life.jobs()):
                    if job.job_id in taken:
                        self.moves(number, 1)
        life.after(seconds=life.settings.publishing.claim_ahead_seconds)

    # Staff -----------------------------------------------------------------------------------------------------

    @rule(platform=some_platform, delivery=some.sampled_from(Delivery))
    def delivers(self, platform: str, delivery: Delivery) -> None:
        self.life.deliver(delivery, f"{platform}-school", f"{platform}-li")

    @rule(platform=some_platform, posts=some.booleans())
    def hands_over_for_a_while(self, platform: str, posts: bool) -> None:
        """Until a post was handed over, which somebody posts and does not confirm; then it goes by itself again."""
        life, accounts = self.life, (f"{platform}-school", f"{platform}-li")
        self.tries(lambda: life.approve(by_staff=True))
        life.deliver(Delivery.HANDOFF, *accounts)
        waiting = [job for job in life.jobs() if job.platform == platform and job.state == JobState.QUEUED]
        if waiting:
            life.at(min(job.scheduled_at for job in waiting))
        handed = [job for job in life.jobs() if job.handed_off_at and job.state == JobState.QUEUED]
        for job in handed if posts else ():
            if job.action_required == Action.POST_BY_HAND and not life.feeds.of(job.job_id):
                life.post_by_hand(job)
        life.deliver(Delivery.API, *accounts)

    @rule(platform=some_platform)
    def an_account_comes_or_goes(self, platform: str) -> None:
        name = f"{platform}-li"
        if any(entry.account == name for entry in self.life.settings.accounts):
            self.life.remove_account(name)
        else:
            self.life.add_account(name, platform)

    @rule(
        platform=some_platform, teachers=some.sampled_from([None, (), ("teacher-li",)]), staff_approves=some.booleans()
    )  # fmt: skip
    def gives(self, platform: str, teachers: tuple[str, ...] | None, staff_approves: bool) -> None:
        """The school's account to all, to nobody, or to the teacher."""
        giving = Giving(teachers is None, frozenset(teachers or ()), staff_approves)
        give(self.store, STAFF, f"{platform}-school", giving, self.life.clock())

    @rule(scope=some.sampled_from(["school", "platform", "account"]), platform=some_platform)
    def stops(self, scope: str, platform: str) -> None:
        self.life.stop(scope, {"school": "", "platform": platform, "account": f"{platform}-school"}[scope])

    @rule()
    def goes_on(self) -> None:
        self.life.go()

    # The promises ----------------------------------------------------------------------------------------------

    def about_to_be_public(self, sent: Any) -> None:
        """What must hold of a post at the moment in which it is sent."""
        job = self.store.job(job_id=sent.job_id)
        campaign, account = self.life.campaign(), self.store.account(account=job.account)
        approval = self.store.approval_in_force(campaign_id=job.campaign_id)
        stopped = self.store.connection.execute(
            "SELECT FROM stopped_account WHERE account = %s", (job.account,)
        ).fetchone()
        objections = {
            "off": campaign.off,
            "by hand": account.delivery != Delivery.API or job.handed_off_at,
            "not approved": approval is None or sent.payload_ref not in approval.payload_refs,
            "not approved by staff": account.staff_approves and not (approval and approval.by_staff),
            "not the teacher's to use": not self.may_use(account),
            "stopped": stopped is not None,
            "cancelled": job.job_id in self.cancelled,
            "before its time": job.scheduled_at > self.life.clock(),
            "too late": job.useless_after <= self.life.clock(),
        }
        self.wrong += [f"{job.platform} {job.touchpoint} was sent: {name}" for name, so in objections.items() if so]

    def goes_along(self) -> None:
        """What a person decided of a moment is decided on whatever account it is now."""
        jobs = self.life.jobs()
        for job in jobs:
            there = [one for one in jobs if (one.platform, one.touchpoint) == (job.platform, job.touchpoint)]
            if job.state == JobState.CANCELLED and job.error_code is None:
                self.cancelled |= {job.job_id} if {one.job_id for one in there} & self.cancelled else set()
            if job.moved_at and self.moved.get(job.job_id) != job.scheduled_at:
                chosen = {self.moved.get(one.job_id) for one in there if one.moved_at == job.moved_at}
                self.moved |= {job.job_id: job.scheduled_at} if job.scheduled_at in chosen else {}

    def may_use(self, account: Any) -> bool:
        if account.owner is not None:
            return account.owner == "teacher-li"
        return account.for_all or any(
            use.teacher == "teacher-li" for use in self.store.users_of_account(account=account.account)
        )

    @invariant()
    def never_twice(self) -> None:
        posted = Counter((post.platform, post.moment) for post in self.life.feeds.posts)
        twice = [post for post, times in posted.items() if times > 1 + self.asked[post]]
        assert not twice, (twice, self.life.feeds.posts)

    @invariant()
    def never_lost(self) -> None:
        self.goes_along()
        for job in self.life.jobs():
            match job.state:
                case JobState.SUCCESS:
                    assert self.life.feeds.of(job.job_id), f"{job} reads live and is not"
                case JobState.FAILED:
                    assert job.error_code and job.error_message, f"{job} does not say what happened"
                case JobState.CANCELLED:
                    assert (job.job_id in self.cancelled) != (job.error_code in PLANS_OWN), f"who cancelled {job}?"

    @invariant()
    def nothing_went_out_that_must_not(self) -> None:
        assert not self.wrong, self.wrong

    @invariant()
    def a_chosen_time_stays(self) -> None:
        self.goes_along()
        for job in self.life.jobs():
            if job.job_id in self.moved and job.state == JobState.QUEUED and self.has_a_place(job):
                assert job.scheduled_at == self.at(job.platform, job.touchpoint, job), f"{job} lost its time"

    def teardown(self) -> None:
        """Everything is approved, works, and is let go on: then what is wanted goes live."""
        if not hasattr(self, "life") or self.wrong:
            return
        life = self.life
        life.feeds.moods.clear()
        life.go()
        life.set_off(None)
        life.set_consent(True)
        for account in self.store.accounts():
            self.store.resume_account(account=account.account, reason=None)
        life.publish()
        self.looks_and_tells()
        self.texts += 1
        life.edit(f"Text {self.texts}")
        if not self.tries(lambda: life.approve(by_staff=True)):
            return  # there is nothing to plan
        wanted = self.wanted()
        life.until(life.campaign().concert_datetime + timedelta(days=6))
        for _ in range(8):  # what is being looked after comes to its end
            life.after(hours=3)
        self.never_twice()
        self.never_lost()
        self.nothing_went_out_that_must_not()
        jobs = {(job.platform, job.touchpoint, job.account): job for job in life.jobs()}
        for post, delivery in wanted.items():
            assert post in jobs, f"{post} is not planned"
            done = jobs[post].state == JobState.SUCCESS
            assert done or (delivery is Delivery.HANDOFF and jobs[post].handed_off_at), f"not live: {jobs[post]}"
        left = [job for job in life.jobs() if job.state in (JobState.QUEUED, JobState.RUNNING)]
        assert not [job for job in left if self.has_a_place(job)], f"never ended: {left}"

    def wanted(self) -> dict[tuple[str, str, str], Delivery]:
        """What must be live at the end, by arithmetic of its own: (platform, moment, account) -> how."""
        life, wanted = self.life, {}
        jobs = {(job.platform, job.touchpoint, job.account): job for job in life.jobs()}
        concert_at, now = life.campaign().concert_datetime, life.clock()
        thanks = ("thank_you",) if "thank_you" in life.campaign().timeline else ()
        for account in self.store.accounts_of_campaign(campaign_id=self.life.campaign_id):
            for moment in (*MOMENTS, *thanks):
                post = (account.platform, moment, account.account)
                job = jobs.get(post)
                if account.platform not in PLATFORMS or (job and not self.may_still_go(job)):
                    continue
                if (job is None or job.state == JobState.CANCELLED) and self.elsewhere(post, jobs.values()):
                    continue
                at = self.at(account.platform, moment, job)
                if misplaced(moment, at, concert_at, life.settings):
                    continue
                if useless_from(at, moment, concert_at, life.settings) > max(now, at) + ENOUGH_TIME:
                    wanted[post] = Delivery.HANDOFF if job and job.handed_off_at else Delivery(account.delivery)
        return wanted

    def may_still_go(self, job: Any) -> bool:
        if job.job_id in self.cancelled or job.action_required == Action.CONFIRM_OUTCOME:
            return False
        return job.error_code != "missed_window"

    def elsewhere(self, post: tuple[str, str, str], jobs: Any) -> bool:
        return any(
            (job.platform, job.touchpoint) == post[:2] and job.account != post[2]
            and (job.state in (JobState.SUCCESS, JobState.RUNNING) or job.handed_off_at
                 or job.action_required == Action.CONFIRM_OUTCOME)
            for job in jobs
        )  # fmt: skip

    def at(self, platform: str, moment: str, job: Any | None) -> datetime:
        """The time that a person chose if it fits, else the timeline's."""
        campaign = self.life.campaign()
        chosen = self.moved.get(job.job_id) if job else None
        # What the plan had taken out comes back by the timeline if the chosen time was over by then.
        over = chosen and job.moved_at is None and self.is_over(chosen, moment)
        if chosen and (over or misplaced(moment, chosen, campaign.concert_datetime, self.life.settings)):
            del self.moved[job.job_id]
            chosen = None
        return chosen or touchpoint_moment(campaign, platform, moment, self.life.clock(), self.life.settings)

    def is_over(self, at: datetime, moment: str) -> bool:
        concert_at = self.life.campaign().concert_datetime
        return useless_from(at, moment, concert_at, self.life.settings) <= self.life.clock()

    # ------------------------------------------------------------------------------------------------------------

    def has_a_place(self, job: Any) -> bool:
        posting = self.store.accounts_of_campaign(campaign_id=self.life.campaign_id)
        return job.account in {row.account for row in posting}

    def job(self, which: int) -> Any | None:
        jobs = self.life.jobs()
        return jobs[which % len(jobs)] if jobs else None

    def picture(self) -> str:
        return review(self.store, self.life.campaign_id).media[0].media_id

    def tries(self, does: Callable[[], object]) -> bool:
        """What people are refused changes nothing."""
        with suppress(ConflictError, RefusedError):
            does()
            return True
        return False


STORIES = int(os.environ.get("STORIES", "0"))


@pytest.mark.timeout(0 if STORIES else 600)
def test_the_three_promises_hold_in_every_story(store: Store, settings: Settings):
    class Played(Stories):
        pass

    Played.store, Played.settings = store, settings
    few = {} if STORIES else {"derandomize": True}
    chosen = hypothesis_settings(
        max_examples=STORIES or 8, stateful_step_count=20, deadline=None, database=None, report_multiple_bugs=False,
        phases=[Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck), print_blob=False, **few,
    )  # fmt: skip
    run_state_machine_as_test(Played, settings=chosen)
