"""Airflow's own database: its pools. Run as a module, with the arguments of `airflow`, it migrates before in the same
process, for importing Airflow takes seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from encore_airflow.pools import CLAIMS, EVERYTHING_ELSE, PUBLISHING
from encore_airflow.stack.airflow_settings import POOLS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def put_pools(session: Session) -> list[str]:
    """Make the pools that are missing; returns their names. What is there keeps the slots that somebody may have given
    it, but for the first time: Airflow makes its own pool wider than the executor, and it gets what is left beside
    ours."""
    from airflow.configuration import conf
    from airflow.models.pool import Pool

    there = {pool.pool: pool.slots for pool in Pool.get_pools(session=session)}
    wanted = {pool.name: pool for pool in POOLS if pool.name not in there}
    untouched = there.get(EVERYTHING_ELSE) == conf.getint("core", "default_pool_task_slot_count")
    if untouched and {PUBLISHING, CLAIMS} <= wanted.keys():
        [other] = [pool for pool in POOLS if pool.name == EVERYTHING_ELSE]
        left = conf.getint("core", "parallelism") - sum(pool.slots for pool in wanted.values())
        wanted[EVERYTHING_ELSE] = other._replace(slots=max(left, other.slots))
    for name, pool in wanted.items():
        Pool.create_or_update_pool(name, pool.slots, pool.reason, include_deferred=False, session=session)
    return list(wanted)


if __name__ == "__main__":
    from airflow.__main__ import main
    from airflow.utils.session import create_session

    main()
    with create_session() as session:
        put_pools(session)
