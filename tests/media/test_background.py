"""A teacher's own picture behind the flyer's text."""

from __future__ import annotations

from datetime import timedelta

import pytest
from campaign_fixtures import NOW, taken_up
from PIL import Image

from encore.campaigns import generation
from encore.campaigns.media_library import put_background, remove_background, set_consent
from encore.campaigns.requests import request_generation
from encore.campaigns.review import review
from encore.content.writing.template_writer import TemplateWriter
from encore.errors import RefusedError

WHO = "teacher-li"


@pytest.fixture
def generated(store, settings, concerts, media):
    """A campaign with its texts and flyer; call it to generate again whatever was requested."""
    campaign_id = concerts.put(platforms=("instagram",))
    clock = [NOW]

    def generate() -> str:
        clock[0] += timedelta(seconds=1)
        turn = taken_up(store, request_generation(store, settings, campaign_id, WHO, clock[0]))
        generation.write_content(store, settings, TemplateWriter(), turn, clock[0])
        generation.draw_flyer(store, settings, media, turn, clock[0])
        generation.finish(store, turn, "done", None, clock[0])
        [flyer] = review(store, campaign_id).media
        return flyer.sha256

    generate.campaign_id = campaign_id
    return generate


def put(store, settings, media, campaign_id, photo, students=False, consent=False):
    return put_background(
        store, settings, media, campaign_id, photo,
        contains_students=students, consent_on_file=consent, who=WHO, now=NOW,
    ).media_id  # fmt: skip


def test_the_flyer_is_drawn_anew_over_it_and_without_it_again(store, settings, media, generated, photo):
    plain = generated()
    put(store, settings, media, generated.campaign_id, photo)
    assert store.open_generation_request(campaign_id=generated.campaign_id) is not None
    over = generated()
    assert over != plain
    remove_background(store, settings, generated.campaign_id, WHO, NOW)
    assert generated() == plain
    assert generated() == plain


def test_it_voids_the_approval_and_is_not_posted_itself(store, settings, media, generated, photo, concerts):
    generated()
    concerts.approve(generated.campaign_id)
    put(store, settings, media, generated.campaign_id, photo)
    assert store.approval_in_force(campaign_id=generated.campaign_id) is None
    assert {row.origin for row in review(store, generated.campaign_id).media} == {"flyer"}


def test_students_need_their_consent_and_lose_their_place_with_it(store, settings, media, generated, photo):
    plain = generated()
    with pytest.raises(RefusedError) as caught:
        put(store, settings, media, generated.campaign_id, photo, students=True)
    assert caught.value.field == "consent_on_file"
    media_id = put(store, settings, media, generated.campaign_id, photo, students=True, consent=True)
    over = generated()
    [flyer] = review(store, generated.campaign_id).media
    assert (flyer.contains_students, flyer.consent_on_file) == (True, True)
    set_consent(store, settings, generated.campaign_id, media_id, False, NOW)
    assert store.open_generation_request(campaign_id=generated.campaign_id) is not None
    assert generated() == plain != over


@pytest.mark.parametrize("size", [(400, 2000), (60, 60)])
def test_a_small_picture_is_refused(store, settings, media, generated, tmp_path, size):
    path = tmp_path / "small.png"
    Image.new("RGB", size).save(path)
    with pytest.raises(RefusedError) as caught:
        put(store, settings, media, generated.campaign_id, path)
    assert caught.value.field == "media" and "700" in str(caught.value)


def test_a_flyer_text_that_comes_back_brings_its_flyer_back(store, settings, media, generated):
    from encore.campaigns.texts import Edit, edit

    plain = generated()
    [text] = [row for row in store.content_assets(campaign_id=generated.campaign_id) if row.asset_type == "flyer_text"]
    for content, same in (("Another title", False), (text.content, True)):
        edit(store, settings, generated.campaign_id, [Edit(text.asset_id, content)], WHO, None, NOW)
        assert (generated() == plain) is same
