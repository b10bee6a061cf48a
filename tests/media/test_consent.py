"""A consent that is taken back reaches every picture that was made with the file, at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from campaign_fixtures import DECLARED, NOW, taken_up
from fake_platform import Clock, FakePlatform, make_publisher

from encore.campaigns import generation
from encore.campaigns.media_library import put_background, put_media, set_consent
from encore.campaigns.requests import request_generation
from encore.campaigns.review import review
from encore.campaigns.scheduling import schedule
from encore.campaigns.staleness import stale_parts
from encore.content.writing.template_writer import TemplateWriter
from encore.errors import RefusedError
from encore.publishing.claim import claim_due

RUN = "publish_due_jobs/run-1"


@pytest.fixture
def concert(store, settings, concerts, media, photo):
    """A campaign whose flyer is drawn over a picture of students, with their consent; and that picture's id."""
    campaign_id = concerts.put(platforms=("instagram",), timeline={"reminder": "skip", "day_of": "skip"})
    behind = put_background(
        store, settings, media, campaign_id, photo, contains_students=True, consent_on_file=True, who="li", now=NOW
    ).media_id
    generate(store, settings, media, campaign_id)
    return campaign_id, behind


def generate(store, settings, media, campaign_id, state="done"):
    turn = taken_up(store, request_generation(store, settings, campaign_id, "li", NOW))
    if state == "done":
        generation.write_content(store, settings, TemplateWriter(), turn, NOW)
        generation.draw_flyer(store, settings, media, turn, NOW)
    generation.finish(store, turn, state, None, NOW)


def approve(store, settings, campaign_id):
    seen = review(store, campaign_id)
    choices = replace(DECLARED, confirmed=[part.key for part in stale_parts(settings, seen)])
    return schedule(store, settings, campaign_id, "li", seen.digest, choices, NOW)


def flyer_of(store, campaign_id):
    [flyer] = [row for row in store.media_assets(campaign_id=campaign_id) if row.origin == "flyer"]
    return flyer


def test_a_flyer_over_that_picture_is_not_approved_again_even_if_it_cannot_be_drawn_anew(
    store, settings, media, concert
):
    campaign_id, behind = concert
    approve(store, settings, campaign_id)
    set_consent(store, settings, campaign_id, behind, False, NOW)
    assert flyer_of(store, campaign_id).consent_on_file is False
    assert store.approval_in_force(campaign_id=campaign_id) is None
    assert claim_due(store, settings, RUN, NOW + timedelta(minutes=10)) == []
    generate(store, settings, media, campaign_id, state="failed")
    with pytest.raises(RefusedError) as caught:
        approve(store, settings, campaign_id)
    assert caught.value.field == "media"


@pytest.mark.parametrize("taken_back_by", ["the picture", "the flyer"])
def test_taken_back_while_a_post_is_prepared_it_does_not_go_out(store, open_store, settings, concert, taken_back_by):
    campaign_id, behind = concert
    approve(store, settings, campaign_id)
    clock, world = Clock(), FakePlatform()
    clock.now += timedelta(minutes=10)
    [claimed] = claim_due(store, settings, RUN, clock())
    media_id = behind if taken_back_by == "the picture" else flyer_of(store, campaign_id).media_id

    def taken_back(checkpoint):
        set_consent(open_store(), settings, campaign_id, media_id, False, clock())
        return {"container": "c"}

    world.script["prepare"] = [taken_back]
    make_publisher(store, settings, clock, world).publish(claimed.job_id, RUN)
    assert world.feed == [] and "commit" not in world.calls
    assert {row.consent_on_file for row in store.media_assets(campaign_id=campaign_id)} == {False}
    assert store.job(job_id=claimed.job_id).state != "success"


def test_the_very_last_look_sees_the_flyer_s_own_consent(store, settings, concert):
    campaign_id, behind = concert
    approve(store, settings, campaign_id)
    [claimed] = claim_due(store, settings, RUN, NOW + timedelta(minutes=10))
    fence = store.job(job_id=claimed.job_id).fence
    due = NOW + timedelta(minutes=10)
    assert store.wanted(job_id=claimed.job_id, fence=fence, now=due, by=due).media_approved
    store.set_consent(campaign_id=campaign_id, media_id=behind, consent_on_file=False)
    assert not store.wanted(job_id=claimed.job_id, fence=fence, now=due, by=due).media_approved


def test_taken_back_while_the_flyer_is_drawn_over_it_the_flyer_has_none_either(
    store, open_store, settings, concerts, media, photo, monkeypatch
):
    campaign_id = concerts.put(platforms=("instagram",))
    behind = put_background(
        store, settings, media, campaign_id, photo, contains_students=True, consent_on_file=True, who="li", now=NOW
    ).media_id
    draw = generation._draw_picture

    def meanwhile(path, drawing):
        draw(path, drawing)
        set_consent(open_store(), settings, campaign_id, behind, False, NOW)

    monkeypatch.setattr(generation, "_draw_picture", meanwhile)
    generate(store, settings, media, campaign_id)
    flyer = flyer_of(store, campaign_id)
    assert (flyer.contains_students, flyer.consent_on_file) == (True, False)


def test_given_again_the_same_flyer_goes_out_without_being_drawn_anew(store, settings, media, concert):
    campaign_id, behind = concert
    set_consent(store, settings, campaign_id, behind, False, NOW)
    generate(store, settings, media, campaign_id, state="failed")
    set_consent(store, settings, campaign_id, flyer_of(store, campaign_id).media_id, True, NOW)
    assert store.open_generation_request(campaign_id=campaign_id) is None
    assert approve(store, settings, campaign_id).jobs


def test_each_platforms_version_of_one_file_loses_its_consent_with_any_of_them(store, settings, concerts, media, photo):
    campaign_id = concerts.put(platforms=("instagram", "xiaohongshu"))
    versions = put_media(
        store, settings, media, campaign_id, photo, contains_students=True, consent_on_file=True, now=NOW
    )
    assert len({row.sha256 for row in store.media_assets(campaign_id=campaign_id)}) == 2
    set_consent(store, settings, campaign_id, versions[0].media_id, False, NOW)
    assert {row.consent_on_file for row in store.media_assets(campaign_id=campaign_id)} == {False}


def test_a_picture_said_later_to_show_students_does_so_wherever_it_is_used(store, settings, concerts, media, photo):
    campaign_id = concerts.put(platforms=("instagram",))
    for students in (False, True):
        put_background(
            store, settings, media, campaign_id, photo,
            contains_students=students, consent_on_file=students, who="li", now=NOW,
        )  # fmt: skip
        if not students:
            generate(store, settings, media, campaign_id)
    flyer = flyer_of(store, campaign_id)
    assert (flyer.contains_students, flyer.consent_on_file) == (True, True)


def test_a_flyer_of_before_encore_kept_its_background_loses_it_with_any(store, settings, concert):
    campaign_id, behind = concert
    store.connection.execute("UPDATE media_asset SET drawn_from = '{}'")
    set_consent(store, settings, campaign_id, behind, False, NOW)
    assert flyer_of(store, campaign_id).consent_on_file is False
