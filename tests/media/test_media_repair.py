"""Repair of pictures: every limit is met, nothing is cut off or enlarged, and what fits is left alone."""

from __future__ import annotations

import io
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from encore.domain.job import Platform
from encore.errors import RefusedError
from encore.media.file_facts import read_media_facts
from encore.media.repair import fitted_sizes, padded_size, repaired_picture
from encore.platforms.contract import MediaAsset
from encore.platforms.limits import LIMITS
from encore.platforms.measures import ImageLimit
from encore.platforms.validation import media_problems

sides = st.integers(50, 20_000)
sizes = st.tuples(sides, sides)
# Whole pixels cannot meet bounds that lie closer together; no platform's do.
ratios = st.tuples(
    st.fractions(Fraction(1, 4), 4, max_denominator=200), st.fractions(Fraction(5, 4), 3, max_denominator=50)
).map(lambda pair: (pair[0], pair[0] * pair[1]))
limits = st.sampled_from([platform_limits.image for platform_limits in LIMITS.values()]) | st.builds(
    lambda bounds, width, height: ImageLimit(("JPEG",), 1, 1, width, height, *bounds),
    ratios,
    st.integers(100, 4096),
    st.integers(100, 4096),
)


@given(sizes, ratios)
def test_a_border_brings_the_ratio_within_its_bounds_and_covers_no_pixel(size, bounds):
    least, most = bounds
    width, height = padded_size(size, least, most)
    assert width >= size[0] and height >= size[1] and (width == size[0] or height == size[1])
    if Fraction(*size) < least:
        assert Fraction(width, height) >= least and Fraction(width - 1, height) < least
    elif Fraction(*size) > most:
        assert Fraction(width, height) <= most and (height == 1 or Fraction(width, height - 1) > most)
    else:
        assert (width, height) == size


@given(sizes, limits)
def test_what_is_drawn_fits_and_keeps_its_shape(size, limit):
    drawn, canvas = fitted_sizes(size, limit)
    assert canvas[0] <= limit.max_width and canvas[1] <= limit.max_height
    assert canvas[0] >= drawn[0] and canvas[1] >= drawn[1]
    assert drawn[0] <= size[0] and drawn[1] <= size[1]
    # To within the pixels that rounding takes, of a side that is not already down to one.
    if min(drawn) > 1:
        assert abs(drawn[0] - drawn[1] * size[0] / size[1]) <= 3 * max(1.0, size[0] / size[1])
    assert fitted_sizes(canvas, limit)[1] == canvas


def write(path, picture, kind, **more):
    picture.save(path, kind, **more)
    return path


def noise(size, mode="RGB"):
    return Image.effect_noise(size, 80).convert(mode)


CASES = {
    "a PNG": lambda folder: write(folder / "a.png", noise((800, 800)), "PNG"),
    "a transparent PNG": lambda folder: write(folder / "a.png", Image.new("RGBA", (800, 800), (255, 0, 0, 0)), "PNG"),
    "a palette": lambda folder: write(folder / "a.gif", noise((600, 600)).convert("P"), "GIF"),
    "grey": lambda folder: write(folder / "a.jpg", noise((600, 600), "L"), "JPEG"),
    "CMYK": lambda folder: write(folder / "a.jpg", noise((600, 600)).convert("CMYK"), "JPEG"),
    "a WebP": lambda folder: write(folder / "a.webp", noise((640, 640)), "WEBP"),
    "too large": lambda folder: write(folder / "a.jpg", Image.new("RGB", (4200, 5200), "teal"), "JPEG"),
    "too tall": lambda folder: write(folder / "a.jpg", Image.new("RGB", (700, 3000), "teal"), "JPEG"),
    "too wide": lambda folder: write(folder / "a.jpg", Image.new("RGB", (3000, 700), "teal"), "JPEG"),
    "fitting": lambda folder: write(folder / "a.jpg", Image.new("RGB", (1080, 1350), "teal"), "JPEG"),
}


@pytest.mark.parametrize("platform", list(Platform))
@pytest.mark.parametrize("case", CASES)
def test_a_picture_fits_after_repair_and_repairing_again_changes_nothing(tmp_path, case, platform):
    source, limit = CASES[case](tmp_path), LIMITS[platform].image
    content = repaired_picture(source, limit)
    repaired = tmp_path / "repaired.jpg"
    repaired.write_bytes(source.read_bytes() if content is None else content)
    file = read_media_facts(repaired).media_file("m", repaired)
    assert media_problems(MediaAsset((file,)), LIMITS[platform]) == []
    assert repaired_picture(repaired, limit) is None
    assert repaired_picture(source, limit) == content


def test_what_fits_is_left_as_it_is(tmp_path):
    assert repaired_picture(CASES["fitting"](tmp_path), LIMITS[Platform.INSTAGRAM].image) is None
    assert repaired_picture(CASES["a PNG"](tmp_path), LIMITS[Platform.XIAOHONGSHU].image) is None


def marked() -> Image.Image:
    """Red at the left, blue at the right."""
    picture = Image.new("RGB", (900, 900), "white")
    drawing = ImageDraw.Draw(picture)
    drawing.rectangle((0, 0, 100, 900), "red")
    drawing.rectangle((800, 0, 900, 900), "blue")
    return picture


def test_a_turned_picture_is_set_upright_and_does_not_say_where_it_was_taken(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    exif.get_ifd(0x8825)[1] = "N"
    source = write(tmp_path / "a.jpg", marked(), "JPEG", exif=exif)
    with Image.open(io.BytesIO(repaired_picture(source, LIMITS[Platform.INSTAGRAM].image))) as picture:
        assert len(picture.getexif()) == 0
        assert picture.getpixel((450, 20))[0] > 200 and picture.getpixel((450, 880))[2] > 200


def test_a_place_alone_is_reason_enough(tmp_path):
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    source = write(tmp_path / "a.jpg", marked(), "JPEG", exif=exif)
    assert repaired_picture(source, LIMITS[Platform.INSTAGRAM].image) is not None


def test_what_was_transparent_is_white(tmp_path):
    content = repaired_picture(CASES["a transparent PNG"](tmp_path), LIMITS[Platform.INSTAGRAM].image)
    with Image.open(io.BytesIO(content)) as picture:
        assert min(picture.getpixel((400, 400))) > 250


def test_a_border_keeps_the_whole_picture_in_the_middle(tmp_path):
    source = write(tmp_path / "a.jpg", marked().resize((900, 300)), "JPEG", quality=95)
    with Image.open(io.BytesIO(repaired_picture(source, LIMITS[Platform.INSTAGRAM].image))) as picture:
        assert picture.size == (900, 472)
        assert picture.getpixel((20, 236))[0] > 200 and picture.getpixel((880, 236))[2] > 200


def test_quality_goes_down_only_to_fit_the_bytes(tmp_path):
    source = write(tmp_path / "a.png", noise((600, 600)), "PNG")
    generous, tight = ImageLimit(("JPEG",), 10_000_000), ImageLimit(("JPEG",), 60_000)
    best, small = repaired_picture(source, generous), repaired_picture(source, tight)
    assert len(small) <= 60_000 < len(best)
    with pytest.raises(RefusedError):
        repaired_picture(source, ImageLimit(("JPEG",), 10))


@pytest.mark.parametrize("content", [b"", b"no picture at all", b"\xff\xd8\xff\xe0 cut off"])
def test_what_is_no_picture_is_refused_in_one_sentence(tmp_path, content):
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    with pytest.raises(RefusedError) as caught:
        repaired_picture(path, LIMITS[Platform.INSTAGRAM].image)
    assert "a.jpg" in caught.value.message and "\n" not in str(caught.value)
