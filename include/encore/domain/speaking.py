"""Which languages a campaign's posts speak, and in which voice: what people choose, and how they write it down."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import permutations
from typing import Annotated

from babel import Locale
from pydantic import AfterValidator, BeforeValidator

from encore.domain.content import Language, Voice
from encore.domain.job import Platform
from encore.domain.refused import refused

EVERYWHERE = "all"
"""In a campaign's choice: what holds for each platform that is not named."""
CHOSEN = ("languages", "voice")
"""The fields of a campaign that say how it speaks. What they leave open is the school's."""

Spoken = tuple[Language, ...]
"""The languages of one post: one, or two in their order."""

_CALLED_ALSO = {
    "en": ("英文",),
    "zh": ("中文", "简体中文", "简中", "simplified chinese", "mandarin", "zh-cn", "zh-hans"),
    "zh-Hant": ("繁體中文", "繁体中文", "繁體", "正體中文", "繁中", "traditional chinese", "zh-tw", "zh-hk"),
    "de": ("德文",),
}
_VOICES = {
    Voice.WARM: ("温暖", "亲切", "warm", "herzlich"),
    Voice.FORMAL: ("正式", "庄重", "formal", "förmlich"),
    Voice.PLAYFUL: ("活泼", "俏皮", "playful", "verspielt"),
}
_THEN = re.compile(r"[,;、+/&|]|\b(?:and|then|und|dann)\b|[和与及]")
_OF_PLATFORM = re.compile(r"([^:=]+)[:=](.+)")


def choices() -> tuple[Spoken, ...]:
    """All that a post can speak: each language alone, then each two in either order."""
    return (*((one,) for one in Language), *permutations(Language, 2))


def code(spoken: Sequence[str]) -> str:
    """As a form and a table have it: `zh+en`."""
    return "+".join(spoken)


def spoken_in(value: object) -> Spoken:
    """What is meant by `zh+en`, `English, then Chinese` or `["zh", "en"]`; raises what pydantic takes as an error."""
    parts = _parts(value) if isinstance(value, str) else value
    texts = [one if isinstance(one, str) else "" for one in parts] if isinstance(parts, list | tuple) else []
    named = [_by_name().get(_folded(one)) for one in texts]
    spoken = tuple(one for one in named if one)
    if len(spoken) != len(named) or spoken not in choices():
        said = "+".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        raise refused("input.no_languages", value=said[:80], choices=list(Language), example=code(choices()[-1]))
    return spoken


def _parts(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).strip().strip("{}[]").casefold()
    parts = [part.strip(" \"'") for part in _THEN.split(plain) if part.strip()]
    return parts if all(_folded(part) in _by_name() for part in parts) else plain.split()


def _folded(name: str) -> frozenset[str]:
    """`Traditional Chinese` is `Chinese (traditional)`."""
    return frozenset(re.findall(r"[\w-]+", unicodedata.normalize("NFKC", name).casefold().replace("_", "-")))


@cache
def _by_name() -> Mapping[frozenset[str], Language]:
    """By code, and by name in English, Chinese, German and the language itself."""
    found: dict[frozenset[str], Language] = {}
    for language in Language:
        locale = Locale.parse(language, sep="-")
        named = [locale.get_display_name(reader) for reader in (*map(Locale.parse, ("en", "zh", "de")), locale)]
        for name in (language, *named, *_CALLED_ALSO.get(language, ())):
            found.setdefault(_folded(str(name)), language)
    return found


def _choice(value: object) -> object:
    """A choice for the whole campaign, or one for each platform (`instagram: en; tiktok: zh+en`); nothing: the
    school's. As `{platform or EVERYWHERE: languages}`."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return {}
    if isinstance(value, str):
        value = _as_json(value)
    each = _by_platform(value) if isinstance(value, str) else value
    if not isinstance(each, Mapping):
        return {EVERYWHERE: spoken_in(value)}
    chosen = {str(name): spoken_in(named) for name, named in each.items() if named not in (None, "", [], ())}
    for name in chosen:
        if name not in (EVERYWHERE, *Platform):
            raise refused("input.no_choice", value=name[:80], choices=[EVERYWHERE, *map(str, Platform)])
    return dict(sorted(chosen.items()))


def _as_json(text: str) -> object:
    """As a database has it; a text of people as it is."""
    try:
        return json.loads(text) if text.lstrip().startswith("{") else text
    except ValueError:
        return text


def _by_platform(text: str) -> dict[str, str] | None:
    """None for a text that names no platform."""
    parts = [part for part in re.split(r"[;\n]", unicodedata.normalize("NFKC", text).casefold()) if part.strip()]
    found = [match for part in parts if (match := _OF_PLATFORM.fullmatch(part))]
    return {match[1].strip(): match[2] for match in found} if len(found) == len(parts) else None


def _voice(value: object) -> object:
    """By its name in English, Chinese or German; nothing: the school's."""
    if not isinstance(value, str):
        return value
    plain = unicodedata.normalize("NFKC", value).strip().casefold()
    return next((voice for voice, names in _VOICES.items() if plain in names), plain or None)


def _one_or_two(value: Spoken) -> Spoken:
    return spoken_in(value) if value else value


ChosenLanguages = Annotated[dict[str, Spoken], BeforeValidator(_choice)]
ChosenVoice = Annotated[Voice | None, BeforeValidator(_voice)]
SpokenSetting = Annotated[Spoken, AfterValidator(_one_or_two)]
"""Languages in the settings; none: those of the school."""
