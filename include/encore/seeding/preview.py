"""What a table would do, row by row, before anything goes in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from encore.campaigns.facts import changed_names, same_concert
from encore.domain.campaign import CampaignFacts, stored_facts, title_key, with_choice_of
from encore.domain.written import Order, readings, without_marks
from encore.domain.zones import is_city
from encore.seeding.table import Row
from encore.seeding.validate import Reject, read_rows
from encore.store import rows as stored
from encore.store.store import Store
from encore.words.sentence import Sentence, sentence


class Fate(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Planned:
    """`changes`: the facts that would be others. `twin`: a campaign that may be the same concert at another time.
    `doubts`: what went well and should be looked at."""

    row: Row
    fate: Fate
    campaign: CampaignFacts | None = None
    rejects: tuple[Reject, ...] = ()
    changes: tuple[str, ...] = ()
    twin: stored.Campaign | None = None
    doubts: tuple[Sentence, ...] = field(default=())


def preview(store: Store, rows: Sequence[Row], now: datetime, order: Order | None = None) -> list[Planned]:
    found = read_rows(rows, now, order)
    known: dict[str, list[stored.Campaign]] = {}
    planned = []
    ids = {one.campaign.identity for one in found if one.campaign}
    for one in found:
        if one.campaign is None:
            planned.append(Planned(one.row, Fate.REJECTED, None, one.rejects))
            continue
        teacher = one.campaign.teacher_id
        if teacher not in known:
            known[teacher] = store.coming_campaigns_of_teacher(teacher_id=teacher, now=now)
        planned.append(_planned(store, one.row, one.campaign, known[teacher], ids))
    return planned


def _planned(store: Store, row: Row, facts: CampaignFacts, coming: Sequence[stored.Campaign], ids: set[str]) -> Planned:
    same = [one for one in coming if title_key(one.concert_title) == title_key(facts.concert_title)]
    there = None if facts.campaign_id else same_concert(store, facts)
    there = there or store.campaign(campaign_id=facts.identity)
    doubts = tuple(doubts_of(row, facts))
    if there is not None:
        changed = changed_names(stored_facts(there), with_choice_of(facts, there))
        names = tuple(name for name in changed if name != "campaign_id")
        return Planned(row, Fate.CHANGED if names else Fate.UNCHANGED, facts, changes=names, doubts=doubts)
    twins = [one for one in same if one.campaign_id not in ids and not facts.campaign_id]
    return Planned(row, Fate.NEW, facts, twin=twins[0] if len(twins) == 1 else None, doubts=doubts)


def doubts_of(row: Row, facts: CampaignFacts) -> list[Sentence]:
    doubts = []
    given = str(row.cells.get("concert_datetime", ""))
    if len({one.order for one in readings(given)}) == 2:
        doubts.append(sentence("import.read_as", at=facts.concert_datetime.isoformat()))
    if facts.timezone.startswith("Etc/GMT") and facts.timezone[7:8] in ("+", "-"):
        hours, sign = facts.timezone[8:], "-" if facts.timezone[7] == "+" else "+"
        doubts.append(sentence("import.sign_of_zone", zone=facts.timezone, offset=f"UTC{sign}{hours}"))
    named = str(row.cells.get("timezone", ""))
    if is_city(named):
        doubts.append(sentence("import.zone_of_city", city=named, zone=facts.timezone))
    if facts.cta_link and str(row.cells.get("cta_link", "")) != facts.cta_link:
        doubts.append(sentence("import.link_trimmed", link=facts.cta_link))
    if any(isinstance(cell, str) and without_marks(cell) != cell for cell in row.cells.values()):
        doubts.append(sentence("import.invisible_removed"))
    texts = {cell: _meant(cell) for cell in row.cells.values() if isinstance(cell, str)}
    doubts += [sentence("import.looks_damaged", text=text, meant=meant) for text, meant in texts.items() if meant]
    return doubts


def _meant(text: str) -> str:
    """What it was before a program took its UTF-8 for another encoding (`FrÃ¼hling`), empty if it seems whole."""
    try:
        before = text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return ""
    return before if before != text else ""
