"""Style, script and pictures of the pages, each under a name that changes with its content: browsers keep it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).with_name("static")
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class StaticFile:
    content: bytes
    mime: str


def address_of(name: str) -> str:
    """`encore.css` as it is served: `encore.0123456789ab.css`."""
    path = Path(name)
    return f"{path.stem}.{_digest(name)}{path.suffix}"


@cache
def static_files() -> dict[str, StaticFile]:
    """By the name that they are served under."""
    files = [path for path in _FOLDER.rglob("*") if path.suffix in _TYPES]
    return {
        address_of(str(path.relative_to(_FOLDER))): StaticFile(
            path.read_bytes(), f"{_TYPES[path.suffix]}; charset=utf-8"
        )
        for path in files
    }


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((_FOLDER / name).read_bytes()).hexdigest()[:12]
