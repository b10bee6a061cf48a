"""The steps of generation: nothing is written or paid for twice, and what a person wrote stays."""

from __future__ import annotations

from dataclasses import replace

import pytest
from campaign_fixtures import NOW, taken_up

from encore.campaigns import generation
from encore.campaigns.anew import Asked, write_anew
from encore.campaigns.fact_review import unsupported_facts
from encore.campaigns.requests import request_generation
from encore.campaigns.review import review
from encore.campaigns.scheduling import Choices, schedule
from encore.campaigns.staleness import stale_parts
from encore.campaigns.texts import Edit, edit
from encore.content.writing.asking import Asking
from encore.content.writing.model_answers import StoredAnswers
from encore.content.writing.openai_call import ModelAnswer
from encore.content.writing.openai_writer import OpenAIWriter
from encore.content.writing.template_writer import TemplateWriter
from encore.domain.content import Language, Voice
from encore.domain.job import Platform

INVITATION = "A model wrote this."


class CountingWriter:
    """The templates, as if a model had written; remembers what it was asked for."""

    def __init__(self):
        self.asked = []

    def write(self, facts, plan, instead_of="", wish=""):
        self.asked.append(plan)
        made = {
            "writer": "openai",
            "model": "gpt-test",
            "prompt": "p-1",
            "input_sha256": "0" * 64,
            "tokens": {"sent": 1},
        }
        return [replace(draft, provenance=made) for draft in TemplateWriter().write(facts, plan)]


@pytest.fixture
def writer():
    return CountingWriter()


@pytest.fixture
def generate(store, settings, writer):
    def run(campaign_id, by=None, using=None):
        turn = taken_up(store, request_generation(store, settings, campaign_id, "li", NOW))
        written = generation.write_content(store, using or settings, by or writer, turn, NOW)
        generation.finish(store, turn, "done", None, NOW)
        return written

    return run


def texts(store, campaign_id):
    return {row.asset_id.removeprefix(f"{campaign_id}."): row for row in store.content_assets(campaign_id=campaign_id)}


def change(store, settings, campaign_id, name, text):
    return edit(store, settings, campaign_id, [Edit(f"{campaign_id}.{name}", text)], "li", None, NOW)


def test_unchanged_facts_are_not_written_again(store, concerts, generate, writer):
    campaign_id = concerts.put()
    assert generate(campaign_id) == 11
    assert generate(campaign_id) == 0
    assert len(writer.asked) == 1


def test_only_what_is_missing_is_asked_for(store, settings, concerts, generate, writer):
    campaign_id = concerts.put()
    generate(campaign_id)
    store.connection.execute("DELETE FROM content_asset WHERE touchpoint = 'reminder' AND platform = 'tiktok'")
    assert generate(campaign_id) == 1
    assert [slot.touchpoint for slot in writer.asked[1].captions] == ["reminder"] and not writer.asked[
        1
    ].flyer_languages


def test_an_edited_text_survives_another_generation_and_changed_facts(store, settings, concerts, generate, writer):
    campaign_id = concerts.put()
    generate(campaign_id)
    change(store, settings, campaign_id, "caption.instagram.reminder.en", "See you in the Small Hall!")
    assert generate(campaign_id) == 0 and len(writer.asked) == 1
    concerts.put(venue_or_link="Town Hall")
    assert generate(campaign_id) == 10
    rows = texts(store, campaign_id)
    edited = rows.pop("caption.instagram.reminder.en")
    assert (edited.content, edited.version) == ("See you in the Small Hall!", 2)
    assert all("Town Hall" in row.content for row in rows.values())
    [doubt] = unsupported_facts(settings, review(store, campaign_id), NOW)
    assert (doubt.asset_id, doubt.finding.text) == (edited.asset_id, "Small Hall")
    # Nor is anything written for ever because of it.
    assert generate(campaign_id) == 0 and len(writer.asked) == 2


def test_a_text_that_other_facts_leave_as_it_is_counts_as_written_from_them(store, concerts, generate):
    class Terse(CountingWriter):
        def write(self, facts, plan, instead_of=""):
            return [replace(draft, content="Come\n\nAnd listen!") for draft in super().write(facts, plan)]

    campaign_id, writer = concerts.put(), Terse()
    generate(campaign_id, by=writer)
    concerts.put(venue_or_link="Town Hall")
    assert generate(campaign_id, by=writer) == 0 and len(writer.asked) == 2
    assert generate(campaign_id, by=writer) == 0 and len(writer.asked) == 2
    assert {row.version for row in texts(store, campaign_id).values()} == {1}


def test_what_no_post_tells_makes_nothing_be_written_again(store, concerts, generate, writer):
    campaign_id = concerts.put(platforms=["instagram", "tiktok"])
    generate(campaign_id)
    concerts.put(platforms=["instagram"])
    assert generate(campaign_id) == 0 and len(writer.asked) == 1


def test_one_text_written_anew_leaves_the_edited_ones_alone(store, settings, concerts, generate, writer):
    campaign_id = concerts.put()
    generate(campaign_id)
    for name in ("caption.instagram.reminder.en", "caption.tiktok.reminder.en"):
        change(store, settings, campaign_id, name, "Mine\n\nMy own words.")
    asset_id = f"{campaign_id}.caption.tiktok.reminder.en"
    row = write_anew(store, settings, writer, Asked(campaign_id, asset_id, "li"), NOW)
    assert "editor" not in row.provenance and row.provenance["model"] == "gpt-test"
    assert texts(store, campaign_id)["caption.instagram.reminder.en"].content == "Mine\n\nMy own words."


def test_an_edited_text_of_a_model_is_still_marked_as_ai(store, settings, concerts, generate):
    campaign_id = concerts.put()
    generate(campaign_id)
    change(store, settings, campaign_id, "caption.instagram.reminder.en", "Changed a little.")
    change(store, settings, campaign_id, "caption.instagram.reminder.en", "And a little more.")
    made = texts(store, campaign_id)["caption.instagram.reminder.en"].provenance
    assert (made["editor"], made["model"], made["prompt"]) == ("li", "gpt-test", "p-1")


def test_an_edited_text_of_the_templates_is_not(store, settings, concerts, generate):
    campaign_id = concerts.put()
    generate(campaign_id, by=TemplateWriter())
    change(store, settings, campaign_id, "caption.instagram.reminder.en", "Changed a little.")
    made = texts(store, campaign_id)["caption.instagram.reminder.en"].provenance
    assert set(made) == {"editor", "facts", "told", "languages", "voice"}


@pytest.fixture
def bilingual(settings):
    """The settings with Xiaohongshu in English and Chinese."""
    channel = settings.platforms[Platform.XIAOHONGSHU].model_copy(update={"languages": (Language.EN, Language.ZH)})
    return settings.model_copy(update={"platforms": {**settings.platforms, Platform.XIAOHONGSHU: channel}})


def test_a_channel_in_two_languages_posts_both_in_one(store, concerts, generate, writer, bilingual):
    campaign_id = concerts.put(platforms=["xiaohongshu"])
    assert generate(campaign_id, using=bilingual) == 5  # a flyer in each language, a text for each touchpoint
    assert generate(campaign_id, using=bilingual) == 0 and len(writer.asked) == 1
    concerts._media(campaign_id, "xiaohongshu", "image", NOW)
    seen = review(store, campaign_id)
    looked_at = [part.key for part in stale_parts(bilingual, seen)]
    jobs = schedule(store, bilingual, campaign_id, "li", seen.digest, Choices(confirmed=looked_at), NOW).jobs
    assert len(jobs) == 3 and all(".en@1" in job.payload_ref for job in jobs)
    rows = texts(store, campaign_id)
    text = rows["caption.xiaohongshu.reminder.en"].content
    assert text.index("Sunday, 13 December") < text.index("12月13日（周日）") < text.index("#concert")
    assert "#音乐会" in text and "caption.xiaohongshu.reminder.zh" not in rows


@pytest.mark.parametrize(
    ("language", "day"),
    [(Language.DE, "Sonntag, 13. Dezember, 13 Uhr"), (Language.ZH_HANT, "12月13日（週日）下午1:00")],
)
def test_each_language_of_posts_is_kept_under_its_own_name(store, settings, concerts, generate, language, day):
    channel = settings.platforms[Platform.XIAOHONGSHU].model_copy(update={"languages": (language,)})
    using = settings.model_copy(update={"platforms": {**settings.platforms, Platform.XIAOHONGSHU: channel}})
    campaign_id = concerts.put(platforms=["xiaohongshu"])
    assert generate(campaign_id, using=using, by=TemplateWriter()) == 4
    rows = texts(store, campaign_id)
    assert day in rows[f"caption.xiaohongshu.reminder.{language}"].content
    assert {row.language for row in rows.values()} == {language}


def test_a_text_in_two_languages_is_edited_and_written_anew_as_one(store, concerts, generate, writer, bilingual):
    campaign_id = concerts.put(platforms=["xiaohongshu"])
    generate(campaign_id, using=bilingual)
    before = texts(store, campaign_id)["caption.xiaohongshu.reminder.en"].content
    change(store, bilingual, campaign_id, "caption.xiaohongshu.reminder.en", "Mine\n\nMy own words.")
    assert generate(campaign_id, using=bilingual) == 0
    asset_id = f"{campaign_id}.caption.xiaohongshu.reminder.en"
    assert write_anew(store, bilingual, writer, Asked(campaign_id, asset_id, "li"), NOW).content == before


def test_texts_are_in_the_schools_voice_also_when_written_anew(store, concerts, generate, writer, settings):
    formal = settings.model_copy(update={"writer": settings.writer.model_copy(update={"voice": Voice.FORMAL})})
    campaign_id = concerts.put(platforms=["xiaohongshu"])
    generate(campaign_id, using=formal)
    asked = Asked(campaign_id, f"{campaign_id}.caption.xiaohongshu.reminder.zh", "li")
    write_anew(store, formal, writer, asked, NOW)
    assert [plan.voice for plan in writer.asked] == [Voice.FORMAL, Voice.FORMAL]


def test_facts_that_change_while_a_model_writes_are_written_about(store, settings, concerts, generate, writer):
    campaign_id = concerts.put()

    class Slow(CountingWriter):
        def write(self, facts, plan, instead_of="", wish=""):
            if not self.asked:
                concerts.put(venue_or_link="Town Hall")
            return super().write(facts, plan)

    slow = Slow()
    assert generate(campaign_id, by=slow) == 11 and len(slow.asked) == 2
    assert all("Town Hall" in row.content for row in texts(store, campaign_id).values())
    assert unsupported_facts(settings, review(store, campaign_id), NOW) == ()


def test_the_database_keeps_what_a_model_answered(store, concerts, generate):
    class Endpoint:
        base_url, model, asked, retries, max_tokens = "https://model.example", "gpt-test", 0, 0, 1000

        def ask(self, messages, shape):
            self.asked += 1
            return ModelAnswer("", {"sent": 3}, "refused")

    endpoint = Endpoint()
    campaign_id = concerts.put()
    by = OpenAIWriter(Asking(endpoint, StoredAnswers(store, lambda: NOW)), "campaign-2")
    assert generate(campaign_id, by=by) == 11
    made = texts(store, campaign_id)["caption.tiktok.reminder.en"].provenance
    assert made["instead_of"]["tokens"] == {"sent": 3} and "model" not in made
    store.connection.execute("DELETE FROM content_asset")
    assert generate(campaign_id, by=by) == 11
    assert endpoint.asked == 1
