"""The words of `words*.yaml`: data, so that somebody who knows the language can add to them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from encore.domain.job import YAML_LOADER
from encore.domain.json import Json

_FILES = (
    "words.yaml", "words_bound.yaml", "words_told.yaml", "words_moments.yaml", "words_awards.yaml",
    "words_booking.yaml", "words_de.yaml",
)  # fmt: skip
"""What several of them say of the same is one list."""


@cache
def _lists() -> Json:
    merged: Json = {}
    for name in _FILES:
        for key, listed in yaml.load(Path(__file__).with_name(name).read_bytes(), YAML_LOADER).items():
            _merge(merged, key, listed)
    return merged


def _merge(into: Json, key: str, listed: Json) -> None:
    if isinstance(listed, dict):
        for meaning, patterns in listed.items():
            _merge(into.setdefault(key, {}), meaning, patterns)
    else:
        into[key] = [*into.get(key, []), *listed]


def words(name: str) -> frozenset[str]:
    return frozenset(_lists()[name])


def any_of(name: str) -> str:
    """A regular expression for any of them."""
    return "|".join(_lists()[name])


def each_of(name: str) -> dict[str, str]:
    """By what they mean, a regular expression for any of them, in the list's order."""
    return {meaning: "|".join(patterns) for meaning, patterns in _lists()[name].items()}


def called(name: str) -> dict[str, str]:
    """Each word -> what it means."""
    return {word: meaning for meaning, listed in _lists()[name].items() for word in listed}
