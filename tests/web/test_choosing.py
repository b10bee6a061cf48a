"""Which accounts a concert's posts go through: shown on its page, chosen there."""

from __future__ import annotations

import pytest
from campaign_fixtures import NOW

from encore.accounts import connected
from encore.accounts.configured import put_accounts
from encore.campaigns.rebinding import rebind_marked
from encore.domain.job import JobState
from encore.settings import AccountSettings

IG, OWN = "instagram-school", "instagram-li"


@pytest.fixture
def two(pages, planned, concerts, settings):
    """The teacher has an account of their own beside the school's, and uses it."""
    more = AccountSettings(account=OWN, platform="instagram", conn_id="encore_ig_li", owner="teacher-li")
    put_accounts(concerts.store, settings.model_copy(update={"accounts": (*settings.accounts, more)}), pages.world.now)
    concerts.store.connection.execute("UPDATE account SET display_name = 'Li plays' WHERE account = %s", (OWN,))
    return f"/campaigns/{planned}"


def queued(concerts, path: str) -> set[str]:
    jobs = concerts.jobs(path.rsplit("/", 1)[1])
    return {job.account for job in jobs if job.platform == "instagram" and job.state == JobState.QUEUED}


def stored(concerts, path: str):
    return concerts.store.campaign(campaign_id=path.rsplit("/", 1)[1]).accounts


def test_with_one_account_there_is_nothing_to_choose(pages, planned):
    assert "Accounts of this concert" not in pages.get(f"/campaigns/{planned}")
    assert "nothing to choose" in pages.get(f"/campaigns/{planned}/accounts")


def test_the_page_shows_what_posts_and_what_could(pages, two):
    page = pages.get(two)
    assert page.index("Li plays The teacher's own") < page.index("instagram-school The school's")
    assert pages.fields(f"{two}/accounts")["accounts.instagram"] == OWN


def test_what_is_ticked_posts(pages, two, concerts):
    form = pages.fields(f"{two}/accounts")
    answer = pages.send(f"{two}/accounts", {**form, "accounts.instagram": [IG]})
    assert answer.headers["location"] == f"/encore{two}#accounts"
    assert queued(concerts, two) == {IG} and stored(concerts, two) == {"instagram": [IG]}
    pages.send(f"{two}/accounts", {**form, "accounts.instagram": [IG, OWN]})
    assert queued(concerts, two) == {IG, OWN}


def test_sent_as_it_was_shown_nothing_is_chosen(pages, two, concerts):
    pages.send(f"{two}/accounts", pages.fields(f"{two}/accounts"))
    assert stored(concerts, two) == {}


def test_back_to_the_usual(pages, two, concerts):
    pages.send(f"{two}/accounts", {"shown": "instagram", "accounts.instagram": [IG]})
    assert "Instagram: back to the usual accounts" in pages.get(two)
    pages.send(f"{two}/accounts", {"shown": "instagram", "default": "yes"})
    assert stored(concerts, two) == {} and queued(concerts, two) == {OWN}


@pytest.mark.parametrize(
    ("sent", "said"), [([], "at least one account"), (["instagram-nobody"], "may not post through instagram-nobody")]
)
def test_a_refusal_says_why_beside_the_form(pages, two, concerts, sent, said):
    answer = pages.send(f"{two}/accounts", {"shown": "instagram", "accounts.instagram": sent})
    assert answer.status_code == 422 and said in answer.text and 'class="at-fault"' in answer.text
    assert stored(concerts, two) == {}


def test_staff_choose_for_the_teacher_among_the_teachers(pages, two, concerts, settings):
    more = [
        AccountSettings(account=name, platform="instagram", conn_id=f"encore_{owner}", owner=owner)
        for name, owner in ((OWN, "teacher-li"), ("instagram-op", "op"))
    ]
    put_accounts(concerts.store, settings.model_copy(update={"accounts": (*settings.accounts, *more)}), NOW)
    answer = pages.send(f"{two}/accounts", {"shown": "instagram", "accounts.instagram": "instagram-op"}, "op")
    assert answer.status_code == 422
    pages.send(f"{two}/accounts", {"shown": "instagram", "accounts.instagram": IG}, "op")
    assert stored(concerts, two) == {"instagram": [IG]}


def test_what_was_chosen_and_is_gone_is_said_and_nothing_takes_its_place(pages, two, concerts, settings):
    pages.send(f"{two}/accounts", {"shown": "instagram", "accounts.instagram": OWN})
    pages.send(f"{two}/accounts", {"shown": "instagram", "accounts.instagram": IG})
    row = concerts.store.account(account=IG)
    connected.give_up(concerts.store, row, "connect.how_by_person", "op", pages.world.now, remove=True)
    rebind_marked(concerts.store, settings, pages.world.now)
    page = pages.get(two)
    assert "none of the accounts that were chosen" in page
    assert "instagram-school was chosen and cannot be used any more" in page
    assert queued(concerts, two) == set()
