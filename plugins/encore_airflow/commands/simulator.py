"""The platforms' look-alike as a server."""

from __future__ import annotations

import argparse
import json

from encore_airflow.stack.ports import SIMULATOR_PORT

SUMMARY = "serve look-alikes of TikTok, Instagram and Xiaohongshu, with a feed of what was posted"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=SIMULATOR_PORT, help="port to listen on (default: %(default)s)")
    parser.add_argument(
        "--switch", action="append", default=[], metavar="NAME=VALUE", help="start with a switch set (see /switches)"
    )


def run(args: argparse.Namespace) -> int:
    from encore_simulator import serve

    serve(args.host, args.port, dict(_switch(text) for text in args.switch))
    return 0


def _switch(text: str) -> tuple[str, object]:
    """`name=value` with the value as JSON, or as text where it is none."""
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value
