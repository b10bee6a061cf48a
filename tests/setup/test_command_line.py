"""`python -m encore_airflow`: what it lists, and how it ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from encore_airflow import cli, commands

COMMAND = '''
"""A command."""
from encore.errors import EncoreError
SUMMARY = "do something"
def add_arguments(parser):
    parser.add_argument("--count", type=int)
def run(args):
    {body}
'''


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Adds a command `do-it` whose `run` has the given body."""

    def add(body: str) -> str:
        (tmp_path / "do_it.py").write_text(COMMAND.format(body=body), encoding="utf-8")
        monkeypatch.setattr(commands, "__path__", [str(tmp_path), *commands.__path__])
        monkeypatch.delitem(sys.modules, "encore_airflow.commands.do_it", raising=False)
        monkeypatch.setattr(cli.signal, "signal", lambda *_: None)
        return "do-it"

    return add


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert {"up", "simulator", "migrate"} <= set(cli.command_names())
    for name in cli.command_names():
        assert f"\n    {name}" in shown
        assert " ".join(cli.summary(name).split()[:3]) in shown
    assert "only connections from the environment resolve" in " ".join(shown.split())


def test_help_imports_nothing_heavy() -> None:
    code = """
import sys
from encore_airflow import cli
try: cli.main(["--help"])
except SystemExit: pass
sys.exit(",".join({"airflow", "pandas", "psycopg", "fastapi", "requests"} & set(sys.modules)) or 0)
"""
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": ":".join(sys.path)}, capture_output=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", cli.command_names())
def test_each_command_is_complete(name: str) -> None:
    module = cli._load(name)
    assert cli.summary(name) == module.SUMMARY
    assert len(module.SUMMARY) < 100
    assert callable(module.add_arguments)
    assert callable(module.run)


@pytest.mark.parametrize(("body", "status"), [("return 0", 0), ("return 1", 1), ("return None", 0)])
def test_the_status_is_the_commands_own(command, body: str, status: int) -> None:
    assert cli.main([command(body)]) == status


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ('raise EncoreError("table.empty")', "encore: The table is empty. Its first row must name the columns."),
        ('open("/no/such/file")', "encore: No such file or directory: /no/such/file"),
        ('raise OSError("no luck")', "encore: no luck"),
    ],
)
def test_an_expected_error_is_one_line(command, body: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command(body)]) == cli.CANNOT_RUN
    assert capsys.readouterr().err.splitlines() == [line]


def test_interrupted_is_no_traceback(command, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([command("raise KeyboardInterrupt")]) == cli.INTERRUPTED
    assert capsys.readouterr().err == "interrupted\n"


def test_a_mistake_in_our_code_keeps_its_traceback(command) -> None:
    with pytest.raises(ZeroDivisionError):
        cli.main([command("1 / 0")])


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["no-such-command"])
    assert ended.value.code == 2
    assert "no-such-command" in capsys.readouterr().err
