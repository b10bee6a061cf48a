"""Encore's database at the version that this code needs, and the pools that its tasks run in."""

from __future__ import annotations

import argparse

from encore.errors import ConfigurationError, first_line

SUMMARY = "bring the database `encore` to this version, with the settings' accounts; make Airflow's pools"


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
    if made := _put_pools():
        print(f"Pools of Airflow's that were made: {', '.join(made)}.")
    return 0


def _put_pools() -> list[str]:
    from airflow.utils.session import create_session
    from sqlalchemy.exc import SQLAlchemyError

    from encore_airflow.stack.airflow_database import put_pools

    try:
        with create_session() as session:
            return put_pools(session)
    except SQLAlchemyError as err:
        raise ConfigurationError("pools.no_airflow", reason=first_line(err)) from err
