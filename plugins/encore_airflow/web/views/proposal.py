"""A text that is proposed in place of another: what would change, how it was made, what is to be said of it."""

from __future__ import annotations

from dataclasses import dataclass

from encore.campaigns.anew import MOST_WISH
from encore.campaigns.days_out import DaysOut
from encore.content.facts.fact_check import check_facts
from encore.content.facts.sheet import FactSheet
from encore.content.writing.second_look import findings_of
from encore.domain.campaign import stored_facts
from encore.domain.content import text_sha256
from encore.domain.job import Touchpoint
from encore.store import rows
from encore_airflow.web.views.differences import Piece, difference
from encore_airflow.web.views.making import made_lines
from encore_airflow.web.views.posts import Measured, measure_text, writer_of
from encore_airflow.web.visit import Visit


@dataclass(frozen=True)
class Proposal:
    """`seen`: the sha256 of what is shown, by which it is taken. `late`: the text is another one by now; `same`:
    nothing would change."""

    campaign: rows.Campaign
    asset: rows.ContentAsset
    row: rows.TextProposal
    seen: str
    pieces: tuple[Piece, ...]
    late: bool
    same: bool
    writer: str
    made: tuple[str, ...]
    measured: Measured
    facts: tuple[str, ...]
    wrong: str = ""
    most_wish: int = MOST_WISH


def proposal_shown(
    visit: Visit, campaign: rows.Campaign, asset: rows.ContentAsset, row: rows.TextProposal, wrong: str = ""
) -> Proposal:
    touchpoint = Touchpoint(asset.touchpoint) if asset.touchpoint else None
    on = DaysOut.of(visit.store, visit.settings, campaign, visit.now)(asset.platform, touchpoint)
    found = check_facts(row.content, FactSheet.of(stored_facts(campaign)), touchpoint, on)
    return Proposal(
        campaign,
        asset,
        row,
        seen=text_sha256(row.content),
        pieces=difference(asset.content, row.content),
        late=row.version != asset.version,
        same=row.content == asset.content,
        writer=writer_of(visit, row.provenance),
        made=made_lines(visit, row.provenance),
        measured=measure_text(visit, asset, row.content),
        facts=tuple(dict.fromkeys(visit.words.told(one.said) for one in (*found, *findings_of(row.provenance)))),
        wrong=wrong,
    )
