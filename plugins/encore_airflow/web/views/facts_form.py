"""The form of a concert's facts: as it is shown, as it came back, and the facts that it means."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

from encore.campaign_changes import read_facts
from encore.domain.campaign import known_timeline
from encore.domain.job import Platform, Touchpoint
from encore.errors import InvalidFactsError, RefusedError
from encore.planning import SKIP
from encore_airflow.web.clock import instant_of, local_field
from encore_airflow.web.preferences import all_zones
from encore_airflow.web.views.labels import touchpoint_name
from encore_airflow.web.visit import Visit, text_of, texts_of

USUAL, AT = "usual", "at"
TEXTS = (
    "teacher_id", "concert_title", "concert_datetime", "timezone", "venue_or_link", "student_highlights", "cta_link",
)  # fmt: skip


@dataclass(frozen=True)
class PostingTime:
    """`choice`: `usual`, `skip`, or `at` the local time `at`."""

    touchpoint: str
    name: str
    usual: str
    choice: str
    at: str


@dataclass
class FactsForm:
    """Everything as it was typed. `wrong`: field -> sentences."""

    values: dict[str, str]
    platforms: list[str]
    times: list[PostingTime]
    wrong: dict[str, list[str]] = field(default_factory=dict)
    zones: tuple[str, ...] = field(default_factory=all_zones)
    every_platform: tuple[str, ...] = tuple(Platform)

    def refuse(self, visit: Visit, err: RefusedError) -> FactsForm:
        """Say at each field what is wrong with it."""
        found = err.problems if isinstance(err, InvalidFactsError) else [(err.field or "", f"{err}")]
        for name, sentence in found:
            self.wrong.setdefault(name, []).append(visit.words.told(sentence))
        return self


def blank_form(visit: Visit) -> FactsForm:
    values = dict.fromkeys(TEXTS, "")
    values |= {"timezone": visit.reads.zone or "", "teacher_id": visit.person.name}
    return FactsForm(values, list(Platform), _times(visit, {}))


def form_of(visit: Visit, campaign: Any) -> FactsForm:
    values = {name: str(getattr(campaign, name) or "") for name in TEXTS}
    values["concert_datetime"] = local_field(campaign.concert_datetime, campaign.timezone)
    chosen = {
        touchpoint: (SKIP, "")
        if override == SKIP
        else (AT, local_field(datetime.fromisoformat(override), campaign.timezone))
        for touchpoint, override in known_timeline(campaign).items()
    }
    return FactsForm(values, list(campaign.platforms), _times(visit, chosen))


def form_sent(visit: Visit, sent: FormData) -> FactsForm:
    chosen = {name: (text_of(sent, f"when_{name}") or USUAL, text_of(sent, f"at_{name}")) for name in Touchpoint}
    values = {name: text_of(sent, name) for name in TEXTS}
    return FactsForm(
        values, [name for name in texts_of(sent, "platforms") if name in list(Platform)], _times(visit, chosen)
    )


def facts_meant(form: FactsForm, teacher_id: str, now: datetime) -> dict[str, Any]:
    """The facts as `CampaignFacts` takes them. Raises `InvalidFactsError` for all that is wrong with them at once."""
    zone = form.values["timezone"].strip()
    known = zone if zone in all_zones() or zone == "UTC" else "UTC"
    problems: dict[str, str] = {}

    def instant(written: str, name: str) -> str | None:
        try:
            return instant_of(written, known, name).astimezone(ZoneInfo(known)).isoformat()
        except RefusedError as err:
            problems[name] = str(err)
            return None

    given: dict[str, Any] = {name: form.values[name] for name in TEXTS} | {"teacher_id": teacher_id}
    given["concert_datetime"] = instant(form.values["concert_datetime"], "concert_datetime")
    given["platforms"] = form.platforms
    if not form.platforms:
        problems["platforms"] = str(RefusedError("Choose at least one platform."))
    times = {
        entry.touchpoint: SKIP if entry.choice == SKIP else instant(entry.at, "timeline")
        for entry in form.times
        if entry.choice in (SKIP, AT)
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


def times_not_asked(visit: Visit, campaign: Any) -> dict[str, str]:
    """What a campaign's timeline says of touchpoints that the form leaves out, because the school's timeline does."""
    return {name: at for name, at in known_timeline(campaign).items() if name not in visit.settings.moments}


def _times(visit: Visit, chosen: dict[Any, tuple[str, str]]) -> list[PostingTime]:
    found = []
    for touchpoint, rule in visit.settings.moments.items():
        choice, at = chosen.get(touchpoint, (USUAL, ""))
        if rule.days_before is None:
            usual = visit.words.say("{n} s after the approval", n=rule.after_approval)
        elif rule.days_before == 0:
            usual = visit.words.say("on the day of the concert")
        else:
            usual = visit.words.count("{n} day before", "{n} days before", rule.days_before)
        found.append(PostingTime(touchpoint, touchpoint_name(visit.words, touchpoint), usual, choice, at))
    return found
