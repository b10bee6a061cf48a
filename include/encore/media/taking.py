"""What a person brings becomes a file for each platform, with its facts and what was done for it. It is opened by
another process (`worker.py`), so that no file can bring this one down."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import encore
from encore.domain.json import Json
from encore.errors import RefusedError
from encore.media import taken
from encore.media.file_facts import MediaFacts
from encore.words.sentence import Sentence, sentence_of

log = logging.getLogger(__name__)

BEHIND = ""
"""For a picture that is not posted itself, in place of a platform."""


@dataclass(frozen=True)
class Version:
    path: Path
    facts: MediaFacts
    done: tuple[Sentence, ...]


@dataclass(frozen=True)
class Taken:
    """`kind`: image or video. `versions`: for each platform that was named for this kind."""

    kind: str
    versions: dict[str, Version]


def take(source: Path, folder: Path, *, image: Sequence[str] = (), video: Sequence[str] = ()) -> Taken:
    """Read `source`, and write into `folder` what each platform named for its kind takes of it: a JPEG or PNG, an MP4
    or WebM, which hold nothing but the picture, the moving pictures and the sound. Raises `RefusedError` for what is
    not taken, in a sentence that says what to do."""
    job = {"source": str(source), "folder": str(folder), "image": list(image), "video": list(video)}
    answer = _answer(job, folder)
    if refused := answer.get("refused"):
        log.info("a file is refused: %s (%s)", refused["key"], answer.get("why", "by rule"))
        raise RefusedError(sentence_of(refused), field="media")
    return Taken(answer["kind"], {name: _version(folder, found) for name, found in answer["versions"].items()})


def _answer(job: Json, folder: Path) -> Json:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "encore.media.worker"],
            input=json.dumps(job), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8",
            cwd=folder, env=_surroundings(folder), timeout=taken.SECONDS,
        )  # fmt: skip
        return json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        log.warning("a file was not read within %s seconds", taken.SECONDS)
    except ValueError:
        log.warning("the process that read a file ended with %s", done.returncode)
    raise RefusedError("media.too_much_work", field="media")


def _surroundings(folder: Path) -> dict[str, str]:
    """No secret of ours among them. Threads that libraries would begin on their own count as memory."""
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(Path(encore.__path__[0]).parent),
        "TMPDIR": str(folder),
        "MALLOC_ARENA_MAX": "2",
        "OPENBLAS_NUM_THREADS": "1",
    }


def _version(folder: Path, found: Json) -> Version:
    done = tuple(sentence_of(said) for said in found["done"])
    return Version(folder / found["file"], MediaFacts(**found["facts"]), done)
