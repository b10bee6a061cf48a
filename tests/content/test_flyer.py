from __future__ import annotations

import io
import itertools

import pytest
import zxingcpp
from combinations import a_third_of_all
from PIL import Image, ImageChops, ImageColor, ImageDraw

from encore.content.pictures.flyer import Flyer, FlyerText, draw_flyer, flyer_jpeg, jpeg_bytes
from encore.content.pictures.flyer_designs import DESIGNS, STAVE, design_of
from encore.content.pictures.fonts import as_seen, headline_typeface, sans
from encore.content.pictures.text_layout import fitted, wrap
from encore.domain.job import Platform
from encore.errors import RefusedError
from encore.platforms.limits import LIMITS

SIZES = sorted({limits.picture_size for limits in LIMITS.values()})
LINK = "More: https://school.example/spring"
TEXTS = {
    "plain": "Spring Recital\n\nSunday, 14 March 2027\n19:30\nKleiner Saal\n\nCome and listen.\n\n"
    f"Mia plays Bach.\n\n{LINK}",
    "title only": "Recital",
    "long title": "An Evening of Chamber Music by Dvořák, Janáček and Martinů for Strings, Winds and Piano, Performed "
    "by the Combined Ensembles of the Music School of the Northern District, 2027 Edition\n\nSunday\n19:30\n"
    f"{'A Hall ' * 40}\n\nCome!\n\n{'Mia and Tom play a sonata; ' * 16}\n\n"
    f"More: https://school.example/{'long-path/' * 40}",
    "chinese": "月下丝弦：二胡与古筝之夜\n\n2027年3月14日（周日）\n19:30\n苏州市平江路 丝竹小剧场\n\n诚挚邀请您聆听\n\n"
    f"{'李思远演奏《二泉映月》；周悦演奏《渔舟唱晚》。' * 12}\n\n详情：https://school.example/1",
    "long chinese title": "新" * 200 + "\n\n周日\n19:30\n" + "厅" * 300,
    "mixed": "Wang Li 王莉 & Anna Müller: 春之声 Spring Voices 🎵\n\n周日 Sunday\nMusikschule 音乐学校\n\n"
    "“Für Elise”、Chopin’s Nocturne — 茉莉花…",
    "one endless word": "Donaudampfschifffahrtsgesellschaft" * 5 + "\n\n" + "W" * 300 + "\n\n" + "j" * 400,
    "many performers": "Class Concert\n\nSunday\n\n" + ", ".join(f"Student Number{n}" for n in range(40)),
    "right to left": "An Evening with דוד לוי and ليلى الأحمد\n\nMonday (2027)\n20:00\n\n"
    "מוזיקה קאמרית (2027)\n\nموسيقى الحجرة\n\n"
    "More: https://school.example/rtl",
    "tall accents": "ẤỄÅÇĘŞ gjpqy\n\nẤỄÅÇĘ gjpqy\n\nẤỄÅ gjpqy",
}


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((name, size, design), id=f"{name}-{size[1]}-{design.name}", marks=marks)
        for (name, size, design), marks in a_third_of_all(TEXTS, SIZES, DESIGNS)
    ],
)
def flyer(request) -> Flyer:
    name, size, design = request.param
    return draw_flyer(TEXTS[name], size, name, design=design)


def _apart(one, other) -> bool:
    return (
        one.right <= other.left or other.right <= one.left or one.bottom <= other.top or other.bottom <= one.top
    )  # fmt: skip


def test_no_part_overlaps_another_or_leaves_the_safe_area(flyer):
    boxes = flyer.boxes.values()
    for box in boxes:
        assert flyer.safe.left - 0.51 <= box.left and box.right <= flyer.safe.right + 0.51
        assert flyer.safe.top <= box.top and box.bottom <= flyer.safe.bottom + 0.51
    assert all(_apart(one, other) for one, other in itertools.combinations(boxes, 2))
    if flyer.room:
        top, bottom = flyer.room
        assert all(box.bottom <= top or box.top >= bottom for box in boxes)


def test_all_ink_is_inside_the_measured_boxes(flyer):
    """What is drawn, not what was computed: outside the boxes only the short rule and the design's own lines."""
    (_, ink), (_, accent), *_ = flyer.inks
    lines = Image.new("L", flyer.size)
    flyer.look.design.still(lines)
    drawn = ImageChops.subtract(ImageChops.lighter(ink, accent), lines)
    blank = ImageDraw.Draw(drawn)
    for box in flyer.boxes.values():
        blank.rectangle((box.left - 6, box.top, box.right + 6, box.bottom), fill=0)
    rest = drawn.getbbox()
    assert rest is None or (rest[2] - rest[0] <= 122 and rest[3] - rest[1] <= 8)


def test_title_and_facts_are_never_dropped(flyer):
    assert "title" in flyer.boxes
    assert flyer.missing == frozenset()


def test_the_title_is_whole_even_with_a_long_text():
    for size in SIZES:
        title = FlyerText.parse(TEXTS["long title"]).title
        boxes = draw_flyer(TEXTS["long title"], size, "x", design=STAVE).boxes
        whole = [
            fitted(title, headline_typeface(title), [px], boxes["title"].width + 1, 10_000) for px in range(44, 60)
        ]
        assert any(abs(block.height - boxes["title"].height) < 1 for block in whole)


def test_a_title_breaks_after_a_phrase_rather_than_inside_a_word():
    drawn = draw_flyer("月下丝弦：二胡与古筝之夜", (1080, 1440), "x", design=STAVE)
    title = headline_typeface("月下丝弦").width("二胡与古筝之夜", 112)
    assert drawn.boxes["title"].width == pytest.approx(title)


def test_parts_of_a_text():
    assert FlyerText.parse(TEXTS["plain"]) == FlyerText(
        "Spring Recital", "Sunday, 14 March 2027\n19:30\nKleiner Saal", "Come and listen.\n\nMia plays Bach.", LINK
    )
    assert FlyerText.parse("A\r\n\r\n\r\nB\r\nC") == FlyerText("A", "B\nC", "", "")
    with pytest.raises(RefusedError):
        FlyerText.parse(" \n\n ")


def test_letters_without_a_glyph_are_reported_and_emoji_are_not():
    drawn = draw_flyer("देव plays 🎹👩🏽\u200d🎤\n\nSunday", (1080, 1350), "x")
    assert drawn.missing == set("देव")
    assert "title" in drawn.boxes


@pytest.mark.parametrize("platform", list(Platform))
def test_jpeg_has_the_platforms_size_and_the_same_bytes_each_time(platform):
    limits = LIMITS[platform]
    content = flyer_jpeg(TEXTS["mixed"], platform, "seed")
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", limits.picture_size)
    assert len(content) <= limits.image.max_bytes
    assert flyer_jpeg(TEXTS["mixed"], platform, "seed") == content


def test_a_picture_that_is_too_heavy_is_compressed_more():
    noise = Image.effect_noise((600, 600), 90)
    easy = len(jpeg_bytes(noise, 10_000_000))
    assert len(jpeg_bytes(noise, easy * 2 // 3)) <= easy * 2 // 3


def test_campaigns_differ_in_colour():
    pictures = {draw_flyer("Recital", (1080, 1350), f"c{n}").picture().getpixel((0, 0)) for n in range(20)}
    assert len(pictures) >= 4


def test_a_word_is_set_in_one_face_even_if_another_has_half_of_it():
    runs = sans().runs("Dvořák 德沃夏克 in “E”")
    assert [text for text, _ in runs] == ["Dvořák ", "德沃夏克", " in “E”"]
    assert [face.weight for _, face in runs] == [400, None, 400]
    assert headline_typeface("Dvořák").latin != headline_typeface("Bach").latin


def test_lines_break_where_a_reader_would():
    face = sans()
    wide = face.width("一起来听吧", 40)
    assert wrap("一起来听吧！好的", face, 40, wide + 1)[0] == "一起来听"  # no line begins with ！
    assert wrap("a b", face, 40, 10_000) == ["a b"]
    assert all(face.width(line, 40) <= 300 for line in wrap("x" * 200, face, 40, 300))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
@pytest.mark.parametrize("link", ["https://school.example/spring", f"https://school.example/{'a-long-path/' * 16}"])
def test_the_code_is_read_by_another_program(size, design, link):
    """From the picture at the size at which a feed shows it."""
    drawn = draw_flyer(f"Recital\n\nSunday\n19:30\n\nCome.\n\nMore: {link}", size, "x", design=design)
    shown = Image.open(io.BytesIO(jpeg_bytes(drawn.picture(), 10_000_000)))
    assert [found.text for found in zxingcpp.read_barcodes(shown)] == [link]
    if len(link) < 60:
        assert [found.text for found in zxingcpp.read_barcodes(shown.resize((540, size[1] // 2)))] == [link]


def test_a_link_too_long_to_be_scanned_has_no_code():
    text = f"Recital\n\nSunday\n\nMore: https://school.example/{'x' * 500}"
    assert "qr" not in draw_flyer(text, (1080, 1350), "x").boxes
    assert "qr" not in draw_flyer("Recital\n\nSunday", (1080, 1350), "x").boxes


def test_hebrew_and_arabic_stand_in_the_order_in_which_they_are_read():
    assert as_seen("now דוד plays") == f"now {'דוד'[::-1]} plays"
    assert as_seen("אב (2027)") == "(2027) בא"  # mirrored brackets are brackets again
    assert as_seen("לוי and", "An evening with דוד לוי and") == "יול and"  # the paragraph's direction, not the line's
    joined, missing = sans().drawable("ليلى")
    assert missing == frozenset() and all("\ufe70" <= char <= "\ufefc" for char in joined)


def test_neighbours_differ_in_design():
    assert {design_of(f"c{n}").name for n in range(20)} == {design.name for design in DESIGNS}


@pytest.mark.parametrize("colour", ["white", "yellow", "black"])
@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name)
def test_letters_over_a_picture_can_be_read(colour, design):
    """WCAG 2.2, contrast (minimum): 4.5 to 1, whatever the picture."""
    drawn = draw_flyer(TEXTS["plain"], (1080, 1350), "x", photo=Image.new("RGB", (900, 1600), colour), design=design)
    behind = drawn.backdrop(1080).getpixel((540, 675))
    letters = {colour for colour, _ in drawn.inks[:2]}
    assert all(_contrast(ImageColor.getrgb(ink), behind) >= 4.5 for ink in letters)


def _contrast(one, other) -> float:
    def luminance(rgb) -> float:
        parts = [value / 255 for value in rgb]
        red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
