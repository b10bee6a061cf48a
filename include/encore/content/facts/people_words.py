"""Of what a number says how many: the noun after it, with one word for all that mean players at large."""

from __future__ import annotations

import re

from encore.content.facts.vocabulary import instruments
from encore.content.facts.word_lists import any_of, each_of, words

PEOPLE = "people"
_PLAYERS, _KINDS = words("players"), words("kinds_of_people")
_INSTRUMENTALISTS = re.compile(
    r"(?:pian|violin|cell|flaut|flut|guitar|harp|clarinett?|viol|saxophon|percussion|vocal)ists?$"
)
_NO_COUNTS, _ENDS_RUN = words("counts_nothing"), words("ends_a_count")
_RUN = re.compile(r"^(?: of (?:our|the|my|their|them|you))?(?:[ -][A-Za-zÀ-ÖØ-öø-ÿ'’]+){1,4}")
_ZH = re.compile(
    r"^\s?[多余]?\s?(?P<unit>[位名首席张台件架支组把只管个人座])"
    r"(?P<noun>(?:[A-Za-z]+\s?)?[\u4e00-\u9fffA-Za-z]{0,8})"
)
_ZH_COUNTED_BEFORE = re.compile(
    rf"(?:{instruments().chinese})(?:组|班)?[:：]?\s?$|(?:{each_of('zh_counted')['seat']})(?:一共|总共|只有|仅有?|共|有)?$"
)
"""Pianos twelve, seats only forty: what is counted may stand before the number."""
_ZH_INSTRUMENT = re.compile(rf"(?:{instruments().chinese})(?![家手师])")
_ZH_SIBLINGS = re.compile("兄妹|姐妹|姊妹|兄弟|姐弟")
_ZH_KINDS = tuple((kind, re.compile(called)) for kind, called in each_of("zh_counted").items())
_ZH_ONLY = re.compile(r"(?:限|仅剩?|只剩?|共|剩|余|最后|容纳|只有)\s?$")
"""Before seats and tickets of which the concert has so many, and nobody carries them home."""
_ZH_ACTS = re.compile(any_of("zh_acts_together"))


_ZH_MEMBERS = re.compile("(?:[团学社队演成]员|[歌乐鼓琴]手|学生)(?:一?共|总共|有|已|多达)*$")


def count_of(before: str, after: str) -> str:
    """`people`, a kind of them (`sibling`) or a thing (`hand`); "" where nothing is counted."""
    if after[:1] in ("人", "位", "名") and _ZH_MEMBERS.search(before):
        return PEOPLE
    if chinese := _ZH.match(after):
        if named := _ZH_COUNTED_BEFORE.search(before):
            return _instrument_name(named[0]) or ("" if chinese["noun"] else "seat")
        return _zh_noun(chinese["unit"], chinese["noun"], _ZH_ONLY.search(before) is not None)
    if _ZH_SIBLINGS.match(after):
        return "sibling"
    if after.startswith("-piece"):
        return PEOPLE
    run = _RUN.match(after)
    if run is None:
        return ""
    if re.match(r" (?:left|remaining)\b", after):
        return "seat" if re.search(r"\b(?:only|just|last) $", before, re.IGNORECASE) else ""
    found = re.findall(r"[A-Za-zÀ-ÖØ-öø-ÿ'’]+", run[0])
    for at, word in enumerate(found):
        if word.lower() in _ENDS_RUN:
            found = found[:at]
            break
    nouns = (_noun(word.lower().replace("’", "'"), at) for at, word in enumerate(found))
    return next(filter(None, nouns), "") or next(filter(None, map(_plural, found)), "")


def _plural(word: str) -> str:
    noun = singular(word.lower())
    if word[0].isupper() and (word.lower() in words("counted_things") or any(instruments().mentions(noun))):
        return word.lower()
    counted = word == word.lower() and (word.endswith("s") or word == "hand") and not word.endswith("ss")
    return noun if counted and word not in _NO_COUNTS and noun not in _NO_COUNTS else ""


def _zh_noun(unit: str, noun: str, only: bool) -> str:
    """`only`: the words before say that there are no more of them."""
    if unit in "个位名" and noun.startswith("人"):
        return PEOPLE
    named = [(match.start(), kind) for kind, called in _ZH_KINDS if (match := called.search(noun))]
    kind = min(named)[1] if named else ""
    if unit in "个位名首" and kind in ("", PEOPLE, "piece") and _ZH_INSTRUMENT.match(noun):
        return _instrument_name(noun)  # twelve piano pieces, seven cellos
    match unit:
        case "首":
            return "piece"
        case "席" | "座" | "张":
            return {"张": "ticket"}.get(unit, "seat") if only or unit == "席" else ""
        case "台" | "架" | "件" | "支" | "把" | "只" | "管":
            return "piano" if noun.startswith("钢琴") else PEOPLE if _instrument(noun) else ""
        case "位" | "名":
            return "" if kind == "nobody" else kind or PEOPLE
    if kind and kind != "nobody":
        return kind
    return PEOPLE if only or (unit == "人" and _ZH_ACTS.search(noun)) else ""


def _instrument_name(noun: str) -> str:
    """By whatever name it is called."""
    found = next(instruments().mentions(noun), None)
    return min(one.names[0] for one in found.entries) if found else ""


def _instrument(noun: str) -> bool:
    """Whoever counts instruments counts their players."""
    return next((one.start < 3 for one in instruments().mentions(noun)), False)


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
