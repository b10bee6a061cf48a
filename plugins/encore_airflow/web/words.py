"""The words of the pages in English and in Chinese.

English stands where it is used; `words/*.yaml` holds the Chinese for each of these texts, and for each sentence of the
services that a person may read. A test compares both with what is used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from encore.domain.content import Language
from encore.domain.job import YAML_LOADER, Platform, Touchpoint
from encore.errors import EncoreError
from encore.platforms.about import names_of
from encore.settings import load_settings

_FOLDER = Path(__file__).with_name("words")
_PLACE = re.compile(r"\{[^{}]*\}")
_WITHIN = r"((?:(?![.?!] ).)+?)"
"""What is filled into a sentence holds no end of one, unless it stands at its end and is sentences itself."""
_SENTENCES = re.compile(r"(?<=[.?!]) (?=\S)")


@dataclass(frozen=True)
class Words:
    """What a person reads, in their language."""

    language: Language

    @property
    def chinese(self) -> bool:
        return self.language is Language.ZH

    def say(self, text: str, **values: Any) -> str:
        """`text` with its `{places}` filled in."""
        found = pages().get(text, text) if self.chinese else text
        return found.format(**values) if values else found

    def count(self, one: str, many: str, n: int, **values: Any) -> str:
        """Chinese has one form, that of `many`."""
        return self.say(many if self.chinese or n != 1 else one, n=n, **values)

    def told(self, sentence: str) -> str:
        """A sentence that a service has made, or several in a row, wherever it says some that we know."""
        if not self.chinese or not sentence:
            return sentence
        parts = [_chinese(part) for part in _SENTENCES.split(sentence)]
        if all(part is not None for part in parts):
            return "".join(part for part in parts if part is not None)
        known = _chinese(sentence)
        return sentence if known is None else known

    def refusal(self, err: EncoreError) -> str:
        said = getattr(err, "message_zh", "") if self.chinese else ""
        said = said or self.told(err.message)
        if not err.hint:
            return said
        return f"{said}{'' if self.chinese else ' '}{self.told(err.hint)}"

    def either(self, english: str, chinese: str | None) -> str:
        return chinese if self.chinese and chinese else english


@cache
def pages() -> dict[str, str]:
    """English text of a page -> Chinese."""
    return _read("zh.yaml")


@cache
def services() -> dict[str, str]:
    """A service's sentence -> Chinese. `{}` stands for what it fills in, in the same order in both."""
    return _read("zh_services.yaml")


def _chinese(sentence: str) -> str | None:
    if sentence in services():
        return services()[sentence]
    for pattern, chinese in _patterns():
        if match := pattern.fullmatch(sentence):
            return chinese.format(*(_value(value) for value in match.groups()))
    return None


def _value(value: str) -> str:
    """What is filled in: a sentence of its own, a platform, a moment, or something that needs no translation."""
    for platform in Platform:
        if value in (platform, names_of(platform)[0]):
            return names_of(platform)[1]
    if (moment := value.replace(" ", "_")) in list(Touchpoint):
        return load_settings().touchpoints[Touchpoint(moment)].name_zh  # a sentence holds the moment's key
    return Words(Language.ZH).told(value)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Those that say most themselves first."""
    found = []
    for english, chinese in sorted(services().items(), key=lambda entry: -len(_PLACE.sub("", entry[0]))):
        if "{" in english:
            *others, last = [re.escape(part) for part in _PLACE.split(english)]
            filled = _WITHIN.join(others) + (_WITHIN if last else "(.+)") + last
            found.append((re.compile(filled, re.DOTALL), chinese))
    return found


def _read(name: str) -> dict[str, str]:
    return yaml.load((_FOLDER / name).read_text(encoding="utf-8"), Loader=YAML_LOADER)
