"""Platform errors that no table knows yet."""

from __future__ import annotations

import argparse

SUMMARY = "list what platforms answered and no error table knows (redacted), to be added there"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(args: argparse.Namespace) -> int:
    from encore_airflow import wiring

    with wiring.store("command line") as on:
        rows = on.unknown_errors()
    for row in rows:
        last = f"{row.last_seen_at:%Y-%m-%d %H:%M} UTC"
        print(f"{row.platform}  {row.code}  at {row.stage}, {row.seen} times, last {last}")
        print(f"    {row.sample}")
    print(f"{len(rows)} unknown errors." if rows else "Every error so far was known.")
    return 1 if rows else 0
