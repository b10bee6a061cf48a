"""Which statements publishing makes, read from its code: each of them must be hit by the matrix."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path

from encore.store.store import statements

START = "encore.publishing.group"
PACKAGE = START.rpartition(".")[0]
LEDGER = "encore.ledger"
OF_MANY = {"renew_members", "give_members_back", "leave_members"}
"""Only a group of more than one post makes these: `test_groups` hits them."""
OF_THE_CLEARED = {"lock_job"}
"""Only a task that a person has cleared makes this, or one that comes too late: `test_sequences` plays those."""


def made_by_publishing() -> set[str]:
    """By a group of one post, whatever it imports of its package, and the ledger."""
    known = set(statements().available_queries)
    made: set[str] = set()
    seen, waiting = set(), [START, LEDGER]
    while waiting:
        module = waiting.pop()
        if module in seen or (spec := find_spec(module)) is None or spec.origin is None:
            continue
        seen.add(module)
        for node in ast.walk(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                made.add(node.func.attr)
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGE):
                of_package = [f"{PACKAGE}.{name.name}" for name in node.names] if node.module == PACKAGE else []
                waiting += of_package or [str(node.module)]
    return (made & known) - OF_MANY - OF_THE_CLEARED
