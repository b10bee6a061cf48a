"""The catalogue against the code: each key that is named is there with all that it fills in, none is there for nobody,
every language says the same, and no sentence for a person stands anywhere else."""

from __future__ import annotations

import re
from collections import Counter
from string import Formatter

import pytest
from babel.messages.catalog import Message
from code_walk import CODE, OF_AN_ERROR, ROOT, sentences_in, walk, words_in_templates

from encore.words import CHINESE, ENGLISH, times
from encore.words.catalogue import FOLDER, languages, read, source
from encore.words.of_platforms import PARTS, sentences_of

WALK = walk()
SENTENCES: dict[str, Message] = {message.context: message for message in source() if message.context}
OF_ONE_LANGUAGE = {"standing.of_before"}
"""What a row of before holds in English and in Chinese."""
OTHERS = [language for language in languages() if language not in (ENGLISH, CHINESE)]


def forms(text: str | tuple[str, ...]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def places(text: str) -> set[tuple[str, str]]:
    """The names that are filled in, each with how it is shown."""
    return {(name, spec or "") for _, name, spec, _ in Formatter().parse(text) if name is not None}


def places_of(key: str) -> set[tuple[str, str]]:
    found = set().union(*map(places, forms(SENTENCES[key].id)))
    return found | (places_of(f"{key}.hint") if f"{key}.hint" in SENTENCES else set())


def test_each_key_that_is_named_is_there():
    assert [(said.where, said.key) for said in WALK.calls if said.key not in SENTENCES] == []


def test_each_call_gives_what_its_sentence_fills_in():
    wrong = []
    for said in WALK.calls:
        if said.key in SENTENCES.keys() - OF_ONE_LANGUAGE and said.values is not None:
            names = {name for name, _ in places_of(said.key)}
            if names != said.values - OF_AN_ERROR | (names & said.values):
                wrong.append((said.where, said.key, names ^ (said.values - OF_AN_ERROR)))
    assert wrong == []


def test_no_sentence_is_there_for_nobody():
    shown = {spec for key in SENTENCES for _, spec in places_of(key)} - set(times.SHOWN)
    told = WALK.named | {said.key for said in WALK.calls} | {key for part in PARTS for key in sentences_of(part)}

    def is_told(key: str) -> bool:
        return (
            key in told
            or key.partition(".")[0] in shown
            or (key.endswith(".hint") and is_told(key.removesuffix(".hint")))
            or any(family.fullmatch(key) for family in WALK.families)
        )

    assert [key for key in SENTENCES if not is_told(key)] == []


def test_no_key_is_there_twice():
    keys = re.findall(r'^msgctxt "(.+)"', (FOLDER / "zh.po").read_text(encoding="utf-8"), re.MULTILINE)
    assert [key for key, times_there in Counter(keys).items() if times_there > 1] == []


def test_every_way_to_show_a_value_is_known():
    """A time, or a word that the catalogue has for some values."""
    families = {key.partition(".")[0] for key in SENTENCES}
    shown = {spec for key in SENTENCES for _, spec in places_of(key) if spec.isidentifier()}
    assert shown <= families | set(times.SHOWN) | {",", "g"}  # numbers


@pytest.mark.parametrize("language", [CHINESE, *OTHERS])
def test_every_language_says_each_sentence_with_the_same_filled_in(language):
    known = {message.context: message for message in (source() if language == CHINESE else read(language))}
    wrong = []
    for key, message in SENTENCES.items():
        said = known.get(key)
        if said is None or said.fuzzy or not all(forms(said.string)) or said.id != message.id:
            wrong.append((key, "missing, fuzzy, or of another English"))
        elif key not in OF_ONE_LANGUAGE and any(
            places(form) != set().union(*map(places, forms(message.id))) for form in forms(said.string)
        ):
            wrong.append((key, said.string))
    assert wrong == []
    assert known.keys() - {"", None} <= SENTENCES.keys()


def test_the_chinese_is_chinese_and_nothing_else_is():
    names = re.compile(r"\{[^{}]*\}|Encore|TikTok|Instagram|AI|[\W\d_]")
    untold = {
        key
        for key, message in SENTENCES.items()
        for english, chinese in zip(forms(message.id), forms(message.string), strict=False)
        if names.sub("", english) and not re.search(r"[\u4e00-\u9fff]", chinese)
    }
    assert untold <= {"text.used", "standing.of_before"}
    assert [
        key for key, message in SENTENCES.items() if re.search(r"[\u4e00-\u9fff]", "".join(forms(message.id)))
    ] == []


JARGON = re.compile(
    r"UTF-16|title unit|\bmend|\bput(s|ting)? .{0,20}\bin\b|\btak(e|es|en|ing) .{0,20}\bback\b", re.IGNORECASE
)


def test_the_words_are_those_of_people():
    assert [(key, message.id) for key, message in SENTENCES.items() if JARGON.search(" ".join(forms(message.id)))] == []


def test_no_text_of_a_template_stands_in_it():
    kept = {"Excel · CSV", "Encore", "· Encore", "https://", "Europe/Berlin"}
    assert [(name, text) for name, text in words_in_templates() if text not in kept] == []


FOR_OTHERS = (
    "include/encore/platforms/error_page.py",  # a page of the documentation
    "include/encore/platforms/instagram/limits.py",  # how a platform's posts are written, for the model
    "include/encore/platforms/tiktok/limits.py",
    "include/encore/platforms/xiaohongshu/limits.py",
    "include/encore/domain/written.py",  # how people write dates
    "include/encore/domain/speaking.py",  # and call languages
    "include/encore/domain/written_values.py",  # and a yes
    "include/encore/domain/zones.py",  # and zones
    "include/encore/seeding/likeness.py",  # letters of languages
    "include/encore/seeding/validate.py",  # what people call the platforms
    "include/encore/content/",  # patterns of what texts state, phrases of posts, instructions of the model
    "plugins/encore_airflow/commands/",  # what operators read at a terminal
    "plugins/encore_airflow/stack/",
    "plugins/encore_airflow/cli.py",
    "plugins/encore_airflow/api/openapi.py",  # the API described
)


OF_A_PLATFORM = {"公开可见", "仅自己可见", "仅互关好友可见"}
"""Words of its interface, as it has them."""


def test_no_sentence_for_a_person_stands_in_the_code():
    found = [
        (f"{where}:{line}", text)
        for path in CODE
        if not (where := str(path.relative_to(ROOT))).startswith(FOR_OTHERS)
        for line, text in sentences_in(path)
    ]
    assert [text for _, text in found if text not in OF_A_PLATFORM] == []
