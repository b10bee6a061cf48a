"""Where a text names somebody or something: capitalized words, works in 《》, Chinese names by their surroundings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from encore.content.facts.fact_patterns import Claim, FactKind
from encore.content.facts.moment_patterns import HAN
from encore.content.facts.vocabulary import instruments

_LETTER = r"(?![\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef])[^\W\d_]"
_WORD = re.compile(rf"(?:{_LETTER})+(?:['’.-](?:{_LETTER})+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
_BETWEEN = re.compile(r" |-| (?:van|von|de|da|di|del|della|der|den|le|la|al|bin|ibn|zu) ")
"""What stands between the words of one name."""
_VENUES = frozenset(("Hall", "House", "Theatre", "Theater", "Church", "Room", "School", "Stage", "Studio", "Center"))
"""Ordinary words that are part of the name that they follow."""
_DOES = re.compile(
    r" (?:plays?|performs?|sings?|joins?|conducts?|leads?|opens|closes|appears?|presents|returns|stars|solos"
    r"|will (?:play|perform|sing|join|conduct|lead|appear|open|close)|(?:is|are) (?:playing|performing|singing))\b"
)
"""After a word at a sentence's beginning: then it is somebody."""

_TITLE = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|[A-Z])\.$")
"""A full stop that ends no sentence."""
_LEADS_IN = (
    "a|an|the|at|in|our|your|this|that|my|his|her|its|their|to|from|join|see|come|meet|visit|welcome|find|inside|near|and"
)  # fmt: skip
_CAPITALIZED = rf"[A-Z](?:(?![{HAN}])[\w'’.-]){{0,30}}"
_VENUE_NAME = re.compile(
    rf"\b(?!(?i:{_LEADS_IN})\b)(?P<name>{_CAPITALIZED}(?: {_CAPITALIZED}){{0,3}} (?:Hall|Theatre|Theater|Church|Chapel"
    "|Cathedral|Auditorium|Library|Museum|Academy|Conservatory|Centre|Center|Arena|Ballroom|Hotel|Opera House))\\b"
)
"""A place may be called by ordinary words: Small Hall."""

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付"
    "傅阮阎温施洪邢倪柳骆章盛童颜殷柯庄翁樊聂焦裴凌岳霍褚乔甘匡戚蓝喻"
    "葛赖游卓詹涂苗耿娄屠冉麦卞巫辛冼阙舒岑邝邬窦臧晏鲍费穆项柏滕奚梅桂"
    "方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤郎"
)
_ZH_DOES = (
    "演奏(?![会厅])|演唱(?!会)|独奏(?!会)|独唱(?!会)|献奏|献唱|登台|出演|献演|助阵|加盟|领衔|压轴|担任|带来"
    "|老师|同学|教授|大师|先生|女士|小朋友"
)
_BEFORE = (
    "特邀", "嘉宾", "奏家", "琴家", "唱家", "指挥", "领唱", "奏者", "演者", "持人",
    "由", "请", "和", "与", "跟", "听", "有", "携手",
    "伴奏", "主持", "领唱", "导师", "主讲", "司仪", "岁的", "同学", "小朋友", "感谢", "谢谢",
)  # fmt: skip
"""What comes before a name in a sentence, where no mark does."""
_EDGE = (
    f"(?:^|(?<=[^{HAN}])|{'|'.join(f'(?<={word})' for word in (*_BEFORE, *sorted(instruments().chinese.split('|'))))})"
)
_ZH_NAME = rf"(?P<name>(?:欧阳|司马|上官|诸葛|[{SURNAMES}])[{HAN}]{{1,2}}?)"
_ZH_NAMES = (
    re.compile(
        rf"{_EDGE}{_ZH_NAME}(?:[（(]\d+岁[）)])?(?:(?:的|用)?(?:{instruments().chinese})?(?:{_ZH_DOES}))", re.MULTILINE
    ),
    re.compile(
        rf"(?:特邀嘉宾|嘉宾|演奏家|钢琴家|提琴家|歌唱家|指挥家|指挥|领唱|独奏者?|演奏者|表演者|主持人|演员|主演)[：:\s]?"
        rf"(?P<name>[{SURNAMES}][{HAN}]{{1,2}})(?![{HAN}])"
    ),
    re.compile(
        rf"(?:嘉宾|[奏琴唱挥]家|独奏|领唱|主讲|主演|演出者?|表演者?)[：:]\s?(?P<name>[{HAN}]{{2,4}})(?![{HAN}])"
    ),
    re.compile(rf"{_EDGE}(?P<name>[{SURNAMES}](?:老师|教授|校长|院长|团长|女士|先生))", re.MULTILINE),
    re.compile(rf"{_EDGE}{_ZH_NAME}(?=[和与][{SURNAMES}][{HAN}]{{1,2}}(?![{HAN}]))", re.MULTILINE),
    re.compile(rf"(?<=[和与])(?P<name>[{SURNAMES}][{HAN}]{{1,2}})(?![{HAN}])"),
    re.compile(rf"(?:^|[、：:；\s])(?P<name>[{SURNAMES}][{HAN}]{{1,2}})(?=[、（(])", re.MULTILINE),
)
_NO_NAMES = re.compile(
    "辛苦|高雅|高水|高兴|金色|万众|马上|方便|何时|任何|白天|余音|曾经|许多|于是|严肃|向往|江南|夏[日夜天]|石头"
)
"""Words that begin like a name."""
_WORK = re.compile(r"[《「『](?P<name>[^》」』\n]{1,80})[》」』](?<![。！？，…~～]」)(?<![。！？…~～]』)")

Known = Callable[[int, int], bool]
"""Whether the facts vouch for what stands at start:end."""


@cache
def _ordinary() -> frozenset[str]:
    lines = Path(__file__).with_name("ordinary_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def name_claims(text: str, known: Known) -> Iterator[Claim]:
    """The names in `text` that are not `known`."""
    for pattern in (_WORK, _VENUE_NAME, *_ZH_NAMES):
        for match in pattern.finditer(text):
            if not _NO_NAMES.match(match["name"]) and not known(*match.span("name")):
                yield _claim(text, *match.span("name"))
    for run in _runs(text):
        start, end = run[0][0], run[-1][1]
        if not (known(start, end) or _is_a_beginning(text, run, known)):
            yield _claim(text, start, end)


def capitalized_runs(text: str) -> list[tuple[int, int]]:
    """Where words in a row name something, known or not."""
    return [(run[0][0], run[-1][1]) for run in _runs(text)]


def _claim(text: str, start: int, end: int) -> Claim:
    return Claim(FactKind.NAME, text[start:end], start, end, text[start:end].lower())


def _is_a_beginning(text: str, run: list[tuple[int, int]], known: Known) -> bool:
    """Whether the run's first word has its capital only because a sentence begins, and the rest is known."""
    start, end = run[0]
    if not _begins_sentence(text, start):
        return False
    if len(run) == 1:
        return not (_DOES.match(text, end) or (text[start:end].isupper() and end - start > 3))
    return known(run[1][0], run[-1][1])


def _runs(text: str) -> Iterator[list[tuple[int, int]]]:
    """Words in a row that name something, as far as their writing tells."""
    run: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        start = match.start()
        end = start + len(_POSSESSIVE.sub("", match[0]).rstrip("."))
        names = (_names(text[start:end]) and not _is_marked(text, start)) or bool(run and match[0] in _VENUES)
        if run and not (names and _BETWEEN.fullmatch(text[run[-1][1] : start])):
            # A particle between two capitalized words is part of the name, so the run may go on after it.
            if not names and text[run[-1][1] : start] == " " and _BETWEEN.fullmatch(f" {match[0]} "):
                continue
            yield run
            run = []
        if names:
            run.append((start, end))
    if run:
        yield run


def _is_marked(text: str, start: int) -> bool:
    """Part of a hashtag, a mention, an address or a number with its unit."""
    return start > 0 and (text[start - 1] in "#@/_" or text[start - 1].isdigit())


def _names(word: str) -> bool:
    plain = word.lower().replace("’", "'")
    if any(base in _ordinary() for base in (plain, plain.removesuffix("s"), plain.removesuffix("ing"))):
        return False
    # Scripts without capitals (Arabic, Hebrew, hangul): in an English or Chinese text such a word is a name.
    return word[:1].isupper() or word[:1].istitle() or (unicodedata.category(word[0]) == "Lo" and len(word) > 1)


def _begins_sentence(text: str, at: int) -> bool:
    """After a full stop, a mark, an emoji, a line's beginning; not after a colon, which introduces names."""
    before = text[max(0, at - 40) : at].rstrip(" \t\"'“‘(（")
    if _TITLE.search(before):
        return False
    return not before or not (before[-1].isalnum() or before[-1] in ",&'’-、，：:()（）")
