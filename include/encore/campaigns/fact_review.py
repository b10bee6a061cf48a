"""What a person must vouch for before an approval: what a campaign's texts state and its facts do not support, also by
a second look of the model that wrote them, and what was made from facts, texts or pictures that have changed since."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from encore.campaigns.days_out import DaysOut
from encore.campaigns.speaking import is_unused
from encore.campaigns.staleness import stale_parts
from encore.content.facts.claims import FactFinding
from encore.content.facts.fact_check import check_facts
from encore.content.facts.sheet import FactSheet
from encore.content.writing.second_look import findings_of
from encore.domain.campaign import stored_facts
from encore.domain.content import payload_ref
from encore.domain.job import Touchpoint
from encore.errors import RefusedError
from encore.settings import Settings
from encore.store import rows
from encore.words.sentence import Sentence, sentence

if TYPE_CHECKING:
    from encore.campaigns.review import Reviewed

CONFIRMED = "fact:"
"""How a confirmed statement begins among an approval's confirmations."""
_LONGEST = 80


@dataclass(frozen=True)
class UnsupportedFact:
    """One statement of one text. A text that says it twice needs one confirmation."""

    asset_id: str
    version: int
    finding: FactFinding

    @property
    def key(self) -> str:
        """What a person confirms: these words in this version of this text, and no other."""
        said = self.finding.text
        if len(said) > _LONGEST:
            said = f"{said[:_LONGEST]}…{hashlib.sha256(said.encode()).hexdigest()[:12]}"
        return f"{CONFIRMED}{payload_ref(self.asset_id, self.version)}:{self.finding.kind}:{said}"


def unsupported_facts(settings: Settings, reviewed: Reviewed, now: datetime) -> tuple[UnsupportedFact, ...]:
    """What no fact supports in any of the texts that a campaign uses, in their order; each by the day on which it goes
    out."""
    campaign = reviewed.campaign
    facts = FactSheet.of(stored_facts(campaign))
    day_out = DaysOut(settings, campaign, now, reviewed.settled)
    found = (
        fact
        for row in reviewed.texts
        if not is_unused(settings, campaign, row)
        for fact in _unsupported(row, facts, day_out(row.platform, row.touchpoint))
    )
    return tuple({fact.key: fact for fact in found}.values())


def untrue_then(
    settings: Settings, reviewed: Reviewed, platform: str, touchpoint: str, at: datetime, now: datetime
) -> tuple[UnsupportedFact, ...]:
    """What a post's texts state that is not true if it goes out at `at`, beyond what is so on the day on which it goes
    out by now."""
    place = (platform, touchpoint)
    post = replace(reviewed, texts=tuple(row for row in reviewed.texts if (row.platform, row.touchpoint) == place))
    then = replace(post, settled={**reviewed.settled, place: at})
    today = {fact.key for fact in unsupported_facts(settings, post, now)}
    return tuple(fact for fact in unsupported_facts(settings, then, now) if fact.key not in today)


def confirmed(settings: Settings, reviewed: Reviewed, given: Collection[str], now: datetime) -> list[str]:
    """The keys of all that a person must vouch for, if one did: what is unsupported, and what is stale.

    Raises `RefusedError` naming what was not confirmed. Keys that mean nothing here are left out.
    """
    needed, old = unsupported_facts(settings, reviewed, now), stale_parts(settings, reviewed)
    missing = [fact for fact in needed if fact.key not in given]
    unseen = [part for part in old if part.key not in given]
    if missing or unseen:
        found = [(fact.finding.said, fact.asset_id) for fact in missing] + [(part.said, part.part) for part in unseen]
        raise RefusedError("approval.not_confirmed", found=_told(found), field="confirmed_facts")
    return [entry.key for entry in (*needed, *old)]


def _unsupported(text: rows.ContentAsset, facts: FactSheet, on: date | None) -> Iterable[UnsupportedFact]:
    touchpoint = Touchpoint(text.touchpoint) if text.touchpoint else None
    looked = (_placed(finding, text.content) for finding in findings_of(text.provenance))
    for finding in (*check_facts(text.content, facts, touchpoint, on), *looked):
        yield UnsupportedFact(text.asset_id, text.version, finding)


def _placed(finding: FactFinding, content: str) -> FactFinding:
    """Where it stands; a model may have said it in other words."""
    at = max(content.find(finding.text), 0)
    return replace(finding, start=at, end=at + len(finding.text))


def _told(found: Iterable[tuple[Sentence, str]]) -> list[Sentence]:
    """Each sentence once, with the parts that it is about."""
    parts: dict[str, tuple[Sentence, list[str]]] = {}
    for said, part in found:
        parts.setdefault(str(said), (said, []))[1].append(part)
    return [sentence("approval.about_parts", said=said, parts=names) for said, names in parts.values()]
