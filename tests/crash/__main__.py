"""`make crash`: the whole matrix. `python -m crash --help` says what else."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from itertools import chain
from pathlib import Path

from crash import groups
from crash.breakages import BREAKAGES
from crash.crew import WORKERS, Result, Stage, play_all, rehearse, stage
from crash.judgement import DUPLICATE, EARLY, LOST, UNEXPLAINED, UNWANTED
from crash.moments import WAITING, moment
from crash.pairs import play_pairs, tell_pairs
from crash.points import SLEEPS, Hit, Point, a_few_undisturbed, all_points, point_at, sample, undisturbed
from crash.statements import made_by_publishing

from encore.domain.job import Step

MUST_BE_STRUCK = {step.value for step in Step} | made_by_publishing() | set(WAITING)


def main() -> int:
    asked = _arguments()
    with stage(asked.workers) as on:
        if asked.pairs:
            return tell_pairs(play_pairs(on, asked.pairs, asked.seed, asked.broken), asked.pairs, asked.report)
        if asked.groups:
            chosen = groups.sample(groups.all_points()) if asked.short else groups.all_points()
            chosen = [point for point in chosen if all(word in str(point) for word in asked.only)]
            if asked.list:
                print(*chosen, f"{len(chosen)} points", sep="\n")
                return 0
            return groups.tell_groups(groups.play_groups(on, chosen, asked.broken), asked.report)
        if asked.breakages:
            return _try_breakages(on, asked.report)
        began = time.monotonic()
        rehearsed, played = rehearse(on, _to_rehearse(asked))
        points = all_points(rehearsed)
        if asked.short:
            points = sample(points)
        points = [point for point in points if all(word in str(point) for word in asked.only)]
        if asked.list:
            print(*points, f"{len(points)} points", sep="\n")
            return 0
        return _play(on, points, played, began, asked)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="crash", description=__doc__)
    parser.add_argument(
        "--short", action="store_true", help="a sample in which every route, fault, hit and kind of moment occurs"
    )
    parser.add_argument(
        "--only", action="append", default=[], help="points whose line holds this text; may be repeated"
    )
    parser.add_argument("--list", action="store_true", help="name the points and end")
    parser.add_argument("--pairs", type=int, metavar="N", help="instead, N pairs and triples of copies that run freely")
    parser.add_argument("--groups", action="store_true", help="instead, tasks that publish several jobs at once")
    parser.add_argument("--seed", type=int, default=1, help="of the first pair; each has the next one")
    parser.add_argument("--broken", default="", choices=[one.name for one in BREAKAGES], help="so, the pairs or groups")
    parser.add_argument("--breakages", action="store_true", help="break the publisher on purpose; each must be noticed")
    parser.add_argument("--report", type=Path, help="write the results here as JSON")
    parser.add_argument("--workers", type=int, default=WORKERS)
    parser.add_argument("--verbose", action="store_true", help="tell each point's story")
    return parser.parse_args()


def _to_rehearse(asked: argparse.Namespace) -> list[Point]:
    """A route that begins one of the `--only` words is the only one that is needed."""
    points = a_few_undisturbed() if asked.short else undisturbed()
    begins = [f"{point.route.name} | {point.fault.name} |" for point in points]
    words = [word for word in asked.only if any(line.startswith(word) or word.startswith(line) for line in begins)]
    return [
        point
        for point, line in zip(points, begins, strict=True)
        if all(line.startswith(word) or word.startswith(line) for word in words)
    ]


def _play(on: Stage, points: list[Point], played: list[Result], began: float, asked: argparse.Namespace) -> int:
    """What has been played in the rehearsal is not played again."""
    known = {result.point for result in played}
    wanted = set(points)
    results: list[Result] = []
    for result in chain(
        (result for result in played if result.point in wanted),
        play_all(on, [point for point in points if point not in known]),
    ):
        results.append(result)
        if result.problems or asked.verbose:
            _clear()
            print(f"{'WRONG  ' if result.problems else 'ok     '}{result.point}  ->  {result.end}")
            for line in (*(f"{kind}: {text}" for kind, text in result.problems), *result.story):
                print(f"       {line}")
        _progress(len(results), len(points), results, began)
    _clear()
    untouched = MUST_BE_STRUCK - {_name(result.point) for result in results if result.struck}
    _summary(results, untouched, time.monotonic() - began)
    if asked.report:
        asked.report.write_text(json.dumps([_as_json(result) for result in results], indent=1), encoding="utf-8")
    forgotten = bool(untouched) and not asked.only
    return 1 if forgotten or any(result.problems for result in results) else 0


def _name(point: Point) -> str:
    """Of what it was hit at: a step, a statement, a request."""
    return point.moment.kind.partition(" ")[2]


def _try_breakages(on: Stage, report: Path | None) -> int:
    """Every point that should show a breakage must show it."""
    parts = [
        (point_at(route, fault, hit, moment(where)), breakage.name)
        for breakage in BREAKAGES
        for route, fault, hit, where in breakage.noticed_at
    ]
    results = list(play_all(on, [point for point, _ in parts], [name for _, name in parts]))
    for result in sorted(results, key=lambda result: (result.breakage, str(result.point))):
        noticed = "; ".join(sorted({text for _, text in result.problems})) or "NOTHING NOTICED"
        print(f"{result.breakage}\n    {result.point}: {noticed}")
    if report:
        report.write_text(json.dumps([_as_json(result) for result in results], indent=1), encoding="utf-8")
    return 0 if all(result.problems for result in results) else 1


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
        "moment": Counter(result.point.moment.kind for result in results if result.struck),
        "end": Counter(result.end for result in results),
    }
    for title, counted in tables.items():
        print(f"\npoints by {title}" + (" (where the process was really hit)" if title == "moment" else ""))
        for name, number in counted.items():
            print(f"  {number:5}  {name}")
    struck = sum(result.struck for result in results)
    followed = (*SLEEPS, Hit.TWINS, Hit.COPY_WAITS)
    asleep = [result for result in results if result.struck and result.point.hit in followed]
    kinds = Counter(kind for result in results for kind in {kind for kind, _ in result.problems})
    print(f"\n{len(results)} points in {seconds:.0f} s; in {struck} the process was hit at its moment.")
    print(f"In {sum(result.met for result in asleep)} of {len(asleep)} its successor had come so far before it woke.")
    if untouched:
        print(f"Steps and statements at which no process was hit: {', '.join(sorted(untouched))}")
    print(
        f"{kinds[DUPLICATE]} duplicates, {kinds[LOST]} lost, {kinds[EARLY]} early, "
        f"{kinds[UNEXPLAINED] + kinds[UNWANTED]} unexplained"
    )


def _as_json(result: Result) -> dict[str, object]:
    point = result.point
    return {
        "route": point.route.name,
        "fault": point.fault.name,
        "hit": str(point.hit),
        "moment": str(point.moment),
        "what": _name(point),
        "breakage": result.breakage,
        "struck": result.struck,
        "met": result.met,
        "end": result.end,
        "problems": result.problems,
        "seconds": round(result.seconds, 3),
    }


if __name__ == "__main__":
    sys.exit(main())
