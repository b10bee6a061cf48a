"""Encore's database at the version that this code needs."""

from __future__ import annotations

import argparse

SUMMARY = "bring the database `encore` to this version's schema, with the accounts of the settings"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def run(args: argparse.Namespace) -> int:
    from encore.accounts.configured import put_accounts
    from encore.store.schema import upgrade
    from encore_airflow import wiring

    upgrade(wiring.dsn())
    with wiring.store("migration") as on:
        put_accounts(on, wiring.settings(), wiring.clock(on)())
    print("The database encore is up to date, with the accounts of the settings.")
    return 0
