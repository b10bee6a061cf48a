"""The few sentences that are said to an audience in a language that no page is in."""

from __future__ import annotations

from string import Formatter

import pytest

from encore.domain.content import Language
from encore.words.catalogue import Catalogue, languages, read, source
from encore.words.sentence import Words

SOURCE = {message.context: message for message in source() if message.context}
ADDED = [language for language in Language if language not in languages()]


def names(text):
    return {name for _, name, *_ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", ADDED)
def test_its_file_has_what_an_audience_is_told(language):
    known = {message.context: message for message in read(language) if message.context}
    assert set(known) == {key for key in SOURCE if key.startswith("audience.")} | {"zone.label", "zone.beijing"}
    for key, message in known.items():
        assert message.id == SOURCE[key].id and not message.fuzzy
        assert names(message.string) == names(message.id)


@pytest.mark.parametrize("language", list(Language))
def test_pages_name_each_language_of_posts_and_its_letters(language):
    for words in map(Words, languages()):
        assert words.catalogue.text(f"language.{language}")
    assert str(language).startswith(Catalogue.of(language).locale.language)
