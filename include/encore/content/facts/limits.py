"""From or up to which age and height people are let in, or pay less: compared with how the facts have it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.given import Given
from encore.content.facts.numerals import EN_NUMBER, ZH_NUMBER, en_number, zh_number

LIMIT = "limit"
"""The role of what is said of whom it lets in."""
_N = rf"(?P<n>\d{{1,2}}|{EN_NUMBER})"
_UNITS = r"min|sec|Sek|hours?|Stunden?|[€%](?!\d)|euros?|pounds|dollars|people|songs?|pieces?|m\b|cm|Uhr"
_NO_AGE = rf"(?![\d.,:]\d|\w*\s?(?:{_UNITS}))"
_BELOW = (
    re.compile(rf"\b(?:under|unter|below)[- ](?:the age of )?{_N}(?:s\b|-?jähr\w+)?{_NO_AGE}", re.IGNORECASE),
    re.compile(rf"(?:未满|不满)(?P<zh>{ZH_NUMBER})岁"),
)
_UP_TO = (
    re.compile(rf"\b(?:up to(?: age)?|bis(?: zu)?) {_N}(?= (?:Jahre|years)\b| (?:frei|free)\b)", re.IGNORECASE),
    re.compile(rf"\b{_N} (?:and|or) (?:under|younger)\b", re.IGNORECASE),
    re.compile(rf"(?P<zh>{ZH_NUMBER})岁(?:[及或]|（含）)?以下"),
)
_FROM = (
    re.compile(rf"\b(?:over|über|ab|above)[- ]{_N}(?:s\b|-?jähr\w+| Jahren?\b| years\b){_NO_AGE}", re.IGNORECASE),
    re.compile(rf"\b{_N}(?:\+| (?:and|or) (?:over|older|up|above))(?!\w)", re.IGNORECASE),
    re.compile(rf"(?P<zh>{ZH_NUMBER})岁(?:[及或]|（含）)?以上|年?满(?P<zh_full>{ZH_NUMBER})岁"),
)
_HEIGHTS = (
    re.compile(
        r"(?<![\d.一二两三])(?P<m>[12](?:\.\d{1,2})?|[一二两])\s?米(?P<cm>\d{1,2}|[一二三四五六七八九])?(?=\s?[及或]?以[上下])"
    ),
    re.compile(r"(?<![\d.,])(?P<metres>[12][.,]\d{1,2}) ?m\b|(?<![\d.,])(?P<centimetres>1\d\d) ?(?:cm\b|厘米|公分)"),
)


def other_limits(text: str, given: Given) -> Iterator[Claim]:
    """Under-tens, where the facts let in under-twelves."""
    for patterns, read in ((_BELOW + _UP_TO, _below), (_FROM, _age), (_HEIGHTS, _centimetres)):
        own = {value for pattern in patterns for match in pattern.finditer(given.text) for value in read(match)}
        for match in (match for pattern in patterns for match in pattern.finditer(text) if own):
            if not own & read(match):
                yield Claim(FactKind.NUMBER, match[0], *match.span(), match[0], LIMIT)


def _age(match: re.Match[str]) -> set[int]:
    said = {name: value for name, value in match.groupdict().items() if value}
    chinese = said.get("zh") or said.get("zh_full")
    return {zh_number(chinese) or 0} if chinese else {en_number(said["n"]) or 0}


def _below(match: re.Match[str]) -> set[int]:
    """Up to eleven is under twelve."""
    (age,) = _age(match)
    return {age} if match.re in _BELOW else {age, age + 1}


def _centimetres(match: re.Match[str]) -> set[int]:
    said = {name: value for name, value in match.groupdict().items() if value}
    if "centimetres" in said:
        return {int(said["centimetres"])}
    if "metres" in said:
        return {round(100 * float(said["metres"].replace(",", ".")))}
    whole = float(said["m"]) if said["m"][0].isdecimal() else float(zh_number(said["m"]) or 0)
    rest = str(zh_number(said["cm"]) or 0) if "cm" in said else "0"
    return {round(100 * whole) + int(rest) * (10 if len(rest) == 1 else 1)}
