"""The words of `words.yaml`: data, so that somebody who knows the language can add to them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from encore.domain.job import YAML_LOADER
from encore.domain.json import Json


@cache
def _lists() -> Json:
    return yaml.load(Path(__file__).with_name("words.yaml").read_bytes(), YAML_LOADER)


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
