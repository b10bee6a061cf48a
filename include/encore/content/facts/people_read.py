"""Where a concert's facts name who plays, by what they say of somebody: an age, an instrument, a verb of playing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from encore.content.facts.cast import DOES
from encore.content.facts.latin_names import CAPITAL
from encore.content.facts.name_runs import DAY, capitalized_runs
from encore.content.facts.vocabulary import composers, instruments, pieces
from encore.content.facts.word_lists import any_of, words
from encore.content.facts.zh_people import acts_in_chinese, chinese_people, meets, written_in_both

Span = tuple[int, int]

AGE = re.compile(
    r"(?:同学|小朋友|老师|阿姨|叔叔|爷爷|奶奶)?\s?[（(]\s?(?P<age>\d{1,2})\s?(?:岁|years? old|yrs|Jahre)?\s?[),，）;]"
    r"|,? aged? (?P<aged>\d{1,2})\b(?!\s?(?:to|-|–|bis)\b)|,? (?P<jahre>\d{1,2}) Jahre\b"
    r"|, (?:twin )?(?:brothers|sisters|siblings|twins),? (?:of|aged|both) (?P<twins>\d{1,2})\b"
    r"|,? (?:who )?(?:is|ist) (?P<is>\d{1,2})\b(?=[,.;)]| (?:and|und|Jahre)\b)"
    r"|, (?:an?|our|the|now|unsere?|mit)\b[^,.;:()]{0,40}? ?"
    r"(?P<apposed>\d{1,2})(?=[,.;]| (?:and|und|der|die|unsere?) )"
    r"|, (?P<bare>\d{1,2})(?=[,;.]| ?$| \(| and\b)|[,，]?今?年?(?P<zh>\d{1,2})岁"
)
_TOOL = f"{instruments().latin}|{instruments().chinese}"
_SCHOOL_YEAR = r"(?:Klasse|Year|Grade|Form|Jahrgang) \w{1,3}"
_HOLDS = re.compile(
    rf"\s?[（(][^()（）\d]{{0,16}}?(?i:{_TOOL})[^()（）\d]{{0,16}}[)）]|\s?[（(](?i:{_TOOL})[,，]"
    rf"|,(?: (?:\d{{1,2}}|{_SCHOOL_YEAR}),)? (?:[a-z]+ )?(?i:{_TOOL})(?=[:,.;)]|$)"
    rf"|(?:\s?[（(]\d{{1,2}}[)）]|, \d{{1,2}},)?(?: is| ist)? (?:on|at|an|am|auf)(?: the| der| dem)?"
    rf" (?:[a-z]+ )?(?i:{_TOOL})\b"
    rf"|['’]s (?:[a-z]+ )?(?i:{_TOOL})\b"
)
"""Ruby Nguyen (alto sax); Megan Holroyd, flugelhorn: Tom Orr at the piano; Ana Ruiz's trumpet."""
_ACTS = re.compile(
    rf"(?:\s?[（(][^()（）]{{1,20}}[)）])?(?:, (?:[a-z]|\d)[^.;:,]{{0,60}},)?"
    rf"(?:,? (?:and|&|with) [A-Z][^.;]{{0,40}}?|, [A-Z][\w ,]{{0,60}}?)?,? (?:{DOES}|{any_of('acts_of_facts')})\b"
)
_INTRODUCED = re.compile(
    rf"\b(?:{any_of('introduces')})[:.]?\s+$|[- ](?:years?[- ]old|grader) $|jährige[rn]? $", re.IGNORECASE
)
_FIRST_NAME = re.compile(rf"\b(?i:{any_of('introduces')}): (?P<name>{CAPITAL}[a-zà-ÿ]+) $")
_WORD_AS_NAME = re.compile(rf"\b(?P<name>(?:{'|'.join(sorted(words('words_as_names')))})) $")
"""Bill Tranter."""
_PART = re.compile(rf"(?P<part>{any_of('introduces')}) (?=\S+ \S)", re.IGNORECASE)
_INVERTED = re.compile(
    r"(?:^|[.;:,] )(?:[Ee]s|[Dd]en|[Dd]as (?:Solo|Stück|Lied)|[Aa]m|[Aa]n der|[Aa]uf der|[Zz]u[mr]|[Dd]anach|[Dd]azu)"
    r"\b[^.;:,]{0,50}?\b(?:spiel(?:t|en)|sing(?:t|en)|dirigier(?:t|en)|begleite[nt]|leitet|bläst|moderiert)[: ] ?$"
)
"""Den Walzer spielt Ana Ruiz."""
_OBJECT = re.compile(
    rf"(?:\b(?:{DOES}) (?:the |a |an |das |die |den |The |La |Le )?|['’]s |\b(?:The|[Dd]ie|[Dd]as|den|La|Le) )$"
)
"""What is played stands after it, and nobody who plays."""
_WRITTEN_BY = re.compile(r"\b(?:plays?|sings?|performs?) [^.;]*(?<!ed)(?<!sung)(?<!led)(?<!taught)(?<!given) by $")
"""Before who wrote what somebody plays."""
_BESIDE = re.compile(r"(?:\s?[（(]\d+[)）])?(?:, | and | & |, and | und |、|\s?[和与]\s?)")
_NAME_BEFORE = re.compile(r"[,(] ?(?:[a-z]+ )?$")
"""Zara, viola: what follows is no player."""
_ON_WHAT = re.compile(r"\b(?:on|at|an|am|auf)(?: the| her| his| de[rm]| (?:ih|sein)re[rm])? [\w-]+ $|\d[)）]?,? \w+ $")
"""Auf der Blockflöte Greensleeves: what follows is played."""
_ARTICLE = re.compile(r"\b(?:der|die|das|den|dem|unsere?|eine?|the|our|an?) $", re.IGNORECASE)
_STARTS_TITLE = re.compile(r"(?:La|Le|El|Der|Die|Das|The) ")
_ABBREVIATED = re.compile(r"\.? ?\d{3}")
"""Tel. 0763"""
_OTHER_NAME = re.compile(r"\s?[（(]?\s?")
"""Between a name in one script and in the other."""


def people_in(text: str, of_pieces: list[Span]) -> Iterator[Span]:
    """`of_pieces`: where titles are, unless an age goes on."""
    written_by = [(one.start, one.end) for one in composers().mentions(text)]
    chinese = chinese_people(text, written_by)
    runs = [run for run in _runs(text, written_by) if _has_own(text, *run) or not meets(run, of_pieces)]
    tools = [
        (text[one.start : one.end], _NAME_BEFORE.search(text, 0, one.start)) for one in instruments().mentions(text)
    ]
    players = tuple(f"{tool}{mark} " for tool, named in tools for mark in ("", *([] if named else [":"])))
    sure = {run for run in runs if _is_performer(text, run, players) or _is_beside(text, run, chinese)}
    yield from sorted(_with_those_beside(text, runs, sure))
    yield from chinese


def _runs(text: str, written_by: list[Span]) -> Iterator[Span]:
    """Capitalized words that may be somebody's name."""
    written = written_in_both(text)
    tools = {(one.start, one.end) for one in instruments().mentions(text)}
    known_pieces = {(one.start, one.end) for one in pieces().mentions(text)}
    for capitalized in capitalized_runs(text):
        run = next((whole for whole in written if whole[0] == capitalized[0]), capitalized)
        writes = _WRITTEN_BY.search(text[max(0, run[0] - 90) : run[0]]) or meets(run, written_by)
        no_name = run in tools or _ABBREVIATED.match(text, run[1])
        if no_name or (writes and not AGE.match(text, run[1])):
            continue
        run = _with_first_name(text, _without_part(text, run))
        first = max(0, run[0] - 90)
        played = _OBJECT.search(text, first, run[0]) and not _INVERTED.search(text, first, run[0])
        if run not in known_pieces and not played and not _is_no_name(text, *run):
            yield run


def _is_no_name(text: str, start: int, end: int) -> bool:
    """Der Jüngste, the Recorder Club, Grade 3, La Paloma."""
    said = text[start:end]
    a_thing = _ARTICLE.search(text, max(0, start - 9), start) or DAY.fullmatch(said)
    one_word = " " not in said and (a_thing or said.lower() in words("kinds_of_houses"))
    return bool(one_word or said[0].islower() or _STARTS_TITLE.match(said))


def _has_own(text: str, start: int, end: int) -> bool:
    """Whether an age or an instrument follows, or the verb before has its object already: no piece is named there."""
    inverted = _INVERTED.search(text, max(0, start - 90), start)
    return bool(inverted or AGE.match(text, end) or _HOLDS.match(text, end))


def _is_performer(text: str, run: Span, players: tuple[str, ...]) -> bool:
    start, end = run
    return bool(
        acts_in_chinese(text, end)
        or any(pattern.match(text, end) for pattern in (AGE, _HOLDS, _ACTS))
        or _INTRODUCED.search(text, max(0, start - 24), start)
        or _INVERTED.search(text, max(0, start - 90), start)
        or (text[:start].endswith(players) and not _ON_WHAT.search(text, max(0, start - 40), start))
    )


def _is_beside(text: str, run: Span, chinese: list[Span]) -> bool:
    return any(_OTHER_NAME.fullmatch(text[min(run[1], end) : max(run[0], start)]) for start, end in chinese)


def _with_those_beside(text: str, runs: list[Span], sure: set[Span]) -> set[Span]:
    """Mia, Tom and Lena: who stands beside a performer is one."""
    for _ in runs:
        more = {
            run for run in runs for other in sure
            if run != other and _BESIDE.fullmatch(text, min(run[1], other[1]), max(run[0], other[0]))
        }  # fmt: skip
        if more <= sure:
            break
        sure |= more
    return sure


def _with_first_name(text: str, run: Span) -> Span:
    """MC: Will Dawson, whose first name is a word."""
    first = _FIRST_NAME.search(text, max(0, run[0] - 36), run[0])
    if first is None and " " not in text[slice(*run)]:
        first = _WORD_AS_NAME.search(text, max(0, run[0] - 12), run[0])
    return (first.start("name"), run[1]) if first else run


def _without_part(text: str, run: Span) -> Span:
    """Leitung Katrin Vogel, Orgel Tilo Kern: what somebody is, in capitals before the name."""
    part = _PART.match(text, *run)
    if part and part["part"].lower() not in words("titles"):
        return part.end(), run[1]
    return without_tool(text, run)


def without_tool(text: str, run: Span) -> Span:
    """Orgel Tilo Kern; auf der Blockflöte Greensleeves."""
    tool = next((one.end for one in instruments().mentions(text[slice(*run)]) if one.start == 0), None)
    return run if tool is None or run[0] + tool + 1 >= run[1] else (run[0] + tool + 1, run[1])
