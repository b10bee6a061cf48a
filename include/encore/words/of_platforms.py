"""The sentences that stand beside the platforms' adapters, and the keys that they have in the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from encore.domain.job import YAML_LOADER, Platform
from encore.domain.json import Json

_FOLDER = Path(__file__).parents[1] / "platforms"
SHARED = ("encore", "every_platform")
"""Tables of what is the same at every platform."""


def error_rows(name: str) -> Iterator[tuple[str, Json]]:
    """The rows of a table of errors, that of a platform or a shared one, each with the key of its sentence: where
    several rows say the same, that of the first."""
    file = _FOLDER / (f"errors/{name}.yaml" if name in SHARED else f"{name}/errors.yaml")
    keys: dict[str, str] = {}
    for row in yaml.load(file.read_text(encoding="utf-8"), YAML_LOADER):
        yield keys.setdefault(row["en"], _key(name, row)), row


def about(platform: str) -> Json:
    """What `<platform>/about.yaml` says; {} for a platform that says nothing of itself."""
    file = _FOLDER / platform / "about.yaml"
    return yaml.load(file.read_text(encoding="utf-8"), YAML_LOADER) if file.exists() else {}


def sentences_of_platforms() -> dict[str, tuple[str, str]]:
    """Key -> English, Chinese."""
    found = {}
    for name in (*SHARED, *Platform):
        found |= {key: (row["en"], row["zh"]) for key, row in error_rows(name)}
    for platform in Platform:
        said = about(platform)
        names = said.get("names", {})
        found[f"platform.{platform}"] = names.get("en", platform.title()), names.get("zh", platform.title())
        for asked in (*said.get("audiences", ()), *said.get("confirmations", ())):
            found[f"{platform}.{asked['key']}"] = asked["en"], asked["zh"]
    return found


def _key(name: str, row: Json) -> str:
    """After what the row matches: `instagram.190.463`, `tiktok.spam_risk.publish`."""
    match = row["match"] if isinstance(row["match"], dict) else {"code": row["match"]}
    parts = [*match.values(), row.get("stage")]
    firsts = (part[0] if isinstance(part, list) else part for part in parts)
    return ".".join([name, *(str(first).replace(" ", "_") for first in firsts if first is not None)])
