"""What `make` and `.ci/run` offer."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGETS = {"help", "venv", "demo", "up", "test", "lint", "lock", "lock-check", "clean"}
PROGRAMS = sorted(
    ".".join(found.relative_to(ROOT / "tests").with_suffix("").parts)
    for pattern in ("*/__main__.py", "bench/*.py", "bench/parts/*.py", "bench/scale/*.py")
    for found in (ROOT / "tests").glob(pattern)
)


def _make(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    # Without the variables of a `make test` around us, which would pass on its own flags.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(["make", *words], cwd=cwd, env=environment, capture_output=True, text=True)


def test_help_is_the_default_and_lists_every_target() -> None:
    declared = set(re.findall(r"^\.PHONY: (\S+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    listed = set(re.findall(r"^  make (\S+)", _make().stdout, re.MULTILINE))
    assert listed == declared
    assert listed >= TARGETS


def test_each_suite_of_ci_is_a_target() -> None:
    suites = re.search(r"SUITES=\(([^)]*)\)", (ROOT / ".ci/run").read_text(encoding="utf-8"))
    assert suites is not None
    names = suites[1].split()
    assert names and set(names) <= set(re.findall(r"^  make (\S+)", _make("help").stdout, re.MULTILINE))


@pytest.mark.parametrize("module", PROGRAMS)
def test_a_program_that_no_suite_runs_finds_what_it_imports(module: str) -> None:
    importlib.import_module(module)


def test_without_a_suitable_python_there_is_one_clear_line(tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.txt", ".requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    made = _make("venv", "PYTHON=no-such-python", cwd=tmp_path)
    assert made.returncode != 0
    assert "Encore needs Python 3.11, 3.12 or 3.13" in made.stderr.splitlines()[0]
    assert not (tmp_path / ".venv").exists()


def test_clean_leaves_a_running_stack_alone(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / ".run").mkdir()
    (tmp_path / ".run/lock").write_text(f"{os.getpid()}\n", encoding="ascii")
    assert _make("clean", cwd=tmp_path).returncode != 0
    assert (tmp_path / ".run").exists()

    (tmp_path / ".run/lock").write_text("", encoding="ascii")
    assert _make("clean", cwd=tmp_path).returncode == 0
    assert not (tmp_path / ".run").exists()
