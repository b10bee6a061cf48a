"""The one approval: exactly what was seen, with every rule that an approval must keep; then the campaign's posts are
made right by it. The API, the pages and the review in Airflow all come through here, and each may ask beforehand what
an approval would do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from encore.campaigns import fact_review
from encore.campaigns.binding import Binding, Effect, Reason
from encore.campaigns.interrupting import REPLANNED, interrupt
from encore.campaigns.plan_notes import plan_notes
from encore.campaigns.preview import posts
from encore.campaigns.rebinding import carry_out, plan_of
from encore.campaigns.restoring import put_back, require_time_left
from encore.campaigns.review import Reviewed, review_of
from encore.campaigns.timeline import objection
from encore.campaigns.turn import lock, require_taking_place
from encore.domain.content import approval_sha256
from encore.domain.job import Delivery, Platform, Touchpoint
from encore.errors import ConflictError, NotFoundError, OutdatedError, RefusedError
from encore.platforms.about import Declarations, declarations
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store
from encore.words.sentence import Sentence, sentence


@dataclass(frozen=True)
class Choices:
    """What an approver chooses and declares, besides the content itself.

    `audiences`: platform -> who may see its posts, where the platform wants that chosen. `confirmations`: what
    platforms want declared. `confirmed`: the keys (`UnsupportedFact.key`, `Stale.key`) of what the approver vouches
    for. `at_once`: moments whose day has passed and that go out as soon as they are approved. `restored`: jobs whose
    cancel is taken back. `consents`: pictures and videos of students whose consent the approver says is on file.
    """

    audiences: Mapping[str, str] = field(default_factory=dict)
    confirmations: Collection[str] = ()
    confirmed: Collection[str] = ()
    at_once: Collection[str] = ()
    restored: Collection[str] = ()
    consents: Collection[str] = ()


@dataclass(frozen=True)
class Scheduled:
    """`notes`: for everything that does not go out as the timeline says."""

    approval: rows.Approval
    jobs: tuple[rows.PublishJob, ...]
    notes: tuple[Sentence, ...]


def schedule(
    store: Store,
    settings: Settings,
    campaign_id: str,
    approved_by: str,
    seen: str,
    choices: Choices,
    now: datetime,
    *,
    by_staff: bool = False,
) -> Scheduled:
    """Approve what has the digest `seen` (`Reviewed.digest`) and make its posts right by it. Repeated, it finds the
    first. `by_staff`: whether staff approve, for whom posts through some of the school's accounts wait.

    Raises `OutdatedError` when the content changed since, `ConflictError` while it is being generated or the concert
    is off, and `RefusedError`, naming the field, for what must not be approved: an audience or a declaration missing,
    students shown without consent, what no fact supports or what is stale and nobody vouches for, what a platform
    would refuse, nothing there. Then nothing is approved and nothing planned.
    """
    with store.transaction():
        campaign = lock(store, campaign_id)
        if choices.consents:
            # PIL comes with it, which whoever only foresees can do without.
            from encore.campaigns.media_library import set_consent_in_turn

            for media_id in choices.consents:
                set_consent_in_turn(store, settings, campaign, media_id, True, now)
        return schedule_in_turn(store, settings, review_of(store, campaign), approved_by, seen, choices, now, by_staff)


def schedule_in_turn(
    store: Store,
    settings: Settings,
    reviewed: Reviewed,
    approved_by: str,
    seen: str,
    choices: Choices,
    now: datetime,
    by_staff: bool,
) -> Scheduled:
    """The same for whoever has the campaign's turn, with its content as it is in this turn and every consent given. A
    refusal undoes the transaction, which is the caller's."""
    campaign = reviewed.campaign
    require_taking_place(campaign)
    if store.open_generation_request(campaign_id=campaign.campaign_id):
        raise ConflictError("approval.being_generated", code="being_generated")
    if not reviewed.texts or not reviewed.media:
        raise RefusedError("approval.no_content", field="content")
    if seen != reviewed.digest:
        raise OutdatedError("approval.content_changed", current={"content_sha256": reviewed.digest})
    _check_platforms(store, campaign, choices)
    _check_consent(reviewed)
    vouched = fact_review.confirmed(settings, reviewed, choices.confirmed, now)
    reviewed = replace(reviewed, campaign=_sent_at_once(store, settings, campaign, choices.at_once, now))
    approval = _approval(store, reviewed, approved_by, choices, vouched, now, by_staff)
    for job in _restored(store, campaign, choices.restored):
        put_back(store, settings, campaign, job, now)
    plan = plan_of(store, settings, reviewed, approval.approved_at, now, by_staff=approval.by_staff)
    for job_id in choices.restored:
        require_time_left(settings, campaign, job_id, plan.bindings, now)
    _check_content(settings, reviewed, plan.bindings, now)
    carry_out(store, settings, plan, now)
    jobs = store.jobs_of_campaign(campaign_id=campaign.campaign_id)
    notes = plan_notes(campaign, plan.bindings)
    if not jobs:
        raise RefusedError("approval.nothing_to_plan", notes=notes, field="timeline")
    return Scheduled(approval, tuple(jobs), notes)


def foresee(
    store: Store, settings: Settings, reviewed: Reviewed, now: datetime, *, by_staff: bool = False
) -> tuple[Binding, ...]:
    """What an approval of the content as it is would do, post by post. Changes nothing."""
    return plan_of(store, settings, reviewed, now, now, by_staff=by_staff).bindings


def can_go_at_once(
    settings: Settings, campaign: rows.Campaign, bindings: Iterable[Binding], now: datetime
) -> tuple[Touchpoint, ...]:
    """The moments whose day has passed before anything of them went out, and that would still make sense: an approver
    is asked whether they go out as soon as they are approved."""
    past = dict.fromkeys(
        Touchpoint(binding.touchpoint) for binding in bindings
        if binding.reason is Reason.PAST and binding.effect is Effect.LEFT_OUT
    )  # fmt: skip
    return tuple(name for name in past if _makes_sense(settings, campaign, name, now))


def wanted_of(store: Store, campaign: rows.Campaign) -> dict[Platform, Declarations]:
    """What the campaign's platforms want chosen or declared, of those through whose API something is posted."""
    accounts = store.accounts_of_campaign(campaign_id=campaign.campaign_id)
    by_api = {row.platform for row in accounts if row.delivery == Delivery.API}
    asked = {Platform(name): declarations(name) for name in campaign.platforms if name in by_api}
    return {platform: wants for platform, wants in asked.items() if wants.audiences or wants.confirmations}


# The rules ----------------------------------------------------------------------------------------------------


def _check_platforms(store: Store, campaign: rows.Campaign, choices: Choices) -> None:
    wanted = wanted_of(store, campaign)
    for platform, wants in wanted.items():
        offered = [audience.key for audience in wants.audiences]
        if offered and choices.audiences.get(platform) not in offered:
            raise RefusedError("approval.no_audience", platform=platform, field=f"privacy.{platform}")
    declared = [
        sentence(f"{platform}.{asked.key}") for platform, wants in wanted.items() for asked in wants.confirmations
        if asked.key not in choices.confirmations
    ]  # fmt: skip
    if declared:
        raise RefusedError("approval.not_declared", declared=declared, field="confirmations")


def _check_consent(reviewed: Reviewed) -> None:
    if any(row.contains_students and not row.consent_on_file for row in reviewed.media):
        raise RefusedError("media.no_consent", field="media")


def _restored(store: Store, campaign: rows.Campaign, job_ids: Collection[str]) -> list[rows.PublishJob]:
    """Of this campaign alone: the turn on another is not ours, and its posts may be a stranger's."""
    jobs = {job.job_id: job for job in store.jobs_of_campaign(campaign_id=campaign.campaign_id)} if job_ids else {}
    if unknown := [name for name in job_ids if name not in jobs]:
        raise NotFoundError("job.unknown", job=unknown[0])
    return [jobs[name] for name in job_ids]


def _sent_at_once(
    store: Store, settings: Settings, campaign: rows.Campaign, moments: Collection[str], now: datetime
) -> rows.Campaign:
    """The campaign's row, with these moments' time now."""
    for name in moments:
        if name not in settings.moments or not _makes_sense(settings, campaign, Touchpoint(name), now):
            raise RefusedError("approval.not_at_once", moment=name, field="at_once")
    if not moments:
        return campaign
    timeline = {**campaign.timeline, **dict.fromkeys(moments, now.isoformat())}
    store.set_timeline(campaign_id=campaign.campaign_id, timeline=timeline, now=now)
    return rows.there(store.campaign(campaign_id=campaign.campaign_id))


def _makes_sense(settings: Settings, campaign: rows.Campaign, touchpoint: Touchpoint, now: datetime) -> bool:
    return not campaign.off and objection(campaign, touchpoint, now, settings, now) is None


def _approval(
    store: Store,
    reviewed: Reviewed,
    approved_by: str,
    choices: Choices,
    vouched: list[str],
    now: datetime,
    by_staff: bool,
) -> rows.Approval:
    """The same approval again is the first one, unless it is that of staff which was wanting."""
    campaign_id, audiences = reviewed.campaign.campaign_id, dict(choices.audiences)
    in_force = store.approval_in_force(campaign_id=campaign_id)
    same = in_force and in_force.content_sha256 == reviewed.digest and in_force.privacy == audiences
    if in_force and same and (in_force.by_staff or not by_staff):
        return in_force
    for job in store.jobs_of_campaign(campaign_id=campaign_id) if in_force and not same else ():
        interrupt(store, job, REPLANNED, now)  # what its task has prepared may be for another audience
    why = sentence("void.approved_anew")
    store.void_approval(campaign_id=campaign_id, reason=str(why), said=why.stored, now=now)
    return store.put_approval(
        campaign_id=campaign_id,
        approved_by=approved_by,
        payload_refs=reviewed.parts,
        content_sha256=approval_sha256(reviewed.parts),
        privacy=audiences,
        confirmations=[*choices.confirmations, *vouched],
        by_staff=by_staff,
        now=now,
    )


def _check_content(settings: Settings, reviewed: Reviewed, foreseen: Iterable[Binding], now: datetime) -> None:
    """Better told now than when it is due."""
    for binding in foreseen:
        if binding.reason in (Reason.NO_TEXT, Reason.NO_PICTURE):
            place = {"platform": binding.platform, "moment": binding.touchpoint}
            raise RefusedError(f"approval.{binding.reason}", **place, field="content")
    going = {
        (binding.platform, binding.touchpoint) for binding in foreseen
        if binding.effect in (Effect.PLANNED, Effect.AT_ONCE, Effect.BY_HAND)
    }  # fmt: skip
    for post in posts(settings, reviewed, now):
        if post.problems and (post.platform, post.touchpoint) in going:
            raise RefusedError(
                "approval.would_be_refused", platform=post.platform, moment=post.touchpoint,
                problems=[problem.said for problem in post.problems], field=f"content.{post.touchpoint}",
            )  # fmt: skip
