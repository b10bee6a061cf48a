"""Whether a duration is said to be the concert's: an hour of music, and not ten minutes to park."""

from __future__ import annotations

import re

from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.given import Given
from encore.content.facts.number_patterns import HAN
from encore.content.facts.roles import INTERVAL, MINUTES

_HAN_NEAR = re.compile(f"[{HAN}]")
_LASTS_BEFORE = re.compile(
    r"\b(?:lasts?|lasting|runs?|running time|takes|duration|length|dauer[nt]?|over in|done in|about|around"
    r"|roughly|approximately|ca\.|just|only|only about|nearly|almost|rund|etwa|knapp)[: ]*(?:for )?(?:about "
    r"|around |just |only |just over |just under |etwa |rund |ca\. |circa |knapp |gut )?$",
    re.IGNORECASE,
)
_LASTS_AFTER = re.compile(
    r"^(?:[- ]long|[- ](?:concert|recital|show|programme|program|set|performance|gig)\b| (?:of|full of|with"
    r"|without|including|incl\.|plus|no|straight|altogether|in total|in all|start to finish|all in|from first"
    r"|mit|ohne|inklusive|voller|voll)\b(?! (?:your|my|our|practi\w+|sleep|rehears\w+|time\b|waiting|driving))"
    r"| [A-ZÄÖÜ][a-zäöüß]+(?=,? (?:mit|ohne|und|am Stück|pur)\b|[.!,]|$)(?! (?:Probe|Fahrt|Anfahrt|Unterricht|Übe))"
    r"|[,.!;)|•·–—\n]| [|•·–—-]|$| (?:lang )?(?:Musik|Programm|Konzert)| (?:and|und)\b)",
    re.IGNORECASE,
)
_NOT_THE_LENGTH = re.compile(
    r"\b(?:her|his|ihr|sein|solo|piece|movement|song|stück|satz|walk|drive|trip|queue|weg|fahrt)\b[^.!?,]{0,24}$|"
    r"\b(?:extra|spare|every|another|give yourself|leave|allow|within|last|next|first|for|after|before|in|an?"
    r"|than|alle|jede|noch|nach|vor)(?: the| an| a| about)? $",
    re.IGNORECASE,
)

_OF_A_PART_BEFORE = re.compile(
    r"\b(?:sets?|hal(?:f|ves)|parts?|teile?n?|hälften?|blöcken?)\b"
    r"(?: (?:is|are|lasts?|runs?|lasting|dauert|dauern|sind|ist))?"
    r",? (?:of |at |von |à |zu |je(?:weils)? |each )*(?:(?:about|around|just|roughly|etwa|rund) )?$",
    re.IGNORECASE,
)
_OF_A_PART_AFTER = re.compile(
    r"(?:,? (?:each|apiece|a piece|per (?:set|half|part)|a set|a half|pro (?:teil|hälfte|set))\b"
    r"| (?:sets?|halves|teilen?)\b)",
    re.IGNORECASE,
)
_OF_A_ZH_PART = re.compile(r"(?:[每各][节場场部半段]?(?:场|節)?|[上下]半场)[约大概長长是]*$")


def is_of_a_part(claim: Claim, text: str) -> bool:
    """Whether a duration is that of each half or set."""
    before = text[max(0, claim.start - 40) : claim.start]
    after = _OF_A_PART_AFTER.match(text, claim.end)
    return bool(after or _OF_A_PART_BEFORE.search(before) or _OF_A_ZH_PART.search(before))


def is_a_length(claim: Claim, text: str) -> bool:
    """Whether a duration is said to be the concert's: ten minutes to park are not."""
    before, after = text[max(0, claim.start - 40) : claim.start], text[claim.end : claim.end + 30]
    if _HAN_NEAR.search(before[-6:] + after[:6]):
        return True
    if _NOT_THE_LENGTH.search(before):
        return False
    if re.search(r"\b(?:lasts?|lasting|runs?|duration|dauer[nt]?)\b", before, re.IGNORECASE):
        return True
    return bool(_LASTS_AFTER.match(after) or (_LASTS_BEFORE.search(before) and not re.match(r"[ '’][a-z ]", after)))


_HALVES = 2
_TWICE = re.compile(
    r"\b(?:two|2|zwei(?:mal)?|twice|2 ?x)\b[^.!?\n]{0,24}$|[两2二][节场段半个]?[^，。\n]{0,8}$", re.IGNORECASE
)


def lengths_in_all(given: Given) -> set[str]:
    """Two halves of 35 minutes are 70, and with the break between them 85."""
    stated = {claim.start: claim for claim in given.claims[FactKind.NUMBER] if _stands_there(claim, given)}
    own = [claim for claim in stated.values() if str(claim.value).isdecimal()]
    parts = [claim for claim in own if claim.role == MINUTES]
    sums = {2 * int(str(one.value)) for one in parts if _TWICE.search(given.text, max(0, one.start - 30), one.start)}
    halves = [claim for claim in parts if is_of_a_part(claim, given.text)] or parts
    if len(halves) == _HALVES:
        sums.add(sum(int(str(one.value)) for one in halves))
    breaks = [int(str(claim.value)) for claim in own if claim.role == INTERVAL]
    return {str(total + more) for total in sums for more in (0, *breaks)}


def _stands_there(claim: Claim, given: Given) -> bool:
    """Whether it is of the facts as they are, and not as they read without their marks."""
    return given.text[claim.start : claim.end] == claim.text
