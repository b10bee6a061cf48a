"""The accounts: how each stands, what preflight has found, and letting one go on."""

from __future__ import annotations

import argparse
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from encore.settings import Settings
    from encore.store import rows
    from encore.store.store import Store
    from encore_airflow.wiring import Clock

SUMMARY = "list the accounts with their health, pauses and findings; --check asks the platforms"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="ask every platform now (posts nothing)")
    parser.add_argument("--resume", metavar="ACCOUNT", help="end an account's pause, whatever its reason")


def run(args: argparse.Namespace) -> int:
    from encore.accounts.configured import put_accounts
    from encore.errors import NotFoundError
    from encore_airflow import credentials, wiring

    using = wiring.settings()
    with wiring.store("command line") as on:
        clock = wiring.clock(on)
        put_accounts(on, using, clock())
        if args.resume:
            if on.account(account=args.resume) is None:
                raise NotFoundError("stop.unknown_account", name=args.resume)
            ended = on.resume_account(account=args.resume, reason=None)
            print(f"{args.resume} goes on." if ended else f"{args.resume} was not paused.")
        if args.check:
            credentials.use_airflow_store()
            _check(on, using, clock)
        findings: dict[str, list[rows.OpenFinding]] = defaultdict(list)
        for row in on.open_findings():
            findings[row.concerns].append(row)
        for account in on.accounts():
            print("\n".join(_lines(account, using, findings[account.account], clock)))
    return 1 if any(findings.values()) else 0


def _check(on: Store, using: Settings, clock: Clock) -> None:
    from functools import partial

    from encore.accounts.preflight import Preflight
    from encore.media.address import reaches
    from encore_airflow import wiring

    resolver = wiring.resolver(on, using, clock)
    # Only a task can store a renewed token, so none is renewed here.
    look = Preflight(on, using, partial(resolver.probe, renew=False), resolver.submission, reaches, clock())
    for account in on.accounts():
        if look.is_asked(account):
            look.check_account(account)


def _lines(account: rows.Account, using: Settings, findings: list[rows.OpenFinding], clock: Clock) -> list[str]:
    from encore.accounts.token_renewal import token_facts
    from encore.domain.job import Delivery
    from encore.platforms.loading import load_adapter
    from encore.posts.standing import rest_of_account

    whose = f"of {account.owner}" if account.owner else "of the school"
    lines = [f"{account.account}  {account.platform}, {whose}, {account.delivery}, connection {account.conn_id}"]
    state = (account.health or {}).get("state", {})
    if account.checked_at:
        name = f" as {state['username']}" if state.get("username") else ""
        lines.append(f"    login    worked{name} on {account.checked_at:%Y-%m-%d %H:%M} UTC")
    if ends_at := token_facts(account).get("expires_at"):
        lines.append(f"    token    until {ends_at[:16].replace('T', ' ')} UTC, renewed by keep_house")
    if rest := rest_of_account(account, clock()):
        lines.append(f"    pause    {rest}")
    risk = load_adapter(account.platform, using, clock).risk
    if risk and account.delivery == Delivery.API:
        lines.append(f"    mind     {risk}")
    for row in findings:
        about = f" ({row.job_id})" if row.job_id else ""
        lines.append(f"    finding  {row.message} [{row.code}]{about}{f' {row.detail}' if row.detail else ''}")
    return lines
