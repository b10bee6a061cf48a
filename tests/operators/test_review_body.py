"""What a review in Airflow shows. Airflow's page makes Markdown of it, drops HTML and fetches pictures; a person's text
must come through as it was written."""

from __future__ import annotations

import re

import pytest
from campaign_fixtures import NOW
from markdown_it import MarkdownIt

from encore.campaigns.texts import Edit, edit
from encore_airflow.operators.literal import literal, one_line, visible
from encore_airflow.operators.review_body import review_body, shows, up_for_approval

OURS = {"heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "fence"}
OURS_INLINE = {"text", "code_inline", "link_open", "link_close"}

TRAPS = [
    "<!-- and 20 EUR at the door -->",
    '<span style="display:none">hidden</span>',
    '<font color="white">white on white</font>',
    '<img src="http://evil.example/logout">',
    "![x](http://evil.example/logout)",
    "![x][r]\n\n[r]: http://evil.example/logout",
    "[r]: http://evil.example 'what only a definition holds'",
    "[here](javascript:alert(1)) <http://evil.example> https://evil.example www.evil.example a@evil.example",
    "# Heading\n\nUnderlined\n====\n\n---",
    "* a list\n1. another\n> a quote\n\n    code",
    "| a | b |\n|---|---|\n| c | d |",
    "**bold** _em_ ~~gone~~ &lt;b&gt; &nbsp; \\* line  \nbreak",
    "```\nout\n```\n# Free",
    "~~~\nout\n~~~\n# Free",
    "`````text\n# Free\n`````\n``````\n# Free",
    "\n\n```text\n\n",
    "{{ 7 * 7 }} {% raw %}",
]


def pieces(markdown):
    """What a reader of GitHub's Markdown makes of it: blocks, and what stands in them."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    blocks = parser.parse(markdown)
    return blocks, [inner for block in blocks if block.type == "inline" for inner in block.children]


@pytest.fixture
def body_of(store, settings, concerts):
    def body(text="Come!", **facts):
        campaign_id = concerts.put(**facts)
        concerts.write(campaign_id)
        edit(store, settings, campaign_id, [Edit(f"{campaign_id}.caption.tiktok.reminder.en", text)], "li", None, NOW)
        return review_body(up_for_approval(store, settings, campaign_id, NOW), "https://school.example")

    return body


@pytest.mark.parametrize("trap", TRAPS)
def test_a_text_is_shown_as_it_was_written_and_does_nothing(body_of, trap):
    blocks, inline = pieces(body_of(f"Come!\n{trap}\nBye."))
    assert {block.type for block in blocks} <= OURS and {piece.type for piece in inline} <= OURS_INLINE
    [link] = [piece for piece in inline if piece.type == "link_open"]
    assert re.fullmatch(r"https://school\.example/encore/campaigns/[\w.-]+", link.attrs["href"])
    assert f"Come!\n{trap}\nBye.\n" in [block.content for block in blocks if block.type == "fence"]
    outside = "".join(piece.content for piece in inline)
    assert "evil" not in outside and "Free" not in outside and "http" not in outside


@pytest.mark.parametrize(
    "trap", ["![x](http://evil.example/a.png)", "<img src=x>", "``` # Free", "](http://evil.example)"]
)
def test_so_are_a_concert_s_title_and_its_venue(body_of, trap):
    blocks, inline = pieces(body_of(concert_title=f"Gala {trap}", venue_or_link=f"Hall {trap}"))
    assert {block.type for block in blocks} <= OURS and {piece.type for piece in inline} <= OURS_INLINE
    facts = next(block.content for block in blocks if block.type == "fence")
    assert f"Gala {trap}\n" in facts and f"Hall {trap}\n" in facts


def test_what_the_parser_finds_in_these_texts_when_they_are_not_literal():
    """Else the tests above would prove nothing."""
    kinds = {piece.type for text in TRAPS for side in pieces(text) for piece in side}
    assert {"image", "html_block", "html_inline", "heading_open", "table_open", "bullet_list_open", "em_open"} <= kinds


@pytest.mark.parametrize("longest", range(12))
def test_no_run_of_backticks_ends_the_block(longest):
    text = "\n".join("`" * run for run in range(longest + 1))
    [block] = pieces(literal(text))[0]
    assert block.type == "fence" and block.content == f"{text}\n" and block.info == "text"


@pytest.mark.parametrize("unseen", list("\u200b\u202e\u2066\u00ad\ufeff\u2028\u0007\x1b\r\U000e0041\U000e0100\u3164"))
def test_what_nobody_would_see_has_a_mark(unseen):
    assert visible(f"a{unseen}b") == f"a⟨U+{ord(unseen):04X}⟩b"


@pytest.mark.parametrize(
    "text", ["中文，标题", "a\tb\nc", "e\u0301", "👩\u200d🎤 ❤\ufe0f\u200d🔥", "\u3000", "Größe – 5\u00a0€"]
)
def test_what_people_write_has_none(text):
    assert visible(text) == text and visible("a\r\nb") == "a\nb"


def test_a_joiner_outside_an_emoji_has_one():
    assert visible("a\u200db") == "a⟨U+200D⟩b" and visible("\u200d") == "⟨U+200D⟩"


def test_a_title_is_one_line():
    assert one_line("Gala\n\n# Free\u202e") == "Gala # Free⟨U+202E⟩"


def test_times_are_those_of_the_concert_s_zone_with_its_name(body_of):
    said = body_of(timezone="Asia/Shanghai", concert_datetime="2026-12-20T19:30+08:00")
    assert "2026-12-20 19:30 (Asia/Shanghai, Beijing time, UTC+8)" in said and "11:30" not in said
    assert re.search(r"TikTok, Reminder, \S+: 2026-1[12]-\d\d \d\d:\d\d \(Asia/Shanghai", said)


def test_it_tells_what_is_wanted_and_what_an_approval_does(body_of):
    said = body_of("Tickets: 10 EUR.")
    assert "### What an approval does" in said and "TikTok: choose who may see its posts." in said
    assert "TikTok: declare: By posting, I agree to TikTok's Music Usage Confirmation." in said
    assert "### Not in the concert's facts" in said and "“10 EUR”. (In " in said
    assert "10 EUR" not in body_of() and "Not in the concert's facts" not in body_of()


def test_a_campaign_without_that_platform_is_not_told_of_it(body_of):
    assert "What the platforms want" not in body_of(platforms=["instagram"])


def test_it_knows_which_content_it_shows(store, settings, body_of):
    said = body_of()
    digest = re.search("`([0-9a-f]{64})`$", said)[1]
    assert shows(said, digest) and not shows(said, "0" * 64) and not shows(None, digest)
