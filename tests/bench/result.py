"""What a run of `make bench` has found: figures with their unit, as JSON and back."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Result:
    """One measurement, a row of the page's tables.

    `title` says in a clause what was measured. Results of one `picture` are drawn into it together: `samples` as a
    histogram, `numbers` as bars where there are none. `targets` are the most that a number should be, `floors` the
    least; `wrong`: what broke a promise, whatever the figures are.
    """

    name: str
    title: str
    unit: str
    numbers: Mapping[str, float]
    samples: list[float] = field(default_factory=list)
    picture: str = ""
    targets: Mapping[str, float] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    floors: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """`at`: when it began (UTC, ISO 8601); `machine` and `asked`: where, and with which options."""

    at: str
    revision: str
    machine: Mapping[str, Any]
    asked: Mapping[str, Any]
    results: list[Result]

    def write(self, path: Path) -> None:
        text = json.dumps(_rounded(asdict(self)), indent=1, ensure_ascii=False)
        path.write_text(f"{text}\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Report:
        given = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{**given, "results": [Result(**one) for one in given["results"]]})


def distribution(values: Sequence[float]) -> dict[str, float]:
    return {
        "median": percentile(values, 50),
        "p95": percentile(values, 95),
        "p99": percentile(values, 99),
        "most": max(values),
    }


def percentile(values: Sequence[float], percent: float) -> float:
    """The least of `values` that `percent` of them don't exceed: always one that was seen."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def _rounded(value: Any) -> Any:
    """To a tenth of a millisecond; nothing here is measured better."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, Mapping):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, Sequence) and not isinstance(value, str) else value
