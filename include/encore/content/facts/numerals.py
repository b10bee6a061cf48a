"""Numbers as people write them: digits, English words, Chinese numerals."""

from __future__ import annotations

import re

ZH_DIGITS = "〇一二三四五六七八九"
ZH_NUMBER = rf"(?:\d{{1,4}}|[{ZH_DIGITS}零十百两廿]{{1,5}})"
_EN_WORDS = """
zero one two three four five six seven eight nine ten
eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty
thirty forty fifty sixty seventy eighty ninety
"""
EN_NUMBERS: dict[str, int] = {
    word: at if at <= 20 else 10 * (at - 18) for at, word in enumerate(_EN_WORDS.split()) if at > 0
}
EN_NUMBERS |= {"dozen": 12, "hundred": 100, "thousand": 1000}
_DE_ONES = ("", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun")
_DE_TENS = ("zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig")
DE_NUMBERS = {
    word: at
    for at, word in enumerate(
        [
            "zwei",
            "drei",
            "vier",
            "fünf",
            "sechs",
            "sieben",
            "acht",
            "neun",
            "zehn",
            "elf",
            "zwölf",
            "dreizehn",
            "vierzehn",
            "fünfzehn",
            "sechzehn",
            "siebzehn",
            "achtzehn",
            "neunzehn",
        ],
        2,
    )
}
DE_NUMBERS |= {
    f"{one}und{tens}" if one else tens: 10 * ten + at
    for ten, tens in enumerate(_DE_TENS, 2)
    for at, one in enumerate(_DE_ONES)
} | {"hundert": 100, "dutzend": 12}
EN_NUMBERS |= DE_NUMBERS
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_UNITS = "one|two|three|four|five|six|seven|eight|nine"
_PLAIN = "|".join(sorted((word for word in EN_NUMBERS if word != "one"), key=len, reverse=True))
EN_NUMBER = (
    rf"(?:(?:(?:a|one|{_UNITS}) )?hundred(?: and)? (?:(?:{_TENS})(?:[- ](?:{_UNITS}))?|{_TEENS}|{_UNITS})"
    rf"|(?:{_TENS})[- ](?:{_UNITS})|half a dozen|(?:(?:a|{_UNITS}) )?(?:dozen|hundred|thousand)|a couple(?= of)"
    rf"|{_PLAIN})"
)
"""In English or German words; `one` alone counts nothing."""


def en_number(text: str) -> int | None:
    """twenty-four -> 24, two dozen -> 24, half a dozen -> 6, a -> 1, 12 -> 12; None for what is no number."""
    text = text.lower()
    if text.isdecimal():
        return int(text)
    if text in ("a", "an", "half a dozen", "a couple", "eine", "einer", "einem", "einen", "ein"):
        return {"half a dozen": 6, "a couple": 2}.get(text, 1)
    hundreds, found, rest = re.sub(" and ", " ", text).partition("hundred ")
    if found:
        return 100 * (en_number(hundreds.strip() or "a") or 1) + (en_number(rest.strip()) or 0)
    first, _, second = re.sub("[- ]+", " ", text).partition(" ")
    if not second:
        return EN_NUMBERS.get(first)
    size, more = EN_NUMBERS.get(first, 1), EN_NUMBERS[second]
    return size * more if more >= 12 else size + more


def zh_number(text: str) -> int | None:
    """二十三 -> 23, 2027 and ２０２７ (as Chinese keyboards write it) -> 2027; None for what is no number."""
    if text.isdecimal():
        return int(text)
    if text.isascii():
        return None
    text = text.replace("两", "二").replace("廿", "二十").replace("零", "〇")
    if not re.search("[十百]", text):
        return int("".join(str(ZH_DIGITS.index(char)) for char in text))
    total = 0
    for unit, size in (("百", 100), ("十", 10)):
        if unit in text:
            before, _, text = text.partition(unit)
            total += size * (ZH_DIGITS.index(before[-1]) if before and before[-1] in ZH_DIGITS else 1)
    return total + (ZH_DIGITS.index(text[-1]) if text and text[-1] in ZH_DIGITS else 0)


def plain_number(text: str) -> str:
    """1,000 and 1000 are one number, 12.50 and 12,5 too."""
    whole = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text).replace(",", ".")
    return whole.rstrip("0").rstrip(".") if "." in whole else (whole.lstrip("0") or "0")
