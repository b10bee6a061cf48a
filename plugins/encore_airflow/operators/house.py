"""The bodies of keep_house's tasks: one call each, and a sentence about what was done."""

from __future__ import annotations

import logging
from functools import partial

log = logging.getLogger(__name__)

ACTOR = "airflow keep_house"


def renew_tokens() -> int:
    """Renew the tokens that end soon; returns the number of findings."""
    from encore.accounts import token_duty
    from encore.platforms.loading import load_adapter
    from encore_airflow import wiring

    using = wiring.settings()
    with wiring.store(ACTOR) as on:
        clock, logins = wiring.clock(on), wiring.logins(on)
        # The lock around a renewal belongs to the connection, so this one is used for nothing else at the time.
        found = token_duty.renew_tokens(
            on, using, lambda account: logins.renewed(load_adapter(account.platform, using, clock), account), clock()
        )
    log.info("%d findings about tokens", found)
    return found


def check_ahead() -> dict[str, int]:
    """Look at planned posts and at their accounts; returns how many of each, and of findings."""
    from encore.accounts.preflight import Preflight
    from encore.media.address import reaches
    from encore_airflow import wiring

    using = wiring.settings()
    with wiring.store(ACTOR) as on:
        clock = wiring.clock(on)
        resolver = wiring.resolver(on, using, clock)
        done = Preflight(on, using, resolver.probe, resolver.submission, reaches, clock()).check()
    log.info("%d accounts and %d posts looked at, %d findings", done.accounts, done.jobs, done.findings)
    return vars(done)


def send_notices() -> dict[str, int]:
    """Look for what falls due by the clock, then tell; returns how many notices and messages that were."""
    from encore.notices import watching
    from encore.notices.rounds import tell
    from encore.upkeep.progress import progress
    from encore_airflow import wiring

    using = wiring.settings()
    with wiring.store(ACTOR) as on:
        clock = wiring.clock(on)
        watching.watch_approvals(on, using, clock())
        troubles = (*progress(on, clock(), ()).troubles, *watching.full_disks(using))
        watching.watch_system(on, troubles, clock(), unseen=watching.AIRFLOWS)
        told = tell(on, wiring.post(using), wiring.pages_url(using), clock)
    log.info("%d notices, %d messages: %d arrived, %d did not", *vars(told).values())
    return vars(told)


def name_posts() -> int:
    """Ask for the links of posts that are live without one; returns how many were found."""
    from encore.publishing.naming import name_posts as name
    from encore_airflow import wiring

    using = wiring.settings()
    with wiring.store(ACTOR) as on:
        clock = wiring.clock(on)
        named = name(on, partial(wiring.resolver(on, using, clock).submission, renew=True), clock())
    log.info("%d posts have got their link", named)
    return named


def forget_old_rows() -> dict[str, int]:
    """Remove rows and files that nothing needs any more; returns how many of each table."""
    from encore.upkeep import retention
    from encore_airflow import wiring

    using = wiring.settings()
    with wiring.store(ACTOR) as on:
        removed = retention.forget_old_rows(on, wiring.media_store(using), using.retention, wiring.clock(on)())
    log.info("removed %s", ", ".join(f"{rows} of {table}" for table, rows in removed.items()))
    return removed
