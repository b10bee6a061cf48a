"""The command line: one module in `encore_airflow.commands` per command, imported when it is asked for.

A command module has `SUMMARY` (one line), `add_arguments(parser)` and `run(args) -> int`.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import pkgutil
import signal
import sys
from importlib.util import find_spec
from pathlib import Path
from types import FrameType, ModuleType

from encore.errors import EncoreError
from encore_airflow import commands

OK, CANNOT_RUN, INTERRUPTED = 0, 2, 130

_EPILOG = """\
exit status: 0 done; 1 ran, but found problems; 2 could not run; 130 interrupted.

Outside Airflow's own processes only connections from the environment resolve
(AIRFLOW_CONN_ENCORE_DB and so on), not those stored in Airflow's database or in a
secrets backend. `up` and `demo` set their own."""


def command_names() -> list[str]:
    """The commands as typed: module `seed_campaigns` is the command `seed-campaigns`."""
    found = pkgutil.iter_modules(commands.__path__)
    return sorted(module.name.replace("_", "-") for module in found if not module.name.startswith("_"))


def summary(command: str) -> str:
    """The command's one line, read from its source: `--help` must not pay for importing every command."""
    spec = find_spec(_module(command))
    if spec is None or spec.origin is None:
        raise LookupError(command)
    source = Path(spec.origin).read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and [getattr(name, "id", "") for name in node.targets] == ["SUMMARY"]:
            return str(ast.literal_eval(node.value))
    raise LookupError(f"{command} has no SUMMARY")


def main(arguments: list[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    chosen = next((word for word in given if word in command_names()), None)
    args = _parser(chosen).parse_args(given)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        return int(args.run(args) or OK)
    except EncoreError as err:
        return _complain(str(err))
    except OSError as err:
        return _complain(f"{err.strerror or err}{f': {err.filename}' if err.filename else ''}")
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m encore_airflow",
        description="Encore: from a concert to published posts.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    listed = parser.add_subparsers(title="commands", metavar="<command>", required=True)
    for command in command_names():
        line = summary(command)
        sub = listed.add_parser(command, help=line, description=line)
        if command == chosen:
            module = _load(command)
            module.add_arguments(sub)
            sub.set_defaults(run=module.run)
    return parser


def _load(command: str) -> ModuleType:
    return importlib.import_module(_module(command))


def _module(command: str) -> str:
    return f"{commands.__name__}.{command.replace('-', '_')}"


def _interrupt(signum: int, frame: FrameType | None) -> None:
    # SIGTERM ends a command the way Ctrl-C does, so that what it started is cleaned up.
    raise KeyboardInterrupt


def _complain(message: str) -> int:
    print(f"encore: {message}", file=sys.stderr)
    return CANNOT_RUN
