"""The catalogue: `zh.po` holds each sentence in English and in Chinese under its key, `<language>.po` those of another
language; what the platforms' own files say (`about.yaml`, `errors.yaml`, English and Chinese) is a part of it.

A further language is one such file, as Babel and the usual tools of translators read and write it: `make words` brings
new sentences into it and marks as fuzzy those whose English has changed. What is missing or fuzzy is said in English.

A file in `audience/` holds the few sentences that an audience reads, in a language of posts that no page is in.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from encore.domain.json import Json
from encore.words import CHINESE, ENGLISH
from encore.words.filling import Filling, Speaker
from encore.words.of_platforms import PARTS, sentences_of

FOLDER = Path(__file__).parent
_ENGLISH = Locale("en", "GB")
_LOCALES = {CHINESE: "zh_Hans_CN", "zh-Hant": "zh_Hant_TW"}
_NO_GAP = {"zh", "ja"}
"""Written without a space between sentences."""


class Catalogue:
    """One language's. `of` reads each once a process."""

    def __init__(self, locale: Locale, translations: NullTranslations) -> None:
        self.locale = locale
        self.gap = "" if locale.language in _NO_GAP else " "
        self._translations = translations

    @staticmethod
    @cache
    def of(language: str) -> Catalogue:
        if language == ENGLISH:
            return Catalogue(_ENGLISH, NullTranslations())
        catalog = source() if language == CHINESE else read(language)
        compiled = io.BytesIO()
        write_mo(compiled, catalog)
        compiled.seek(0)
        return Catalogue(catalog.locale or _ENGLISH, Translations(compiled))

    def text(self, key: str, n: object = None) -> str | None:
        """None for a key that nobody knows. `n` decides where there is a singular and a plural."""
        match _keyed().get(key) or sentences_of(key.partition(".")[0]).get(key, (None,))[0]:
            case None:
                return None
            case str(one):
                return self._translations.upgettext(key, one)
            case one, many:
                return self._translations.unpgettext(key, one, many, n if isinstance(n, int) else 2)

    def filled(self, text: str, values: Mapping[str, object], speaker: Speaker) -> str:
        return Filling(self.locale, speaker).vformat(text, (), values)

    def can_say(self, key: str, values: Mapping[str, object]) -> bool:
        """Whether the catalogue knows `key` and all that it fills in is among `values`."""
        text = self.text(key)
        return text is not None and {name for _, name, *_ in Formatter().parse(text) if name} <= values.keys()


@cache
def languages() -> tuple[str, ...]:
    return (ENGLISH, CHINESE, *sorted({path.stem for path in FOLDER.glob("*.po")} - {CHINESE}))


@cache
def source() -> Catalog:
    """English and Chinese, the platforms' own sentences included."""
    catalog = read(CHINESE)
    for key, (english, chinese) in (entry for part in PARTS for entry in sentences_of(part).items()):
        catalog.add(english, chinese, context=key)
    return catalog


def read(language: str) -> Catalog:
    path = FOLDER / f"{language}.po"
    with (path if path.exists() else FOLDER / "audience" / path.name).open("rb") as file:
        return read_po(file, locale=_LOCALES.get(language, language), abort_invalid=True)


@cache
def _keyed() -> Json:
    """What `zh.po` says; of a platform's sentences a process reads those that it says."""
    return {message.context: message.id for message in read(CHINESE) if message.context}
