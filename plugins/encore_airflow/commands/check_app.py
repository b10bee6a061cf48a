"""What can be found out about the school's apps at the platforms without a login."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from encore.accounts.app_check import CheckedApp
    from encore.platforms.app_finding import AppFinding

SUMMARY = "check the school's apps at the platforms, and print the addresses to copy into their consoles"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--offline", action="store_true", help="ask no platform")


def run(args: argparse.Namespace) -> int:
    from encore.accounts.app_check import NOT_TOLD, AppCheck, is_wrong
    from encore_airflow import credentials, wiring
    from encore_airflow.login_connections import LoginConnections

    credentials.use_airflow_store()
    using = wiring.settings()
    check = AppCheck(
        using, credentials.app_of, LoginConnections().seal, wiring.pages_url(using), lambda: datetime.now(UTC)
    )
    storage, apps = check.storage(), check.apps(ask=not args.offline)
    for line in (*_findings("", (storage,)), *(line for app in apps for line in _app(app)), *_findings("", NOT_TOLD)):
        print(line)
    return 1 if is_wrong(storage, apps) else 0


def _app(app: CheckedApp) -> Iterator[str]:
    """One line for each finding, and one for each address to copy."""
    yield f"{app.way} (connection {app.conn_id})"
    yield from _findings("  ", app.findings)
    yield f"  copy     redirect     {app.redirect_uri}"
    for kind, address in app.callbacks.items():
        yield f"  copy     {kind:<12} {address}"


def _findings(margin: str, findings: tuple[AppFinding, ...]) -> Iterator[str]:
    for finding in findings:
        yield f"{margin}{finding.verdict:<8} {finding.said.in_full}"
