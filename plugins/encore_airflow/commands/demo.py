"""The whole way from sample concerts to published posts, on real Airflow, in about two minutes."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from encore.domain.json import Json
from encore_airflow.stack.layout import PROJECT

SUMMARY = "from sample concerts to published posts, on real Airflow, with look-alike platforms"

CONCERTS = ("xinchun-gangqin", "harbour-sunrise")
"""The sample concerts that are generated and published; all of them are seeded."""

FAULTS: tuple[Json, ...] = (
    {
        "platform": "tiktok",
        "account": "school",
        "operation": "video_init",
        "fault": "rate_limited",
        "args": {"retry_after": 8},
    },
    {
        "platform": "tiktok",
        "account": "anna",
        "operation": "upload_last_chunk",
        "fault": "processing_seconds",
        "args": {"seconds": 25},
    },
    {"platform": "instagram", "account": "anna", "operation": "limit", "fault": "token_invalid", "times": 0},
)
"""What the look-alike platforms are told to do: refuse once and say when to come back, work long on one post,
and no longer accept one account's login."""

DEADLINE_SECONDS = 150.0

SETTINGS = {
    "timeline": "demo",
    "generation": {"auto_approve": True},
    "platforms": {"tiktok": {"watch_seconds": 5}, "instagram": {"watch_seconds": 5}},
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--root", type=Path, default=PROJECT / ".run" / "demo", help="keep the demo's state in here (emptied first)"
    )
    parser.add_argument("--port", type=int, help="port of Airflow (default: 8080 or the next free one)")
    parser.add_argument("--keep", action="store_true", help="leave the stack running afterwards, until Ctrl-C")


def run(args: argparse.Namespace) -> int:
    from encore_airflow.commands._demo_story import Story
    from encore_airflow.stack import Stack

    began = time.monotonic()
    args.root.mkdir(parents=True, exist_ok=True)
    # It begins with nothing: what an earlier demo left would be shown as if it had happened now.
    stack = Stack(args.root, api_port=args.port, settings=SETTINGS, fresh=True)
    print("Starting PostgreSQL, Airflow and the look-alike platforms")
    with stack:
        story = Story(stack, CONCERTS, FAULTS)
        story.begin()
        problems = story.watch(began + DEADLINE_SECONDS)
        story.tell()
        problems += story.problems()
        print(f"\n{time.monotonic() - began:.0f} s in all.", end=" ")
        print("Everything happened as it should." if not problems else "Not everything happened as it should:")
        for problem in problems:
            print(f"  - {problem}")
        if args.keep:
            print(f"Airflow: {stack.api_url}  the platforms' feed: {stack.simulator_url}  (Ctrl-C ends it)", flush=True)
            while True:
                time.sleep(1)
                stack.check()
    return 1 if problems else 0
