"""Where a text names somebody or something: capitalized words, works in 《》, Chinese names by their surroundings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from encore.content.fact_patterns import HAN, Claim, FactKind

_WORD = re.compile(
    r"(?:(?![\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef])[^\W\d_])+(?:['’.-](?:(?![\u2e80-\u9fff])[^\W\d_])+)*"
)


@cache
def _ordinary() -> frozenset[str]:
    lines = Path(__file__).with_name("ordinary_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付"
    "方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤郎"
)
_DOES = "演奏|演唱|独奏|独唱|献奏|献唱|登台|出演|献演|助阵|加盟|领衔|压轴|担任|老师|同学|教授|大师|先生|女士|小朋友"
_ZH_NAMES = (
    re.compile(rf"(?P<name>[{_SURNAMES}][{HAN}]{{1,2}}?)(?:[（(]\d+岁[）)])?(?:{_DOES})"),
    re.compile(
        rf"(?:特邀|嘉宾|演奏家|钢琴家|小提琴家|大提琴家|歌唱家|指挥家?|领唱|独奏者?|演奏者|表演者|主持人)[：:\s]?"
        rf"(?P<name>[{_SURNAMES}][{HAN}]{{1,2}})"
    ),
    re.compile(rf"(?:^|[、：；\s])(?P<name>[{_SURNAMES}][{HAN}]{{1,2}})(?=[、（(])"),
)
_WORK = re.compile(r"[《「『](?P<name>[^》」』\n]{1,80})[》」』]")


def name_claims(text: str, supported: Callable[[int, int], bool]) -> Iterator[Claim]:
    """The names that `supported(start, end)` does not vouch for.

    A capital at a sentence's beginning names nothing by itself, so that word counts only as part of a longer name.
    """
    for pattern in (_WORK, *_ZH_NAMES):
        for match in pattern.finditer(text):
            if not supported(*match.span("name")):
                yield _claim(text, *match.span("name"))
    for run in _runs(text):
        words = run
        while words and not supported(words[0][0], words[-1][1]) and _begins_sentence(text, words[0][0]):
            if len(words) == 1 or supported(words[1][0], words[-1][1]):
                words = []
                break
            break
        if words and not supported(words[0][0], words[-1][1]):
            yield _claim(text, words[0][0], words[-1][1])


def _claim(text: str, start: int, end: int) -> Claim:
    return Claim(FactKind.NAME, text[start:end], start, end, text[start:end].lower())


def _runs(text: str) -> Iterator[list[tuple[int, int]]]:
    """Capitalized words in a row, with nothing but a space between them."""
    run: list[tuple[int, int]] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        named = _is_name_like(match[0]) and not (
            (start and text[start - 1] in "#@/_") or text[start - 1 : start].isdigit()
        )
        if run and (not named or text[run[-1][1] : start] not in (" ", "-", " & ")):
            yield run
            run = []
        if named:
            run.append((start, end))
    if run:
        yield run


def _is_name_like(word: str) -> bool:
    if word.lower().replace("’", "'") in _ordinary():
        return False
    # Scripts without capitals (Arabic, Hebrew, kana, hangul): in an English or Chinese text such a word is a name.
    return word[0].isupper() or word[0].istitle() or (unicodedata.category(word[0]) == "Lo" and len(word) > 1)


def _begins_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \t")
    return not before or not (before[-1].isalnum() or before[-1] in ",&'’-、，")
