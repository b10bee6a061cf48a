"""Encore on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from encore_airflow.stack.layout import PROJECT

if TYPE_CHECKING:
    from encore_airflow.stack import Stack

SUMMARY = "start Encore on this machine (PostgreSQL, Airflow, simulator) and stay until Ctrl-C"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help="port of pages, API and Airflow (default: 8080 or the next free one)")
    parser.add_argument("--simulator-port", type=int, help="port of the simulator (default: 8090 or the next free one)")
    parser.add_argument(
        "--root", type=Path, default=PROJECT, help="keep all state in .run in here (default: the checkout)"
    )


def run(args: argparse.Namespace) -> int:
    from encore_airflow.stack import Stack

    began = time.monotonic()
    with Stack(args.root, api_port=args.port, simulator_port=args.simulator_port) as stack:
        print(_welcome(stack, time.monotonic() - began), flush=True)
        while True:
            time.sleep(1)
            for name in stack.revive():
                print(f"{name} had ended and was started again; its log is in {stack.layout.logs}", flush=True)


def _welcome(stack: Stack, seconds: float) -> str:
    logins = "\n".join(f"    {user:<14} {password}" for user, password in stack.passwords.items())
    return f"""
Encore is up after {seconds:.0f} s.

    pages      {stack.api_url}/encore
    Airflow    {stack.api_url}
    API        {stack.api_url}/api/v1
    simulator  {stack.simulator_url}

Logins (admin and op see everything, a teacher their own campaigns):
{logins}

For commands beside it: . {stack.layout.environment}
Logs are in {stack.layout.logs}. Ctrl-C stops everything and keeps what was stored."""
