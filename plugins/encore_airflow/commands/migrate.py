"""Encore's database at the version that this code needs."""

from __future__ import annotations

import argparse

SUMMARY = "bring the database `encore` (connection encore_db) to this version's schema"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(args: argparse.Namespace) -> int:
    from encore.store.schema import upgrade
    from encore_airflow import wiring

    upgrade(wiring.dsn())
    print("The database encore is up to date.")
    return 0
