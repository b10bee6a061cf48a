"""How what is filled into a sentence is shown."""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Protocol

from babel import Locale
from babel.lists import format_list
from babel.numbers import format_decimal

from encore.words import times


class Speaker(Protocol):
    """What is asked to say a value that is a sentence itself (`Words`)."""

    def say(self, key: str, /, **values: object) -> str: ...

    def told(self, said: object) -> str: ...

    def all_told(self, said: Iterable[object]) -> str: ...


class Filling(string.Formatter):
    """`{at:when}`, `{at:day}`, `{at:time}`, `{at:seconds}` show an instant in its own zone; `{platform:platform}` is
    said by the sentence `platform.<value>`, and so with every other such word; `{n:,}` is a number as the language
    writes it; texts in a list get its commas, sentences follow one another."""

    def __init__(self, locale: Locale, speaker: Speaker) -> None:
        self.locale = locale
        self.speaker = speaker

    def get_value(self, key: int | str, args: Sequence[object], kwargs: Mapping[str, object]) -> object:
        return kwargs.get(str(key), "…")

    def format_field(self, value: Any, format_spec: str) -> str:
        with suppress(TypeError, ValueError, AttributeError):  # the value is of another kind: shown as it is
            if shown := times.SHOWN.get(format_spec):
                return shown(datetime.fromisoformat(value) if isinstance(value, str) else value, self.locale)
            if format_spec == ",":
                return format_decimal(value, locale=self.locale)
            if format_spec.isidentifier() and len(format_spec) > 1:
                return self.speaker.say(f"{format_spec}.{value}")
            if isinstance(value, list | tuple):
                if all(isinstance(one, str) for one in value):
                    return format_list(list(value), locale=self.locale) if value else ""
                return self.speaker.all_told(value)
            return format(value, format_spec) if format_spec else self.speaker.told(value)
        return str(value)
