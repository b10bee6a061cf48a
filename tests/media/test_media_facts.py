from __future__ import annotations

import hashlib

import pytest
from PIL import Image

from encore.errors import RefusedError
from encore.media.file_facts import read_media_facts


@pytest.mark.parametrize(("suffix", "mime"), [(".jpg", "image/jpeg"), (".png", "image/png")])
def test_a_picture_of_ours(tmp_path, suffix, mime):
    path = tmp_path / f"picture{suffix}"
    Image.new("RGB", (30, 20), "red").save(path)
    facts = read_media_facts(path)
    assert (facts.kind, facts.mime, facts.width, facts.height) == ("image", mime, 30, 20)
    assert facts.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert facts.size_bytes == path.stat().st_size
    file = facts.media_file("m1", path)
    assert (file.media_id, file.path, file.mime, file.duration_seconds) == ("m1", str(path), mime, None)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(RefusedError, match=r"gone\.jpg cannot be read"):
        read_media_facts(tmp_path / "gone.jpg")
