"""What a campaign's texts state and its facts do not support: each to be confirmed by a person before approval."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from encore.content.fact_check import FactFinding, check_facts
from encore.content.facts import FactSheet
from encore.domain.campaign import stored_facts
from encore.domain.content import payload_ref
from encore.domain.job import Touchpoint
from encore.errors import RefusedError

if TYPE_CHECKING:
    from encore.campaigns import Reviewed

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


def unsupported_facts(reviewed: Reviewed) -> tuple[UnsupportedFact, ...]:
    """What no fact supports in any of the campaign's texts, in their order."""
    facts = FactSheet.of(stored_facts(reviewed.campaign))
    found = (fact for row in reviewed.texts for fact in _unsupported(row, facts))
    return tuple({fact.key: fact for fact in found}.values())


def confirmed(reviewed: Reviewed, given: Collection[str]) -> list[str]:
    """The keys of all that is unsupported, if a person confirmed each of them.

    Raises `RefusedError` naming what was not confirmed. Keys that mean nothing here are left out.
    """
    needed = unsupported_facts(reviewed)
    if missing := [fact for fact in needed if fact.key not in given]:
        raise RefusedError(
            f"Not confirmed: {' '.join(_told(missing))}",
            "Correct the text or the concert's facts, or confirm each of these statements.",
            field="confirmed_facts",
            message_zh=f"尚未确认：{''.join(dict.fromkeys(fact.finding.message_zh for fact in missing))}",
        )
    return [fact.key for fact in needed]


def _unsupported(row: Any, facts: FactSheet) -> Iterable[UnsupportedFact]:
    touchpoint = Touchpoint(row.touchpoint) if row.touchpoint else None
    for finding in check_facts(row.content, facts, touchpoint):
        yield UnsupportedFact(row.asset_id, row.version, finding)


def _told(missing: Iterable[UnsupportedFact]) -> Iterable[str]:
    """One sentence for each statement, with the texts that it stands in."""
    texts: dict[str, list[str]] = {}
    for fact in missing:
        texts.setdefault(fact.finding.message, []).append(fact.asset_id)
    return (f"{message} (In {', '.join(names)}.)" for message, names in texts.items())
