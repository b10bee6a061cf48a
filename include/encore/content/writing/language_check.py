"""In which language a text is, as far as that can be told from its letters and its smallest words."""

from __future__ import annotations

import re

from encore.domain.content import Language

_HAN = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[^\W\d_]")
_SMALL_WORDS = {
    "en": "the and of to with for is are you your we our this that will be have from come join us it",
    "de": "der die das und ist sind mit für ein eine wir sie ihr euch uns auf im am zu zum zur nicht dem den des von",
}
_FEW = 4
"""Letters by which nothing can be told."""
_SURE = 3
"""So many small words of another language, and more of them than of its own."""


def in_another_language(text: str, language: Language) -> bool:
    """Whether `text` (without names and other facts, which may be in any) is surely not in `language`."""
    letters = _LETTER.findall(text)
    if len(letters) < _FEW:
        return False
    han = _HAN.findall(text)
    if language.startswith("zh"):
        # A Chinese character says what a Latin word of several letters says.
        return len(han) * 4 < len(letters) - len(han) or _wrong_script(han, language)
    if len(han) > len(letters) / 5 or len(letters) < 2 * sum(map(len, re.findall(r"[Ѐ-ӿ぀-ヿ가-힣؀-ۿ]+", text))):
        return True
    return _other_words(text, language)


def _wrong_script(han: list[str], language: Language) -> bool:
    """The characters that the other script writes in another way are the only ones that tell."""
    simplified = sum(not _has(sign, "big5") and _has(sign, "gb2312") for sign in han)
    traditional = sum(_has(sign, "big5") and not _has(sign, "gb2312") for sign in han)
    wanted, other = (traditional, simplified) if "hant" in language.casefold() else (simplified, traditional)
    return other >= _SURE and other > wanted


def _has(sign: str, charset: str) -> bool:
    try:
        sign.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _other_words(text: str, language: Language) -> bool:
    words = re.findall(r"[^\W\d_]+", text.casefold())
    said = {name: sum(word in small.split() for word in words) for name, small in _SMALL_WORDS.items()}
    own = said.pop(str(language), 0)
    return any(count >= _SURE and count > 2 * own for count in said.values())
