"""Accounts without a login: who may add one, which links are one's, and the same one again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from campaign_fixtures import NOW

from encore.accounts.by_hand import connect_by_hand
from encore.accounts.configured import put_accounts
from encore.accounts.connected import NewAccount, Way, give_up, put_connected
from encore.campaigns.access import Person
from encore.domain.job import Platform
from encore.errors import ForbiddenError, RefusedError
from encore.settings import load_settings

LI, ANNA, OP = Person("teacher-li"), Person("teacher-anna"), Person("op", staff=True)
PROFILE = "https://www.tiktok.com/@li.plays"


@pytest.fixture
def settings():
    return load_settings()


@pytest.fixture
def add(store, settings):
    put_accounts(store, settings, NOW)

    def added(person=LI, *, name="Li plays", link="", owner="same", platform="tiktok", on=store, now=NOW):
        whose = person.name if owner == "same" else owner
        return connect_by_hand(on, settings, person, platform, name, link, whose, now)

    return added


def test_a_teacher_adds_their_own(add, store):
    row = add(name="  Li   plays\u200b ", link=f"{PROFILE}/?lang=en#top")
    assert (row.display_name, row.profile_link, row.owner) == ("Li plays", PROFILE, "teacher-li")
    assert (row.delivery, row.conn_id, row.way, row.origin) == ("handoff", "", "handoff", "connected")
    assert row.active and row.connected_by == "teacher-li" and row.account == "tiktok.li-plays"
    assert row.account in {one.account for one in store.accounts_of_teacher(teacher_id="teacher-li")}
    assert row.account not in {one.account for one in store.accounts_of_teacher(teacher_id="teacher-anna")}


def test_staff_add_the_schools(add, store):
    row = add(OP, owner=None)
    assert row.owner is None and row.connected_by == "op"
    assert row.account in {one.account for one in store.accounts_of_teacher(teacher_id="teacher-anna")}


@pytest.mark.parametrize(("person", "owner"), [(LI, None), (LI, "teacher-anna"), (OP, "teacher-li")])
def test_nobody_adds_anothers(add, store, person, owner):
    with pytest.raises(ForbiddenError):
        add(person, owner=owner)
    assert {row.origin for row in store.accounts()} == {"settings"}


@pytest.mark.parametrize(
    ("wrong", "field", "key"),
    [
        ({"name": " \u200b "}, "name", "connect.hand_name"),
        ({"name": "x" * 101}, "name", "connect.hand_name"),
        ({"platform": "myspace"}, "platform", "connect.hand_which_platform"),
        ({"link": "http://www.tiktok.com/@li"}, "link", "connect.hand_no_address"),
        ({"link": "no link"}, "link", "connect.hand_no_address"),
        ({"link": "https://[tiktok.com/@li"}, "link", "connect.hand_no_address"),
        ({"link": "https://me@tiktok.com/@li"}, "link", "connect.hand_no_address"),
        ({"link": "https://tiktok.com/@" + "x" * 600}, "link", "connect.hand_no_address"),
        ({"link": "https://tiktok.com.evil.example/@li"}, "link", "connect.hand_elsewhere"),
        ({"link": "https://www.instagram.com/li"}, "link", "connect.hand_elsewhere"),
        ({"link": "https://www.tiktok.com/"}, "link", "connect.hand_no_profile"),
    ],
)
def test_wrong_input_names_its_field(add, store, wrong, field, key):
    with pytest.raises(RefusedError) as refused:
        add(**wrong)
    assert (refused.value.field, refused.value.said.key) == (field, key)
    assert {row.origin for row in store.accounts()} == {"settings"}


@pytest.mark.parametrize("link", ["", PROFILE])
def test_the_same_again_is_the_same_row(add, store, link):
    first = add(link=link)
    again = add(link=link and "看看我的主页 https://tiktok.com/@Li.Plays?_t=1 ！", name="LI plays")
    assert (again.account, again.display_name) == (first.account, "LI plays")
    assert len(store.accounts()) == 4


def test_one_known_by_its_name_gets_its_link(add, store):
    first = add()
    assert add(link=PROFILE).account == first.account and add(name="Renamed", link=PROFILE).account == first.account
    assert len(store.accounts()) == 4


def test_two_teachers_may_call_theirs_the_same(add):
    assert add().account == "tiktok.li-plays" and add(ANNA).account == "tiktok.li-plays.2"


def test_nobody_takes_anothers_profile_or_hears_of_it(add, store):
    """Who types a link proves nothing: neither shall the link be taken away from whose it is."""
    mine = add(link=PROFILE)
    theirs = [add(other, link=PROFILE, owner=owner) for other, owner in ((ANNA, "same"), (OP, None))]
    assert len({mine.account, *(row.account for row in theirs)}) == 3
    assert store.account(account=mine.account) == mine


def test_an_account_with_a_login_is_not_added_by_hand_as_well(add, store, settings):
    new = NewAccount(Way.TIKTOK, Platform.TIKTOK, "teacher-li", "c", "178", username="li.plays")
    with store.transaction():
        put_connected(store, settings, new, None, "teacher-li", NOW)
    with pytest.raises(RefusedError) as refused:
        add(link=PROFILE)
    assert refused.value.said.key == "connect.here_already"


def test_what_was_posted_by_hand_is_known_when_it_comes_back(add, store):
    row = add(link=PROFILE)
    give_up(store, row, "connect.how_by_person", "teacher-li", NOW)
    give_up(store, store.account(account=row.account), "connect.how_by_person", "op", NOW, remove=True)
    back = add(link=PROFILE, now=NOW + timedelta(days=1))
    assert (back.account, back.active, back.paused_until, back.disconnected_at) == (row.account, True, None, None)


def test_a_form_sent_twice_at_once_makes_one(add, open_store):
    stores = [open_store() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda on: add(link=PROFILE, on=on).account, stores))
    assert len(set(made)) == 1
