"""Pictures of a report: results of one `picture` drawn together, as SVG in which a text stays a text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from bench.processor import ALL
from bench.result import Report, Result
from matplotlib.figure import Figure

TITLES = {
    "lateness": "How late posts leave, from their planned second",
    "processor": "Processor time of one post, by who takes it, beside the yardsticks",
    "rush": "Posts that are out, in seconds since the one at which all were due",
}
"""Of each picture; what its axes show is told by the results' unit."""
COLOURS = ("#2f6db5", "#e08a1e", "#5a9a58", "#9a5a8f", "#8a6a4f")
LEAST_SHOWN = 0.001
"""Seconds; a histogram on a logarithmic axis has no place for nothing. What is less is drawn here."""
MARKED = ("median", "p99")
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "encore",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}


def draw(report: Report, folder: Path, suffix: str = ".svg") -> list[Path]:
    """Every picture of the report; the same figures give the same bytes."""
    return [
        _draw(name, [one for one in report.results if one.picture == name], folder, suffix) for name in pictured(report)
    ]


def pictured(report: Report) -> list[str]:
    return list(dict.fromkeys(one.picture for one in report.results if one.picture))


def file_name(picture: str) -> str:
    return f"bench-{picture}"


def _draw(name: str, results: Sequence[Result], folder: Path, suffix: str) -> Path:
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(8, 4.5), layout="constrained", facecolor="white")
        figure.suptitle(TITLES[name], x=0.01, ha="left", fontsize=12)
        DRAWN[name](figure, results)
        path = folder / f"{file_name(name)}{suffix}"
        figure.savefig(path, metadata={"Date": None} if suffix == ".svg" else None)
    return path


def _histograms(figure: Figure, results: Sequence[Result]) -> None:
    """One below the other, on the same axis."""
    most = max(max(one.samples) for one in results)
    edges = np.geomspace(LEAST_SHOWN, max(most, 10 * LEAST_SHOWN) * 1.01, 41)
    rows = figure.subplots(len(results), sharex=True, squeeze=False)[:, 0]
    for axes, one, colour in zip(rows, results, COLOURS, strict=False):
        axes.hist(np.clip(one.samples, LEAST_SHOWN, None), edges, color=colour)
        marked = {name: max(value, LEAST_SHOWN) for name, value in one.numbers.items() if name in MARKED}
        for name, value in marked.items():
            axes.axvline(value, color="#444444", linestyle=":")
            axes.text(value, 0.97, f" {name} {one.numbers[name]:.3g}", transform=axes.get_xaxis_transform(), va="top")
        axes.set_title(_first_word_great(one.title.rpartition(": ")[2]), loc="left", fontsize=10)
        axes.set_ylabel("posts")
    rows[-1].set_xscale("log")
    rows[-1].xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    rows[-1].set_xlabel(
        f"late by ({results[0].unit}; the axis is logarithmic, and {LEAST_SHOWN:g} stands for less too)"
    )


def _bars(figure: Figure, results: Sequence[Result]) -> None:
    axes = figure.subplots()
    parts = list(dict.fromkeys(part for one in results for part in one.numbers if part != ALL))
    height = 0.8 / len(results)
    for number, (one, colour) in enumerate(zip(results, COLOURS, strict=False)):
        rows = {row: one.numbers[part] for row, part in enumerate(parts) if part in one.numbers}
        places = [row + (number - (len(results) - 1) / 2) * height for row in rows]
        label = f"{one.title}: {one.numbers[ALL]:.3g} {one.unit} in all"
        bars = axes.barh(places, list(rows.values()), height, color=colour, label=label)
        axes.bar_label(bars, fmt="%.3f", padding=3, fontsize=7)
    axes.set_yticks(range(len(parts)), parts)
    axes.invert_yaxis()
    axes.margins(x=0.08)
    axes.set_xlabel(f"processor time ({results[0].unit}), beyond what the idle stack takes")
    figure.legend(loc="outside lower left")


def _steps(figure: Figure, results: Sequence[Result]) -> None:
    """How many of the samples are behind each moment."""
    axes = figure.subplots()
    for one, colour in zip(results, COLOURS, strict=False):
        seconds = sorted(one.samples)
        label = f"{one.title.partition(':')[0]}: the last after {seconds[-1]:.3g} {one.unit}"
        axes.step([0.0, *seconds], range(len(seconds) + 1), where="post", color=colour, label=label)
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("posts received")
    axes.set_xlabel(f"seconds since the second at which all were due ({results[0].unit})")
    figure.legend(loc="outside lower left")


DRAWN = {"lateness": _histograms, "processor": _bars, "rush": _steps}


def _first_word_great(text: str) -> str:
    return text[:1].upper() + text[1:]
