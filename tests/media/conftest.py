"""A store for media, and a picture to stand behind a flyer."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from encore.media.media_store import MediaStore


@pytest.fixture
def media(tmp_path: Path) -> MediaStore:
    return MediaStore(str(tmp_path / "media"), str(tmp_path / "cache"))


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    Image.radial_gradient("L").resize((900, 1200)).convert("RGB").save(path)
    return path
