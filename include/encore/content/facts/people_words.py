"""Of what a number says how many: the noun after it, with one word for all that mean players at large."""

from __future__ import annotations

import re

from encore.content.facts.word_lists import words

PEOPLE = "people"
_PLAYERS, _KINDS = words("players"), words("kinds_of_people")
_INSTRUMENTALISTS = re.compile(
    r"(?:pian|violin|cell|flaut|flut|guitar|harp|clarinett?|viol|saxophon|percussion|vocal)ists?$"
)
_NO_COUNTS, _ENDS_RUN = words("counts_nothing"), words("ends_a_count")
_RUN = re.compile(r"^(?: of (?:our|the|my|their|them|you))?(?:[ -][A-Za-zÄÖÜäöüß'’]+){1,4}")
_ZH = re.compile(r"^\s?[多余]?(?P<unit>[位名首席张台件架支组]|个|人)(?P<noun>[\u4e00-\u9fff]{0,4})")
_ZH_KINDS = (
    ("teacher", "老师|教师|导师"), ("sibling", "兄弟|姐妹|兄妹|姐弟|手足"), ("parent", "家长|爸|妈"), ("guest", "嘉宾"),
    ("friend", "朋友们"),
)  # fmt: skip
_ZH_THINGS = {
    "首": "piece",
    "席": "seat",
    "张": "ticket",
    "台": "piano",
    "架": "piano",
    "件": "instrument",
    "支": "piece",
}


def count_of(before: str, after: str) -> str:
    """`people`, a kind of them (`sibling`) or a thing (`hand`); "" where nothing is counted."""
    if chinese := _ZH.match(after):
        return _zh_noun(chinese["unit"], chinese["noun"])
    run = _RUN.match(after)
    if run is None:
        return ""
    if re.match(r" (?:left|remaining)\b", after):
        return "seat" if re.search(r"\b(?:only|just|last) $", before, re.IGNORECASE) else ""
    found = re.findall(r"[A-Za-zÄÖÜäöüß'’]+", run[0])
    for at, word in enumerate(found):
        if word.lower() in _ENDS_RUN:
            found = found[:at]
            break
    nouns = (_noun(word.lower().replace("’", "'"), at) for at, word in enumerate(found))
    return next(filter(None, nouns), "") or next(filter(None, map(_plural, found)), "")


def _plural(word: str) -> str:
    noun = singular(word.lower())
    if word[0].isupper() and word.lower() in words("counted_things"):
        return word.lower()
    counted = word == word.lower() and (word.endswith("s") or word == "hand") and not word.endswith("ss")
    return noun if counted and word not in _NO_COUNTS and noun not in _NO_COUNTS else ""


def _zh_noun(unit: str, noun: str) -> str:
    if unit in _ZH_THINGS:
        return _ZH_THINGS[unit]
    for kind, called in _ZH_KINDS:
        if re.match(called, noun):
            return kind
    return PEOPLE


def _noun(word: str, at: int) -> str:
    single = singular(word)
    if single in _PLAYERS and not (single in ("young", "little", "one", "star", "face") and word == single):
        return PEOPLE
    if _INSTRUMENTALISTS.match(word) or (single in _KINDS and (word != single or at == 0)):
        return single
    return ""


def singular(word: str) -> str:
    if word in ("children", "kids", "people"):
        return {"children": "child", "kids": "kid", "people": "people"}[word]
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("ches", "shes")) else word.removesuffix("s")


def is_people(noun: str) -> bool:
    return noun == PEOPLE or noun in _KINDS or _INSTRUMENTALISTS.match(noun) is not None
