"""The README's own commands, run on the stack. `make` and Docker are CI's: a test checks that CI runs them."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(300)]

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
ON_THE_STACK = [block for block in BLOCKS if ". .run/env" in block]


def test_the_readme_has_commands_for_the_stack():
    assert len(ON_THE_STACK) == 3


@pytest.mark.parametrize("block", ON_THE_STACK, ids=lambda block: block.split()[-1][:20])
def test_the_commands_work_as_they_stand(stack, block, tmp_path):
    script = block.replace(". .run/env", f". '{stack.layout.environment}'")
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(["sh", "-e", "-c", script], cwd=ROOT, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{script}\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}"


def test_ci_runs_the_make_commands():
    named = {word for block in BLOCKS for word in re.findall(r"^make (\S+)", block, re.MULTILINE)}
    suites = set(re.findall(r"^    (\S+)$", (ROOT / ".ci/run").read_text(encoding="utf-8"), re.MULTILINE))
    assert named and named <= suites
