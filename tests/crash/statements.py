"""Which statements publishing makes, read from its code: each of them must be hit by the matrix."""

from __future__ import annotations

import ast
from pathlib import Path

from encore import publishing
from encore.store.store import statements

_NOT_OF_A_TASK = {"claim"}
"""The claim is one transaction of its own, which a kill undoes."""


def made_by_publishing() -> set[str]:
    known = set(statements().available_queries)
    folder = Path(publishing.__file__).parent
    trees = [ast.parse(path.read_text("utf-8")) for path in folder.glob("*.py") if path.stem not in _NOT_OF_A_TASK]
    calls = [node.func for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {called.attr for called in calls if isinstance(called, ast.Attribute)} & known
