"""What people bring is taken where it can be made to fit, which is told, and refused in one sentence where not."""

from __future__ import annotations

import io
import json
import logging
import os
import shutil
import subprocess
import sys
import time
import zlib
from fractions import Fraction

import av
import numpy as np
import pytest
from brought_media import CASES, PICTURES, VIDEOS, film, logo, ramp, shaded, turned
from PIL import Image, ImageCms, ImageOps

from encore.errors import RefusedError
from encore.media import taken, taking
from encore.media.taking import BEHIND, take
from encore.media.worker import answered
from encore.words.sentence import Words


@pytest.fixture
def brings(brings_apart, monkeypatch):
    """The same, in this process."""
    monkeypatch.setattr(taking, "_answer", lambda job, _: json.loads(json.dumps(answered(job))))
    return brings_apart


@pytest.fixture
def brings_apart(tmp_path):
    """Takes a file; what it became for a platform."""

    def bring(path, platform="instagram"):
        folder = tmp_path / "taken"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return take(path, folder, image=[platform], video=[platform]).versions[platform]

    return bring


def keys(version):
    return [said.key.removeprefix("media.done.") for said in version.done]


def refused(brings, path, platform="instagram"):
    with pytest.raises(RefusedError) as caught:
        brings(path, platform)
    assert caught.value.field == "media" and Words("en").hint(caught.value.said)
    return caught.value.said.key


def shown(version):
    with Image.open(version.path) as picture:
        return picture.convert("RGB")


def alike(one, other, by=12):
    """Whether two pictures show the same, but for what JPEG makes of it."""
    small = [np.asarray(picture.convert("RGB").resize((40, 40)), dtype=int) for picture in (one, other)]
    return abs(small[0] - small[1]).max() <= by


# Cases of others --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "size", "done"),
    [
        ("flyer-iphone-portrait-mpo.jpg", (720, 900), []),
        ("flyer.avif", (720, 900), ["format"]),
        ("flyer.gif", (720, 900), ["format"]),
        ("flyer.tif", (720, 900), ["format"]),
        ("post-animated.webp", (720, 900), ["first_frame", "format"]),
        ("post-gray16.png", (720, 900), ["eight_bits", "format"]),
        ("post-iphone.heic", (720, 900), ["format"]),
        ("post-png-large-itxt.png", (720, 900), ["details", "format"]),
        ("post-xmp-gps.jpg", (720, 900), ["place"]),
        ("video-gbk-title.mp4", (360, 640), []),
        ("video-location.mov", (360, 640), ["place"]),
        ("video-mkv-from-obs.mkv", (360, 640), ["repackaged"]),
        ("video-mov-pcm-audio.mov", (360, 640), ["sound"]),
        ("video-phone-rotated-2560x1440.mp4", (1440, 2560), []),
    ],
)
@pytest.mark.parametrize("platform", ["instagram", BEHIND])
def test_each_is_taken(brings_apart, name, size, done, platform):
    if platform == BEHIND and name.startswith("video"):
        pytest.skip("no video stands behind a flyer")
    version = brings_apart(CASES / name, platform)
    assert (version.facts.width, version.facts.height) == size
    assert version.facts.mime == ("video/mp4" if name.startswith("video") else "image/jpeg")
    assert keys(version) == done
    assert version.facts.audio_codec in (None, "aac")


def test_the_tones_of_sixteen_bits_are_all_there(brings):
    assert [high - low for low, high in shown(brings(CASES / "post-gray16.png")).getextrema()] > [200] * 3


# Pictures ---------------------------------------------------------------------------------------------------------

SHADED = shaded()


def saved(folder, picture, name, **more):
    picture.save(folder / name, **more)
    return folder / name


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tif", "a.avif"])
def test_a_picture_is_set_upright(brings, tmp_path, name, orientation):
    path = saved(tmp_path, SHADED, name, exif=turned(orientation))
    version = brings(path, "xiaohongshu")
    with Image.open(path) as picture:
        assert alike(shown(version), ImageOps.exif_transpose(picture))
    assert ("upright" in keys(version)) is (orientation > 1)
    with Image.open(version.path) as picture:
        assert not picture.getexif() and "icc_profile" not in picture.info


@pytest.mark.parametrize(
    ("picture", "name"),
    [
        (ramp(65535, np.uint16), "a.png"),
        (ramp(65535, np.uint16), "a.tif"),
        (ramp(4095, np.uint16), "a.png"),
        (ramp(255, np.uint16), "a.tif"),
        (ramp(1, np.float32), "a.tif"),
        (ramp(255, np.float32), "a.tif"),
        (ramp(1, np.float32, -1), "a.tif"),
        (ramp(1e9, np.float32), "a.tif"),
        (ramp(2_000_000_000, np.int32), "a.tif"),
    ],
)
def test_other_depths_are_scaled_to_eight_bits(brings, tmp_path, picture, name):
    version = brings(saved(tmp_path, picture, name))
    assert alike(shown(version), ramp(255, np.uint8))
    assert "eight_bits" in keys(version)


def test_what_is_no_number_is_dark(brings, tmp_path):
    tones = np.array(ramp(1, np.float32))
    tones[:5, :5], tones[5:9, :5] = np.nan, np.inf
    assert alike(shown(brings(saved(tmp_path, Image.fromarray(tones), "a.tif"))), ramp(255, np.uint8))


def test_what_would_be_one_plain_colour_is_refused(brings, tmp_path):
    hidden = Image.new("RGBA", (400, 300), "teal")
    hidden.putalpha(0)
    hidden.putpixel((0, 0), (9, 9, 9, 0))
    assert refused(brings, saved(tmp_path, hidden, "a.png")) == "media.one_tone"


def test_one_that_is_plain_to_begin_with_is_not(brings, tmp_path):
    assert keys(brings(saved(tmp_path, Image.new("RGB", (400, 300), "teal"), "a.png"))) == ["format"]


@pytest.mark.parametrize("colour", ["black", "white", "teal"])
@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.gif", "a.tif"])
def test_a_logo_is_seen_on_its_ground(brings, tmp_path, colour, name):
    version = brings(saved(tmp_path, logo(colour), name))
    middle, corner = (shown(version).getpixel(at) for at in ((200, 150), (5, 5)))
    assert max(abs(one - other) for one, other in zip(middle, corner, strict=True)) > 100
    assert "ground" in keys(version)


@pytest.mark.parametrize("name", ["a.jpg", "a.tif"])
def test_colours_for_print(brings, tmp_path, name):
    version = brings(saved(tmp_path, SHADED.convert("CMYK"), name))
    assert alike(shown(version), SHADED) and "print_colours" in keys(version)


def test_other_colours_become_those_of_screens(brings, tmp_path):
    """A profile that has red and blue swapped."""
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = made.index(b"rXYZ"), made.index(b"bXYZ")
    made[red : red + 4], made[blue : blue + 4] = b"bXYZ", b"rXYZ"
    path = saved(tmp_path, Image.merge("RGB", (SHADED.split()[0], *[Image.new("L", (400, 300), 20)] * 2)), "a.png",
                 icc_profile=bytes(made))  # fmt: skip
    version = brings(path)
    red, _, blue = shown(version).getpixel((395, 295))
    assert blue > red and "colours" in keys(version)


@pytest.mark.parametrize("profile", [b"none", b"x" * 5000])
def test_a_damaged_profile_tells_nothing(brings, tmp_path, profile):
    version = brings(saved(tmp_path, SHADED, "a.jpg", icc_profile=profile))
    assert alike(shown(version), SHADED) and keys(version) == []


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGB", "RGBA", "CMYK", "YCbCr", "LAB", "I;16", "I", "F"])
@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.gif", "a.bmp", "a.webp", "a.jpg"])
def test_every_mode_of_every_format(brings, tmp_path, mode, name):
    if mode == "LAB":
        lab = ImageCms.createProfile("LAB")
        picture = ImageCms.profileToProfile(SHADED, ImageCms.createProfile("sRGB"), lab, outputMode="LAB")
    else:
        picture = (SHADED.convert("P") if mode == "PA" else SHADED.convert("L") if mode in "I;16" else SHADED).convert(
            mode
        )
    try:
        path = saved(tmp_path, picture, name)
    except (OSError, ValueError):
        pytest.skip("Pillow does not write that")
    assert alike(shown(brings(path)), SHADED, 255 if mode == "1" else 40)


@pytest.mark.parametrize(
    ("name", "more", "done"),
    [
        ("a.gif", {"save_all": True, "append_images": [SHADED.rotate(180)]}, "first_frame"),
        ("a.png", {"save_all": True, "append_images": [SHADED.rotate(180)]}, "first_frame"),
        ("a.webp", {"save_all": True, "append_images": [SHADED.rotate(180)]}, "first_frame"),
        ("a.avif", {"save_all": True, "append_images": [SHADED.rotate(180)]}, "first_frame"),
        ("a.tif", {"save_all": True, "append_images": [SHADED.rotate(180)]}, "first_page"),
    ],
)
def test_of_several_the_first_is_taken(brings, tmp_path, name, more, done):
    version = brings(saved(tmp_path, SHADED, name, **more))
    assert alike(shown(version), SHADED, 40) and done in keys(version)


def test_a_text_of_any_size_is_passed_over(brings_apart, tmp_path):
    content = saved(tmp_path, SHADED, "a.png").read_bytes()
    text = b"XML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(b"x" * 300_000_000, 1)
    chunk = len(text).to_bytes(4, "big") + b"iTXt" + text + zlib.crc32(b"iTXt" + text).to_bytes(4, "big")
    (tmp_path / "b.png").write_bytes(content[:33] + chunk + content[33:])
    assert alike(shown(brings_apart(tmp_path / "b.png")), SHADED)


@pytest.mark.parametrize("side", [9_000, 60_000, 2_000_000_000])
def test_too_many_pixels_are_not_opened(brings_apart, tmp_path, side):
    content = bytearray(saved(tmp_path, SHADED, "a.png").read_bytes())
    content[16:24] = side.to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    (tmp_path / "a.png").write_bytes(content)
    assert refused(brings_apart, tmp_path / "a.png") == "media.too_many_pixels"


def test_one_that_unpacks_to_a_thousandfold_is_not_opened(brings_apart, tmp_path):
    path = saved(tmp_path, Image.new("1", (20_000, 20_000)), "a.png")
    assert path.stat().st_size < 100_000
    assert refused(brings_apart, path) == "media.too_many_pixels"


def test_a_phones_two_hundred_megapixels(brings_apart, tmp_path):
    version = brings_apart(saved(tmp_path, Image.linear_gradient("L").resize((16_320, 12_240)), "a.jpg"))
    assert (version.facts.width, keys(version)) == (1440, ["smaller"])


# Videos -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "how", "platform", "found", "done"),
    [
        ("a.mov", {"sound": "pcm_s16le"}, "instagram", "mp4 h264 aac", "sound"),
        ("a.mkv", {"sound": "libopus"}, "instagram", "mp4 h264 aac", "repackaged sound"),
        # Its pictures are not in the order in which they are shown.
        ("a.mkv", {"sound": "aac", "preset": "medium"}, "instagram", "mp4 h264 aac", "repackaged"),
        ("a.mkv", {"sound": "flac", "layout": "5.1"}, "xiaohongshu", "mp4 h264 aac", "repackaged sound"),
        ("a.mp4", {"sound": "aac", "layout": "5.1"}, "tiktok", "mp4 h264 aac", "sound"),
        ("a.mp4", {"sound": "mp3"}, "xiaohongshu", "mp4 h264 aac", "sound"),
        ("a.ts", {"sound": "aac", "form": "mpegts"}, "tiktok", "mp4 h264 aac", "repackaged"),
        ("a.webm", {"codec": "libvpx-vp9", "sound": "libopus"}, "tiktok", "webm vp9 opus", ""),
        ("a.webm", {"codec": "libvpx"}, "instagram", "mp4 h264 None", "video_converted"),
        ("a.mkv", {"codec": "libvpx", "sound": "aac"}, "tiktok", "webm vp8 opus", "repackaged sound"),
        ("a.avi", {"codec": "mjpeg", "sound": "pcm_s16le"}, "tiktok", "mp4 h264 aac", "video_converted sound"),
        ("a.mov", {"codec": "prores_ks"}, "instagram", "mp4 h264 None", "video_converted"),
        ("a.mp4", {"colours": "yuv444p"}, "instagram", "mp4 h264 None", "video_converted"),
        ("a.mp4", {"codec": "libx265"}, "instagram", "mp4 hevc None", ""),
    ],
)
def test_containers_codecs_and_sounds(brings, tmp_path, name, how, platform, found, done):
    path = film(tmp_path / name, size=(480, 400), **how)
    version = brings(path, platform)
    facts = version.facts
    assert f"{facts.mime.removeprefix('video/')} {facts.video_codec} {facts.audio_codec}" == found
    assert " ".join(keys(version)) == done
    assert facts.duration_seconds == pytest.approx(2, abs=0.15)
    with av.open(str(version.path)) as made:
        assert {stream.type for stream in made.streams} == {"video"} | ({"audio"} if facts.audio_codec else set())
        assert sum(1 for _ in made.decode(video=0)) == 50
    if facts.audio_codec:
        with av.open(str(version.path)) as made:
            [sound] = made.streams.audio
            assert sound.channels <= 2 and sum(frame.samples for frame in made.decode(audio=0)) > 90_000


@pytest.mark.parametrize("by", [90, -90, 180])
@pytest.mark.parametrize("platform", ["tiktok", "instagram"])
def test_a_video_is_judged_as_it_is_shown(brings, tmp_path, by, platform):
    """The width of one that stands is its coded height; 2,200 pixels are more than Instagram takes, of a width."""
    version = brings(film(tmp_path / "a.mp4", size=(2200, 400), seconds=1, turned_by=by), platform)
    assert ("smaller" in keys(version)) is (by == 180 and platform == "instagram")
    wide = (1920, 348) if "smaller" in keys(version) else (2200, 400)
    assert (version.facts.width, version.facts.height) == (wide if by == 180 else wide[::-1])
    with av.open(str(version.path)) as made:
        assert next(made.decode(video=0)).rotation % 360 == by % 360


def test_pixels_that_are_not_square(brings, tmp_path):
    version = brings(film(tmp_path / "a.mp4", size=(720, 576), aspect=Fraction(64, 45)))
    assert (version.facts.width, version.facts.height) == (1024, 576)


def test_more_pictures_a_second_than_are_taken(brings, tmp_path):
    version = brings(film(tmp_path / "a.mp4", rate=120, seconds=1))
    assert version.facts.frame_rate == pytest.approx(60, abs=0.5) and keys(version) == ["video_converted"]


def test_what_takes_too_long_to_convert_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(taken, "CONVERTED_PIXELS", 320 * 240 * 25)
    path = film(tmp_path / "a.avi", "mjpeg")
    job = {"source": str(path), "folder": str(tmp_path), "image": [], "video": ["tiktok"]}
    assert answered(job)["refused"]["key"] == "media.not_converted"


def test_what_need_not_be_converted_is_judged_instead(tmp_path, monkeypatch):
    monkeypatch.setattr(taken, "CONVERTED_PIXELS", 320 * 240 * 25)
    path = film(tmp_path / "a.mp4", rate=120)
    job = {"source": str(path), "folder": str(tmp_path), "image": [], "video": ["instagram"]}
    assert answered(job)["versions"]["instagram"]["facts"]["frame_rate"] == 120


def test_sound_alone_is_no_video(brings, tmp_path):
    with av.open(str(tmp_path / "a.m4a"), "w", format="mp4") as out:
        tone = out.add_stream("aac", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 48_000), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48_000
        out.mux(tone.encode(frame))
        out.mux(tone.encode(None))
    assert refused(brings, tmp_path / "a.m4a") == "media.sound_only"


@pytest.mark.parametrize("part", [0.02, 0.3, 0.6, 0.8])
@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv"])
def test_one_that_is_cut_off_is_refused(brings, tmp_path, name, part):
    content = film(tmp_path / name, sound="aac").read_bytes()
    (tmp_path / "cut").write_bytes(content[: int(len(content) * part)])
    assert refused(brings, tmp_path / "cut") in ("media.not_taken", "media.damaged")


def test_one_with_its_index_first_that_is_cut_off_is_refused(brings, tmp_path):
    content = brings(film(tmp_path / "a.mp4", sound="aac")).path.read_bytes()
    (tmp_path / "cut.mp4").write_bytes(content[: int(len(content) * 0.7)])
    assert refused(brings, tmp_path / "cut.mp4") == "media.damaged"


@pytest.mark.parametrize("begin", ["#EXTM3U\n#EXTINF:3,\nfile://{}\n", "ffconcat version 1.0\nfile '{}'\n", "{}"])
def test_a_file_that_names_another_does_not_open_it(brings, tmp_path, begin):
    (tmp_path / "a.mp4").write_text(begin.format(CASES / "video-gbk-title.mp4"))
    assert refused(brings, tmp_path / "a.mp4") == "media.not_taken"


# Everything -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "media.empty"),
        (b"just a text", "media.not_taken"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "media.not_taken"),
        (b"%PDF-1.7\n", "media.not_taken"),
        (b"\0" * 1000, "media.not_taken"),
    ],
)
def test_what_is_no_media_is_refused(brings, tmp_path, content, said):
    (tmp_path / "a.jpg").write_bytes(content)
    assert refused(brings, tmp_path / "a.jpg") == said


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.gif", "a.tif", "a.avif"])
def test_a_picture_that_is_cut_off_is_refused(brings, tmp_path, name):
    content = saved(tmp_path, Image.effect_noise((300, 300), 60).convert("RGB"), name).read_bytes()
    (tmp_path / "cut").write_bytes(content[: len(content) // 2])
    assert refused(brings, tmp_path / "cut") in ("media.damaged", "media.not_taken")


@pytest.mark.parametrize("path", [*PICTURES, *VIDEOS], ids=lambda path: path.name)
def test_the_same_file_gives_the_same_bytes_and_is_taken_again_as_it_is(brings, tmp_path, path):
    once = brings(path)
    assert brings(path).facts == once.facts
    again = tmp_path / once.path.name
    shutil.copyfile(brings(path).path, again)
    assert brings(again).done == ()


SECRETS = (b"SECRET", b"2027:03:14")
"""What the files below tell."""


def telling(folder):
    """Pictures and videos with a place, a time and a device in every way that their formats have."""
    exif = turned(1, maker="SECRET maker", made_at="2027:03:14 10:00:00")
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 29: "2027:03:14"})
    exif.get_ifd(0x8769)[0x9003] = "2027:03:14 10:00:00"
    xmp = b"<x:xmpmeta><exif:GPSLatitude>SECRET 52,31</exif:GPSLatitude></x:xmpmeta>"
    for name in ("a.jpg", "a.png", "a.webp", "a.tif", "a.avif", "a.heic"):
        yield saved(folder, SHADED, name, exif=exif, xmp=xmp, comment="SECRET")
    (folder / "b.jpg").write_bytes((folder / "a.jpg").read_bytes() + b"SECRET" * 99)
    yield folder / "b.jpg"
    tags = {"title": "SECRET", "comment": "SECRET", "location": "+52.5+013.4/", "creation_time": "2027-03-14T10:00:00"}
    for name in ("a.mp4", "a.mov", "a.mkv"):
        yield film(folder / name, tags=tags, sound="aac")
    yield film(folder / "a.webm", "libvpx", tags=tags)


@pytest.mark.parametrize("platform", ["tiktok", "instagram", "xiaohongshu"])
def test_nothing_tells_a_place_a_time_or_a_device(brings, tmp_path, platform):
    import pillow_heif

    pillow_heif.register_heif_opener()
    for path in telling(tmp_path):
        version = brings(path, platform)
        content = version.path.read_bytes()
        assert [secret for secret in SECRETS if secret in content] == [], path.name
        if tool := shutil.which("exiftool"):
            told = json.loads(subprocess.run([tool, "-j", "-G1", version.path], capture_output=True).stdout)[0]
            found = {name for name in told if not name.startswith(("System:", "ExifTool:", "File:", "SourceFile"))}
            telltale = ("GPS", "Location", "Make", "Model", "Software", "Comment", "Title", "Encoder", "Author", "XMP")
            assert [name for name in found if any(word in name for word in telltale)] == [], path.name
            assert not {str(told[name])[:4] for name in found if "Date" in name} - {"0000"}, path.name


# The process ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("does", ["os.kill(os.getpid(), 11)", "sys.exit(3)", "print('no answer')", "time.sleep(60)"])
def test_one_that_dies_or_hangs_is_one_sentence(brings_apart, monkeypatch, does, caplog):
    code = f"import os, sys, time; {does}"
    run = subprocess.run
    monkeypatch.setattr(subprocess, "run", lambda _, **more: run([sys.executable, "-c", code], **more))
    monkeypatch.setattr(taken, "SECONDS", 1)
    began = time.monotonic()
    with caplog.at_level(logging.WARNING):
        assert refused(brings_apart, CASES / "flyer.gif") == "media.too_much_work"
    assert time.monotonic() - began < 20 and caplog.records


def test_it_knows_no_secret_of_ours(brings_apart, monkeypatch):
    seen = {}
    run = subprocess.run
    monkeypatch.setenv("ENCORE_PASSWORD", "secret")
    monkeypatch.setattr(subprocess, "run", lambda *given, **more: seen.update(more) or run(*given, **more))
    brings_apart(CASES / "flyer.gif")
    assert not {name for name in seen["env"] if "ENCORE" in name or "AIRFLOW" in name}
    assert os.environ["ENCORE_PASSWORD"] not in seen["env"].values()


def test_its_memory_is_bounded(tmp_path):
    code = "from encore.media.worker import bound; bound(); bytearray(1_600_000_000)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ | {
        "PYTHONPATH": os.pathsep.join(sys.path)})  # fmt: skip
    assert "MemoryError" in done.stderr


def test_no_librarys_own_words_reach_a_person(brings, tmp_path):
    out = io.BytesIO()
    SHADED.save(out, "JPEG")
    (tmp_path / "a.jpg").write_bytes(out.getvalue()[:3000])
    with pytest.raises(RefusedError) as caught:
        brings(tmp_path / "a.jpg")
    for language in ("en", "zh", "de"):
        assert "truncated" not in Words(language).in_full(caught.value.said)
