"""The people that the facts of a concert name in Chinese, and their names in Latin letters beside the Chinese ones."""

from __future__ import annotations

import re
from collections.abc import Iterator

from encore.content.facts.name_runs import SURNAMES
from encore.content.facts.number_patterns import HAN
from encore.content.facts.vocabulary import instruments
from encore.content.facts.word_lists import any_of

ZH_DOES = any_of("zh_does")
_ZH_ACTS = re.compile(rf"\s?(?:[（(][^()（）]{{1,20}}[)）])?\s?(?:{instruments().chinese})?(?:{ZH_DOES})")
_AFTER_INSTRUMENT = "|".join(f"(?<={name})" for name in sorted(instruments().chinese.split("|")))
_DOES_NEXT = rf"(?:的?(?:{instruments().chinese}))?(?:指弹|合作|{ZH_DOES})"
_CALLED = (
    "老师|同学|阿姨|叔叔|爷爷|奶奶|女士|先生|小姐|小朋友|教授"
    "|(?:两|双胞胎)?(?:姐妹|姊妹|兄妹|姐弟|兄弟|母女|母子|父女|父子|祖孙|夫妻|夫妇|师徒)"
)
_ZH_PERSON = re.compile(
    rf"(?:^|(?<=[^{HAN}])|(?<=[由请和与跟听有名手唱挥宾])|(?<=伴奏)|(?<=老师)|{_AFTER_INSTRUMENT}"
    rf"|(?<=[妹弟儿子生员友哥姐奶爷姥])(?<!\d.)|(?<=[岁级]的)|(?<=[妈爸])|(?<=[奏琴唱挥]家)|(?<=代表)|(?<=双胞胎)|(?<=奏者)|(?<=领唱)|(?<=指挥)"
    rf"|(?<=的)(?=[{HAN}]{{2,4}}(?:\s?[（(]?\d{{1,2}}岁|{_DOES_NEXT})))"
    rf"(?<!\d)(?P<name>(?:欧阳|司马|上官|诸葛|[{SURNAMES}])[{HAN}]{{1,2}}?)"
    rf"(?=\s?[（(]?\d{{1,2}}岁|四手联弹|用(?:{instruments().chinese})|[:：]\s?《|[（(]|{_DOES_NEXT}|(?:{instruments().chinese})[、，；]"
    rf"|、|[和与][{SURNAMES}]|{_CALLED}|[，；。\s]|$)",
    re.MULTILINE,
)
_ZH_TITLED = re.compile(
    rf"(?:^|(?<=[^{HAN}])|(?<=[由请和与跟听后]))(?P<name>[{SURNAMES}阿小]?[{HAN}]老师)", re.MULTILINE
)
_ZH_WRITER = re.compile(rf"(?:{ZH_DOES}|指弹|开场|压轴|收尾)(?P<name>[{HAN}·]{{2,6}}?)的?[《〈]")
_ZH_WROTE = re.compile(rf"[》」〉][（(](?P<name>[{HAN}·]{{2,6}}?)(?:作|谱)?曲[，,；）)]")
_ZH_NOBODY = re.compile(
    r"全体|谢绝|未满|不满|全员|岁|全场|师生|学生|同学|学员|团员|小朋友|孩子|老师|家长|嘉宾|钢琴|乐团|乐队|年龄|最[小大]|现场|[我他她你]们?|们"
    r"|人$|大家|共|由|与|和|及"
)
"""What stands before an age or a verb of playing, too, and is no name."""
_ZH_ANYBODY = re.compile(
    rf"(?:^|(?<=[^{HAN}])|(?<=[的儿子妹弟员])(?=[{HAN}]{{2}}\s?[（(]?\d{{1,2}}岁))(?P<name>[{HAN}]{{2,3}}?)"
    rf"(?=\s?[（(]\d{{1,2}}岁|(?<=的[{HAN}][{HAN}])\d{{1,2}}岁|(?:{instruments().chinese})?(?:独奏|演奏|弹奏|演唱|独唱)[^，。；\n]{{0,12}}《)",
    re.MULTILINE,
)
"""Whoever has an age or plays a piece, with whatever surname."""
_ZH_AGED = re.compile(rf"(?P<name>(?:欧阳|司马|上官|诸葛|[{SURNAMES}])[{HAN}]{{1,2}})(?=\s?[（(]\d{{1,2}}岁)")
"""Whoever has an age in brackets, with whatever stands before: 金奖陈思远（14岁）."""
_NOT_TITLED = ("各位", "全体", "我们", "他们", "指导", "带队", "位", "名", "和", "与", "的", "由", "请")
_BESIDE_HAN = re.compile(
    rf"(?<=[{HAN}][ （(])[A-Z][a-z]+(?: [A-Z][a-z]+){{1,2}}(?![a-z])"
    rf"|[A-Z][a-z]+(?: [A-Z][a-z]+){{1,2}}(?= ?[（(]?[{HAN}]{{3}}[（(，])"
)
"""A name in both scripts, of which one word may be an ordinary one: 何子朗 Ho Tsz Long."""


def acts_in_chinese(text: str, end: int) -> bool:
    """Whether a Chinese text says of the Latin name that ends there what it plays."""
    return _ZH_ACTS.match(text, end) is not None


def written_in_both(text: str) -> set[tuple[int, int]]:
    """Where Latin names stand beside Chinese ones."""
    return {match.span() for match in _BESIDE_HAN.finditer(text)}


def chinese_people(text: str, known: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """`known`: where composers are named."""
    tools = {one.start for one in instruments().mentions(text)}  # 马林巴 begins like a name
    chinese = [match.span("name") for match in _ZH_PERSON.finditer(text) if match.start("name") not in tools]
    chinese += [
        match.span("name")
        for match in _ZH_ANYBODY.finditer(text)
        if not _ZH_NOBODY.search(match["name"])
        and not meets(match.span("name"), [*chinese, *known])
        and not any(instruments().mentions(match["name"]))
    ]
    chinese += [span for span in _aged(text) if not meets(span, chinese)]
    starts = {start for start, _ in chinese}
    chinese += [
        match.span("name")
        for match in _ZH_TITLED.finditer(text)
        if match["name"][:-2] not in _NOT_TITLED and match.start("name") not in starts
    ]
    return chinese


def _aged(text: str) -> Iterator[tuple[int, int]]:
    return (match.span("name") for match in _ZH_AGED.finditer(text))


def meets(run: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    return any(start < run[1] and run[0] < end for start, end in others)


def wrote_in_brackets(text: str) -> Iterator[str]:
    """《X》（黄海怀曲）."""
    return (match["name"] for match in _ZH_WROTE.finditer(text))


def chinese_writers(text: str) -> Iterator[str]:
    """Who wrote a piece, by their place between a verb of playing and a title."""
    return (match["name"] for match in _ZH_WRITER.finditer(text))
