"""requirements.txt, the lock and the imports in the code agree with each other. Needs no network."""

from __future__ import annotations

import ast
import re
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

pytestmark = pytest.mark.slow  # `make lock-check` runs it

ROOT = Path(__file__).resolve().parents[2]
FILES = ("requirements.txt", ".requirements.lock")
PYTHONS = ("3.11", "3.12", "3.13")
OURS = {"encore", "encore_airflow", "encore_plugin"}


def _requirements(name: str) -> list[Requirement]:
    lines = (re.sub(r"(^|\s)#.*", "", line).strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def _versions(requirements: list[Requirement], python: str) -> dict[str, str]:
    """Name and pin of what applies to that Python on this platform."""
    there = {**default_environment(), "python_version": python, "python_full_version": f"{python}.0"}
    return {
        canonicalize_name(requirement.name): str(requirement.specifier)
        for requirement in requirements
        if requirement.marker is None or requirement.marker.evaluate(there)
    }


@pytest.mark.parametrize("name", FILES)
def test_every_requirement_is_one_version(name: str) -> None:
    loose = [str(r) for r in _requirements(name) if not re.fullmatch(r"==[^*,]+", str(r.specifier))]
    assert loose == []


@pytest.mark.parametrize("name", FILES)
def test_nothing_names_an_address_or_a_hash(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert re.findall(r"://|--(?:extra-)?index|--find-links|--hash|\s@\s", text) == []


@pytest.mark.parametrize("python", PYTHONS)
def test_the_lock_holds_each_direct_requirement_at_its_version(python: str) -> None:
    direct, locked = (_versions(_requirements(name), python) for name in FILES)
    assert {name: locked.get(name) for name in direct} == direct


def test_the_lock_holds_whatever_the_direct_requirements_need() -> None:
    locked = _versions(_requirements(".requirements.lock"), f"{sys.version_info.major}.{sys.version_info.minor}")
    waiting = [(canonicalize_name(r.name), frozenset(r.extras)) for r in _requirements("requirements.txt")]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        for line in metadata.requires(name) or []:
            needed = Requirement(line)
            if needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in (*extras, "")):
                waiting.append((canonicalize_name(needed.name), frozenset(needed.extras)))
    assert sorted({name for name, _ in seen} - set(locked)) == []


def test_what_is_installed_is_what_is_locked() -> None:
    locked = _versions(_requirements(".requirements.lock"), f"{sys.version_info.major}.{sys.version_info.minor}")
    # 2.012, as a package may call itself, is the version 2.12.
    installed = {canonicalize_name(d.name): f"=={Version(d.version)}" for d in metadata.distributions()}
    assert {name: installed.get(name) for name in locked} == locked, "run `make venv`"


def test_what_the_code_imports_is_a_direct_requirement() -> None:
    """A module that comes only because something else needs it can go as silently as it came."""
    direct = {canonicalize_name(requirement.name) for requirement in _requirements("requirements.txt")}
    # `airflow` is made of several distributions, all of them needed by the one that is pinned.
    providers = {
        module: {canonicalize_name(name) for name in names} | ({"apache-airflow"} if module == "airflow" else set())
        for module, names in metadata.packages_distributions().items()
    }
    missing: dict[str, set[str]] = {}
    for folder in ("include", "plugins", "dags", "tests"):
        for file in (ROOT / folder).rglob("*.py"):
            for module in _imported(file):
                if module in providers and not providers[module] & direct:
                    missing.setdefault(module, set()).add(str(file.relative_to(ROOT)))
    assert missing == {}


def _imported(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found - OURS - set(sys.stdlib_module_names)
