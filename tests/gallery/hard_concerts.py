"""Concerts that are hard to write about, each for a reason of its own."""

from __future__ import annotations

from typing import Any

from encore.content.facts.sheet import FactSheet
from encore.domain.campaign import CampaignFacts

_USUAL = {
    "teacher_id": "teacher-anna",
    "concert_title": "Spring Recital",
    "concert_datetime": "2027-03-14T19:30+01:00",
    "timezone": "Europe/Berlin",
    "venue_or_link": "Kleiner Saal, Musikschule Mitte, Berlin",
    "student_highlights": "Mia (9) plays a minuet by Bach; Tom and Lena share Fauré's Dolly Suite; Jonas plays Chopin",
    "cta_link": "https://school.example/spring",
}
_STREAM = "https://live.school.example/stream"
_FORTY = ", ".join(
    f"{name} {letter}."
    for letter in "ABCD"
    for name in ("Mia", "Tom", "Lina", "Noah", "Emil", "Zoë", "Ida", "Finn", "Mathilda", "Jonas")
)
_NEW_YORK = "America/New_York"

_CONCERTS: dict[str, dict[str, Any]] = {
    "midnight": {"concert_datetime": "2027-03-14T00:00+01:00"},
    "noon": {"concert_datetime": "2027-03-14T12:00+00:00", "timezone": "Europe/London"},
    "the year's end": {"concert_datetime": "2026-12-31T23:30-05:00", "timezone": _NEW_YORK},
    "half past midnight, online": {"concert_datetime": "2027-01-01T00:30+01:00", "venue_or_link": _STREAM},
    "an hour that the clock shows twice": {"concert_datetime": "2027-10-31T02:30+01:00"},
    "no highlights": {"student_highlights": None},
    "nothing but what must be": {"student_highlights": None, "cta_link": None, "concert_title": "Matinee"},
    "forty performers": {"student_highlights": _FORTY},
    "a very long title": {
        "concert_title": "An Evening of Chamber Music by Dvořák, Janáček and Martinů for Strings, Winds and Piano, "
        "Performed by the Combined Ensembles of the Music School of the Northern District, 2027 Edition"},
    "a title in quotes": {"concert_title": "“Moonrise”: Songs for Voice and Guitar"},
    "a title in capitals": {"concert_title": "ROCK IT! STUDENT BANDS LIVE"},
    "a title that asks": {"concert_title": "Wer hat Angst vor Tonleitern?"},
    "a title with a full stop": {"concert_title": "Kammermusik Vol. 2."},
    "a title with marks": {"concert_title": "#playtogether with @school_mitte"},
    "an emoji in the title": {"concert_title": "🎹 Keys & Cookies 🍪: a Piano Party"},
    "online only": {"venue_or_link": _STREAM, "cta_link": _STREAM},
    "two places": {"venue_or_link": "Town Hall, 4 pm tea in the foyer, then St Mary's Church"},
    "a hall and a stream": {
        "concert_datetime": "2027-03-14T19:30-04:00", "timezone": _NEW_YORK,
        "venue_or_link": f"Boathouse Stage, and online: {_STREAM}"},
    "a Chinese title": {
        "concert_title": "《春江花月夜》：二胡与古筝之夜", "timezone": "Asia/Shanghai",
        "concert_datetime": "2027-03-14T19:30+08:00", "venue_or_link": "苏州市平江路 丝竹小剧场",
        "student_highlights": "李思远演奏二胡《二泉映月》；周悦演奏古筝《渔舟唱晚》"},
    "a title in traditional characters": {
        "concert_title": "青春之歌：師生聯合音樂會", "timezone": "Asia/Taipei",
        "concert_datetime": "2027-03-14T17:00+08:00", "venue_or_link": "臺北市中山堂 光復廳",
        "student_highlights": "林可兒（8歲）演奏蕭邦《夜曲》；合唱團演唱《望春風》"},
    "German, with a list": {
        "concert_title": "Großes Sommerkonzert der Geigen- und Flötenklassen",
        "student_highlights": "- Jürgen Groß: Händel, Sonate Nr. 3\n- Die Flötenklasse: „Greensleeves“\n- Alle: Kanon"},
    "a paragraph of highlights": {
        "student_highlights": "Two student combos play standards by Ellington and Monk, and Ava Chen leads on alto "
        "saxophone. The string orchestra gives its very first concert, with Vivaldi's Winter. Then all meet for tea."},
    "right-to-left names": {
        "concert_title": "An Evening with דוד לוי and ليلى الأحمد",
        "student_highlights": "דוד לוי plays Bloch; ليلى الأحمد plays the oud"},
    "one long word": {"concert_title": "Violoncellowettbewerbspreisträgerabschlusskonzert"},
}  # fmt: skip


def hard_concerts() -> dict[str, FactSheet]:
    """What is hard about it -> the facts."""
    return {
        name: FactSheet.of(CampaignFacts.model_validate({**_USUAL, **facts, "campaign_id": f"hard-{number}"}))
        for number, (name, facts) in enumerate(_CONCERTS.items())
    }
