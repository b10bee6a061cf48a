"""Whether the age that a text states of somebody is theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from encore.content.facts.ages_said import is_age_alone
from encore.content.facts.cast import Mention
from encore.content.facts.claims import Claim, FactFinding, FactKind
from encore.words.sentence import sentence


def wrong_ages(text: str, people: list[Mention], claims: list[Claim], ages: dict[str, int]) -> Iterator[FactFinding]:
    """`ages`: those that the facts give, by the performer's key."""
    for claim in claims:
        if claim.kind != FactKind.NUMBER or claim.role != "age":
            continue
        person = whose_age(text, claim, people) or _only_one(text, claim, people)
        if person and ages and str(ages.get(person.key)) != str(claim.value):
            why = sentence("fact.not_their_age", text=claim.text, name=text[person.start : person.end])
            yield FactFinding(FactKind.NUMBER, claim.text, claim.start, claim.end, why)


def whose_age(text: str, claim: Claim, people: list[Mention]) -> Mention | None:
    """The performer beside whom it stands, as an age of theirs."""
    after = (
        re.match(r"(?:[- ]years?[- ]old|-?jährige|岁的?)[^,.，。、\n]{0,14}?$", text[claim.end : claim.end + 30])
        is not None
    )
    ahead = [one for one in people if 0 <= one.start - claim.end <= 24]
    if ahead and re.fullmatch(
        r"[- ]years?[- ]olds?,? (?:[a-z]+ ){0,2}|-?jährige[rn]? (?:[A-ZÄÖÜ]\w+ )?|\s?岁的?(?:[^\s，。、；0-9]{1,5})?",
        text[claim.end : ahead[0].start],
    ):
        return ahead[0]
    behind = [one for one in people if 0 <= claim.start - one.end <= 50]
    between = text[behind[-1].end : claim.start] if behind else "x"
    joined = re.fullmatch(
        r"\s?[（(]|, (?:an?|our|the|unser|mit|now) (?:[^.,;!?]{3,40} (?:of|at|mit) )?"
        r"|(?:['’]s |,? (?:is |ist |at |aged? |who(?:['’]s| is) |turns |who just turned )?)"
        r"(?:only |just |all of |now |already |erst |gerade |schon )?"
        r"|[，,]?(?:今年|才|只有|年仅|刚满)*",
        between,
    )
    return behind[-1] if behind and joined and not after else None


def _only_one(text: str, claim: Claim, people: list[Mention]) -> Mention | None:
    """Of whom "she's ten" is said in a text that names one performer."""
    return people[0] if is_age_alone(text, claim) and len({one.key for one in people}) == 1 else None
