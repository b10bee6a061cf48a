"""The names of Airflow's pools that Encore's tasks run in, and whether tasks can start in them. How many slots each has
stands in `stack/airflow_settings.py`. The DAG imports this, so it imports nothing."""

from __future__ import annotations

PUBLISHING = "encore_publishing"
CLAIMS = "encore_claims"
EVERYTHING_ELSE = "default_pool"
"""Airflow's own, of every task that names none."""


def closed_pools() -> tuple[str, ...] | None:
    """Those in which a task would wait for ever, of which Airflow tells in the scheduler's log alone: they are missing
    or have no slots. None if it cannot be told. For a process that reads Airflow's database, as a task does not."""
    from airflow.models.pool import Pool  # noqa: TID251 -- what Airflow's own command line uses; the SDK has none
    from airflow.utils.session import create_session
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with create_session(scoped=False) as session:
            slots = {pool.pool: pool.slots for pool in Pool.get_pools(session=session)}
    except SQLAlchemyError:
        return None
    return tuple(name for name in (PUBLISHING, CLAIMS, EVERYTHING_ELSE) if not slots.get(name))
