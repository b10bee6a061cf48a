"""What was made before a fact changed is not approved unseen; one action makes everything anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from campaign_fixtures import DECLARED, NOW, taken_up
from PIL import Image

from encore.campaigns import generation
from encore.campaigns.fact_review import unsupported_facts
from encore.campaigns.facts import change_facts
from encore.campaigns.media_library import put_background, put_media
from encore.campaigns.requests import request_generation
from encore.campaigns.review import review
from encore.campaigns.scheduling import schedule
from encore.campaigns.staleness import stale_parts
from encore.campaigns.texts import Edit, edit
from encore.content.writing.template_writer import TemplateWriter
from encore.errors import RefusedError
from encore.media.media_store import MediaStore
from encore.seeding.grid import table_of
from encore.seeding.seed import seed
from encore.words.sentence import Words

OLD, NEW = "Small Hall", "Town Hall"


@pytest.fixture
def media(tmp_path) -> MediaStore:
    return MediaStore(str(tmp_path / "media"), str(tmp_path / "cache"))


class School:
    """One campaign of a school, and its clock: everything that is done takes a minute."""

    def __init__(self, store, settings, media, concerts, platforms):
        self.store, self.settings, self.media, self.now = store, settings, media, NOW
        self.facts = {"venue_or_link": OLD, "concert_datetime": NOW + timedelta(days=30), "platforms": platforms}
        self.campaign_id = concerts.put(campaign_id="spring", **self.facts)

    def later(self):
        self.now += timedelta(minutes=1)
        return self.now

    def ask(self, **wish):
        return request_generation(self.store, self.settings, self.campaign_id, "li", self.later(), **wish)

    def work(self, request):
        turn = taken_up(self.store, request, f"run-{request.request_id}", self.later())
        generation.write_content(self.store, self.settings, TemplateWriter(), turn, self.later())
        generation.draw_flyer(self.store, self.settings, self.media, turn, self.later())
        generation.plan_posts(self.store, self.settings, turn, self.later())

    def generate(self, **wish):
        self.work(self.ask(**wish))

    def change(self, **facts):
        change_facts(self.store, self.settings, self.campaign_id, facts, None, self.later())

    def edit(self, name, text):
        wanted = Edit(f"{self.campaign_id}.{name}", text)
        return edit(self.store, self.settings, self.campaign_id, [wanted], "li", None, self.later())

    def review(self):
        return review(self.store, self.campaign_id)

    def stale(self):
        return stale_parts(self.settings, self.review())

    def approve(self, *confirmed):
        choices, seen = replace(DECLARED, confirmed=confirmed), self.review().digest
        return schedule(self.store, self.settings, self.campaign_id, "li", seen, choices, self.later())

    def texts(self):
        return {row.asset_id.removeprefix(f"{self.campaign_id}."): row for row in self.review().texts}


@pytest.fixture
def school(store, settings, media, concerts):
    made = School(store, settings, media, concerts, ("instagram",))
    made.generate()
    return made


def _by_csv(school, venue):
    facts = school.store.campaign(campaign_id=school.campaign_id)
    row = {
        "campaign_id": school.campaign_id, "teacher_id": facts.teacher_id, "concert_title": facts.concert_title,
        "concert_datetime": facts.concert_datetime.isoformat(), "timezone": facts.timezone, "venue_or_link": venue,
        "platforms": ",".join(facts.platforms),
    }  # fmt: skip
    seeded = seed(school.store, school.settings, table_of([row]), school.later())
    assert seeded.counts["updated"] == 1, seeded


@pytest.mark.parametrize("way", ["form", pytest.param("csv", marks=pytest.mark.slow)])
def test_after_the_venue_changed_every_picture_is_named_and_one_action_makes_all_new(
    store, settings, media, concerts, way
):
    school = School(store, settings, media, concerts, ("instagram", "tiktok") if way == "form" else ("instagram",))
    school.generate()
    school.approve()
    if way == "form":
        school.change(venue_or_link=NEW)
    else:
        _by_csv(school, NEW)
    assert store.approval_in_force(campaign_id=school.campaign_id) is None
    with pytest.raises(RefusedError) as caught:
        school.approve()
    assert caught.value.field == "confirmed_facts" and OLD in Words("zh").told(caught.value.said)
    posted = {row.media_id for row in school.review().media if row.kind == settings.platforms[row.platform].media}
    assert len(posted) == len(school.facts["platforms"]) and all(name in str(caught.value) for name in posted)

    school.generate(anew=True)
    assert school.stale() == ()
    assert not [name for name, row in school.texts().items() if OLD in row.content]
    assert {row.drawn_from["facts"]["venue_or_link"] for row in school.review().media} == {NEW}
    assert posted.isdisjoint(row.media_id for row in school.review().media)
    assert school.approve().jobs


def test_one_may_vouch_for_what_is_stale_and_that_is_kept_with_the_approval(school):
    school.change(venue_or_link=NEW)
    facts = [fact.key for fact in unsupported_facts(school.settings, school.review(), school.now)]
    keys = [part.key for part in school.stale()]
    assert len(keys) == 5, "the flyer's text, three captions and the picture"
    for given in (keys, facts, [*facts, *keys[1:]]):
        with pytest.raises(RefusedError):
            school.approve(*given)
    assert school.approve(*facts, *keys).approval.confirmations == [*DECLARED.confirmations, *facts, *keys]


def test_who_vouched_under_other_facts_is_asked_again(school):
    school.change(venue_or_link=NEW)
    keys = [part.key for part in school.stale()]
    school.change(venue_or_link="Castle")
    facts = [fact.key for fact in unsupported_facts(school.settings, school.review(), school.now)]
    with pytest.raises(RefusedError, match="is “Castle” now"):
        school.approve(*facts, *keys)


def test_facts_that_come_back_make_nothing_stale(school):
    before = {row.media_id for row in school.review().media}
    school.change(venue_or_link=NEW)
    school.generate()
    assert school.stale() == ()
    school.change(venue_or_link=OLD)
    assert school.stale()
    school.generate()
    assert school.stale() == () and {row.media_id for row in school.review().media} == before


def test_another_platform_or_time_makes_nothing_stale(school):
    school.change(platforms=("instagram", "tiktok"), timeline={"reminder": "skip"})
    assert school.stale() == ()


def test_a_picture_from_before_encore_kept_what_it_drew_from_counts_as_stale(school):
    school.store.connection.execute("UPDATE media_asset SET drawn_from = '{}', media_id = media_id || '-old'")
    [part] = school.stale()
    assert part.what == "image" and "Nobody knows" in str(part.said)
    school.generate()
    assert school.stale() == ()


def test_an_upload_is_never_stale(school, tmp_path):
    path = tmp_path / "own.jpg"
    Image.new("RGB", (1080, 1350), "navy").save(path)
    put_media(
        school.store, school.settings, school.media, school.campaign_id, path,
        contains_students=False, consent_on_file=False, now=school.later(),
    )  # fmt: skip
    school.change(venue_or_link=NEW)
    assert {part.what for part in school.stale()} == {"text"}


def test_a_flyer_whose_text_or_background_changed_is_stale_until_it_is_drawn_anew(school, tmp_path):
    school.edit("flyer_text.shared.-.en", "Another title")
    assert [(part.what, "Its text" in str(part.said)) for part in school.stale()] == [("image", True)]
    school.generate()
    path = tmp_path / "hall.png"
    Image.new("RGB", (900, 1200), "navy").save(path)
    put_background(
        school.store, school.settings, school.media, school.campaign_id, path,
        contains_students=False, consent_on_file=False, who="li", now=school.later(),
    )  # fmt: skip
    assert [(part.what, "behind it" in str(part.said)) for part in school.stale()] == [("image", True)]
    school.generate()
    assert school.stale() == ()


def test_anew_keeps_what_a_person_edited_and_that_stays_stale(school):
    school.edit("caption.instagram.reminder.en", f"See you in the {OLD}!")
    school.change(venue_or_link=NEW)
    school.generate(anew=True)
    [part] = school.stale()
    assert part.part == f"{school.campaign_id}.caption.instagram.reminder.en@2"


def test_a_picture_of_an_old_text_that_was_kept_is_stale_as_well(school):
    school.edit("flyer_text.shared.-.en", f"Spring\n\n{OLD}")
    school.change(venue_or_link=NEW)
    school.generate(anew=True)
    assert sorted(part.what for part in school.stale()) == ["image", "text"]


def test_anew_without_what_was_edited_writes_that_too_and_keeps_its_versions(school):
    school.edit("caption.instagram.reminder.en", f"See you in the {OLD}!")
    school.change(venue_or_link=NEW)
    school.generate(anew=True, keep_edited=False)
    row = school.texts()["caption.instagram.reminder.en"]
    assert school.stale() == () and NEW in row.content and "editor" not in row.provenance and row.version == 3
    versions = school.store.content_revisions(campaign_id=school.campaign_id, asset_id=row.asset_id)
    assert [each.version for each in versions] == [3, 2, 1]


def test_what_is_edited_after_everything_was_asked_for_anew_stays(school):
    school.change(venue_or_link=NEW)
    request = school.ask(anew=True, keep_edited=False)
    school.edit("caption.instagram.reminder.en", "My own words.")
    school.work(request)
    assert school.texts()["caption.instagram.reminder.en"].content == "My own words."


def test_an_edit_under_the_new_facts_answers_for_them(school):
    school.change(venue_or_link=NEW)
    school.edit("caption.instagram.reminder.en", f"See you in the {NEW}!")
    stale = {part.part.rpartition("@")[0] for part in school.stale()}
    assert f"{school.campaign_id}.caption.instagram.reminder.en" not in stale


def test_an_edit_of_a_page_that_showed_older_facts_does_not(school):
    from encore.domain.campaign import told_sha256

    shown = told_sha256(school.store.campaign(campaign_id=school.campaign_id))
    _by_csv(school, NEW)
    name = f"{school.campaign_id}.caption.instagram.reminder.en"
    wanted = Edit(name, f"See you in the {OLD}!", told=shown)
    edit(school.store, school.settings, school.campaign_id, [wanted], "li", None, school.later())
    assert f"{name}@2" in {part.part for part in school.stale()}
