"""The form of a concert's facts: as it is shown, as it came back, and the facts that it means."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

from encore.campaigns.facts import read_facts
from encore.campaigns.outlook import Outlook, outlook
from encore.domain.campaign import SKIP, USUAL, known_timeline
from encore.domain.details import DETAILS, as_typed
from encore.domain.job import Platform
from encore.domain.json import Json
from encore.domain.zones import zone_named
from encore.errors import EncoreError, InvalidFactsError, RefusedError
from encore.settings import TimelineRule
from encore.store import rows
from encore.words.sentence import Sentence, Words, sentence
from encore_airflow.web.viewer_time import instant_of, local_field
from encore_airflow.web.views.speaking_form import SpeakingForm, speaking_of, speaking_proposed, speaking_sent
from encore_airflow.web.visit import Visit, text_of, texts_of

AT = "at"
_SHOWN = {"time": re.compile(r"(?:\d\d:\d\d)?"), "date": re.compile(r"(?:\d{4}-\d\d-\d\d)?")}
_AHEAD = {Outlook.AT_ONCE: "facts.time_come", Outlook.ASKED: "facts.day_passed"}
_TEXTS = (
    "teacher_id", "concert_title", "concert_datetime", "timezone", "venue_or_link", "student_highlights", "cta_link",
)  # fmt: skip
TEXTS = (*_TEXTS, *DETAILS)


@dataclass(frozen=True)
class PostingTime:
    """`choice`: `usual`, `skip`, or `at` the local time `at`. `optional`: skipped unless it is asked for."""

    touchpoint: str
    name: str
    usual: str
    choice: str
    at: str
    optional: bool

    @property
    def default(self) -> str:
        return SKIP if self.optional else USUAL

    @property
    def meant(self) -> str | None:
        """What a timeline says for the choice, but for an own time; None where nothing need be said."""
        return self.choice if self.choice != self.default else None


@dataclass
class FactsForm:
    """Everything as it was typed. `wrong`: field -> sentences."""

    values: dict[str, str]
    platforms: list[str]
    times: list[PostingTime]
    wrong: dict[str, list[str]] = field(default_factory=dict)
    every_platform: tuple[str, ...] = tuple(Platform)
    speaking: SpeakingForm | None = None

    @property
    def tells_more(self) -> bool:
        """Whether something is in the part that is folded otherwise, right or wrong."""
        return any(self.values[name] or self.wrong.get(name) for name in DETAILS)

    def kind(self, name: str, kind: str) -> str:
        """Of an input: one that a browser would show empty, because it is no such value, is shown as text."""
        return kind if _SHOWN.get(kind, re.compile(".*")).fullmatch(self.values[name]) else "text"

    def refuse(self, visit: Visit, err: EncoreError) -> FactsForm:
        """Say at each field what is wrong with it."""
        found = err.problems if isinstance(err, InvalidFactsError) else [(getattr(err, "field", None) or "", err.said)]
        for name, said in found:
            self.wrong.setdefault(name, []).append(visit.words.in_full(said))
        return self


def blank_form(visit: Visit) -> FactsForm:
    values = dict.fromkeys(TEXTS, "")
    values |= {"timezone": visit.reads.zone or "", "teacher_id": visit.person.name}
    return FactsForm(values, list(Platform), _times(visit, {}), speaking=speaking_proposed(visit))


def form_of(visit: Visit, campaign: rows.Campaign) -> FactsForm:
    values = {name: str(getattr(campaign, name) or "") for name in _TEXTS}
    values |= dict.fromkeys(DETAILS, "") | as_typed(campaign.details)
    values["concert_datetime"] = local_field(campaign.concert_datetime, campaign.timezone)
    chosen = {
        touchpoint: (override, "")
        if override in (SKIP, USUAL)
        else (AT, local_field(datetime.fromisoformat(override), campaign.timezone))
        for touchpoint, override in known_timeline(campaign.timeline).items()
    }
    return FactsForm(values, list(campaign.platforms), _times(visit, chosen), speaking=speaking_of(visit, campaign))


def form_sent(visit: Visit, sent: FormData) -> FactsForm:
    chosen: dict[str, tuple[str, str]] = {
        name: (text_of(sent, f"when_{name}"), text_of(sent, f"at_{name}")) for name in visit.settings.moments
    }
    values = {name: text_of(sent, name) for name in TEXTS}
    values["pieces"] = "\n".join(values["pieces"].splitlines())
    return FactsForm(
        values, [name for name in texts_of(sent, "platforms") if name in list(Platform)], _times(visit, chosen),
        speaking=speaking_sent(visit, sent),
    )  # fmt: skip


def facts_meant(form: FactsForm, teacher_id: str, now: datetime) -> Json:
    """The facts as `CampaignFacts` takes them. Raises `InvalidFactsError` for all that is wrong with them at once."""
    known = zone_named(form.values["timezone"]) or "UTC"
    problems: dict[str, Sentence] = {}

    def instant(written: str, name: str) -> str | None:
        try:
            return instant_of(written, known, name).astimezone(ZoneInfo(known)).isoformat()
        except RefusedError as err:
            problems[name] = err.said
            return None

    given: Json = {name: form.values[name] for name in TEXTS} | {"teacher_id": teacher_id}
    given["concert_datetime"] = instant(form.values["concert_datetime"], "concert_datetime")
    given["platforms"] = form.platforms
    given |= form.speaking.meant if form.speaking else {}
    if not form.platforms:
        problems["platforms"] = sentence("facts.no_platform")
    times = {
        entry.touchpoint: instant(entry.at, "timeline") if entry.choice == AT else entry.meant for entry in form.times
    }
    given["timeline"] = {touchpoint: at for touchpoint, at in times.items() if at}
    try:
        read_facts(given, now)
    except InvalidFactsError as err:
        raise InvalidFactsError(
            [*problems.items(), *(found for found in err.problems if found[0] not in problems)]
        ) from None
    if problems:
        raise InvalidFactsError(list(problems.items()))
    return given


def pieces_kept(campaign: rows.Campaign, form: FactsForm) -> Json:
    """A programme that nobody touched stays as it came, which may say more than its lines do."""
    same = form.values["pieces"] == as_typed(campaign.details).get("pieces", "")
    return {"pieces": campaign.details["pieces"]} if same and form.values["pieces"] else {}


def times_kept(visit: Visit, campaign: rows.Campaign, form: FactsForm) -> dict[str, str]:
    """What a campaign's timeline says already: of touchpoints that the form leaves out, because the school's timeline
    does; and where the form says the same in other words (to the minute, or by saying nothing)."""
    kept = {name: at for name, at in known_timeline(campaign.timeline).items() if name not in visit.settings.moments}
    same_zone = form.values["timezone"] == campaign.timezone
    known = {entry.touchpoint: entry for entry in form_of(visit, campaign).times}
    for entry in form.times:
        before, said = known.get(entry.touchpoint), campaign.timeline.get(entry.touchpoint)
        own_time = entry.choice == AT
        same = before and (entry.choice, own_time and entry.at) == (before.choice, own_time and before.at)
        if said and same and (same_zone or not own_time):
            kept[entry.touchpoint] = said
    return kept


def moments_ahead(visit: Visit, form: FactsForm) -> tuple[str, ...]:
    """What would not go as the timeline says, if this concert were approved now; nothing before it has its date."""
    zone = zone_named(form.values["timezone"])
    if zone is None:
        return ()
    try:
        at = instant_of(form.values["concert_datetime"], zone, "concert_datetime")
        times = {
            entry.touchpoint: instant_of(entry.at, zone, "timeline").isoformat() if entry.choice == AT else entry.meant
            for entry in form.times
        }
    except RefusedError:
        return ()
    if at <= visit.now:
        return ()
    timeline = {name: when for name, when in times.items() if when}
    concert: Any = SimpleNamespace(concert_datetime=at, timezone=zone, platforms=form.platforms, timeline=timeline)
    return tuple(
        visit.say(_AHEAD.get(becomes, "facts.no_time_left"), moment=name)
        for name, becomes in outlook(concert, visit.settings, visit.now).items()
    )


def _times(visit: Visit, chosen: dict[str, tuple[str, str]]) -> list[PostingTime]:
    found = []
    for touchpoint, rule in visit.settings.moments.items():
        choice, at = chosen.get(touchpoint, ("", ""))
        name = visit.say(f"touchpoint.{touchpoint}")
        choice = choice or (SKIP if rule.optional else USUAL)
        found.append(PostingTime(touchpoint, name, _usual(visit.words, rule), choice, at, rule.optional))
    return found


def _usual(words: Words, rule: TimelineRule) -> str:
    if rule.after_approval is not None:
        return words.say("facts.seconds_after_approval", n=rule.after_approval)
    if rule.days_after:
        return words.say("facts.days_after", n=rule.days_after)
    if rule.days_before:
        return words.say("facts.days_before", n=rule.days_before)
    return words.say("facts.on_the_day")
