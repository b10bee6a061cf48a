"""What a plan leaves out or changes, for the people whose campaign it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from zoneinfo import ZoneInfo

from encore.campaigns.binding import Binding, Effect, Reason
from encore.store import rows
from encore.words.sentence import Sentence, sentence, sentence_of, verbatim


def plan_notes(campaign: rows.Campaign, bindings: Iterable[Binding]) -> tuple[Sentence, ...]:
    """One sentence for each post that does not go out as its timeline says, in the order of the plan."""
    zone = ZoneInfo(campaign.timezone)
    found: list[Sentence] = []
    for binding in bindings:
        found += [note for note in _notes(campaign, binding, zone) if note not in found]
    return tuple(found)


def stored_notes(campaign: rows.Campaign) -> tuple[Sentence, ...]:
    """The same as the campaign's row keeps them; one of before is the English that it was written in."""
    notes = campaign.plan_notes.get("notes", ())
    return tuple(verbatim(note) if isinstance(note, str) else sentence_of(note) for note in notes)


def _notes(campaign: rows.Campaign, binding: Binding, zone: ZoneInfo) -> Iterator[Sentence]:
    place = {"platform": binding.platform, "moment": binding.touchpoint}
    timed = {**place, "at": binding.at.astimezone(zone)} if binding.at else place
    match binding.effect, binding.reason:
        case _, Reason.STAFF:
            yield sentence("note.staff", platform=binding.platform, account=binding.account)
        case Effect.LEFT_OUT, Reason.NO_ACCOUNT:
            chosen = binding.platform in campaign.accounts
            yield sentence("note.none_of_chosen" if chosen else "note.no_account", platform=binding.platform)
        case Effect.LEFT_OUT, Reason.ACCOUNT_GONE:
            yield sentence("note.account_gone", **place, account=binding.account)
        case Effect.LEFT_OUT, Reason.PAST | Reason.MISPLACED as reason:
            yield sentence(f"note.{reason}", **timed)
        case Effect.LEFT_OUT, reason:
            yield sentence(f"note.{reason}", **place)
        case Effect.STAYS_CANCELLED | Effect.STAYS_FAILED as effect, _:
            yield sentence(f"note.{effect}", **place)
    if binding.lost_time and binding.at and binding.effect is not Effect.LEFT_OUT:
        yield sentence("note.time_lost", **timed, lost=binding.lost_time.astimezone(zone))
