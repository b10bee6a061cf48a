from __future__ import annotations

import pytest

from encore.content.writing.limits_check import problems, usage
from encore.domain.job import Platform
from encore.words.sentence import Words


def codes(platform: Platform, text: str, kind: str = "image") -> list[str]:
    return [problem.code for problem in problems(platform, text, kind)]


def left(platform: Platform, text: str, field: str, kind: str = "image") -> int:
    return next(use.left for use in usage(platform, text, kind) if use.field == field)


@pytest.mark.parametrize(
    ("platform", "kind", "most"),
    [(Platform.INSTAGRAM, "image", 2200), (Platform.TIKTOK, "video", 2200), (Platform.XIAOHONGSHU, "image", 1000)],
)
def test_the_text_may_fill_its_limit_and_not_more(platform, kind, most):
    title = "标题\n\n" if platform is Platform.XIAOHONGSHU else ""
    assert codes(platform, title + "a" * most, kind) == []
    assert codes(platform, title + "a" * (most + 1), kind) == ["text_too_long"]


def test_tiktok_counts_utf16_units_and_gives_pictures_more_room():
    assert left(Platform.TIKTOK, "🎵" * 1100, "text", "video") == 0
    assert codes(Platform.TIKTOK, "🎵" * 1101, "video") == ["text_too_long"]
    assert codes(Platform.TIKTOK, "Title\n\n" + "a" * 4000, "image") == []
    assert codes(Platform.TIKTOK, "Title\n\n" + "a" * 4001, "image") == ["text_too_long"]


def test_titles_are_counted_in_the_platforms_units():
    assert left(Platform.XIAOHONGSHU, "a" * 40 + "\n\nx", "title") == 0
    assert codes(Platform.XIAOHONGSHU, "长" * 21 + "\n\nx") == ["title_too_long"]
    assert codes(Platform.TIKTOK, "a" * 91 + "\n\nx") == ["title_too_long"]
    assert codes(Platform.TIKTOK, "a" * 91 + "\n\nx", "video") == []


def test_xiaohongshu_needs_title_and_text_and_counts_its_tags():
    assert codes(Platform.XIAOHONGSHU, "") == ["title_missing", "text_missing"]
    assert codes(Platform.XIAOHONGSHU, "标题\n\n#一 #二") == ["text_missing"]
    body = "标题\n\n" + "a" * 995
    assert left(Platform.XIAOHONGSHU, body, "text") == 5
    assert codes(Platform.XIAOHONGSHU, body + "\n\n#b") == []
    assert codes(Platform.XIAOHONGSHU, body + "\n\n#bc") == ["text_too_long"]


def test_instagram_counts_hashtags_and_mentions_anywhere():
    assert codes(Platform.INSTAGRAM, "#a text\n\n#b #c #d #e") == []
    assert codes(Platform.INSTAGRAM, "#a text\n\n#b #c #d #e #f") == ["too_many_hashtags"]
    assert codes(Platform.INSTAGRAM, " ".join(f"@p{n}" for n in range(21))) == ["too_many_mentions"]


def test_each_problem_is_said_in_both_languages():
    for problem in problems(Platform.XIAOHONGSHU, "长" * 30 + "\n\n" + "字" * 1200 + "\n\n" + "#a " * 11, "image"):
        assert str(problem.said).endswith(".") and Words("zh").told(problem.said).endswith("。")
