"""The template writer's phrases and skeletons (`phrases/`), and which of them a campaign gets."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

import yaml

from encore.domain.content import Language
from encore.domain.json import Json

Option = TypeVar("Option")

VERSION = 5
"""Of the phrases; stored with each text that is made of them."""


@cache
def phrases(language: Language) -> Json:
    return _read(str(language))


@cache
def skeletons() -> Json:
    return _read("skeletons")


def _read(name: str) -> Json:
    return yaml.safe_load((Path(__file__).with_name("phrases") / f"{name}.yaml").read_text(encoding="utf-8"))


def chosen(options: Sequence[Option], *key: str, turn: int = 0) -> Option:
    """One of the options; the same for the same key, on every machine. Another `turn` gets another one, as long as
    there are enough."""
    digest = hashlib.sha256("\n".join(key).encode()).digest()
    return options[(int.from_bytes(digest[:8], "big") + turn) % len(options)]
