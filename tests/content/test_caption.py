from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from encore.content.writing.caption import Caption, to_payload
from encore.domain.job import Platform
from encore.platforms.limits import LIMITS

TAGS = st.lists(st.from_regex(r"\w{1,8}", fullmatch=True), max_size=4).map(tuple)
TITLES = st.none() | st.text(max_size=30).map(lambda text: re.sub(r"[\r\n]", "", text).strip())
BODIES = st.text(max_size=120).map(lambda text: text.replace("\r", "").strip())


@given(body=BODIES, title=TITLES, hashtags=TAGS)
def test_what_is_rendered_comes_back_from_the_text(body, title, hashtags):
    try:
        caption = Caption(body, title, hashtags)
    except ValueError:
        assume(False)
    assert Caption.parse(caption.render(), titled=title is not None) == caption


@given(text=st.text(alphabet=st.sampled_from("a#é春 \n\r\t.\u2028"), max_size=60), titled=st.booleans())
def test_any_text_that_a_person_types_has_one_reading(text, titled):
    caption = Caption.parse(text, titled=titled)
    assert Caption.parse(caption.render(), titled=titled) == caption


def test_a_hand_written_text_is_taken_apart():
    caption = Caption.parse("音乐会预告\r\n\r\n周日见。\r\n第二行\r\n\r\n#钢琴 #音乐会\r\n#北京\r\n", titled=True)
    assert caption == Caption("周日见。\n第二行", "音乐会预告", ("钢琴", "音乐会", "北京"))


def test_hashtags_inside_the_text_stay_in_it():
    caption = Caption.parse("Come to #berlin\nwith us #now", titled=False)
    assert caption == Caption("Come to #berlin\nwith us #now")


def test_an_empty_first_line_is_an_empty_title():
    assert Caption.parse("\n\nThe body", titled=True) == Caption("The body", title="")


@pytest.mark.parametrize("body", [" x", "x\n", "a\r\nb", "text\n#tag", "#one #two"])
def test_a_body_that_would_not_come_back_is_refused(body):
    with pytest.raises(ValueError, match="body"):
        Caption(body)


@pytest.mark.parametrize(
    ("platform", "kind", "titled"),
    [
        (Platform.XIAOHONGSHU, "image", True),
        (Platform.XIAOHONGSHU, "video", True),
        (Platform.TIKTOK, "image", True),
        (Platform.TIKTOK, "carousel", True),
        (Platform.TIKTOK, "video", False),
        (Platform.INSTAGRAM, "image", False),
        (Platform.INSTAGRAM, "video", False),
    ],
)
def test_which_posts_have_a_title(platform, kind, titled):
    assert LIMITS[platform].takes_title(kind) is titled


def test_payload_keeps_xiaohongshu_tags_apart():
    payload = to_payload("标题\n\n正文\n\n#钢琴 #音乐", Platform.XIAOHONGSHU, "image", language="zh")
    assert (payload.title, payload.text, payload.hashtags) == ("标题", "正文", ("钢琴", "音乐"))


def test_payload_keeps_tags_in_the_text_elsewhere():
    text = "Headline\n\nBody\n\n#piano"
    video = to_payload(text, Platform.TIKTOK, "video", language="en", privacy="SELF_ONLY")
    assert (video.title, video.text, video.hashtags, video.privacy) == ("", text, (), "SELF_ONLY")
    picture = to_payload(text, Platform.TIKTOK, "image", language="en")
    assert (picture.title, picture.text, picture.hashtags) == ("Headline", "Body\n\n#piano", ())
