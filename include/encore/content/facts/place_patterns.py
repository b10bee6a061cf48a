"""Where a text names a place by its writing: an address, a street, a district, a kind of house."""

from __future__ import annotations

import re

from encore.content.facts.number_patterns import HAN
from encore.content.facts.numerals import zh_number
from encore.content.facts.vocabulary import places
from encore.content.facts.word_lists import any_of, words

_STREETS = {
    "st": "street", "rd": "road", "ave": "avenue", "blvd": "boulevard", "dr": "drive", "ln": "lane", "sq": "square",
    "pl": "place", "ct": "court", "terr": "terrace", "hwy": "highway", "cres": "crescent",
}  # fmt: skip
_STREET = "|".join([*map(str.title, _STREETS), *map(str.title, _STREETS.values()), "Way", "Row", "Hill", "Gardens"])
_NOT_A_PLACE = "来到在进于的去入往间这那本从回我们和与及是一各每全小大老新了个所座把先让给被就才又也都很整两几某哪跟"
"""Characters before a venue's kind that make it no name: 走进剧场 is "into the theatre"."""
_NO_DISTRICT = any_of("no_district")
_CITY = "|".join(f"(?<={name})" for name in sorted(places().chinese.split("|")))
_BEFORE_DISTRICT = rf"(?:^|(?<=[^{HAN}])|(?<=[在来到于往赴去市省])|{_CITY})"
PLACES = (
    re.compile(r"📍[ \t]*(?P<place>[^\n]+)"),
    re.compile(rf"\b(?P<place>\d{{1,4}}[a-z]?[ \t](?:[A-Z][\w.'’-]{{0,40}}[ \t]){{1,3}}(?:{_STREET})\b)"),
    re.compile(
        r"\b(?P<place>[^\W\d_][\w.-]{0,40}(?:straße|strasse|str\.|gasse|platz|allee|weg)\s+\d+[a-z]?)\b", re.IGNORECASE
    ),
    re.compile(rf"(?P<place>[{HAN}]{{2}}(?:路|街|大道|巷|弄)(?:[一二三四五六七八九]段)?\s?\d+\s?[号弄]?)"),
    re.compile(
        rf"(?P<place>(?P<floor>\d{{1,2}}|[一二三四五六七八九十]{{1,3}})\s?(?:楼|[层F](?=[{HAN}]{{0,4}}[厅室馆堂场]|$|[\s,，。]))(?![上下道]))"
    ),
    re.compile(r"(?P<place>[\d一二三四五六七八九十]{1,3}\s?号(?:[厅馆门]|剧场|排练厅|教室))"),
    re.compile(
        rf"{_BEFORE_DISTRICT}(?!(?!大安|大同|大兴|新城|大埔|新北|小店|老城|大渡)[{_NOT_A_PLACE}])(?P<place>(?:(?!{_NO_DISTRICT})[{HAN}]){{2,3}}?(?:区|市|县|省)(?!里|内|集|场|民|委|长))"
    ),
    re.compile(r"(?<=市)(?P<place>[东西南北中]区)"),
    re.compile(rf"(?P<place>(?:(?![{_NOT_A_PLACE}])[{HAN}]){{2}}(?:{any_of('zh_venues')}))"),
)
_SAINT = re.compile(r"st\.? (?!in\b|at\b|on\b|near\b|and\b)[a-z]")
_SHORT_STREET = re.compile(rf"\b({'|'.join(_STREETS)})\b\.?(?!\w)")


def read_place(match: re.Match[str]) -> list[object]:
    if match["place"].endswith(tuple(words("no_district"))):
        return []
    if floor := match.groupdict().get("floor"):
        return [f"floor {zh_number(floor)}"]
    return [" ".join(match["place"].lower().split())]


def in_full(plain: str) -> str:
    """26 pleasant st -> 26 pleasant street; of lower-case text. A saint at a name's beginning stays one."""
    return re.sub(
        _SHORT_STREET,
        lambda match: (
            _STREETS[match[1]]
            if match.start() and plain[match.start() - 1] == " " and not _SAINT.match(plain, match.start())
            else match[0]
        ),
        plain,
    )
