"""Chinese names that differ by one sign from a name of the facts: nobody but a slip of the pen is called so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.name_runs import SURNAMES
from encore.content.facts.number_patterns import HAN

_NOT_IN_NAMES = "的了和与同啊呀嘛吧是在说老也都就要会不很最这那有又被把给为跟让用今才只已还再弹拉吹唱"
"""Signs that go on after a name, or stand before one."""
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
                rf"(?:^|(?<=[^{HAN}])){other}{second}{third}",
                rf"{first}(?![{second}{_NOT_IN_NAMES}])[{HAN}]{third}",
                rf"{first}{second}(?![{third}{_NOT_IN_NAMES}])[{HAN}]",
            ]
    return re.compile("|".join(nearly), re.MULTILINE) if nearly else None


def near_name_claims(text: str, nearly: re.Pattern[str] | None) -> Iterator[Claim]:
    for match in nearly.finditer(text) if nearly else ():
        yield Claim(FactKind.NAME, match[0], *match.span(), match[0], role="near")
