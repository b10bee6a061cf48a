"""How the words of the facts are compared with those of a text."""

from __future__ import annotations

import unicodedata

from text_unidecode import unidecode

_SIGNS, _READ = "广宁娜晟莎茜曦吕乐翟叶厦沈曾", "Guang Ning Na Sheng Sha Qian Xi Lv Le Zhai Ye Xia Shen Zeng"
_READ_OTHERWISE = str.maketrans({sign: f"{read} " for sign, read in zip(_SIGNS, _READ.split(), strict=True)})
"""Signs of names that the library reads in another way than people do."""
_MARKS = ("#", "@")


def plain(text: str) -> str:
    """For comparing names: without capitals and accents, with single spaces."""
    folded = "".join(char for char in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(char))
    return " ".join(folded.replace("’", "'").split())


def without_marks(value: str) -> set[str]:
    """The text, and how it reads where a platform's limit made a writer leave out # or @."""
    found = {value}
    for mark in _MARKS:
        found |= {one.replace(mark, "") for one in found}
    return found


def pinyin(chinese: str) -> str:
    """Without spaces and tones, in small letters."""
    return unidecode(chinese.translate(_READ_OTHERWISE)).replace(" ", "").lower()
