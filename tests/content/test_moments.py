"""A campaign's posts over many concerts: each moment has its own job and its own words, in every voice."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Collection

import pytest
from concerts_varied import LINK, STREAM, concert, varied_concerts
from every_slot import day_out, every_slot
from in_common import own_words, pairs_in_common, words

from encore.content.facts.fact_check import check_facts
from encore.content.facts.sheet import URL, FactSheet
from encore.content.writing.caption import Caption
from encore.content.writing.limits_check import problems
from encore.content.writing.phrase_book import phrases
from encore.content.writing.single_facts import single_facts
from encore.content.writing.template_writer import TemplateWriter
from encore.content.writing.writer import WritingPlan
from encore.domain.content import Language, Voice
from encore.domain.job import Platform, Touchpoint
from encore.platforms.limits import LIMITS

MOST_IN_COMMON = 0.4
CONCERTS = varied_concerts()
SOME = CONCERTS[::3]
"""For what `test_three_hundred_concerts` looks at in all of them."""
Posts = dict[tuple[Platform, Touchpoint], str]
HALL = {
    "concert_title": "Spring Recital", "concert_datetime": "2027-03-14T19:30+01:00", "timezone": "Europe/Berlin",
    "venue_or_link": "Kleiner Saal", "cta_link": LINK,
}  # fmt: skip


def posts(
    facts: FactSheet, language: Language, voice: Voice = Voice.WARM, moments: Collection[Touchpoint] = tuple(Touchpoint)
) -> Posts:
    slots = tuple(slot for slot in every_slot(facts, (language,)) if slot.touchpoint in moments)
    drafts = TemplateWriter().write(facts, WritingPlan(slots, (), voice))
    return {(Platform(d.platform), Touchpoint(d.touchpoint)): d.content for d in drafts}


def own(text: str, facts: FactSheet, platform: Platform, language: Language) -> str:
    return own_words(text, facts, language, titled=LIMITS[platform].title is not None)


each_voice = pytest.mark.parametrize(
    ("language", "voice"), [pytest.param(*one, id="-".join(one)) for one in itertools.product(Language, Voice)]
)


@each_voice
def test_no_two_moments_have_much_in_common(language, voice):
    """Of the writer's own words: title, date, time, place and hashtags are left out, as each post has to say them."""
    for facts in CONCERTS:
        written = posts(facts, language, voice)
        for platform in Platform:
            mine = [own(written[platform, moment], facts, platform, language) for moment in Touchpoint]
            assert max(pairs_in_common(mine)) <= MOST_IN_COMMON, mine


@each_voice
def test_the_day_takes_a_third_of_the_announcements_words(language, voice):
    for facts in CONCERTS:
        written = posts(facts, language, voice)
        for platform in Platform:
            day, first = (
                len(words(own(written[platform, moment], facts, platform, language)))
                for moment in (Touchpoint.DAY_OF, Touchpoint.ANNOUNCEMENT)
            )
            assert 3 * day <= first, written[platform, Touchpoint.DAY_OF]


@each_voice
def test_no_sentence_stands_twice_in_a_campaign(language, voice):
    """Over moments and platforms, except for the lines of date and place and a title that stands alone."""
    for facts in CONCERTS:
        written = posts(facts, language, voice)
        said: Counter[str] = Counter()
        for (platform, _), text in written.items():
            found = re.split(r"(?<!\b\w)[.!?…]\s+|[。！？]|\n", own(text, facts, platform, language))
            said.update({" ".join(words(sentence)) for sentence in found if len(words(sentence)) > 1})
        assert [sentence for sentence, times in said.items() if times > 1] == []


@each_voice
def test_every_text_is_true_and_within_the_limits(language, voice):
    for facts in SOME:
        for (platform, moment), text in posts(facts, language, voice).items():
            assert check_facts(text, facts, moment, day_out(facts, moment)) == (), text
            assert [problem for kind in ("image", "video") for problem in problems(platform, text, kind)] == []


@each_voice
def test_no_phrase_stands_twice_and_each_is_needed(language, voice):
    def leaves(value):
        if isinstance(value, str):
            yield value
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from leaves(inner)

    table = phrases(language)
    spoken = {name: part for name, part in table["voices"][voice].items() if name != "lines"}
    found = Counter(leaves([spoken, table["links"], table["watch"]]))
    assert [phrase for phrase, times in found.items() if times > 1] == []


def test_the_reminder_tells_what_was_not_told_yet():
    facts = concert(1, **HALL, student_highlights="Mia (9) plays Bach; Tom sings; Lena dances; Jo drums; Ida whistles")
    for platform in Platform:
        written = posts(facts, Language.EN)
        told = {
            moment: {name for name in ("Mia", "Tom", "Lena", "Jo", "Ida") if name in written[platform, moment]}
            for moment in Touchpoint
        }
        assert "Mia" in told["announcement"] and len(told["reminder"]) == 1
        assert not told["reminder"] & told["announcement"]
        assert told["day_of"] == told["thank_you"] == set()


def test_forty_performers_are_named_a_few_at_a_time():
    names = [f"Name{chr(65 + number // 26)}{chr(97 + number % 26)}" for number in range(40)]
    written = posts(concert(2, **HALL, student_highlights=f"With: {', '.join(names)}."), Language.EN)
    told = [
        {name for name in names if name in written[Platform.INSTAGRAM, moment]}
        for moment in (Touchpoint.ANNOUNCEMENT, Touchpoint.REMINDER)
    ]
    assert [len(some) for some in told] == [6, 6] and not told[0] & told[1]
    assert "and others" in written[Platform.INSTAGRAM, Touchpoint.ANNOUNCEMENT]
    assert "among others" in written[Platform.INSTAGRAM, Touchpoint.REMINDER]


@pytest.mark.parametrize("language", list(Language))
def test_links_are_where_people_find_them(language):
    """No naked link where none can be followed, and no profile where there is no link."""
    for facts in CONCERTS:
        for text in posts(facts, language).values():
            assert not URL.search(text)
        before = {key: text for key, text in posts(facts, language).items() if key[1] == Touchpoint.ANNOUNCEMENT}
        for text in before.values():
            linked = bool(facts.link or STREAM in facts.venue)
            assert bool(re.search("bio|profil|主页|主頁|個人檔案", text, re.IGNORECASE)) is linked, text


@pytest.mark.parametrize("place", [f"Hall 2 and {STREAM}", f"Hall 2, online: {STREAM}", f"Hall 2 ({STREAM})"])
def test_a_place_with_a_link_in_it_stays_a_place(place):
    facts = concert(3, **{**HALL, "venue_or_link": place})
    assert "📍 Hall 2\n" in posts(facts, Language.EN)[Platform.INSTAGRAM, Touchpoint.REMINDER]


@pytest.mark.parametrize(
    ("at", "zone", "en", "zh", "hant", "de"),
    [
        ("2027-03-14T00:00+00:00", "Europe/London", "midnight", "零点", "凌晨0點", "0 Uhr|Mitternacht"),
        ("2027-03-14T12:00+00:00", "Europe/London", "noon", "中午12:00", "中午12點", "12 Uhr mittags"),
        ("2027-03-14T00:00+01:00", "Europe/Berlin", "midnight", "零点", "凌晨0點", "0 Uhr|Mitternacht"),
        ("2027-12-31T23:30-05:00", "America/New_York", "11:30 PM", "23:30", "晚上11:30", "23.30 Uhr"),
        ("2027-03-14T00:05+00:00", "Europe/London", "12:05 am", "00:05", "凌晨0:05", "0.05 Uhr"),
    ],
)
def test_hours_are_called_as_people_call_them(at, zone, en, zh, hant, de):
    facts = concert(4, **{**HALL, "concert_datetime": at, "timezone": zone})
    for language, hour in zip(Language, (en, zh, hant, de), strict=True):
        for (_, moment), text in posts(facts, language).items():
            assert bool(re.search(hour, text)) is (moment != Touchpoint.THANK_YOU)
            assert "12:00 am" not in text and "12:00 pm" not in text


def test_the_same_campaign_is_always_the_same_and_others_look_different():
    orders = set()
    for number in range(20):
        facts = concert(number, **HALL, student_highlights="Mia (9) plays Bach; Tom sings; Lena dances")
        text = posts(facts, Language.EN)[Platform.INSTAGRAM, Touchpoint.ANNOUNCEMENT]
        assert text == posts(facts, Language.EN)[Platform.INSTAGRAM, Touchpoint.ANNOUNCEMENT]
        orders.add(text)
    assert len(orders) >= 15


def test_the_first_line_is_the_hook_where_little_else_is_read():
    facts = concert(5, **HALL)
    for moment in Touchpoint:
        first = Caption.parse(posts(facts, Language.EN)[Platform.TIKTOK, moment], titled=True)
        assert first.title and "Spring Recital" in first.title and "Spring Recital" not in first.body


@pytest.mark.parametrize(
    "gone", ["New date", "谨此敬告", "Save the date", "listening with us t", "今天来听", "今晚来听", "12:00 am"]
)
def test_what_nobody_would_post_is_gone(gone):
    spoken = str([phrases(language) for language in Language])
    assert gone not in spoken


def test_thanks_invite_to_nothing():
    inviting = re.compile(
        r"\b(come|join|bring|see you|next|link|invite|kommt|bringt|bis bald|nächste\w*|einlad\w*|wiedersehen)\b"
        r"|欢迎|歡迎|期待|下次|下一|邀|来吧|來吧",
        re.IGNORECASE,
    )
    for facts in CONCERTS:
        for language, voice in itertools.product(Language, Voice):
            thanks = posts(facts, language, voice, [Touchpoint.THANK_YOU])
            for (platform, _), text in thanks.items():
                assert not inviting.search(own(text, facts, platform, language)), text


def test_a_german_date_ends_no_sentence():
    told = single_facts("Am 14. Mai spielt Mia Bach. Tom singt um 18 Uhr", "{names}")
    assert told.first == ("Am 14. Mai spielt Mia Bach", "Tom singt um 18 Uhr")
