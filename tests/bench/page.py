"""The figures of a report as the documentation shows them, between two markers; what stands around them stays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.pictures import TITLES, file_name, pictured
from bench.result import Report, Result

BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"


def put_in(page: Path, report: Report) -> None:
    text = page.read_text(encoding="utf-8")
    page.write_text(with_figures(text, report), encoding="utf-8")


def with_figures(text: str, report: Report) -> str:
    before, _, rest = text.partition(BEGIN)
    _, marker, after = rest.partition(END)
    if not marker:
        raise ValueError(f"the page has no {BEGIN} with {END} behind it")
    return f"{before}{BEGIN}\n\n{figures(report)}\n\n{END}{after}"


def figures(report: Report) -> str:
    pictures = (f"![{TITLES[name]}](pictures/{file_name(name)}.svg)" for name in pictured(report))
    remarks = (f"* {remark}" for one in report.results for remark in (*one.remarks, *one.wrong))
    return "\n\n".join(filter(None, (_where(report), *_tables(report.results), "\n".join(remarks), *pictures)))


def _where(report: Report) -> str:
    machine = report.machine
    return (
        f"Measured on {report.at[:10]} at revision {report.revision}, on {machine['cores']} cores with "
        f"{machine['memory_gigabytes']} GB of memory ({machine['system']}, Python {machine['python']}, "
        f"Airflow {machine['airflow']})."
    )


def _tables(results: Sequence[Result]) -> Iterator[str]:
    """Those with the same columns share one."""
    together: dict[tuple[str, ...], list[Result]] = {}
    for one in results:
        together.setdefault(tuple(one.numbers), []).append(one)
    for columns, rows in together.items():
        lines = [f"| | unit | {' | '.join(columns)} |", f"|---|---|{'---:|' * len(columns)}"]
        for row in rows:
            cells = (f"{_shown(value)}{_target(row, name)}" for name, value in row.numbers.items())
            lines.append(f"| {row.title} | {row.unit} | {' | '.join(cells)} |")
        yield "\n".join(lines)


def _shown(value: float) -> str:
    """Three places, or three figures."""
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.3g}"


def _target(row: Result, name: str) -> str:
    if name in row.floors:
        return f" (at least {row.floors[name]:g})"
    return f" (at most {row.targets[name]:g})" if name in row.targets else ""
