"""A local folder and a bucket (fsspec's `memory://`) behind the same few calls."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from encore.errors import ConfigurationError
from encore.media.media_store import MediaStore, MediaStoreError

_numbers = itertools.count()


@pytest.fixture(params=["folder", "bucket"])
def media(request, tmp_path: Path) -> MediaStore:
    directory = str(tmp_path / "media") if request.param == "folder" else f"memory://encore-{next(_numbers)}/media"
    return MediaStore(directory, str(tmp_path / "cache"))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source.jpg"
    path.write_bytes(b"picture" * 1000)
    return path


def test_what_was_put_in_comes_out(media, source):
    assert not media.exists("c/flyer.jpg")
    media.put(source, "c/flyer.jpg")
    assert media.exists("c/flyer.jpg")
    assert media.local_path("c/flyer.jpg", 7000).read_bytes() == source.read_bytes()
    with media.open("c/flyer.jpg") as content:
        assert content.read(7) == b"picture"


def test_put_twice_replaces(media, source):
    media.put(source, "c/flyer.jpg")
    source.write_bytes(b"another")
    media.put(source, "c/flyer.jpg")
    assert media.local_path("c/flyer.jpg", 7).read_bytes() == b"another"


def test_no_draft_is_left(media, source, tmp_path):
    media.put(source, "c/flyer.jpg")
    media.local_path("c/flyer.jpg")
    assert [path.name for path in tmp_path.rglob("*") if "draft" in path.name] == []
    if not media.is_local:
        assert media._bucket.ls(media._key("c"), detail=False) == [media._key("c/flyer.jpg")]


def test_a_put_that_breaks_off_leaves_nothing(media, source, monkeypatch):
    def breaks(*_):
        raise OSError(28, "No space left on device")

    if media.is_local:
        monkeypatch.setattr("encore.media.media_store.shutil.copyfile", breaks)
    else:
        monkeypatch.setattr(type(media._bucket), "mv", breaks)
    with pytest.raises(MediaStoreError, match="No space left"):
        media.put(source, "c/flyer.jpg")
    assert not media.exists("c/flyer.jpg")


def test_what_is_not_there_is_said_so(media):
    with pytest.raises(MediaStoreError), media.open("c/none.jpg"):
        pass


@pytest.mark.parametrize("file", ["../secret", "/etc/passwd", "c/../../secret", ""])
def test_nothing_outside_is_reached(media, source, file):
    for reach in (media.exists, media.local_path, lambda name: media.put(source, name)):
        with pytest.raises(ConfigurationError, match="outside"):
            reach(file)


def test_a_copy_is_fetched_once_and_again_when_it_is_broken(tmp_path, source, monkeypatch):
    media = MediaStore(f"memory://encore-{next(_numbers)}", str(tmp_path / "cache"))
    media.put(source, "c/flyer.jpg")
    copy = media.local_path("c/flyer.jpg", 7000)
    fetched = []
    monkeypatch.setattr(type(media._bucket), "get_file", lambda *given, **_: fetched.append(given))
    assert media.local_path("c/flyer.jpg", 7000) == copy and fetched == []
    monkeypatch.undo()
    copy.write_bytes(b"cut")
    assert media.local_path("c/flyer.jpg", 7000).stat().st_size == 7000


def test_a_bucket_without_its_library_is_explained(tmp_path):
    media = MediaStore("nosuch://bucket/encore", str(tmp_path))
    with pytest.raises(ConfigurationError, match="is not installed"):
        media.exists("c/flyer.jpg")


def test_a_folder_needs_no_fsspec(tmp_path):
    """Publish tasks import this; fsspec and its bucket libraries cost them nothing they do not use."""
    import subprocess
    import sys

    code = (
        "import sys; from encore.media.media_store import MediaStore; "
        f"MediaStore({str(tmp_path)!r}, 'x').exists('a'); print('fsspec' in sys.modules)"
    )
    include = str(Path(__file__).parents[2] / "include")
    answer = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": include}, capture_output=True, text=True)
    assert answer.stdout.strip() == "False", answer.stderr
