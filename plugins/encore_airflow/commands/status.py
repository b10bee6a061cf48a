"""Whether publishing works, at a terminal or for a monitor: what operations shows, in the same figures."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from encore.domain.json import Json

if TYPE_CHECKING:
    from encore.store import rows
    from encore.store.store import Store
    from encore.upkeep.operations import Concerns, DayOfLateness, Lateness
    from encore_airflow.airflow_seen import AirflowSeen

SUMMARY = "say whether publishing works: posts late, failed, in doubt or waiting, what rests, lateness"
EVERY = 5.0
CLEAR = "\x1b[H\x1b[2J"
MOST_AT_REST = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--watch", nargs="?", type=float, const=EVERY, metavar="SECONDS",
        help=f"say it again every {EVERY:g} (or so many) seconds, until Ctrl-C",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object on one line")


def run(args: argparse.Namespace) -> int:
    """1 with troubles. What somebody has stopped, and posts that wait for a person, are none."""
    if args.watch is None:
        return _say(_look(), args)
    found = 0
    try:
        while True:
            found = _say_again(args)
            time.sleep(max(args.watch, 0.1))
    except KeyboardInterrupt:
        return found


def _say_again(args: argparse.Namespace) -> int:
    """A database that is away is told, and looked for the next time."""
    from encore.errors import StoreUnavailableError

    try:
        return _say(_look(), args)
    except StoreUnavailableError as err:
        print(f"encore: {err}", file=sys.stderr, flush=True)
        return 1


@dataclass(frozen=True)
class Seen:
    """`airflow`: None where it was not asked, or does not tell."""

    at: datetime
    troubles: tuple[str, ...]
    concerns: Concerns
    lateness: DayOfLateness
    stops: list[rows.Stop]
    resting: list[rows.RestingPlace]
    airflow: AirflowSeen | None


def _look() -> Seen:
    with _only_what_we_say():
        from encore_airflow import wiring

        with wiring.store("command line") as on:
            return _seen(on, wiring.clock(on)())


@contextmanager
def _only_what_we_say() -> Generator[None]:
    """Airflow logs to the standard output (where its figures go, say), which is read by a program here."""
    sys.stdout.flush()
    ours = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(ours, 1)
        os.close(ours)


def _seen(on: Store, now: datetime) -> Seen:
    from encore.upkeep.operations import Concern, concerns, lateness
    from encore.upkeep.progress import progress
    from encore.words.sentence import sentence
    from encore_airflow.airflow_seen import airflow_seen, troubles_of
    from encore_airflow.pools import closed_pools

    asks = bool(os.environ.get("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"))
    airflow = airflow_seen() if asks else None
    counted = concerns(on, now)
    troubles = [*progress(on, now, closed_pools() if asks else ()).troubles, *(troubles_of(airflow) if asks else ())]
    if late := counted.of(Concern.LATE):
        troubles.append(sentence("operations.late_posts", n=late))
    return Seen(
        now, tuple(map(str, troubles)), counted, lateness(on, now), on.open_stops(),
        on.resting_places(now=now, most=MOST_AT_REST), airflow,
    )  # fmt: skip


def _say(seen: Seen, args: argparse.Namespace) -> int:
    if args.json:
        print(json.dumps(_as_json(seen)), flush=True)
    else:
        again = args.watch is not None
        print((CLEAR if again and sys.stdout.isatty() else "") + "\n".join(_lines(seen)) + "\n" * again, flush=True)
    return 1 if seen.troubles else 0


def _as_json(seen: Seen) -> Json:
    from encore.domain.job import Platform
    from encore.upkeep.operations import Concern

    return {
        "at": seen.at.isoformat(),
        "well": not seen.troubles,
        "troubles": list(seen.troubles),
        "posts": {
            kind: {
                "all": seen.concerns.of(kind),
                "platforms": {platform: seen.concerns.of(kind, platform) for platform in Platform},
            }
            for kind in Concern
        },
        "waiting_for": seen.concerns.waiting,
        "lateness": {
            "all": asdict(seen.lateness.of_all),
            "platforms": {name: asdict(one) for name, one in seen.lateness.platforms.items()},
        },
        "stops": [
            {"scope": row.scope, "name": row.name, "reason": row.reason, "since": row.stopped_at.isoformat(),
             "by": row.stopped_by} for row in seen.stops
        ],
        "at_rest": [
            {"scope": row.scope, "name": row.name, "reason": row.reason, "until": row.until.isoformat()}
            for row in seen.resting
        ],
        "airflow": seen.airflow and {
            "parts": {
                part.name: {"works": part.works, "beat_at": part.beat_at and part.beat_at.isoformat()}
                for part in seen.airflow.parts
            },
            "paused_dags": list(seen.airflow.paused),
        },
    }  # fmt: skip


def _lines(seen: Seen) -> Iterator[str]:
    from encore.domain.job import Platform
    from encore.upkeep.operations import Concern

    yield f"{'Publishing needs a look' if seen.troubles else 'Publishing works'}, {seen.at:%Y-%m-%d %H:%M:%S} UTC"
    yield from (f"  ! {trouble}" for trouble in seen.troubles)
    yield ""
    yield _row("posts", "all", *Platform)
    for kind in Concern:
        counts = [seen.concerns.of(kind), *(seen.concerns.of(kind, platform) for platform in Platform)]
        yield _row(kind.replace("_", " "), *counts)
    for waits_for, posts in seen.concerns.waiting.items():
        yield f"  for {waits_for.replace('_', ' ')}: {posts}"
    yield ""
    yield _row("sent in the last day", "posts", "50%", "95%", "99%")
    for name, found in (("all", seen.lateness.of_all), *seen.lateness.platforms.items()):
        yield _row(name, found.posts, *_figures(found))
    for row in seen.stops:
        since, why = f"{row.stopped_at:%Y-%m-%d %H:%M} UTC", f": {row.reason}" if row.reason else ""
        yield f"\nstopped: {row.name or 'the school'}, since {since} by {row.stopped_by}{why}"
    if seen.resting:
        yield "\nat rest"
    for place in seen.resting:
        until = "a login works again" if place.until.year == 9999 else f"{place.until:%Y-%m-%d %H:%M} UTC"
        yield f"  {place.scope} {place.name} until {until} ({place.reason})"
    yield ""
    if seen.airflow is None:
        yield "Airflow's own parts: not seen from here"
        return
    for part in seen.airflow.parts:
        beat = f"last sign of life {part.beat_at:%Y-%m-%d %H:%M:%S} UTC" if part.beat_at else "it never ran"
        yield f"{part.name.replace('_', ' '):<22}{'works' if part.works else 'SILENT'}, {beat}"
    yield from (f"{dag:<22}PAUSED" for dag in seen.airflow.paused)


def _row(name: str, *cells: object) -> str:
    return f"{name:<22}" + "".join(f"{cell!s:>12}" for cell in cells)


def _figures(found: Lateness) -> tuple[str, ...]:
    return tuple("-" if one is None else f"{one:.1f} s" for one in (found.p50, found.p95, found.p99))
