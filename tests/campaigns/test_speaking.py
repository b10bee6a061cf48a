"""The languages and the voice of a campaign: chosen, changed and changed back, with nothing lost and nothing posted by
mistake."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from campaign_fixtures import NOW, taken_up
from school_world import SILENT, School, school

from encore.campaigns import generation
from encore.campaigns.access import Person
from encore.campaigns.anew import Asked, write_anew
from encore.campaigns.fact_review import unsupported_facts
from encore.campaigns.facts import change_facts
from encore.campaigns.preview import posts
from encore.campaigns.requests import finish, request_generation
from encore.campaigns.review import review
from encore.campaigns.speaking import is_unused, seen_sha256, spoken, voice_of
from encore.campaigns.staleness import is_outdated, stale_parts
from encore.campaigns.texts import Edit, edit
from encore.content.writing.template_writer import TemplateWriter
from encore.domain.content import Language, Voice
from encore.domain.job import Action, JobState, Platform
from encore.errors import ConflictError, InvalidFactsError, RefusedError, UsedUpError
from encore.media.media_store import MediaStore
from encore.seeding.grid import table_of
from encore.seeding.preview import Fate, preview
from encore.seeding.seed import Generate, seed

REMINDER = "caption.instagram.reminder"
TEACHER = Person("teacher-li")


class Counting(TemplateWriter):
    """The templates; remembers what they were asked for."""

    def __init__(self):
        self.asked = []

    def write(self, facts, plan, instead_of="", wish=""):
        self.asked.append(plan)
        return super().write(facts, plan, instead_of, wish)


class Desk:
    """One campaign on Instagram and TikTok, and whoever works at its texts."""

    def __init__(self, store, settings, concerts, media):
        self.store, self.settings, self.media, self.now, self.writer = store, settings, media, NOW, Counting()
        self.campaign_id = concerts.put(
            campaign_id="spring", platforms=["instagram", "tiktok"], concert_datetime=NOW + timedelta(days=30)
        )

    def later(self):
        self.now += timedelta(minutes=1)
        return self.now

    def generate(self, writer=None, **wish):
        asked = request_generation(self.store, self.settings, self.campaign_id, "li", self.later(), **wish)
        turn = taken_up(self.store, asked, f"run-{asked.request_id}", self.later())
        generation.write_content(self.store, self.settings, writer or self.writer, turn, self.later())
        generation.plan_posts(self.store, self.settings, turn, self.later())
        return turn

    def change(self, by=None, **facts):
        return change_facts(self.store, self.settings, self.campaign_id, facts, None, self.later(), by)

    def edit(self, name, text, told=None):
        wanted = Edit(f"{self.campaign_id}.{name}", text, told=told)
        edit(self.store, self.settings, self.campaign_id, [wanted], "li", None, self.later())

    def campaign(self):
        return self.store.campaign(campaign_id=self.campaign_id)

    def review(self):
        return review(self.store, self.campaign_id)

    def stale(self):
        return [part.said.key for part in stale_parts(self.settings, self.review()) if part.what == "text"]

    def texts(self):
        return {row.asset_id.removeprefix(f"{self.campaign_id}."): row for row in self.review().texts}

    def posted(self, platform="instagram", moment="reminder"):
        """The text that a post would carry."""
        [post] = [
            one for one in posts(self.settings, self.review(), self.now)
            if (one.platform, one.touchpoint) == (platform, moment)
        ]  # fmt: skip
        return post.text

    def open_request(self):
        return self.store.open_generation_request(campaign_id=self.campaign_id)


@pytest.fixture
def desk(store, settings, concerts, tmp_path) -> Desk:
    made = Desk(store, settings, concerts, MediaStore(str(tmp_path / "media"), str(tmp_path / "cache")))
    made.generate()
    return made


def spoken_by(desk):
    """What each of its posts speaks, as it is written."""
    return {
        one.platform: "+".join(one.text.provenance["languages"]) if one.text else None
        for one in posts(desk.settings, desk.review(), desk.now)
    }


# What is spoken ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "instagram", "xiaohongshu"),
    [
        ({}, "en", "zh"),
        ("zh", "zh", "zh"),
        ("en, then zh", "en+zh", "en+zh"),
        ({"xiaohongshu": "zh+en"}, "en", "zh+en"),
        ({"all": "zh", "instagram": ["zh", "en"]}, "zh+en", "zh"),
    ],
)
def test_a_platforms_own_comes_before_the_campaigns_and_that_before_the_schools(
    store, settings, concerts, chosen, instagram, xiaohongshu
):
    campaign = store.campaign(campaign_id=concerts.put(languages=chosen))
    found = {name: "+".join(spoken(settings, campaign, Platform(name))) for name in ("instagram", "xiaohongshu")}
    assert found == {"instagram": instagram, "xiaohongshu": xiaohongshu}


def test_the_school_may_have_one_choice_for_all_its_platforms(store, settings, concerts):
    school_wide = settings.model_copy(
        update={"writer": settings.writer.model_copy(update={"languages": (Language.ZH, Language.EN)})}
    )
    campaign = store.campaign(campaign_id=concerts.put())
    assert spoken(school_wide, campaign, Platform.TIKTOK) == (Language.ZH, Language.EN)
    assert spoken(school_wide, campaign, Platform.XIAOHONGSHU) == (Language.ZH,), "its own in the settings"
    assert (voice_of(school_wide, campaign), voice_of(settings, replace_voice(campaign))) == ("warm", "formal")


def replace_voice(campaign):
    return campaign._replace(voice="formal")


@pytest.mark.parametrize(
    ("field", "value", "choices"),
    [
        ("languages", "klingon", ("en", "zh", "de", "zh-Hant")),
        ("languages", ["en", "en"], ("en", "zh", "de", "zh-Hant")),
        ("languages", {"tiktok": "en+zh+en"}, ("en", "zh", "de", "zh-Hant")),
        ("languages", {"myspace": "en"}, ("all", "tiktok", "xiaohongshu", "instagram")),
        ("languages", 7, ("en", "zh", "de", "zh-Hant")),
        ("voice", "grumpy", ("warm", "formal", "playful")),
    ],
)
def test_a_wrong_choice_is_refused_at_its_field_with_the_choices(desk, field, value, choices):
    with pytest.raises(InvalidFactsError) as caught:
        desk.change(**{field: value})
    [(name, said)] = caught.value.problems
    assert name == field and all(choice in str(said) for choice in choices)
    assert not desk.campaign().languages and desk.open_request() is None


# Changed, and changed back ---------------------------------------------------------------------------------------


def test_another_language_is_written_for_all_posts_and_the_approval_void(desk):
    before = desk.texts()
    desk.change(languages="zh")
    assert desk.posted() is None, "nothing of another language goes out in its place"
    assert desk.open_request().requested_by == "teacher-li"
    desk.generate()
    assert spoken_by(desk) == {"instagram": "zh", "tiktok": "zh"}
    after = desk.texts()
    assert {name: after[name] for name in before} == before, "what was there is kept as it was"
    assert all(is_unused(desk.settings, desk.campaign(), row) for row in before.values())
    assert desk.stale() == []


def test_changed_back_the_earlier_texts_are_there_again_and_nobody_writes(desk):
    desk.edit(f"{REMINDER}.en", "Mine, all mine.")
    before, asked = desk.texts(), len(desk.writer.asked)
    desk.change(languages="zh")
    assert desk.posted() is None and unsupported_facts(desk.settings, desk.review(), NOW) == ()
    desk.generate()
    desk.change(languages="")
    desk.generate()
    after = desk.texts()
    assert {name: (after[name].content, after[name].version) for name in before} == {
        name: (row.content, row.version) for name, row in before.items()
    }
    assert desk.posted().content == "Mine, all mine." and len(desk.writer.asked) == asked + 1
    assert desk.stale() == [] and desk.campaign().languages == {}


def test_what_nobody_posts_any_more_holds_up_no_approval(desk):
    desk.change(languages="zh")
    desk.generate()
    desk.change(venue_or_link="Town Hall")
    desk.generate()
    unused = desk.texts()[f"{REMINDER}.en"]
    assert "Small Hall" in unused.content and is_outdated(desk.settings, desk.campaign(), unused)
    assert (unsupported_facts(desk.settings, desk.review(), NOW), desk.stale()) == ((), [])


def test_a_second_language_makes_another_text_of_it_and_the_first_comes_back(desk):
    desk.change(languages="zh")
    desk.generate()
    asset_id = f"spring.{REMINDER}.zh"
    alone = write_anew(desk.store, desk.settings, desk.writer, Asked("spring", asset_id, "li"), desk.later())
    desk.change(languages="zh+en")
    desk.generate()
    both = desk.posted()
    assert both.asset_id == asset_id and both.provenance["languages"] == ["zh", "en"]
    first, *_, last = (part for part in both.content.split("\n\n") if not part.startswith("#"))
    assert re.search("[一-鿿]", first) and not re.search("[一-鿿]", last)
    asked = len(desk.writer.asked)
    desk.change(languages="zh")
    desk.generate()
    assert desk.posted().content == alone.content and len(desk.writer.asked) == asked
    assert desk.posted().version == both.version + 1, "as a version of its own"
    desk.change(languages=["zh", "en"])
    desk.generate()
    assert desk.posted().content == both.content and len(desk.writer.asked) == asked


def test_either_order_is_a_post_of_its_own(desk):
    desk.change(languages="en+zh")
    desk.generate()
    first = desk.posted().content
    desk.change(languages="zh+en")
    desk.generate()
    second = desk.posted().content
    assert first != second and first.index("Small Hall") == first.rindex("Small Hall")
    assert second.index("Small Hall") == second.rindex("Small Hall")


def test_a_text_that_a_person_edited_stays_and_says_what_it_was_written_for(desk):
    desk.edit(f"{REMINDER}.en", "Mine, all mine.")
    desk.change(languages="en+zh")
    desk.generate()
    assert desk.posted().content == "Mine, all mine." and desk.stale() == ["stale.languages"]
    assert "other languages (English)" in str(next(iter(stale_parts(desk.settings, desk.review()))).said)
    desk.edit(f"{REMINDER}.en", "Mine, and theirs.")
    assert desk.stale() == [], "who edits it then answers for it"
    desk.change(languages="en")
    assert "stale.languages" in desk.stale()
    desk.generate(anew=True, keep_edited=False)
    assert desk.stale() == [] and "Mine" not in desk.posted().content


def test_another_voice_writes_anew_what_nobody_edited(desk):
    desk.edit(f"{REMINDER}.en", "Mine, all mine.")
    before = desk.texts()
    desk.change(voice="formal")
    assert set(desk.stale()) == {"stale.voice"}
    desk.generate()
    assert desk.stale() == ["stale.voice"] and desk.posted().content == "Mine, all mine."
    assert [plan.voice for plan in desk.writer.asked] == [Voice.WARM, Voice.FORMAL]
    changed = [name for name, row in desk.texts().items() if row.content != before[name].content]
    assert len(changed) == len(before) - 1
    desk.change(voice=None)
    desk.generate()
    assert {name: row.content for name, row in desk.texts().items()} == {
        name: row.content for name, row in before.items()
    }
    assert desk.stale() == [] and len(desk.writer.asked) == 2


def test_only_the_platform_that_speaks_otherwise_is_written(desk):
    desk.change(languages={"tiktok": "zh"})
    desk.generate()
    assert spoken_by(desk) == {"instagram": "en", "tiktok": "zh"}
    assert {slot.platform for slot in desk.writer.asked[-1].captions} == {"tiktok"}
    assert {row.version for row in desk.texts().values()} == {1}


def test_one_text_anew_is_in_the_languages_and_the_voice_that_were_chosen(desk):
    desk.change(languages="en+zh", voice="playful")
    desk.generate()
    before = desk.posted()
    row = write_anew(
        desk.store, desk.settings, desk.writer, Asked("spring", before.asset_id, "li", before.version), desk.later()
    )
    assert [slot.language for slot in desk.writer.asked[-1].captions] == ["en", "zh"]
    assert desk.writer.asked[-1].voice == "playful" and row.provenance["languages"] == ["en", "zh"]


def test_who_edited_before_the_change_was_seen_has_not_seen_it(desk):
    seen = seen_sha256(desk.campaign())
    desk.change(languages="en+zh")
    desk.edit(f"{REMINDER}.en", "Mine, all mine.", told=seen)
    assert "stale.languages" in desk.stale()
    desk.edit(f"{REMINDER}.en", "Mine, and theirs.", told=seen_sha256(desk.campaign()))
    desk.generate()
    assert desk.stale() == []


def test_the_flyer_speaks_the_posts_first_language_and_comes_back(desk):
    def draw(turn):
        generation.draw_flyer(desk.store, desk.settings, desk.media, turn, desk.later())
        return next(row for row in desk.review().media if (row.platform, row.kind) == ("instagram", "image"))

    def work():
        asked = request_generation(desk.store, desk.settings, "spring", "li", desk.later())
        turn = taken_up(desk.store, asked, f"run-{asked.request_id}", desk.later())
        generation.write_content(desk.store, desk.settings, desk.writer, turn, desk.later())
        drawn = draw(turn)
        generation.plan_posts(desk.store, desk.settings, turn, desk.later())
        return drawn

    english = work()
    assert english.drawn_from["text_ref"] == "spring.flyer_text.shared.-.en@1"
    desk.change(languages="zh+en")
    chinese = work()
    assert chinese.drawn_from["text_ref"] == "spring.flyer_text.shared.-.zh@1"
    desk.change(languages={})
    assert work().media_id == english.media_id and stale_parts(desk.settings, desk.review()) == ()


def test_changed_while_a_model_writes_it_is_written_for_the_new_choice(desk):
    class Slow(Counting):
        def write(self, facts, plan, instead_of=""):
            if not self.asked:
                desk.change(languages="zh")
            return super().write(facts, plan, instead_of)

    desk.change(languages="en+zh")
    slow = Slow()
    desk.generate(writer=slow)
    assert spoken_by(desk) == {"instagram": "zh", "tiktok": "zh"}
    assert len(slow.asked) == 2 and desk.texts()[f"{REMINDER}.en"].version == 1


# Who asks for the texts ------------------------------------------------------------------------------------------


def test_nothing_is_asked_for_where_there_are_no_texts(store, settings, concerts):
    campaign_id = concerts.put()
    change_facts(store, settings, campaign_id, {"languages": "zh"}, None, NOW)
    assert store.open_generation_request(campaign_id=campaign_id) is None


def test_a_concert_that_is_off_asks_for_nothing(desk):
    desk.store.set_off(campaign_id="spring", off="called_off", off_at=NOW, off_by="li", now=NOW)
    desk.change(languages="zh")
    assert desk.open_request() is None and desk.campaign().languages == {"all": ["zh"]}


def test_the_texts_count_in_the_teachers_day_and_nothing_changes_where_it_allows_no_more(desk):
    desk.settings = desk.settings.model_copy(update={"day": desk.settings.day.model_copy(update={"generations": 1})})
    desk.change(TEACHER, voice="formal")
    desk.change(TEACHER, voice="playful")  # the request that waits will do
    desk.generate()
    with pytest.raises(UsedUpError):
        desk.change(TEACHER, languages="zh")
    assert desk.campaign().languages == {} and desk.open_request() is None


def _row(desk, **more):
    row = desk.campaign()
    return {
        "campaign_id": "spring", "teacher_id": row.teacher_id, "concert_title": row.concert_title,
        "concert_datetime": row.concert_datetime.isoformat(), "timezone": row.timezone,
        "venue_or_link": row.venue_or_link, "platforms": ";".join(row.platforms), **more,
    }  # fmt: skip


def test_a_table_that_says_nothing_of_it_leaves_the_choice(desk):
    desk.change(languages="zh", voice="formal")
    table = table_of([_row(desk)])
    [planned] = preview(desk.store, table.rows, desk.now)
    assert planned.fate == Fate.UNCHANGED
    assert seed(desk.store, desk.settings, table, desk.later()).counts["unchanged"] == 1
    assert (desk.campaign().languages, desk.campaign().voice) == ({"all": ["zh"]}, "formal")


def test_a_table_may_choose_and_asks_in_its_own_name(desk):
    table = table_of([_row(desk, languages="小红书: 中文; TikTok: Chinese, then English", voice="Verspielt")])
    [planned] = preview(desk.store, table.rows, desk.now)
    assert planned.changes == ("languages", "voice")
    seeded = seed(desk.store, desk.settings, table, desk.later(), Generate("office"))
    assert seeded.requested == ("spring",) and desk.open_request().requested_by == "office"
    assert desk.campaign().languages == {"tiktok": ["zh", "en"], "xiaohongshu": ["zh"]}
    assert desk.campaign().voice == "playful"


# Between the approval and the platforms --------------------------------------------------------------------------


@pytest.fixture
def life(store, settings) -> School:
    """Approved, in the school's languages; texts of each language are there."""
    played = school(store, settings, NOW)
    played.begin(platforms=["instagram"], concert_datetime=NOW + timedelta(days=20, hours=7))
    played.approve()
    return played


def _approve_anew(life):
    """Once the texts that the change asked for are made; here they were there before."""
    with pytest.raises(ConflictError, match="being generated"):
        life.approve()
    turn = taken_up(life.store, life.store.open_generation_request(campaign_id=life.campaign_id), "run", life.clock())
    finish(life.store, turn, "done", None, life.clock())
    life.approve()


def test_changed_after_the_approval_nothing_goes_out_until_it_is_approved_anew(life):
    life.until(life.job("instagram", "announcement").scheduled_at)
    [live] = life.live("instagram", "announcement")
    life.change(languages="zh")
    assert life.store.approval_in_force(campaign_id=life.campaign_id) is None
    reason = life.store.approvals_of_campaign(campaign_id=life.campaign_id)[-1].void_reason
    assert reason == "the language or the voice of the posts changed"
    held = life.job("instagram", "reminder")
    assert (held.state, held.action_required) == (JobState.QUEUED, Action.APPROVE_CONTENT)
    life.until(held.scheduled_at + timedelta(minutes=5))
    assert life.live("instagram", "reminder") == []
    _approve_anew(life)
    life.until(life.job("instagram", "day_of").scheduled_at)
    assert ".zh@" in life.job("instagram", "reminder").payload_ref and life.live("instagram", "reminder")
    assert ".zh@" in life.job("instagram", "day_of").payload_ref
    assert life.live("instagram", "announcement") == [live], "what is out stays"
    assert ".en@" in life.job("instagram", "announcement").payload_ref


def test_what_a_task_has_ready_and_has_not_sent_is_taken_from_it(life):
    due = life.job("instagram", "announcement").scheduled_at
    life.at(due - timedelta(seconds=5))
    assert life.job("instagram", "announcement").state == JobState.RUNNING
    life.change(languages="zh")
    life.until(due + timedelta(minutes=10))
    assert life.live("instagram", "announcement") == []
    _approve_anew(life)
    life.until(life.clock() + timedelta(minutes=1))
    assert len(life.live("instagram", "announcement")) == 1
    assert ".zh@" in life.job("instagram", "announcement").payload_ref and life.twice() == []


def test_what_was_sent_just_now_stays_as_it_was_sent(life):
    life.feeds.moods["instagram"] = SILENT
    life.until(life.job("instagram", "announcement").scheduled_at)
    sent = life.job("instagram", "announcement")
    life.change(languages="zh")
    after = life.job("instagram", "announcement")
    assert (after.state, after.payload_ref) == (sent.state, sent.payload_ref) and ".en@" in sent.payload_ref


def test_changed_there_and_back_it_still_wants_a_new_approval(life):
    life.change(languages="zh")
    life.change(languages="")
    held = life.job("instagram", "reminder")
    assert held.action_required == Action.APPROVE_CONTENT and ".en@" in held.payload_ref
    _approve_anew(life)
    life.until(held.scheduled_at)
    assert life.live("instagram", "reminder")


def test_without_texts_of_its_language_nothing_is_approved_and_nothing_goes_out(life):
    life.store.connection.execute("DELETE FROM content_asset WHERE language = 'zh'")
    life.change(languages="zh+en")
    found = posts(life.settings, review(life.store, life.campaign_id), life.clock())
    assert found and not [one for one in found if one.text]
    with pytest.raises(RefusedError, match="no text yet"):
        _approve_anew(life)
    life.until(life.campaign().concert_datetime)
    assert life.feeds.posts == []
