"""Files that are cut, flipped and lied about: each is taken or refused in a sentence, within the bounds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter

import pytest

from encore.media import taken
from encore.words.sentence import Words, sentence_of

REFUSALS = {
    "damaged",
    "not_taken",
    "empty",
    "too_many_pixels",
    "too_much_work",
    "one_tone",
    "not_converted",
    "sound_only",
}


@pytest.mark.parametrize(
    ("begin", "end"), [(0, 320), pytest.param(320, 2000, marks=[pytest.mark.slow, pytest.mark.timeout(900)])]
)
def test_a_damaged_file_is_taken_or_refused(tmp_path, begin, end):
    done = subprocess.run(
        [sys.executable, "-m", "media_fuzz", str(tmp_path), str(begin), str(end)],
        capture_output=True, text=True, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"number"')]
    assert [answer["number"] for answer in answers] == list(range(begin, end)), done.stderr[-2000:]
    assert [answer for answer in answers if "raised" in answer] == []
    refused = [sentence_of(answer["refused"]) for answer in answers if "refused" in answer]
    assert {said.key.removeprefix("media.") for said in refused} <= REFUSALS
    assert all(Words(language).hint(said) for said in refused for language in ("en", "zh", "de"))
    assert max(answer["peak"] for answer in answers) * 1024 < taken.MEMORY
    found = Counter(answer["kind"] for answer in answers if "kind" in answer)
    assert min(found["image"], found["video"]) > len(answers) / 20, "not everything is refused"
