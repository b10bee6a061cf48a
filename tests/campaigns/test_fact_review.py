"""Statements that the concert's facts do not support: no approval until a person confirms each."""

from __future__ import annotations

import pytest
from campaign_fixtures import NOW

from encore.campaigns.fact_review import unsupported_facts
from encore.campaigns.review import review
from encore.campaigns.scheduling import Choices, schedule
from encore.campaigns.texts import Edit, edit
from encore.errors import RefusedError

PUBLIC = {"tiktok": "PUBLIC_TO_EVERYONE"}
MUSIC = ("tiktok_music_usage",)


@pytest.fixture
def doubtful(store, settings, concerts):
    """A campaign with one text that states a price and a guest, and another that states the same price."""
    campaign_id = concerts.put()
    concerts.write(campaign_id)
    _rewrite(store, settings, campaign_id, "instagram.reminder.en", "Tickets 10 EUR, 10 EUR! With guest Lang Lang.")
    _rewrite(store, settings, campaign_id, "tiktok.day_of.en", "Today\n\nTickets 10 EUR.")
    return campaign_id


def _rewrite(store, settings, campaign_id, name, text):
    edit(store, settings, campaign_id, [Edit(f"{campaign_id}.caption.{name}", text)], "li", None, NOW)


def _approve(store, settings, campaign_id, confirmed=()):
    seen = review(store, campaign_id).digest
    return schedule(store, settings, campaign_id, "li", seen, Choices(PUBLIC, MUSIC, confirmed), NOW).approval


def _keys(store, settings, campaign_id):
    return [fact.key for fact in unsupported_facts(settings, review(store, campaign_id), NOW)]


def test_each_statement_of_each_text_is_one_with_a_key_of_its_own(store, settings, doubtful):
    found = unsupported_facts(settings, review(store, doubtful), NOW)
    assert [(fact.asset_id.split(".", 2)[2], fact.version, fact.finding.text) for fact in found] == [
        ("instagram.reminder.en", 2, "10 EUR"),
        ("instagram.reminder.en", 2, "Lang Lang"),
        ("tiktok.day_of.en", 2, "10 EUR"),
    ]
    assert found[0].key == f"fact:{doubtful}.caption.instagram.reminder.en@2:price:10 EUR"
    assert len({fact.key for fact in found}) == 3


def test_nothing_is_approved_until_each_is_confirmed(store, settings, doubtful):
    keys = _keys(store, settings, doubtful)
    for given in ((), keys[:1], keys[1:], ["fact:something-else"]):
        with pytest.raises(RefusedError, match="confirm each") as caught:
            _approve(store, settings, doubtful, confirmed=given)
        assert caught.value.field == "confirmed_facts"
    assert "“Lang Lang”" not in str(caught.value) or "“10 EUR”" in str(caught.value)
    assert store.approval_in_force(campaign_id=doubtful) is None


def test_the_refusal_names_each_statement_and_where_it_stands(store, settings, doubtful):
    with pytest.raises(RefusedError) as caught:
        _approve(store, settings, doubtful)
    assert "“Lang Lang”" in str(caught.value) and str(caught.value).count("“10 EUR”") == 1
    assert f"{doubtful}.caption.tiktok.day_of.en" in str(caught.value)


def test_what_was_confirmed_is_stored_with_the_approval(store, settings, doubtful):
    keys = _keys(store, settings, doubtful)
    approval = _approve(store, settings, doubtful, confirmed=[*keys, "fact:nothing"])
    assert approval.confirmations == ["tiktok_music_usage", *keys]


def test_a_confirmation_holds_for_that_version_of_the_text_only(store, settings, doubtful):
    keys = _keys(store, settings, doubtful)
    _rewrite(store, settings, doubtful, "tiktok.day_of.en", "Today\n\nTickets 10 EUR. Come!")
    with pytest.raises(RefusedError, match="10 EUR"):
        _approve(store, settings, doubtful, confirmed=keys)


def test_changed_facts_make_a_text_that_stays_doubtful(store, settings, concerts):
    campaign_id = concerts.put()
    concerts.write(campaign_id)
    _rewrite(store, settings, campaign_id, "instagram.reminder.en", "We meet in the Small Hall.")
    assert _keys(store, settings, campaign_id) == []
    concerts.put(venue_or_link="Town Hall")
    assert [key.rsplit(":", 1)[1] for key in _keys(store, settings, campaign_id)] == ["Small Hall"]


def test_scheduling_takes_the_confirmed_facts(store, settings, doubtful):
    def attempt(*confirmed):
        seen = review(store, doubtful).digest
        return schedule(store, settings, doubtful, "li", seen, Choices(PUBLIC, MUSIC, confirmed), NOW)

    with pytest.raises(RefusedError) as caught:
        attempt()
    assert caught.value.field == "confirmed_facts" and store.jobs_of_campaign(campaign_id=doubtful) == []
    assert len(attempt(*_keys(store, settings, doubtful)).jobs) == 9


def test_a_long_statement_still_has_a_short_key(store, settings, concerts):
    campaign_id = concerts.put()
    concerts.write(campaign_id)
    _rewrite(store, settings, campaign_id, "instagram.reminder.en", f"See https://elsewhere.example/{'x' * 3000}")
    [key] = _keys(store, settings, campaign_id)
    assert len(key) < 300


@pytest.mark.parametrize(
    ("timeline", "doubts"), [({}, []), ({"reminder": "2027-03-09T12:00+01:00"}, ["Three days to go"])]
)
def test_days_are_counted_from_the_one_on_which_the_post_goes_out(store, settings, concerts, timeline, doubts):
    campaign_id = concerts.put(timeline=timeline)
    concerts.write(campaign_id)
    _rewrite(store, settings, campaign_id, "instagram.reminder.en", "Three days to go!")
    assert [key.rsplit(":", 1)[1] for key in _keys(store, settings, campaign_id)] == doubts


@pytest.fixture
def looked_at(store, concerts):
    """A campaign with one text of a model, in which its second look found two statements without support."""
    campaign_id = concerts.put()
    concerts.write(campaign_id)
    asset_id = f"{campaign_id}.caption.instagram.reminder.en"
    [text] = [row for row in store.content_assets(campaign_id=campaign_id) if row.asset_id == asset_id]
    made = {"writer": "openai", "model": "m", "second_look": {"unsupported": ["for the whole village", "and more"]}}
    store.replace_content(
        asset_id=asset_id, version=text.version, content="A feast for the whole village, and more!", provenance=made,
        now=NOW,
    )  # fmt: skip
    return campaign_id


def test_what_a_second_look_found_must_be_confirmed_too(store, settings, looked_at):
    found = unsupported_facts(settings, review(store, looked_at), NOW)
    assert [(one.finding.text, one.finding.start, one.finding.end) for one in found] == [
        ("for the whole village", 8, 29),
        ("and more", 31, 39),
    ]
    keys = [one.key for one in found]
    assert keys[1] == f"fact:{looked_at}.caption.instagram.reminder.en@2:statement:and more"
    with pytest.raises(RefusedError, match="a second look"):
        _approve(store, settings, looked_at, confirmed=keys[:1])
    assert _approve(store, settings, looked_at, confirmed=keys).confirmations[1:] == keys


def test_an_edit_leaves_the_findings_that_the_text_still_gives_rise_to(store, settings, looked_at):
    _rewrite(store, settings, looked_at, "instagram.reminder.en", "Come and more.")
    assert [key.split("@")[1] for key in _keys(store, settings, looked_at)] == ["3:statement:and more"]
    _rewrite(store, settings, looked_at, "instagram.reminder.en", "Come on Sunday.")
    assert _keys(store, settings, looked_at) == []
