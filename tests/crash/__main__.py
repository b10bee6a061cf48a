"""`make crash`: the whole matrix. `python -m crash --help` says what else."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from crash.breakages import BREAKAGES
from crash.crew import WORKERS, Result, Stage, play_all, rehearse, stage, undisturbed
from crash.points import Hit, Point, all_points, sample

from encore.domain.job import Step

STEPS = {step.value for step in Step}


def main() -> int:
    asked = _arguments()
    with stage(asked.workers) as on:
        requests = rehearse(on, undisturbed())
        points = all_points(requests)
        if asked.breakages:
            return _try_breakages(on, points, asked.report)
        if asked.short:
            points = sample(points)
        points = [point for point in points if all(word in str(point) for word in asked.only)]
        if asked.list:
            print(*points, sep="\n")
            return 0
        return _play(on, points, asked)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="crash", description=__doc__)
    parser.add_argument(
        "--short", action="store_true", help="a sample in which every route, fault, hit and step occurs"
    )
    parser.add_argument(
        "--only", action="append", default=[], help="points whose line holds this text; may be repeated"
    )
    parser.add_argument("--list", action="store_true", help="name the points and end")
    parser.add_argument("--breakages", action="store_true", help="break the publisher on purpose; each must be noticed")
    parser.add_argument("--report", type=Path, help="write the results here as JSON")
    parser.add_argument("--workers", type=int, default=WORKERS)
    parser.add_argument("--verbose", action="store_true", help="tell each point's story")
    return parser.parse_args()


def _play(on: Stage, points: list[Point], asked: argparse.Namespace) -> int:
    began = time.monotonic()
    results: list[Result] = []
    for result in play_all(on, points):
        results.append(result)
        if result.problems or asked.verbose:
            _clear()
            print(f"{'WRONG  ' if result.problems else 'ok     '}{result.point}  ->  {result.end}")
            for line in (*(f"{kind}: {text}" for kind, text in result.problems), *result.story):
                print(f"       {line}")
        _progress(len(results), len(points), results, began)
    _clear()
    untouched = STEPS - {result.point.moment.what for result in results if result.struck}
    _summary(results, untouched, time.monotonic() - began)
    if asked.report:
        asked.report.write_text(json.dumps([_as_json(result) for result in results], indent=1), encoding="utf-8")
    forgotten = bool(untouched) and not asked.only
    return 1 if forgotten or any(result.problems for result in results) else 0


def _try_breakages(on: Stage, points: list[Point], report: Path | None) -> int:
    """Every point that should show a breakage must show it."""
    # Whether a moment is killed and retried or killed and reclaimed alternates over the grid; here it is chosen.
    by_line = {str(point): point for point in _with_both_kills(points)}
    parts = [(by_line[" | ".join(where)], breakage.name) for breakage in BREAKAGES for where in breakage.noticed_at]
    results = list(play_all(on, [point for point, _ in parts], [name for _, name in parts]))
    for result in sorted(results, key=lambda result: (result.breakage, str(result.point))):
        noticed = "; ".join(sorted({text for _, text in result.problems})) or "NOTHING NOTICED"
        print(f"{result.breakage}\n    {result.point}: {noticed}")
    if report:
        report.write_text(json.dumps([_as_json(result) for result in results], indent=1), encoding="utf-8")
    return 0 if all(result.problems for result in results) else 1


def _with_both_kills(points: Iterable[Point]) -> list[Point]:
    both = []
    for point in points:
        hits = (Hit.RETRY, Hit.RECLAIM) if point.hit in (Hit.RETRY, Hit.RECLAIM) else (point.hit,)
        both += [Point(point.route, point.fault, hit, point.moment) for hit in hits]
    return both


def _progress(done: int, of: int, results: list[Result], began: float) -> None:
    wrong = sum(bool(result.problems) for result in results)
    line = f"{done} of {of} points, {wrong} wrong, {time.monotonic() - began:.0f} s"
    if sys.stderr.isatty():
        print(f"\r{line}", end="", file=sys.stderr, flush=True)
    elif done % 100 == 0:
        print(line, file=sys.stderr, flush=True)


def _clear() -> None:
    if sys.stderr.isatty():
        print("\r\033[K", end="", file=sys.stderr, flush=True)


def _summary(results: list[Result], untouched: set[str], seconds: float) -> None:
    tables = {
        "route": Counter(result.point.route.name for result in results),
        "fault": Counter(result.point.fault.name for result in results),
        "hit": Counter(str(result.point.hit) for result in results),
        "moment": Counter(str(result.point.moment) for result in results if result.struck),
        "end": Counter(result.end for result in results),
    }
    for title, counted in tables.items():
        print(f"\npoints by {title}" + (" (where the process was really hit)" if title == "moment" else ""))
        for name, number in counted.items():
            print(f"  {number:5}  {name}")
    struck = sum(result.struck for result in results)
    kinds = Counter(kind for result in results for kind in {kind for kind, _ in result.problems})
    print(f"\n{len(results)} points in {seconds:.0f} s; in {struck} the process was hit at its moment.")
    if untouched:
        print(f"Steps at which no process was hit: {', '.join(sorted(untouched))}")
    print(
        f"{kinds['duplicate']} duplicates, {kinds['lost']} lost, {kinds['unexplained'] + kinds['unwanted']} unexplained"
    )


def _as_json(result: Result) -> dict[str, object]:
    point = result.point
    return {
        "route": point.route.name,
        "fault": point.fault.name,
        "hit": str(point.hit),
        "moment": str(point.moment),
        "what": point.moment.what,
        "breakage": result.breakage,
        "struck": result.struck,
        "end": result.end,
        "problems": result.problems,
        "seconds": round(result.seconds, 3),
    }


if __name__ == "__main__":
    sys.exit(main())
