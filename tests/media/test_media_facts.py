from __future__ import annotations

import hashlib

import pytest
from PIL import Image

from encore.errors import RefusedError
from encore.media.file_facts import read_media_facts


@pytest.mark.parametrize(("form", "mime"), [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp")])
def test_a_picture_is_told_by_its_content_not_its_name(tmp_path, form, mime):
    path = tmp_path / "picture.mp4"
    Image.new("RGB", (30, 20), "red").save(path, form)
    facts = read_media_facts(path)
    assert (facts.kind, facts.mime, facts.width, facts.height) == ("image", mime, 30, 20)
    assert facts.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert facts.size_bytes == path.stat().st_size
    file = facts.media_file("m1", path)
    assert (file.media_id, file.path, file.mime, file.duration_seconds) == ("m1", str(path), mime, None)


def test_a_picture_turned_by_its_camera_has_the_size_that_is_shown(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (30, 20)).save(tmp_path / "a.jpg", exif=exif)
    facts = read_media_facts(tmp_path / "a.jpg")
    assert (facts.width, facts.height) == (20, 30)


def test_a_cut_off_picture_is_refused(tmp_path):
    path = tmp_path / "a.jpg"
    Image.effect_noise((200, 200), 50).save(path)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(RefusedError, match="damaged"):
        read_media_facts(path)


@pytest.mark.parametrize("content", [b"", b"just a text, no picture", b"\0\0\0\x18ftypisom" + b"\0" * 200])
def test_what_is_no_media_is_refused(tmp_path, content):
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    with pytest.raises(RefusedError, match=r"a\.jpg"):
        read_media_facts(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(RefusedError, match=r"gone\.jpg cannot be read"):
        read_media_facts(tmp_path / "gone.jpg")
