"""Where a text states a price, and how much of which money it means."""

from __future__ import annotations

import re

from encore.content.facts.number_patterns import AMOUNT, HAN
from encore.content.facts.numerals import EN_NUMBER, ZH_DIGITS, en_number, plain_number, zh_number
from encore.content.facts.word_lists import any_of, called

FREE, DONATION = "free", "donation"
NOTE = "note"
"""A tenner is ten of whatever money it is, and so is a sum of which a text does not say what money."""
_CURRENCIES = called("currencies")
MONEY = "|".join(sorted((re.escape(name) for name in _CURRENCIES if name.isascii() and name.isalpha()), key=len)[::-1])
_ZH_MONEY = "|".join(sorted((name for name in _CURRENCIES if re.match(f"[{HAN}]", name)), key=len)[::-1])
PRICES = (
    re.compile(rf"(?:[A-Z]{{0,2}}(?P<sign>[$€£¥￥])|\b(?P<money>{MONEY}))\s?(?P<n>{AMOUNT})", re.IGNORECASE),
    re.compile(
        rf"(?<![\d.,])(?P<n>{AMOUNT})\s?(?:(?P<sign>[$€£¥￥])|(?P<money>(?:{MONEY})\b|{_ZH_MONEY}))", re.IGNORECASE
    ),
    re.compile(rf"\b(?P<en>{EN_NUMBER})\s(?P<money>{MONEY})\b", re.IGNORECASE),
    re.compile(r"(?<!\bbring a )(?<!\bspare a )\b(?P<note>tenner|fiver)\b", re.IGNORECASE),
    re.compile(rf"(?P<zh>[{ZH_DIGITS}十百两]{{1,6}})(?<!一(?=块[^钱\\W]))(?P<money>{_ZH_MONEY})"),
    re.compile(r"(?<=[买票要需收])(?P<bare>\d{2,4})(?=\s?(?:[，。！；]|一[张位个人]|$))"),
    re.compile(rf"(?<![\w-])(?P<free>{any_of('free')})(?![\w])", re.IGNORECASE),
    re.compile(
        rf"\b(?P<donation>{any_of('donation')})\b|(?P<donation_zh>随喜|自愿捐款|欢迎捐款|随缘捐)", re.IGNORECASE
    ),
    re.compile(rf"(?P<free>{any_of('zh_free')})"),
    re.compile(r"(?P<off>\d{1,3}\s?%)\s*(?:off|discount)\b", re.IGNORECASE),
    re.compile("打?(?P<off>[\\d.一二三四五六七八九]{1,4})折(?![叠腾磨扣射服])"),
    re.compile("\\b(?P<half>half[- ]price)\\b|(?P<half_zh>半价)", re.IGNORECASE),
)


def read_price(match: re.Match[str]) -> list[object]:
    said = {name: value for name, value in match.groupdict().items() if value}
    if "free" in said:
        return [FREE]
    if "donation" in said or "donation_zh" in said:
        return [DONATION]
    if "half" in said or "half_zh" in said:
        return ["half"]
    if off := said.get("off") or said.get("off_too"):
        return [f"{off.replace(' ', '')} off"]
    if "note" in said:
        return [f"{10 if said['note'].lower() == 'tenner' else 5} {NOTE}"]
    if "bare" in said:
        return [f"{said['bare']} {NOTE}"]
    currency = _CURRENCIES[(said.get("sign") or said.get("money") or "").lower()]
    if "zh" in said:
        amount = str(zh_number(said["zh"]))
    else:
        amount = str(en_number(said["en"])) if "en" in said else plain_number(said["n"])
    return [f"{amount} {currency}"]


def same_price(one: object, other: object) -> bool:
    """元 is what people call yuan, yen and any dollar."""
    if one == other:
        return True
    (amount, _, money), (own, _, currency) = str(one).partition(" "), str(other).partition(" ")
    if NOTE in (money, currency):
        return amount == own
    return amount == own and "元" in (money, currency) and {money, currency} <= {"元", "¥", "$"}
