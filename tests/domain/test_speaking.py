"""How people write down what posts speak; a choice that nobody made changes no digest."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from encore.domain.campaign import CampaignFacts, facts_sha256
from encore.domain.content import Language
from encore.domain.speaking import ChosenLanguages, ChosenVoice, choices, code

LANGUAGES, VOICE = TypeAdapter(ChosenLanguages), TypeAdapter(ChosenVoice)
FACTS = {
    "teacher_id": "teacher-anna",
    "concert_title": "Spring Recital",
    "concert_datetime": "2027-04-14T19:30+02:00",
    "timezone": "Europe/Berlin",
    "venue_or_link": "Kleiner Saal",
}


def said(chosen) -> dict[str, str]:
    return {name: code(spoken) for name, spoken in LANGUAGES.validate_python(chosen).items()}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("en", "en"),
        ("zh+en", "zh+en"),
        (["zh", "en"], "zh+en"),
        (("en",), "en"),
        (" ZH / EN ", "zh+en"),
        ("{en,zh}", "en+zh"),
        ("en;zh", "en+zh"),
        ("English, then Chinese", "en+zh"),
        ("Simplified Chinese and English", "zh+en"),
        ("中文和英文", "zh+en"),
        ("简体中文、英语", "zh+en"),
        ("Chinesisch und Englisch", "zh+en"),
        ("English Chinese", "en+zh"),
        ("zh_CN", "zh"),
    ],
)
def test_a_choice_is_read_as_people_write_it(written, meant):
    assert said(written) == {"all": meant}


@pytest.mark.parametrize("nothing", [None, "", "  ", {}, {"all": "", "tiktok": None}])
def test_nothing_is_the_schools(nothing):
    assert said(nothing) == {}


@pytest.mark.parametrize(
    "written",
    [
        {"instagram": "en", "tiktok": ["zh", "en"]},
        "Instagram: English; TikTok：中文+英文",
        "tiktok = zh+en\ninstagram = en",
        '{"instagram": ["en"], "tiktok": ["zh", "en"]}',
    ],
)
def test_each_platform_may_have_its_own(written):
    assert said(written) == {"instagram": "en", "tiktok": "zh+en"}


@pytest.mark.parametrize(
    "wrong", ["en+en", "en+zh+en", "latin", "instagram: latin", {"all": 3}, 3, [3], [["en"]], True]
)
def test_what_is_no_choice_is_refused(wrong):
    with pytest.raises(ValidationError) as caught:
        LANGUAGES.validate_python(wrong)
    [found] = caught.value.errors()
    assert found["type"] == "input.no_languages" and set(found["ctx"]["choices"]) == set(Language)


def test_every_choice_has_a_code_that_reads_as_it():
    assert len(choices()) == len(Language) ** 2
    assert [said(code(one)) for one in choices()] == [{"all": code(one)} for one in choices()]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("Warm", "warm"), ("正式", "formal"), ("verspielt", "playful"), ("Förmlich", "formal"), ("", None), (None, None)],
)
def test_a_voice_by_its_name(written, meant):
    assert VOICE.validate_python(written) == meant


def test_digests_of_before_there_was_a_choice_stay():
    plain = CampaignFacts.model_validate(FACTS)
    assert facts_sha256(plain) == "8113ea37e0e294696f7659d4d0f38907ff288324818f03bc9f3eb2d19409c79a"
    for choice in ({"languages": "zh"}, {"voice": "formal"}):
        assert facts_sha256(CampaignFacts.model_validate(FACTS | choice)) != facts_sha256(plain)
    assert facts_sha256(CampaignFacts.model_validate(FACTS | {"languages": "", "voice": None})) == facts_sha256(plain)
