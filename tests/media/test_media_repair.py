"""Repair of pictures: every limit is met, nothing is cut off or enlarged, and it is told."""

from __future__ import annotations

import io
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw

from encore.domain.job import Platform
from encore.errors import RefusedError
from encore.media.file_facts import SUFFIXES, read_media_facts
from encore.media.pictures import Picture
from encore.media.repair import fitted_picture, fitted_sizes, padded_size
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


def noise(size, mode="RGB"):
    return Image.effect_noise(size, 80).convert(mode)


def plain(size):
    return Image.new("RGB", size, "teal")


def picture(image, form="JPEG"):
    return Picture(image, image.size, form, ())


def opened(fitted):
    return Image.open(io.BytesIO(fitted.content))


CASES = {
    "a PNG": picture(noise((800, 800)), "PNG"),
    "a small one": picture(noise((640, 640)), "WEBP"),
    "too large": picture(plain((4200, 5200))),
    "too tall": picture(plain((700, 3000))),
    "too wide": picture(plain((3000, 700))),
    "fitting": picture(plain((1080, 1350))),
}
INSTAGRAM, XIAOHONGSHU = LIMITS[Platform.INSTAGRAM].image, LIMITS[Platform.XIAOHONGSHU].image


def keys(fitted):
    return [said.key.removeprefix("media.done.") for said in fitted.done]


@pytest.mark.parametrize("platform", list(Platform))
@pytest.mark.parametrize("case", CASES)
def test_a_picture_fits_after_repair_and_nothing_is_left_to_repair(tmp_path, case, platform):
    limit = LIMITS[platform].image
    fitted = fitted_picture(CASES[case], limit)
    path = tmp_path / f"repaired{SUFFIXES[fitted.mime]}"
    path.write_bytes(fitted.content)
    file = read_media_facts(path).media_file("m", path)
    assert media_problems(MediaAsset((file,)), LIMITS[platform]) == []
    with opened(fitted) as again:
        assert fitted_picture(picture(again.convert("RGB"), again.format), limit).done == ()
    assert fitted_picture(CASES[case], limit) == fitted


def test_what_was_done_is_told():
    assert keys(fitted_picture(CASES["fitting"], INSTAGRAM)) == []
    assert keys(fitted_picture(CASES["a PNG"], INSTAGRAM)) == ["format"]
    assert keys(fitted_picture(CASES["a PNG"], XIAOHONGSHU)) == []
    assert keys(fitted_picture(CASES["too large"], INSTAGRAM)) == ["smaller"]
    assert keys(fitted_picture(CASES["too wide"], INSTAGRAM)) == ["smaller", "border"]


def test_what_was_drawn_stays_exact_where_that_is_welcome():
    drawn = marked()
    with opened(fitted_picture(picture(drawn, "PNG"), XIAOHONGSHU)) as kept:
        assert kept.format == "PNG" and ImageChops.difference(kept, drawn).getbbox() is None


def test_one_that_is_too_heavy_as_a_png_becomes_a_jpeg():
    limit = ImageLimit(("JPEG", "PNG"), 300_000)
    fitted = fitted_picture(CASES["a PNG"], limit)
    assert fitted.mime == "image/jpeg" and len(fitted.content) <= 300_000


def marked() -> Image.Image:
    """Red at the left, blue at the right."""
    drawn = Image.new("RGB", (900, 900), "white")
    drawing = ImageDraw.Draw(drawn)
    drawing.rectangle((0, 0, 100, 900), "red")
    drawing.rectangle((800, 0, 900, 900), "blue")
    return drawn


def test_a_border_keeps_the_whole_picture_in_the_middle():
    with opened(fitted_picture(picture(marked().resize((900, 300))), INSTAGRAM)) as bordered:
        assert bordered.size == (900, 472)
        assert bordered.getpixel((20, 236))[0] > 200 and bordered.getpixel((880, 236))[2] > 200


def test_quality_goes_down_only_to_fit_the_bytes():
    generous, tight = ImageLimit(("JPEG",), 10_000_000), ImageLimit(("JPEG",), 60_000)
    source = picture(noise((600, 600)))
    best, small = fitted_picture(source, generous), fitted_picture(source, tight)
    assert len(small.content) <= 60_000 < len(best.content)
    with pytest.raises(RefusedError):
        fitted_picture(source, ImageLimit(("JPEG",), 10))
