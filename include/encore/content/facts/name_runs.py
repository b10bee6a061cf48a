"""Where a text names somebody or something: capitalized words, works in 《》, Chinese names by their surroundings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace

from encore.content.facts.fact_patterns import Claim, FactKind
from encore.content.facts.latin_names import is_ordinary
from encore.content.facts.moment_patterns import HAN
from encore.content.facts.vocabulary import instruments

_LETTER = r"(?![\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef])[^\W\d_]"
_WORD = re.compile(rf"(?:{_LETTER})+(?:['’.-](?:{_LETTER})+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
_BETWEEN = re.compile(r" |-| (?:van|von|de|da|di|del|della|der|den|le|la|al|bin|ibn|zu) ")
"""What stands between the words of one name."""
DAY = re.compile(
    r"(?:\w+(?:day|tag|abend)s?|Mittwoch|Jan|Feb|Mar|Mär|Apr|Ma[iy]|Jun|Jul|Aug|Sep|O[ck]t|Nov|De[cz]|Grade|Op|No|Nr|Year)",
    re.IGNORECASE,
)
_VENUES = frozenset(("Hall", "House", "Theatre", "Theater", "Church", "Room", "School", "Stage", "Studio", "Center"))
"""Ordinary words that are part of the name that they follow."""
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付"
    "傅阮阎温施洪邢倪柳骆章盛童颜殷柯庄翁樊聂焦裴凌岳霍褚乔甘匡戚蓝喻"
    "葛赖游卓詹涂苗耿娄屠冉麦卞巫辛冼阙舒岑邝邬窦臧晏鲍费穆项柏滕奚梅桂"
    "鲁庞靳祁符卜亓佟"
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
EDGE = (
    f"(?:^|(?<=[^{HAN}])|{'|'.join(f'(?<={word})' for word in (*_BEFORE, *sorted(instruments().chinese.split('|'))))})"
)
_ZH_NAME = rf"(?P<name>(?:欧阳|司马|上官|诸葛|[{SURNAMES}])[{HAN}]{{1,2}}?)"
_ZH_NAMES = (
    re.compile(
        rf"{EDGE}{_ZH_NAME}(?:[（(]\d+岁[）)])?(?:(?:的|用)?(?:{instruments().chinese})?(?:{_ZH_DOES}))", re.MULTILINE
    ),
    re.compile(
        rf"(?:特邀嘉宾|嘉宾|演奏家|钢琴家|提琴家|歌唱家|指挥家|指挥|领唱|独奏者?|演奏者|表演者|主持人|演员|主演)[：:\s]?"
        rf"(?P<name>[{SURNAMES}][{HAN}]{{1,2}})(?![{HAN}])"
    ),
    re.compile(
        rf"(?:嘉宾|[奏琴唱挥]家|独奏|领唱|主讲|主演|演出者?|表演者?)[：:]\s?(?P<name>[{HAN}]{{2,4}})(?![{HAN}])"
    ),
    re.compile(rf"{EDGE}(?P<name>[{SURNAMES}](?:老师|教授|校长|院长|团长|女士|先生))", re.MULTILINE),
    re.compile(rf"{EDGE}{_ZH_NAME}(?=[和与][{SURNAMES}][{HAN}]{{1,2}}(?![{HAN}]))", re.MULTILINE),
    re.compile(rf"(?<=[和与])(?P<name>[{SURNAMES}][{HAN}]{{1,2}})(?![{HAN}])"),
    re.compile(rf"(?:^|[、：:；\s])(?P<name>[{SURNAMES}][{HAN}]{{1,2}})(?=[、（(])", re.MULTILINE),
)
_NO_NAMES = re.compile(
    "辛苦|高雅|高水|高兴|金色|万众|马上|方便|何时|任何|白天|余音|曾经|许多|于是|严肃|向往|江南|夏[日夜天]|石头|.家$"
)
"""Words that begin like a name."""
WORK = "work"
"""The role of a claim that is a piece's title."""
NEAR = "near"
"""The role of a name that is nearly one of the facts: it is wrong wherever it stands."""
_WORK = re.compile(r"[《「『〈](?P<name>[^》」』〉\n]{1,80})[》」』〉](?<![。！？，…~～]」)(?<![。！？…~～]』)")

Known = Callable[[int, int], bool]
"""Whether the facts vouch for what stands at start:end."""


def name_claims(text: str, known: Known) -> Iterator[Claim]:
    """The names of works in brackets and of people in Chinese that are not `known`."""
    for pattern in (_WORK, *_ZH_NAMES):
        for match in pattern.finditer(text):
            if not _NO_NAMES.match(match["name"]) and not known(*match.span("name")):
                yield replace(_claim(text, *match.span("name")), role=WORK if pattern is _WORK else "")


def capitalized_runs(text: str) -> list[tuple[int, int]]:
    """Where words in a row name something, known or not."""
    return [(run[0][0], run[-1][1]) for run in _runs(text)]


def _claim(text: str, start: int, end: int) -> Claim:
    return Claim(FactKind.NAME, text[start:end], start, end, text[start:end].lower())


def _runs(text: str) -> Iterator[list[tuple[int, int]]]:
    """Words in a row that name something, as far as their writing tells."""
    run: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        start = match.start()
        end = start + len(_POSSESSIVE.sub("", match[0]).rstrip("."))
        names = (_names(text[start:end]) and not _is_marked(text, start)) or bool(
            run and (match[0] in _VENUES or _is_surname(text, run[-1], start, end))
        )
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


def _is_surname(text: str, before: tuple[int, int], start: int, end: int) -> bool:
    """Priyanka Das, Emma Young: an ordinary word in capitals beside a name; no day and no month."""
    word = text[start:end]
    return word.istitle() and text[before[1] : start] == " " and not DAY.match(word)


def _is_marked(text: str, start: int) -> bool:
    """Part of a hashtag, a mention, an address or a number with its unit."""
    return start > 0 and (text[start - 1] in "#@/_" or text[start - 1].isdigit())


def _names(word: str) -> bool:
    if is_ordinary(word):
        return False
    # Scripts without capitals (Arabic, Hebrew, hangul): in an English or Chinese text such a word is a name.
    return word[:1].isupper() or word[:1].istitle() or (unicodedata.category(word[0]) == "Lo" and len(word) > 1)
