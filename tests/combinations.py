"""Which of many combinations `make test` tries."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import pytest


def a_third_of_all(*axes: Iterable[Any]) -> Iterator[tuple[tuple[Any, ...], list[pytest.MarkDecorator]]]:
    """Each combination with its marks: a third of them, in which any two values of three axes occur together as evenly
    as may be, is always tried, the others by `make slow`."""
    for numbered in itertools.product(*(list(enumerate(axis)) for axis in axes)):
        seldom = sum(number for number, _ in numbered) % 3 != 0
        yield tuple(value for _, value in numbered), [pytest.mark.slow] if seldom else []
