"""Requests for content: taken up by one run at a time, which keeps them as long as it shows signs of life."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from encore.campaigns.access import Person
from encore.campaigns.day_limits import Counting, Use
from encore.campaigns.turn import lock, require_taking_place
from encore.domain.json import Json
from encore.errors import ConflictError, LostRequestError, RefusedError
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store
from encore.words.sentence import Sentence

BY_TEACHER, IN_AIRFLOW, BY_NOBODY = "pages", "airflow", "auto"
"""Who reviews what was generated for a request."""

MOST_REQUESTS = 100
"""Requests that one run takes up."""

LONGEST_PAUSE = timedelta(minutes=15)
"""Between two tries to reach the model that writes, unless it asked for a longer one."""


@dataclass(frozen=True)
class ClaimedRequest:
    """One element of the mapped group."""

    request_id: int
    label: str


@dataclass(frozen=True)
class Turn:
    """A run's turn on a request: all that is written for the request is written by it."""

    request_id: int
    run_id: str


@dataclass(frozen=True)
class Anew:
    """That everything is to be written anew. What was written or edited after somebody asked for it stands, so that a
    step that is run again does nothing twice."""

    keep_edited: bool
    asked_at: datetime

    @classmethod
    def of(cls, request: rows.GenerationRequest) -> Anew | None:
        """What a row of `generation_request` asks for; None for one that asks only for what is missing or outdated."""
        if not request.anew:
            return None
        return cls(request.anew["keep_edited"], datetime.fromisoformat(request.anew["asked_at"]))

    def replaces(self, text: rows.ContentAsset) -> bool:
        """Whether a text, a row of `content_asset`, is to make way for another."""
        kept = self.keep_edited and text.provenance.get("editor")
        return not kept and text.updated_at <= self.asked_at


def request_generation(
    store: Store,
    settings: Settings,
    campaign_id: str,
    requested_by: str,
    now: datetime,
    *,
    review: str = BY_TEACHER,
    privacy: dict[str, str] | None = None,
    anew: bool = False,
    keep_edited: bool = True,
    by: Person | None = None,
) -> rows.GenerationRequest:
    """Ask for a campaign's content; the row wakes Airflow. Asked again while one waits, it returns that one; while one
    is worked on, another waits, since the first has perhaps read already what has changed since.

    `anew`: whatever stands is written again from today's facts, with `keep_edited` all but what a person wrote. A
    request that waits becomes one that does so, and stays it whoever asks after that. `by`: in whose day a new request
    counts, if in anybody's.

    Raises `ConflictError` for a concert that does not take place as planned, `UsedUpError`.
    """
    if review == BY_NOBODY and not settings.generation.auto_approve:
        raise RefusedError("generation.auto_approve_off", field="auto_approve")
    with store.transaction():
        campaign = lock(store, campaign_id)
        wish = {"keep_edited": keep_edited, "asked_at": now.isoformat()} if anew else None
        last = store.last_generation_request(campaign_id=campaign_id) if by else None
        asked = request_in_turn(store, campaign, requested_by, now, review=review, privacy=privacy, anew=wish)
        if by and (last is None or asked.request_id != last.request_id):  # else it is the one that waited already
            Counting(by, settings.day).use(store, Use.GENERATION, campaign.timezone, now)
        return asked


def request_in_turn(
    store: Store,
    campaign: rows.Campaign,
    requested_by: str,
    now: datetime,
    *,
    review: str = BY_TEACHER,
    privacy: Json | None = None,
    anew: Json | None = None,
) -> rows.GenerationRequest:
    """The same for whoever has the campaign's turn; without more, for what is missing or outdated."""
    require_taking_place(campaign)
    return store.put_generation_request(
        campaign_id=campaign.campaign_id,
        requested_by=requested_by,
        review=review,
        now=now,
        privacy=privacy or {},
        anew=anew,
    )


def claim_requests(store: Store, settings: Settings, run_id: str, now: datetime) -> list[ClaimedRequest]:
    """Take up what waits, by turns: a teacher for whom nothing is worked on comes before a second campaign of another,
    so that many requests of one hold up another's by the one that is being worked on at most.

    Called again for the same run it returns the same list and takes nothing new."""
    with store.transaction():
        taken = store.generation_requests_of_run(run_id=run_id)
        if not taken:
            silent_since, at_once = now - _patience(settings), settings.generation.at_once
            store.lock_generation_claims()
            store.claim_generation_requests(
                run_id=run_id, now=now, stale_before=silent_since, at_once=at_once, most=MOST_REQUESTS
            )
            taken = store.generation_requests_of_run(run_id=run_id)
    return [ClaimedRequest(row.request_id, row.concert_title) for row in taken]


def _patience(settings: Settings) -> timedelta:
    """How long a run may show no life before it is believed dead: never less than a try to write and the pause after it
    may take."""
    writer = settings.writer
    calls = (1 + writer.repairs) * (1 + writer.retries)
    longest = timedelta(seconds=calls * writer.call_seconds) + LONGEST_PAUSE
    return max(timedelta(minutes=settings.generation.stale_minutes), longest)


def show_life(store: Store, turn: Turn, at: datetime) -> None:
    """Keep the request for the run that has the turn. `at`: now, or until when it is going to be silent.

    Raises `LostRequestError` once another run has the request.
    """
    if not store.renew_generation_request(request_id=turn.request_id, run_id=turn.run_id, alive_at=at):
        raise LostRequestError("generation.run_replaced")


def request_from_form(
    store: Store, settings: Settings, campaign_id: str, staff: str, run_id: str, now: datetime
) -> None:
    """Make a request of staff in Airflow and take it up for this run, where it is reviewed.

    Raises `ConflictError` while another run works on the same campaign.
    """
    with store.transaction():
        if any(row.campaign_id == campaign_id for row in store.generation_requests_of_run(run_id=run_id)):
            return
        request = request_generation(store, settings, campaign_id, staff, now, review=IN_AIRFLOW)
        if not store.claim_generation_request(request_id=request.request_id, run_id=run_id, now=now):
            raise ConflictError("generation.already_runs", campaign=campaign_id, run=request.claimed_by)


def await_review(store: Store, turn: Turn) -> None:
    """The content stands and a person is asked to look at it; meanwhile the campaign is as free as any other."""
    store.await_review(request_id=turn.request_id, run_id=turn.run_id)


def finish(store: Store, turn: Turn, state: str, said: Sentence | None, now: datetime) -> None:
    """End the request as `done` or `failed`; nothing happens where another run has it."""
    note, note_said = (said.in_full[:500], said.stored) if said else (None, None)
    store.end_generation_request(
        request_id=turn.request_id, run_id=turn.run_id, state=state, note=note, note_said=note_said, now=now
    )
