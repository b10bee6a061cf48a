"""Opens a file that somebody brought, in a process of its own: `python -m encore.media.worker`, a `taking.Job` as JSON
on its input, what became of it as JSON on its output. What it may use is bounded before anything is opened."""

from __future__ import annotations

import json
import os
import resource
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from encore.domain.job import Platform
from encore.domain.json import Json
from encore.errors import RefusedError
from encore.media import taken
from encore.media.file_facts import SUFFIXES, read_media_facts
from encore.platforms.limits import LIMITS
from encore.platforms.measures import ImageLimit
from encore.words.sentence import Sentence, sentence

if TYPE_CHECKING:
    from encore.media.pictures import Picture

BEHIND = ImageLimit(("JPEG",), 20_000_000, 1, taken.LARGEST_SIDE, taken.LARGEST_SIDE)
"""Of a picture that is not posted itself."""


def main() -> None:
    bound()
    job, out = json.load(sys.stdin), os.dup(1)
    os.dup2(2, 1)  # libraries may write there too
    with open(out, "w", encoding="utf-8") as told:
        json.dump(answered(job), told)


def bound() -> None:
    for kind, most in (
        (resource.RLIMIT_AS, taken.MEMORY),
        (resource.RLIMIT_CPU, taken.PROCESSOR_SECONDS),
        (resource.RLIMIT_FSIZE, taken.FILE_BYTES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def answered(job: Json) -> Json:
    """`{"kind", "versions"}` or, for what is not taken, `{"refused"}`, and why as a library says it, for the log."""
    try:
        return _taken(Path(job["source"]), Path(job["folder"]), job["image"], job["video"])
    except RefusedError as err:
        return {"refused": err.said.stored}
    except MemoryError:
        return {"refused": sentence("media.too_much_work").stored, "why": "memory"}
    except Exception as err:  # whatever a library makes of a file that lies
        return {"refused": sentence("media.damaged").stored, "why": f"{type(err).__name__}: {err}"}


def _taken(source: Path, folder: Path, image: list[str], video: list[str]) -> Json:
    from PIL import Image, UnidentifiedImageError

    from encore.media.pictures import read_picture

    if not source.stat().st_size:
        raise RefusedError("media.empty", field="media")
    try:
        picture = read_picture(source, folder / "plain.png")
    except Image.DecompressionBombError as err:
        raise RefusedError("media.too_many_pixels", most=taken.PIXELS // 1_000_000, field="media") from err
    except UnidentifiedImageError:
        return {"kind": "video", "versions": _videos(source, folder, video)}
    return {"kind": "image", "versions": _pictures(picture, folder, image)}


def _pictures(picture: Picture, folder: Path, names: list[str]) -> Json:
    from encore.media.repair import fitted_picture

    made = {}
    for name in names:
        fitted = fitted_picture(picture, LIMITS[Platform(name)].image if name else BEHIND)
        path = folder / f"picture-{len(made)}{SUFFIXES[fitted.mime]}"
        path.write_bytes(fitted.content)
        made[name] = _version(path, [*picture.done, *fitted.done])
    return made


def _videos(source: Path, folder: Path, names: list[str]) -> Json:
    import av

    from encore.media.videos import fitted_videos, look

    try:
        seen = look(source)
    except av.FFmpegError as err:
        raise RefusedError("media.not_taken", field="media") from err
    limits = {name: LIMITS[Platform(name)].video for name in names}
    made = fitted_videos(source, seen, folder, limits)
    return {name: _version(*version) for name, version in made.items()}


def _version(path: Path, done: list[Sentence]) -> Json:
    return {"file": path.name, "facts": asdict(read_media_facts(path)), "done": [said.stored for said in done]}


if __name__ == "__main__":
    main()
