"""In which ways teachers write who plays what: appositions, school years, verbs before the name, notes in brackets."""

from __future__ import annotations

import pytest

from encore.content.facts.cast import PIECE
from encore.content.facts.cast_read import cast_of
from encore.content.facts.comparable import comparable


def _read(facts: str) -> tuple[dict[str, int | None], set[str]]:
    """The performers with their ages, and the pieces."""
    cast = cast_of(comparable(facts))
    return {who: cast.ages.get(who) for who in cast.people}, {key for kind, key in cast.names.values() if kind == PIECE}


@pytest.mark.parametrize(
    ("facts", "people", "pieces"),
    [
        (
            "Nadia Brook, our youngest at 6, plays Clair de lune.",
            {"nadia brook": 6},
            {"clair de lune"},
        ),
        (
            "Hugo Stahl, a retired postman of 70, sings The Lark Ascending.",
            {"hugo stahl": 70},
            {"the lark ascending"},
        ),
        (
            "At the piano: Nadia Brook. On violin: Hugo Stahl.",
            {"hugo stahl": None, "nadia brook": None},
            set(),
        ),
        (
            "Bill Tranter, 77, has the solo in Danny Boy.",
            {"bill tranter": 77},
            {"danny boy"},
        ),
        (
            "9-year-old Hugo Stahl follows with The Entertainer on the marimba.",
            {"hugo stahl": 9},
            {"the entertainer"},
        ),
        (
            "8th grader Nadia Brook has the flute solo in Danny Boy.",
            {"nadia brook": None},
            {"danny boy"},
        ),
        (
            "The harp is played by Nadia Brook, who is 68, and Hugo Stahl is on drums.",
            {"hugo stahl": None, "nadia brook": 68},
            set(),
        ),
        (
            "Featuring Nadia Brook's trumpet in Summertime and Hugo Stahl's banjo in Cripple Creek.",
            {"hugo stahl": None, "nadia brook": None},
            {"summertime", "cripple creek"},
        ),
        (
            "Der 70-jährige Hugo Stahl singt Ave Maria von Schubert.",
            {"hugo stahl": 70},
            {"ave maria"},
        ),
        (
            "Solistin ist Nadia Brook (Geige), es dirigiert Hugo Stahl.",
            {"hugo stahl": None, "nadia brook": None},
            set(),
        ),
        (
            "Es spielen: Nadia Brook, Oboe; Hugo Stahl, Fagott.",
            {"hugo stahl": None, "nadia brook": None},
            set(),
        ),
        (
            "Nadia Brook, mit 7 die Jüngste, spielt auf der Blockflöte Greensleeves.",
            {"nadia brook": 7},
            {"greensleeves"},
        ),
        (
            "Lina Krause, Klasse 8b, Cello: Der Schwan.",
            {"lina krause": None},
            {"der schwan"},
        ),
        (
            "双胞胎罗安、罗宁四手联弹《匈牙利舞曲》。",
            {"罗宁": None, "罗安": None},
            {"匈牙利舞曲"},
        ),
        (
            "由9岁的赵一鸣演奏《沉思》，他的爷爷赵国栋拉手风琴。",
            {"赵一鸣": 9, "赵国栋": None},
            {"沉思"},
        ),
        (
            "11岁的顾念慈用古筝弹《渔舟唱晚》。",
            {"顾念慈": 11},
            {"渔舟唱晚"},
        ),
        (
            "赵一鸣：《赛马》（黄海怀曲），孙悦：《渔舟唱晚》。",
            {"孙悦": None, "赵一鸣": None},
            {"渔舟唱晚", "赛马"},
        ),
    ],
)
def test_who_plays_what_is_read(facts, people, pieces):
    assert _read(facts) == (people, pieces)
