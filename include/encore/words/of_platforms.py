"""The sentences that stand beside the platforms' adapters, and the keys that they have in the catalogue."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from encore.domain.job import YAML_LOADER, Platform
from encore.domain.json import Json

_FOLDER = Path(__file__).parents[1] / "platforms"
SHARED = ("encore", "every_platform")
"""Tables of what is the same at every platform."""
PARTS = (*SHARED, *Platform, "platform")


@cache
def error_rows(name: str) -> tuple[tuple[str, Json], ...]:
    """The rows of a table of errors, that of a platform or a shared one, each with the key of its sentence: where
    several rows say the same, that of the first."""
    file = _FOLDER / (f"errors/{name}.yaml" if name in SHARED else f"{name}/errors.yaml")
    keys: dict[str, str] = {}
    rows = yaml.load(file.read_text(encoding="utf-8"), YAML_LOADER)
    return tuple((keys.setdefault(row["en"], _key(name, row)), row) for row in rows)


@cache
def about(platform: str) -> Json:
    """What `<platform>/about.yaml` says; {} for a platform that says nothing of itself."""
    file = _FOLDER / platform / "about.yaml"
    return yaml.load(file.read_text(encoding="utf-8"), YAML_LOADER) if file.exists() else {}


@cache
def sentences_of(part: str) -> dict[str, tuple[str, str]]:
    """Key -> English, Chinese: those whose key begins with `part`, one of `PARTS`; none for another."""
    if part == "platform":
        names = {name: about(name).get("names", {}) for name in Platform}
        return {
            f"platform.{name}": (of.get("en", name.title()), of.get("zh", name.title())) for name, of in names.items()
        }
    if part not in PARTS:
        return {}
    asked = () if part in SHARED else (*about(part).get("audiences", ()), *about(part).get("confirmations", ()))
    said = {key: (row["en"], row["zh"]) for key, row in error_rows(part)}
    return said | {f"{part}.{one['key']}": (one["en"], one["zh"]) for one in asked}


def _key(name: str, row: Json) -> str:
    """After what the row matches: `instagram.190.463`, `tiktok.spam_risk.publish`."""
    match = row["match"] if isinstance(row["match"], dict) else {"code": row["match"]}
    parts = [*match.values(), row.get("stage")]
    firsts = (part[0] if isinstance(part, list) else part for part in parts)
    return ".".join([name, *(str(first).replace(" ", "_") for first in firsts if first is not None)])
