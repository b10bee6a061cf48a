from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encore.content.shorten import shorten
from encore.platforms.tiktok.limits import utf16_units
from encore.platforms.xiaohongshu.limits import title_units

TEXTS = st.text(alphabet=st.sampled_from("ab C.,!;春天。，\n é\u0301👩🏽\u200d🎤🇩🇪…"), max_size=80)


@given(text=TEXTS, most=st.integers(0, 90), count=st.sampled_from([len, utf16_units, title_units]))
def test_the_result_fits_and_is_a_beginning(text, most, count):
    short = shorten(text, most, count)
    assert count(short) <= most
    assert short == text or text.startswith(short.removesuffix("…").rstrip())


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("Spring Recital", 14, "Spring Recital"),
        ("Spring Piano Recital", 15, "Spring Piano…"),
        ("Mia plays Bach. Tom plays Chopin.", 28, "Mia plays Bach."),
        ("Mia: Bach; Tom: Chopin; Lena: Fauré", 28, "Mia: Bach; Tom: Chopin…"),
        ("仲夏夜之梦钢琴音乐会", 6, "仲夏夜之梦…"),
        ("Donaudampfschifffahrt", 8, "Donauda…"),
        ("anything", 1, ""),
    ],
)
def test_it_cuts_where_a_reader_would(text, most, short):
    assert shorten(text, most) == short


def test_an_emoji_of_several_characters_is_kept_or_left_out_whole():
    assert shorten("Sing 👩🏽\u200d🎤 along", 8) == "Sing…"
