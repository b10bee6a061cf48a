from __future__ import annotations

import itertools
from pathlib import Path

import av
import pytest
from PIL import ImageChops, ImageStat

from encore.content.pictures.flyer import draw_flyer
from encore.content.pictures.flyer_video import FRAME_RATE, SECONDS, SIZE, write_flyer_video
from encore.domain.job import Platform
from encore.media.file_facts import MediaFacts, read_media_facts
from encore.platforms.contract import MediaAsset
from encore.platforms.limits import LIMITS
from encore.platforms.validation import media_problems

TEXT = (
    "Spring Recital 春之声\n\nSunday, 14 March 2027\n19:30\nKleiner Saal\n\nCome and listen.\n\nMore: https://s.example"
)


@pytest.fixture(scope="module")
def video(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("video") / "flyer.bin"  # not named .mp4: the content decides
    write_flyer_video(TEXT, "seed", path)
    return path


@pytest.fixture(scope="module")
def facts(video) -> MediaFacts:
    return read_media_facts(video)


def test_the_file_is_what_the_platforms_ask_for(facts):
    assert (facts.kind, facts.mime) == ("video", "video/mp4")
    assert (facts.width, facts.height) == SIZE
    assert (facts.frame_rate, facts.duration_seconds) == (FRAME_RATE, SECONDS)
    assert (facts.video_codec, facts.audio_codec) == ("h264", "aac")
    assert facts.size_bytes < 2_000_000


@pytest.mark.parametrize("platform", list(Platform))
def test_the_adapters_validation_finds_no_problem(video, facts, platform):
    file = facts.media_file("m1", video, alt_text="Flyer")
    assert media_problems(MediaAsset((file,)), LIMITS[platform]) == []


def test_the_index_comes_first_so_that_it_plays_while_loading(video):
    content = video.read_bytes()
    assert 0 < content.find(b"moov") < content.find(b"mdat")


def test_the_first_frame_is_the_flyer_and_what_is_behind_the_text_moves(video):
    flyer = draw_flyer(TEXT, SIZE, "seed").picture()
    with av.open(str(video)) as container:
        assert container.streams.video[0].codec_context.pix_fmt == "yuv420p"
        frames = [frame.to_image() for frame in itertools.islice(container.decode(video=0), 0, 91, 90)]
    # The drift needs a wider background, whose stave and light differ a little from the picture's.
    assert max(ImageStat.Stat(ImageChops.difference(frames[0], flyer)).mean) < 6
    assert ImageChops.difference(*frames).getbbox() is not None


@pytest.mark.slow
def test_the_same_text_gives_the_same_bytes(video, tmp_path):
    write_flyer_video(TEXT, "seed", tmp_path / "again.mp4")
    assert (tmp_path / "again.mp4").read_bytes() == video.read_bytes()
