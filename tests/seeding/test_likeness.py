"""Which encoding a table of a dozen names is in."""

from __future__ import annotations

import pytest

from encore.seeding.text_encoding import decoded

NAMES = {
    "gb18030": ("音乐会\n一一丁", "li,春之声音乐会,上海音乐厅", "anna,Müller,春之声音乐会，上海大剧院"),
    "big5": ("鋼琴音樂會,國家音樂廳", "春之聲"),
    "cp932": ("春の音楽会,ホール", "ピアノ発表会"),
    "euc_jp": ("春の音楽会,ホール",),
    "euc_kr": ("봄 음악회, 서울 예술의전당",),
    "cp1252": (
        "Müller spielt Fauré, Café Søn – Köln", "Größe", "Café", "Señor niño, año", "Élèves de Mme Lefèvre",
        "Blåsorkester Växjö", "Smørrebrød på Ærø",
    ),
    "cp1250": ("Dvořák, Praha, žáci hrají", "Łódź, koncert uczniów", "Košice"),
    "cp1251": ("Весенний концерт учеников", "Киев, концерт"),
    "koi8_r": ("Весенний концерт учеников",),
    "mac_roman": ("Müller spielt Fauré,Köln", "Élèves", "Größe"),
    "cp1254": ("Öğrenci konseri, İstanbul, çiçek",),
    "cp1253": ("Συναυλία μαθητών",),
    "iso8859_15": ("Fête à l'œuvre, 5 €",),
    "iso8859_2": ("Dvořák, žáci",),
}  # fmt: skip


@pytest.mark.parametrize(("encoding", "text"), [(name, text) for name, texts in NAMES.items() for text in texts])
def test_it_is_read_as_it_was_written(encoding, text):
    assert decoded(text.encode(encoding)).text == text


def test_what_may_be_either_is_a_doubt():
    assert decoded("Győr, tavaszi hangverseny".encode("cp1250")).doubtful
    assert not decoded("Весенний концерт учеников музыкальной школы".encode("koi8_r")).text.isascii()


def test_a_person_may_say_which_it_is():
    assert decoded("Győr".encode("cp1250"), "cp1250").text == "Győr"
