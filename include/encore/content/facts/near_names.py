"""Names that are nearly one of the facts: a Chinese one with one other sign, a Latin one with another first name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.latin_names import CAPITAL, is_ordinary
from encore.content.facts.name_runs import EDGE, NEAR, SURNAMES, Known
from encore.content.facts.number_patterns import HAN
from encore.content.facts.vocabulary import instruments
from encore.content.facts.word_lists import any_of, words

_NOT_IN_NAMES = "的了和与同啊呀嘛吧是在说老也都就要会不很最这那有又被把给为跟让用今才只已还再弹拉吹唱"
"""Signs that go on after a name, or stand before one."""
_TITLES = "家老教校院团女先小阿"
_GOES_ON = (
    rf"(?:[一两俩双]|双胞胎)?(?:姐妹|姊妹|兄弟|兄妹|姐弟)|老师|同学|[（(、，]|[和与][{SURNAMES}]"
    rf"|(?:的|用)?(?:{instruments().chinese})|{any_of('zh_does')}"
)
"""After a name of two signs."""
_WORDS_TOO = "向于任和时同"
"""Surnames that mostly are words."""


def near_names(names: Iterable[str]) -> re.Pattern[str] | None:
    """Finds what is nearly one of these Chinese names of three signs."""
    nearly = []
    for name in names:
        if re.fullmatch(rf"[{HAN}]{{3}}", name):
            first, second, third = name
            other = rf"(?![{first}{_WORDS_TOO}])[{SURNAMES}]"
            nearly += [
                rf"{other}{second}{third}",
                rf"{first}(?![{second}{_NOT_IN_NAMES}])[{HAN}]{third}",
                rf"{first}{second}(?![{third}{_NOT_IN_NAMES}])[{HAN}]",
            ]
        elif re.fullmatch(rf"[{SURNAMES}][{HAN}]", name):  # 苏雪 for 苏晴
            first, second = name
            nearly.append(
                rf"(?:{EDGE}|(?<=[和与跟由请])){first}(?![{second}{_NOT_IN_NAMES}{_TITLES}])[{HAN}](?={_GOES_ON})"
            )
        elif re.fullmatch(rf"([{HAN}])\1", name):  # 朵朵和豆豆: beside one that the facts name
            nearly.append(rf"(?<={name}[和与跟、])(?P<twice_{len(nearly)}>[{HAN}])(?P=twice_{len(nearly)})")
    return re.compile("|".join(nearly), re.MULTILINE) if nearly else None


def near_latin_names(text: str, names: Iterable[str], known: Known) -> Iterator[Claim]:
    """Who has a performer's last name and another first one: Anna Vogel, where the facts have Katrin Vogel."""
    last = {name.split()[-1] for name in names if name.isascii() and len(name.split()) == 2}
    if not last:
        return
    named = re.compile(
        rf"(?<![\w’'-])(?P<first>{CAPITAL}[a-zà-ÿ]+) (?P<last>(?i:{'|'.join(map(re.escape, sorted(last)))}))(?!\w)"
    )
    for match in named.finditer(text):
        first = match["first"]
        no_name = is_ordinary(first) or first.lower() in words("titles") or any(instruments().mentions(first))
        if match["last"][0].isupper() and not no_name and not known(*match.span("first")):
            yield Claim(FactKind.NAME, match[0], *match.span(), match[0].lower(), role=NEAR)


def near_name_claims(text: str, nearly: re.Pattern[str] | None) -> Iterator[Claim]:
    for match in nearly.finditer(text) if nearly else ():
        yield Claim(FactKind.NAME, match[0], *match.span(), match[0], role=NEAR)
