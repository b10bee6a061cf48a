from __future__ import annotations

import os
import subprocess
import sys


def test_what_publishing_needs_of_the_content_imports_nothing_heavy():
    heavy = {"PIL", "av", "pandas", "numpy", "fontTools", "openai"}
    imports = (
        "import sys; from encore.content.facts import fact_check, sheet; "
        "from encore.content.writing import caption, limits_check, openai_writer, writer"
    )
    code = f"{imports}; print(sorted({heavy} & set(sys.modules)))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "[]"
