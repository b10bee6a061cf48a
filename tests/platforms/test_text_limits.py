"""Text units, hashtags and captions, for any text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encore.domain.job import Platform
from encore.platforms.contract import ContentPayload
from encore.platforms.limits import LIMITS
from encore.platforms.measures import hashtags_in, mentions_in
from encore.platforms.sent_text import sent_text
from encore.platforms.tiktok.limits import utf16_units
from encore.platforms.validation import text_problems
from encore.platforms.xiaohongshu.limits import title_units
from encore.words import CHINESE
from encore.words.sentence import Words

text = st.text(st.characters(exclude_categories=["Cs"]))
words = st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=12).filter(lambda word: not word.isdigit())


@given(text)
def test_utf16_units_count_two_beyond_the_basic_plane(value):
    assert utf16_units(value) == sum(2 if ord(char) > 0xFFFF else 1 for char in value)


@given(text, text)
def test_units_add_up(one, other):
    assert utf16_units(one + other) == utf16_units(one) + utf16_units(other)
    assert title_units(one + other) <= title_units(one) + title_units(other) <= title_units(one + other) + 1


@given(text)
def test_title_units_lie_between_half_and_all_of_the_code_units(value):
    units = utf16_units(value)
    assert (units + 1) // 2 <= title_units(value) <= units


def test_title_units_as_in_the_service_s_own_test():
    # github xpzouying/xiaohongshu-mcp pkg/xhsutil/title_test.go
    for value, units in (("春" * 20, 20), ("a" * 40, 20), ("hello", 3), ("🎹", 2), ("OOTD穿搭分享", 6), ("", 0)):
        assert title_units(value) == units


@given(st.lists(words, max_size=8, unique_by=str.casefold))
def test_hashtags_are_counted_as_written(tags):
    assert hashtags_in(" ".join(f"#{tag}" for tag in tags)) == tags


def test_what_is_no_hashtag_or_mention():
    assert hashtags_in("C# a#b &#39; # x") == []
    assert mentions_in("mail@school.example @@ @ x") == []
    assert mentions_in("with @anna.k and (@li)") == ["anna.k", "li"]


@given(words, st.lists(words, max_size=5))
def test_a_caption_holds_each_hashtag_once_and_the_approved_text_unchanged(body, tags):
    made = sent_text(ContentPayload(f"{body} #first", hashtags=("first", *tags)))
    assert made.startswith(f"{body} #first")
    found = [tag.casefold() for tag in hashtags_in(made)]
    assert len(found) == len(set(found))
    assert {tag.casefold() for tag in ("first", *tags)} <= set(found)
    assert sent_text(ContentPayload(made, hashtags=("#first", *tags))) == made


@pytest.mark.parametrize("platform", Platform)
def test_how_a_platform_counts_is_said_in_words(platform):
    limits = LIMITS[platform]
    texts = filter(None, (limits.text, limits.title, limits.photo_text))
    assert all(Words(CHINESE).catalogue.text(f"unit.{limit.unit}") for limit in texts)


@given(text)
def test_a_text_is_too_long_exactly_beyond_its_limit(value):
    limits = LIMITS[Platform.TIKTOK]
    padded = value + "x" * max(0, 2195 - utf16_units(value))
    codes = [problem.code for problem in text_problems("text", padded, limits.text, limits)]
    assert codes == (["text_too_long"] if utf16_units(padded) > 2200 else [])


@given(st.integers(0, 40), st.integers(0, 40))
def test_hashtags_and_mentions_are_counted_against_their_limits(tags, mentions):
    limits = LIMITS[Platform.INSTAGRAM]
    value = " ".join([f"#t{n}" for n in range(tags)] + [f"@m{n}" for n in range(mentions)])
    codes = {problem.code for problem in text_problems("text", value, limits.text, limits)}
    assert ("too_many_hashtags" in codes) == (tags > 5)
    assert ("too_many_mentions" in codes) == (mentions > 20)
