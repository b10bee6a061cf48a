"""Seeding from the command line."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path

SUMMARY = "put in campaigns from a CSV, an Excel workbook, a calendar or a school's own PostgreSQL database"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--csv", type=Path, help="a CSV, Excel (.xlsx) or calendar (.ics) file")
    source.add_argument("--sample", action="store_true", help="the sample concerts that come with Encore")
    source.add_argument("--conn-id", help="the Airflow connection of a PostgreSQL database; needs --query")
    parser.add_argument("--query", help="the SELECT that gives the concerts, its columns named like the fields")
    parser.add_argument("--generate", action="store_true", help="ask for the content of what is new")
    parser.add_argument("--rejects", type=Path, default=Path("rejects.csv"), help="where bad rows are written")


def run(args: argparse.Namespace) -> int:
    from encore.errors import RefusedError
    from encore.seeding.read_table import read_table
    from encore.seeding.rejects import write_rejects
    from encore.seeding.samples import CONCERTS
    from encore.seeding.seed import Generate, read_postgres, seed
    from encore_airflow import wiring

    if args.conn_id and not args.query:
        raise RefusedError("table.query_missing", field="query")
    table = read_postgres(wiring.dsn(args.conn_id), args.query) if args.conn_id else read_table(args.csv or CONCERTS)
    who = getpass.getuser()
    with wiring.store(f"{who} on the command line") as on:
        now = wiring.clock(on)()
        done = seed(on, wiring.settings(), table, now, Generate(who) if args.generate else None)
    print(done)
    if not done.rejects:
        return 0
    for reject in done.rejects:
        print(f"  {reject.told}  [{reject.value}]")
    write_rejects(done.rejects, args.rejects)
    print(f"The rejected rows are in {args.rejects}.")
    return 1
