"""What else is known of a concert, in its texts: each thing at its moment, true in its role, within every limit."""

from __future__ import annotations

import itertools
import json
from datetime import time

import pytest
from in_common import own_words, words

from encore.content.facts.fact_check import check_facts
from encore.content.facts.spoken import spoken
from encore.content.pictures.flyer import FlyerText, draw_flyer
from encore.content.writing.limits_check import problems
from encore.content.writing.model_request import ModelRequest
from encore.content.writing.placeholders import fill_caption, placeholders
from encore.content.writing.template_writer import TemplateWriter, flyer_text
from encore.content.writing.writer import CaptionSlot, WritingPlan
from encore.domain.content import Language, Voice
from encore.domain.job import Platform, Touchpoint
from encore.platforms.limits import LIMITS

PIECES = (
    "Minuet in G (Petzold): Mia, piano\nNocturne (Chopin): Tom, cello\n《月光》（德彪西）：陈子墨，钢琴\n"
    "The Swan (Saint-Saëns): Lena and Jo, cello\nRadetzky March"
)
ALL = {
    "student_highlights": None, "doors_open": "19:00", "ends": "21:00", "prices": "€12, students €6",
    "where_to_pay": "at the door, cash or card", "booking_url": "https://school.example/book",
    "booking_deadline": "2027-03-10", "booking_phone": "+49 30 1234567", "pieces": PIECES,
    "accessibility": "Step-free entrance in Lindenstraße 4", "streamed_at": "https://stream.example/spring",
}  # fmt: skip
LONG = ALL | {
    "concert_title": "Long Title " * 18, "student_highlights": "Something special happens. " * 70,
    "prices": "€12 " * 70, "where_to_pay": "cash " * 39, "accessibility": "step-free " * 49,
    "pieces": "\n".join(f"Sonata {number} in A (Haydn): Mia and Tom, piano" for number in range(1, 60)),
}  # fmt: skip


def captions(facts, language, voice=Voice.WARM):
    slots = tuple(CaptionSlot(*slot, language) for slot in itertools.product(Platform, Touchpoint))
    drafts = TemplateWriter().write(facts, WritingPlan(slots, (), voice))
    return {(Platform(d.platform), Touchpoint(d.touchpoint)): d.content for d in drafts}


@pytest.mark.parametrize("changes", [ALL, LONG, ALL | {"ends": None, "duration_minutes": 75}, {
    "admission_free": True, "booking_url": "https://school.example/spring", "timezone": "America/New_York",
    "concert_datetime": "2027-03-14T19:30-04:00", "doors_open": "19:00"}])  # fmt: skip
@pytest.mark.parametrize(("language", "voice"), list(itertools.product(Language, Voice)))
def test_every_text_is_true_and_within_the_limits(fact_sheet, language, voice, changes):
    facts = fact_sheet(**changes)
    for (platform, moment), text in captions(facts, language, voice).items():
        assert check_facts(text, facts, moment) == (), text
        assert [one for kind in ("image", "video") for one in problems(platform, text, kind)] == []
    assert check_facts(flyer_text(facts, language, voice=voice), facts) == ()


@pytest.mark.parametrize("platform", Platform)
def test_each_thing_is_told_at_its_moment(fact_sheet, platform):
    moments = {
        "€12, students €6": "announcement", "Book: link": "announcement", "+49 30 1234567": "announcement",
        "Book by 10 March": "reminder", "Doors open at 19:00": "day_of", "cash or card": "day_of",
        "Step-free entrance": "day_of", "Live stream": "day_of",
    }  # fmt: skip
    written = captions(fact_sheet(**ALL), Language.EN)
    for said, moment in moments.items():
        assert [str(one) for one in Touchpoint if said in written[platform, one]] == [moment], said
    assert not any("https://" in text for text in written.values())


def test_the_reminder_tells_a_piece_that_was_not_told(fact_sheet):
    names = ("Minuet in G by Petzold, with Mia (piano)", "Nocturne", "月光", "Swan", "Radetzky")
    written = captions(fact_sheet(**ALL), Language.EN)
    for platform in Platform:
        first, then = (
            {name for name in names if name in written[platform, moment]}
            for moment in (Touchpoint.ANNOUNCEMENT, Touchpoint.REMINDER)
        )
        assert names[0] in first and len(then) == 1 and not first & then


def test_a_piece_of_the_highlights_is_not_told_again(fact_sheet):
    facts = fact_sheet(student_highlights="Mia plays the Minuet in G", pieces="Minuet in G: Mia\nNocturne: Tom")
    written = captions(facts, Language.EN)
    assert "Nocturne, with Tom" in written[Platform.INSTAGRAM, Touchpoint.REMINDER]
    assert all(text.count("Minuet") <= 1 for text in written.values())


@pytest.mark.parametrize("language", Language)
def test_without_them_nothing_is_said_of_them(fact_sheet, language):
    for text in captions(fact_sheet(), language).values():
        assert not any(sign in text for sign in ("🎟", "📝", "🚪", "♿", "⏳", "📞"))
    assert len(flyer_text(fact_sheet(), language).split("\n\n")) == 5


def test_a_second_language_says_them_no_second_time(fact_sheet):
    slot = CaptionSlot(Platform.INSTAGRAM, Touchpoint.DAY_OF, Language.ZH, beside=True)
    drafts = TemplateWriter().write(fact_sheet(**ALL), WritingPlan((slot,), ()))
    assert "开门" not in drafts[0].content and "Step-free" not in drafts[0].content


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("Doors open at 18:00.", "do not give the time"),
        ("The concert starts at 19:00.", "“19:00” is when the doors open; the concert starts at 19:30."),
        ("It is over by 22:30.", "do not give the time"),
        ("Come on 10 March.", "“10 March” is the last day to book"),
        ("Book by 12 March.", "do not give the date"),
        ("Students pay €12.", "others pay it"),
        ("Admission is free.", "do not give the price"),
        ("Tom plays the Minuet in G.", "do not say of “Tom”"),
        ("Mia plays the cello.", "do not say of “Mia”"),
        ("Nocturne by Bach.", "do not say of “Bach”"),
        ("18:00开门", "18:00"),
        ("陈子墨演奏肖邦《月光》", "肖邦"),
    ],
)
def test_a_value_is_right_in_its_role_alone(fact_sheet, said, why):
    (found,) = check_facts(said, fact_sheet(**ALL))
    assert why in str(found.said)


@pytest.mark.parametrize(
    "said",
    [
        "Doors open at 7 pm.", "It ends at nine pm.", "An hour and a half of music.", "Book by March 10.",
        "Students pay €6.", "Pay by card.", "Watch the live stream.", "Step-free entrance.", "Mia plays the piano.",
        "The Swan, by Saint-Saëns, with Lena and Jo.", "19:00开门", "陈子墨演奏德彪西《月光》",
    ],
)  # fmt: skip
def test_what_they_say_is_supported_and_without_them_is_not(fact_sheet, said):
    assert check_facts(said, fact_sheet(**ALL)) == ()
    assert check_facts(said, fact_sheet(student_highlights=None)) != ()


def test_what_stands_in_the_highlights_alone_still_counts(fact_sheet):
    facts = fact_sheet(student_highlights="Doors open at 18:00. Tickets 10 EUR. Mia plays Bach.")
    assert check_facts("Doors open at 18:00, tickets are 10 EUR.", facts) == ()


@pytest.mark.parametrize("language", Language)
def test_the_flyer_shows_them_in_its_room(fact_sheet, language):
    facts = fact_sheet(**ALL)
    text = flyer_text(facts, language)
    says = spoken(language, facts.zone)
    for said in (
        says.hour(time(19)),
        says.hour(time(21)),
        "€12",
        "+49 30 1234567",
        "https://school.example/book",
        "Step-free",
        "Petzold",
    ):
        assert said in text
    assert FlyerText.parse(text).code is not None
    for platform, changes in itertools.product(Platform, (ALL, LONG)):
        size = LIMITS[platform].picture_size
        flyer = draw_flyer(flyer_text(fact_sheet(**changes), language), size, "spring")
        assert {"title", "facts", "body", "links"} <= flyer.boxes.keys()
        for box in flyer.boxes.values():
            assert flyer.safe.left <= box.left and box.right <= flyer.safe.right + 1
            assert flyer.safe.top <= box.top and box.bottom <= flyer.safe.bottom + 1


def test_the_day_stays_short(fact_sheet):
    facts = fact_sheet(**ALL)
    written = captions(facts, Language.EN)
    for platform in Platform:
        titled = LIMITS[platform].title is not None
        day, first = (
            len(words(own_words(written[platform, moment], facts, Language.EN, titled=titled)))
            for moment in (Touchpoint.DAY_OF, Touchpoint.ANNOUNCEMENT)
        )
        assert day < first


def test_a_model_gets_them_and_may_name_them(fact_sheet):
    facts, slot = fact_sheet(**ALL), CaptionSlot(Platform.INSTAGRAM, Touchpoint.DAY_OF, Language.EN)
    asked = json.loads(ModelRequest(facts, (slot,), "campaign-2").messages()[1]["content"])["concert"]
    assert asked["doors_open"] == "19:00" and asked["pieces"][0]["performers"] == "Mia"
    may, needed = placeholders(facts, slot)
    assert {"doors", "accessibility", "prices"} <= set(may) and "doors" not in needed
    body = "{title}\n{when}\n{where}\nDoors: {doors}\n{accessibility}\n{link}"
    filled = fill_caption(facts, slot, body, None)
    assert filled.problems == () and "Doors: 19:00" in filled.text


def test_a_model_is_asked_as_before_without_them(fact_sheet):
    asked = json.loads(ModelRequest(fact_sheet(), (Language.EN,), "campaign-2").messages()[1]["content"])
    assert list(asked["concert"]) == ["title", "where", "online", "highlights"]
