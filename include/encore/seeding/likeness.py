"""How much like a language a text is that was decoded in one way or another.

General detectors want a page of text. A table of concerts has a dozen names, in which `Sřn` or `Søn` decides: so each
encoding is asked for what its own readers write, the letters that are common in it and where they stand.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator

_WEST = {
    "German": "äöüßé", "French": "àâçéèêëîïôùûüœæ", "Spanish": "áéíóúñü¿¡ªº", "Portuguese": "ãõáéíóúâêôçà",
    "Italian": "àèéìòóù", "Danish": "æøåéöü", "Swedish": "åäöé", "Icelandic": "áéíóúýþæðö", "Dutch": "ëïéèöü",
    "Catalan": "àèéíïòóúüç·",
}  # fmt: skip
_CENTRAL = {
    "Czech": "áčďéěíňóřšťúůýžöü", "Slovak": "áäčďéíĺľňóôŕšťúýž", "Polish": "ąćęłńóśźż", "Hungarian": "áéíóöőúüű",
    "Croatian": "čćđšž", "Romanian": "ăâîşţ", "German": "äöüßé",
}  # fmt: skip
_TURKISH = {"Turkish": "çğıiöşüâîû"}
_GREEK = {"Greek": "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"}
_CYRILLIC = {
    "Russian": "абвгдежзийклмнопрстуфхцчшщъыьэюяё", "Ukrainian": "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",
    "Bulgarian": "абвгдежзийклмнопрстуфхцчшщъьюя", "Serbian": "абвгдђежзијклљмнњопрстћуфхцчџш",
}  # fmt: skip
_SIGNS = "“”„‘’‚«»‹›–—…·•°§€£№©®\u00a0、。，．：；！？（）「」『』《》【】〈〉～・ー０１２３４５６７８９　"


def likeliest(content: bytes) -> list[tuple[str, str, float]]:
    """The encodings that can be, each with the text and how like a language that is (0 to 1), best first. Of equal ones
    those first that more people have."""
    found = []
    for encoding, like in _LIKE.items():
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(unicodedata.category(sign) in ("Cc", "Co", "Cn") and sign not in "\t\r\n" for sign in text):
            found.append((encoding, text, like(text)))
    return sorted(found, key=lambda one: -one[2])


def _mean(weights: Iterator[float]) -> float:
    each = list(weights)
    return sum(each) / len(each) if each else 1.0


def _letters(*alphabets: dict[str, str]) -> Callable[[str], float]:
    """Of an encoding with a byte for each letter: the best of its languages counts."""

    known = "".join(own for languages in alphabets for own in languages.values())

    def like(text: str) -> float:
        return max(_mean(_of_letters(text, own, known)) for languages in alphabets for own in languages.values())

    return like


def _of_letters(text: str, own: str, known: str) -> Iterator[float]:
    for before, sign, after in _around(text):
        if sign in _SIGNS:
            yield 0.2 if before.isalpha() and after.isalpha() and sign not in "’·–—" else 0.9
        elif not sign.isalpha():
            yield 0.1
        elif sign.lower() not in known:
            yield 0.3
        elif sign.isupper() and (before.islower() or (before.isupper() and after.islower())):
            yield 0.1  # no word goes on with a capital
        elif _script(sign) != "LATIN" and (_is_latin(before) or _is_latin(after)):
            yield 0.1
        elif sign.lower() not in own:
            yield 0.6
        else:
            yield 1.0


def _pairs(codec: str, common: tuple[range, ...], native: Callable[[str], float]) -> Callable[[str], float]:
    """Of an encoding with pairs of bytes. `common`: first bytes of the everyday characters; `native`: what a sign of
    the language's own script counts, 0 for any other."""

    def weight(before: str, sign: str, after: str) -> float:
        if sign in _SIGNS:
            return 1.0
        if (_is_latin(before) and _is_latin(after)) or (after.isascii() and after.islower()):
            return 0.1  # two letters of a Latin word, taken for one sign
        if own := native(sign):
            return own
        if not "\u3400" <= sign <= "\u9fff":
            return 0.1
        try:
            lead = sign.encode(codec)
        except UnicodeEncodeError:
            return 0.1
        everyday = len(lead) == 2 and any(lead[0] in each for each in common)
        return 1.0 if everyday else 0.4

    return lambda text: _mean(weight(*around) for around in _around(text))


def _around(text: str) -> Iterator[tuple[str, str, str]]:
    padded = f" {text} "
    for at, sign in enumerate(padded):
        if not sign.isascii():
            yield padded[at - 1], sign, padded[at + 1]


def _is_latin(sign: str) -> bool:
    return sign.isascii() and sign.isalpha()


def _script(sign: str) -> str:
    return unicodedata.name(sign, "").partition(" ")[0]


def _kana(sign: str) -> float:
    if "\uff61" <= sign <= "\uff9f":
        return 0.2  # half the width, as old machines wrote it
    return 1.0 if "\u3040" <= sign <= "\u30ff" else 0.0


def _hangul(sign: str) -> float:
    """The 2,350 syllables of KS X 1001 are those in use."""
    if not "\uac00" <= sign <= "\ud7a3":
        return 0.0
    try:
        sign.encode("euc_kr")
    except UnicodeEncodeError:
        return 0.2
    return 1.0


def _none(_: str) -> float:
    return 0.0


def _japanese(codec: str, common: tuple[range, ...]) -> Callable[[str], float]:
    """Nobody writes a line of it without kana."""
    like = _pairs(codec, common, _kana)
    return lambda text: like(text) * (1.0 if any(_kana(sign) == 1.0 for sign in text) else 0.7)


def _korean(text: str) -> float:
    """Chinese characters are seldom there; and three of them in a row may be syllables by chance."""
    like = _pairs("euc_kr", (), _hangul)
    return like(text) * (1.0 if sum(_hangul(sign) == 1.0 for sign in text) > 3 else 0.9)


_LIKE: dict[str, Callable[[str], float]] = {
    "cp949": _korean,
    "gb18030": _pairs("gb2312", (range(0xB0, 0xD8),), _none),
    "cp1252": _letters(_WEST),
    "big5hkscs": _pairs("big5", (range(0xA4, 0xC7),), _none),
    "cp932": _japanese("cp932", (range(0x88, 0x98),)),
    "cp1251": _letters(_CYRILLIC),
    "cp1250": _letters(_CENTRAL),
    "mac_roman": _letters(_WEST),
    "euc_jp": _japanese("euc_jp", (range(0xB0, 0xD0),)),
    "cp1254": _letters(_TURKISH),
    "cp1253": _letters(_GREEK),
    "koi8_r": _letters(_CYRILLIC),
    "iso8859_15": _letters(_WEST),
    "iso8859_2": _letters(_CENTRAL),
}
"""What people's spreadsheets write besides Unicode, by where they live."""
