"""Concerts that are hard to set, each for a reason of its own."""

from __future__ import annotations

from typing import Any

from encore.content.facts.sheet import FactSheet
from encore.domain.campaign import CampaignFacts
from encore.domain.content import Language

_USUAL = {
    "teacher_id": "teacher-anna",
    "concert_datetime": "2027-03-14T19:30+01:00",
    "timezone": "Europe/Berlin",
    "venue_or_link": "Kleiner Saal, Musikschule Mitte",
    "cta_link": "https://school.example/spring",
}
_CONCERTS: dict[str, tuple[Language, dict[str, Any]]] = {
    "usual": (Language.EN, {
        "concert_title": "Spring Recital",
        "student_highlights": "Mia (9) plays Bach; the string orchestra's first evening"}),
    "long title": (Language.EN, {
        "concert_title": "An Evening of Chamber Music by Dvořák, Janáček and Martinů for Strings, Winds and Piano, "
        "Performed by the Combined Ensembles of the Music School of the Northern District, 2027 Edition",
        "student_highlights": "Mia and Tom play a sonata; the wind quintet plays Janáček's Mládí"}),
    "no highlights": (Language.EN, {"concert_title": "Summer Serenade", "cta_link": None}),
    "Chinese only": (Language.ZH, {
        "concert_title": "月下丝弦：二胡与古筝之夜", "timezone": "Asia/Shanghai",
        "concert_datetime": "2027-03-14T19:30+08:00",
        "venue_or_link": "苏州市平江路 丝竹小剧场",
        "student_highlights": "李思远演奏《二泉映月》；周悦演奏《渔舟唱晚》"}),
    "traditional": (Language.ZH_HANT, {
        "concert_title": "月光下的絲弦：二胡與古箏之夜", "timezone": "Asia/Taipei",
        "concert_datetime": "2027-03-14T19:30+08:00",
        "venue_or_link": "臺北市中山堂 光復廳",
        "student_highlights": "李思遠演奏《二泉映月》；周悅演奏《漁舟唱晚》"}),
    "German": (Language.DE, {
        "concert_title": "Großes Frühlingsfest der Geigen- und Flötenklassen",
        "student_highlights": "Jürgen Groß spielt Händel; „Süßer Klang“ für vier Flöten"}),
    "mixed": (Language.ZH, {
        "concert_title": "Wang Li 王莉 & Anna Müller：春之声 Spring Voices", "venue_or_link": "Musikschule 音乐学校",
        "student_highlights": "“Für Elise”、Chopin’s Nocturne — 茉莉花"}),
    "many performers": (Language.EN, {
        "concert_title": "Class Concert of the Violin Studio",
        "student_highlights": ", ".join(f"{name} {letter}." for letter in "ABCD" for name in (
            "Mia", "Tom", "Lina", "Noah", "Emil", "Zoë", "Ida", "Finn", "Mathilda", "Jonas"))}),
    "emoji": (Language.EN, {
        "concert_title": "🎹 Keys & Cookies 🍪: a Piano Party",
        "student_highlights": "Lena 🎻 and Max 🥁 open the evening ✨"}),
    "right-to-left name": (Language.EN, {
        "concert_title": "An Evening with דוד לוי and ليلى الأحمد",
        "student_highlights": "דוד לוי plays Bloch; ليلى الأحمد plays the oud"}),
    "DST day": (Language.EN, {
        "concert_title": "The Night the Clocks Change", "concert_datetime": "2027-10-31T02:30+01:00",
        "venue_or_link": "https://school.example/stream"}),
}  # fmt: skip


def concerts() -> dict[str, tuple[Language, FactSheet]]:
    """What is hard about it -> the flyer's language and the facts."""
    return {
        name: (language, FactSheet.of(CampaignFacts.model_validate({**_USUAL, **facts, "campaign_id": f"g-{number}"})))
        for number, (name, (language, facts)) in enumerate(_CONCERTS.items())
    }
