"""Airflow's masking of secrets, at a cost that does not grow with how many are known.

Airflow joins all secrets of a process into one regular expression, and compiles it anew with each that is added: a
third of a publish task's processor time where it handles fifty logins, and more with every renewed token in an API
server that runs for months. Here they are looked for as plain text (`PlainTexts`). What is a secret, and where it is
looked for, stays Airflow's own.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Protocol

from encore.wire.plain_texts import PlainTexts

MASKERS = (
    "airflow._shared.secrets_masker.secrets_masker",  # of the API server, the scheduler and the triggerer
    "airflow.sdk._shared.secrets_masker.secrets_masker",  # of tasks and of who supervises them: the same file once more
)
KNOWN = frozenset({"447b94a800e0b5e23f786fc7c5e25c4dc623a4afb91b9fc73fa802122ef6c372"})
"""SHA-256 of the modules whose `SecretsMasker.add_mask` does what `added` does and whose `replacer` is asked for `sub`
alone: Airflow 3.3.2's. Another one keeps its own way of masking until somebody has read it."""


def mask_by_plain_text() -> list[str]:
    """In this process and all that are forked from it. Gives the modules that mask so from now on."""
    taken = []
    for name in MASKERS:
        try:
            module = import_module(name)
            if known(module):
                module.SecretsMasker.add_mask = adding(module)
                taken.append(name)
            else:
                logging.getLogger(__name__).info("%s is not as it is known; it goes on by itself", name)
        except Exception as err:  # whatever it is, Airflow masks without us
            logging.getLogger(__name__).info("%s goes on by itself: %s", name, type(err).__name__)
    return taken


def known(module: ModuleType) -> bool:
    return sha256(Path(str(module.__file__)).read_bytes()).hexdigest() in KNOWN


class Masker(Protocol):
    """What is used of Airflow's."""

    min_length_to_mask: int
    patterns: set[str]
    replacer: object
    ALREADY_FILTERED_FLAG: str

    def add_mask(self, secret: object, name: str | None = None) -> None: ...
    def should_hide_value_for_key(self, name: str) -> bool: ...
    def _adaptations(self, secret: str) -> Iterable[str]: ...


def adding(module: ModuleType) -> Callable[..., None]:
    """What takes the place of `SecretsMasker.add_mask` there. The rules are the module's, down to the warning."""

    def add_mask(self: Masker, secret: object, name: str | None = None) -> None:
        if isinstance(secret, dict):
            for key, value in secret.items():
                self.add_mask(value, key)
        elif isinstance(secret, str):
            added(self, secret, name)
        elif isinstance(secret, Iterable):
            for value in secret:
                self.add_mask(value, name)

    def added(masker: Masker, secret: str, name: str | None) -> None:
        if not secret or secret.lower() in module.SECRETS_TO_SKIP_MASKING:
            return
        if len(secret) < masker.min_length_to_mask:
            _warn(masker)
            return
        for text in masker._adaptations(secret):
            if not text or len(text) < masker.min_length_to_mask or text.lower() in module.SECRETS_TO_SKIP_MASKING:
                continue
            pattern = re.escape(text)
            if pattern not in masker.patterns and (not name or masker.should_hide_value_for_key(name)):
                # First here: a thread that makes `replacer` at this moment makes it of these.
                masker.patterns.add(pattern)
                _texts(masker).add(text)

    def _warn(masker: Masker) -> None:
        if not module.SecretsMasker._has_warned_short_secret:
            module.log.warning(
                "Skipping masking for a secret as it's too short (<%d chars)",
                masker.min_length_to_mask,
                extra={masker.ALREADY_FILTERED_FLAG: True},
            )
            module.SecretsMasker._has_warned_short_secret = True

    return add_mask


def _texts(masker: Masker) -> PlainTexts:
    """Airflow makes `replacer` none again for each task that it supervises; one of its own it may have made before."""
    if not isinstance(masker.replacer, PlainTexts):
        masker.replacer = PlainTexts(map(_unescaped, tuple(masker.patterns)))
        for pattern in tuple(masker.patterns):
            masker.replacer.add(_unescaped(pattern))
    return masker.replacer


def _unescaped(pattern: str) -> str:
    """What `re.escape` made this of."""
    return re.sub(r"\\(.)", r"\1", pattern, flags=re.DOTALL)
