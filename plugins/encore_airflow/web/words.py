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
from encore.errors import EncoreError

_FOLDER = Path(__file__).with_name("words")
_PLACE = re.compile(r"\{[^{}]*\}")


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
        """A sentence that a service has made, wherever it says one that we know."""
        if not self.chinese or not sentence:
            return sentence
        if sentence in services():
            return services()[sentence]
        for pattern, chinese in _patterns():
            if match := pattern.fullmatch(sentence):
                return chinese.format(*match.groups())
        return sentence

    def refusal(self, err: EncoreError) -> str:
        return " ".join(filter(None, (self.told(err.message), self.told(err.hint))))

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


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    found = []
    for english, chinese in services().items():
        if "{" in english:
            parts = [re.escape(part) for part in _PLACE.split(english)]
            found.append((re.compile("(.+?)".join(parts), re.DOTALL), chinese))
    return found


def _read(name: str) -> dict[str, str]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((_FOLDER / name).read_text(encoding="utf-8"), Loader=loader)
