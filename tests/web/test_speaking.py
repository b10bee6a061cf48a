"""Languages and voice on the pages: proposed as they were chosen last, changed, and told."""

from __future__ import annotations

import pytest
from pages_client import approve, seen

from encore.domain.content import Language


def created(pages, facts, **changes):
    answer = pages.send("/new", {**facts, **changes})
    assert answer.status_code == 303, seen(answer)
    return answer.headers["location"].removeprefix("/encore/campaigns/")


def chosen(store, campaign_id):
    row = store.campaign(campaign_id=campaign_id)
    return row.languages, row.voice


def test_every_language_and_every_two_in_either_order_are_there(pages):
    text = pages("GET", "/new", "owner").text
    shown = text.split('<select name="languages"')[1].split("</select>")[0]
    assert shown.count("<option") == 1 + len(Language) ** 2
    assert ">English, then German</option>" in shown and ">Chinese (simplified), then English</option>" in shown
    assert "As usual at the school (Warm)" in text and "(at the school: Chinese (simplified))" in text


def test_what_was_chosen_is_stored_told_and_proposed_the_next_time(pages, facts, store):
    assert {name: pages.fields("/new").get(name) for name in ("languages", "voice")} == {"languages": "", "voice": ""}
    campaign_id = created(pages, facts, languages="zh+en", voice="formal", languages_tiktok="en")
    assert chosen(store, campaign_id) == ({"all": ["zh", "en"], "tiktok": ["en"]}, "formal")
    told = pages.get(f"/campaigns/{campaign_id}")
    assert "TikTok: English" in told and "Instagram: Chinese (simplified), then English" in told and "Formal" in told
    for path in ("/new", f"/campaigns/{campaign_id}/facts"):
        form = pages.fields(path)
        assert (form["languages"], form["languages_tiktok"], form["voice"]) == ("zh+en", "en", "formal")
    another = pages.fields("/new", role="stranger")
    assert (another["languages"], another["voice"]) == ("", ""), "what somebody else chose"


def test_a_form_that_does_not_ask_leaves_the_choice(pages, facts, store):
    campaign_id = created(pages, facts, languages="zh", voice="playful")
    form = {
        name: value for name, value in pages.fields(f"/campaigns/{campaign_id}/facts").items()
        if not name.startswith(("languages", "voice"))
    }  # fmt: skip
    assert pages.send(f"/campaigns/{campaign_id}/facts", {**form, "venue_or_link": "Hall"}).status_code == 303
    assert chosen(store, campaign_id) == ({"all": ["zh"]}, "playful")


@pytest.mark.parametrize(
    ("field", "sent", "said"),
    [
        ("languages", {"languages": "latin"}, "no choice of languages"),
        ("languages", {"languages_tiktok": "en+en"}, "no choice of languages"),
        ("voice", {"voice": "grumpy"}, "is not one of"),
    ],
)
def test_a_wrong_choice_is_told_at_its_field(pages, facts, store, field, sent, said):
    answer = pages.send("/new", {**facts, "languages": "zh", **sent})
    assert answer.status_code == 422
    assert said in answer.text.split(f'id="wrong-{field}">')[1].split("</small>")[0]
    assert store.connection.execute("SELECT FROM campaign").fetchall() == []


def test_a_change_voids_the_approval_asks_for_texts_and_shows_what_is_kept(pages, written, store):
    approve(pages, written)
    form = pages.fields(f"/campaigns/{written}/facts")
    answer = pages.send(f"/campaigns/{written}/facts", {**form, "languages": "zh"})
    assert answer.status_code == 303
    assert store.open_generation_request(campaign_id=written).requested_by == "teacher-li"
    assert "being written" in pages.get(f"/campaigns/{written}")
    store.connection.execute("UPDATE generation_request SET state = 'done', ended_at = requested_at")
    text = pages("GET", f"/campaigns/{written}", "owner").text
    assert "the language or the voice of the posts changed" in text
    others = text.split('<details class="others">')[1].split("</details>")[0]
    assert others.count(">English<") == 12


def test_the_second_of_two_sees_what_the_first_chose(pages, written):
    form = pages.fields(f"/campaigns/{written}/facts")
    pages.send(f"/campaigns/{written}/facts", {**form, "languages": "zh", "voice": "formal"})
    second = pages.send(f"/campaigns/{written}/facts", {**form, "languages": "en"})
    assert second.status_code == 412
    told = second.text.split('role="alert" tabindex="-1" autofocus>')[1].split("</div>")[0]
    assert "<dt>Languages of the posts</dt><dd>Chinese (simplified)</dd>" in told and "<dd>Formal</dd>" in told


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", ("帖子的语言", "先英文，后德文", "按学校的设置（亲切）")),
        ("de", ("Sprachen der Beiträge", "Englisch, dann Chinesisch")),
    ],
)
def test_in_other_languages(pages, language, said):
    text = pages.get("/new", headers={"Accept-Language": language})
    assert all(one in text for one in said)
