"""Airflow masks the same by our plain texts as by its own regular expression, and by itself where it is not known."""

from __future__ import annotations

import importlib.util
import logging
import re
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from encore.wire.plain_texts import PlainTexts
from encore_airflow import masking

ROOT = Path(__file__).parents[2]
FIELDS = ["password", "token", "secret"]


def fresh(name: str = masking.MASKERS[0]) -> ModuleType:
    """Airflow's module once more, as it is on the disk."""
    where = importlib.util.find_spec(name)
    spec = importlib.util.spec_from_file_location("masker_on_disk", where.origin)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


AIRFLOWS, OURS = fresh(), fresh()
OURS.SecretsMasker.add_mask = masking.adding(OURS)


def maskers(adapter=None, shortest: int = 5):
    """Airflow's own and ours, set up alike."""
    made = [module.SecretsMasker() for module in (AIRFLOWS, OURS)]
    for masker in made:
        masker.sensitive_variables_fields = FIELDS
        masker.secret_mask_adapter = adapter
        masker.min_length_to_mask = shortest
    return made


def sure(own):
    """Airflow's alternation is in the order of a set: of two secrets one of which begins with the other, either may be
    masked, and the rest of the longer one then shows. Ours is the one of its answers that shows least."""
    if own.replacer:
        own.replacer = re.compile("|".join(sorted(own.patterns, key=len, reverse=True)))
    return own


# Few letters, so that secrets occur in texts, in each other and across each other's ends.
letters = st.sampled_from("ab.*\\|(é\n😀 ")
secrets = st.lists(st.text(letters, max_size=9), max_size=12)
texts = st.lists(st.text(letters, max_size=40), min_size=1, max_size=6)
story = st.builds(lambda known, around: (known, [*around, "".join(known), "-".join(known), *known]), secrets, texts)


@given(story, st.integers(1, 7), st.sampled_from(["***", "?", r"<\n>"]))
@example((["aaaaa", "aaaaabb", "bbaaa"], ["aaaaabbaaa", "aaaabbaaaaa"]), 5, "***")
def test_the_same_is_masked(told, shortest, replacement):
    known, around = told
    own, ours = maskers(shortest=shortest)
    for value in known:
        own.add_mask(value)
        ours.add_mask(value)
        for text in around:
            assert ours.redact(text, replacement=replacement) == sure(own).redact(text, replacement=replacement)
    assert ours.patterns == own.patterns
    assert bool(ours.replacer) == bool(own.replacer)


@given(st.lists(st.text(min_size=5, max_size=30), unique=True, max_size=60), st.text(max_size=80), st.data())
def test_secrets_of_any_letters_are_masked_alike_in_short_and_long_texts(known, between, data):
    own, ours = maskers()
    own.add_mask(known)
    ours.add_mask(known)
    picked = data.draw(st.lists(st.sampled_from(known), max_size=5)) if known else []
    short = between.join(picked)
    for text in (short, short + between * 40):
        assert ours.redact(text) == sure(own).redact(text)


def test_where_no_secret_begins_another_it_is_airflow_s_answer_itself():
    own, ours = maskers()
    known = [f"{number}-token-{number * 7919}" for number in range(300)]
    for value in known:
        own.add_mask(value)
        ours.add_mask(value)
    for text in ("; ".join(known), "".join(known), "299-token-", "x" * 3_000, known[5] + " " * 2_000 + known[298]):
        assert ours.redact(text) == own.redact(text)


json = st.recursive(
    st.none() | st.integers() | st.text(letters, max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*FIELDS, "note", "a b"]), inner),
    max_leaves=12,
)


@given(json, st.sampled_from([None, "password", "note"]), texts)
def test_what_a_connection_holds_is_walked_alike(held, name, around):
    own, ours = maskers()
    own.add_mask(held, name)
    ours.add_mask(held, name)
    assert ours.patterns == own.patterns
    for item in (around, {"note": around[0], "password": around}, (held, {"deep": [held]})):
        assert ours.redact(item) == sure(own).redact(item)


@pytest.mark.parametrize("adapter", [str.upper, lambda secret: [secret[::-1], "", "abc", "AIRFLOW", secret + secret]])
def test_what_airflow_makes_of_a_secret_is_masked_too(adapter):
    own, ours = maskers(adapter)
    for value in ("planted-1", "airflow", "Airflow", "abc", ""):
        own.add_mask(value)
        ours.add_mask(value)
    for text in ("planted-1", "PLANTED-1", "1-detnalp", "planted-1planted-1", "airflow abc AIRFLOW"):
        assert ours.redact(text) == sure(own).redact(text)
    assert ours.patterns == own.patterns


def test_each_task_begins_with_none_and_what_was_known_before_ours_stays():
    own, ours = maskers()
    own.add_mask(r"a.b\c|d" + "\n")
    ours.patterns, ours.replacer = set(own.patterns), own.replacer
    ours.add_mask("planted-2")
    assert isinstance(ours.replacer, PlainTexts)
    assert ours.redact("a.b\\c|d\n, planted-2, a.b-c") == "***, ***, a.b-c"
    ours.reset_masker()
    assert ours.redact("planted-2") == "planted-2" and ours.replacer is None
    ours.add_mask("planted-3")
    assert ours.redact("planted-2 planted-3") == "planted-2 ***"


def test_a_short_secret_is_told_once(caplog):
    OURS.SecretsMasker._has_warned_short_secret = False
    _, ours = maskers()
    ours.add_mask("abc")
    ours.add_mask("abd")
    assert caplog.messages == ["Skipping masking for a secret as it's too short (<5 chars)"]


def test_log_records_and_exceptions_are_masked():
    _, ours = maskers()
    ours.enable_log_masking()
    ours.add_mask("planted-4")
    try:
        raise ValueError("planted-4 refused")
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "", 1, "with %s", ("planted-4",), sys.exc_info())
    assert ours.filter(record)
    assert record.getMessage() == "with ***" and str(record.exc_info[1]) == "*** refused"


def test_the_airflow_that_is_installed_is_known():
    """If not: read its `SecretsMasker` beside `masking.py`, and add its digest to `KNOWN`."""
    for name in masking.MASKERS:
        assert masking.known(fresh(name)), name


IN_A_PROCESS = """
from importlib import import_module
import airflow
from airflow.sdk.log import mask_secret
from airflow.models import Connection
mask_secret("planted-5")
Connection(conn_id="c", password="planted-6")
for name, planted in (({core!r}, "planted-6"), ({sdk!r}, "planted-5")):
    module = import_module(name)
    print(type(module._secrets_masker().replacer).__name__, module.redact(f"<{{planted}}>"))
"""


@pytest.mark.parametrize("how", ["known", "another version", "broken"])
def test_a_process_of_airflow_masks_whatever_its_version_is(tmp_path, how):
    core, sdk = masking.MASKERS
    lines = {
        "known": "",
        "another version": "import encore_airflow.masking as m; m.KNOWN = frozenset()",
        "broken": "import sys; sys.modules['encore_airflow.masking'] = None",
    }
    done = subprocess.run(
        [sys.executable, "-c", lines[how] + IN_A_PROCESS.format(core=core, sdk=sdk)],
        capture_output=True, text=True, check=True,
        env={
            "PYTHONPATH": f"{ROOT / 'include'}:{ROOT / 'plugins'}",
            "PATH": "",
            "AIRFLOW_HOME": str(tmp_path),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        },
    )  # fmt: skip
    kind = "PlainTexts" if how == "known" else "Pattern"
    assert done.stdout.splitlines()[-2:] == [f"{kind} <***>"] * 2
    assert ("does not mask" in done.stderr) is (how == "broken")


def test_a_thousand_secrets_cost_a_line_no_more_than_one():
    few, many = PlainTexts(["planted-7"]), PlainTexts(f"planted-{number}-{number}" for number in range(50_000))
    line = "published instagram 17 of the Spring Recital in 0.4 s " * 4

    def took(texts):
        begun = time.process_time()
        for _ in range(200):
            assert texts.sub("***", line) == line
        return time.process_time() - begun

    assert took(many) < took(few) + 0.2, "a millisecond a line; fifty thousand looked for one by one take ten"
