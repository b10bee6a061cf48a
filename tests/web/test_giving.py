"""The page on which staff say who may use an account of the school's."""

from __future__ import annotations

import pytest

IG = "instagram-school"
AT = f"/accounts/given?account={IG}"


@pytest.fixture
def school(concerts, planned):
    return concerts.store


def sent(pages, **changes):
    given = {"account": IG, "whom": "some", "teachers": ["teacher-anna"], **changes}
    return pages.send("/accounts/given", given, "op")


def users(store):
    return [use.teacher for use in store.users_of_account(account=IG)]


def test_staff_see_everybody_and_what_holds(pages, school):
    page = pages.get(AT, "op")
    assert "Li Wei teacher-li" in page and "instagram-school" in page
    assert 'value="all" required checked' in pages("GET", AT, "op").text


def test_given_to_one_it_is_for_no_other(pages, school):
    assert sent(pages, staff_approves="yes").headers["location"] == "/encore/accounts"
    row = school.account(account=IG)
    assert (row.for_all, row.staff_approves, users(school)) == (False, True, ["teacher-anna"])
    assert "instagram-school" not in pages.get("/accounts") and "instagram-school" in pages.get("/accounts", "stranger")
    sent(pages, whom="all")
    assert school.account(account=IG).for_all and users(school) == ["teacher-anna"]


def test_who_left_can_keep_it_or_lose_it_and_is_told_apart(pages, school):
    sent(pages)
    pages.world.people.set_active("teacher-anna", False)
    assert "not among the people any more" in pages.get(AT, "op")
    assert sent(pages).status_code == 303 and users(school) == ["teacher-anna"]
    assert sent(pages, teachers=[]).status_code == 303 and users(school) == []


@pytest.mark.parametrize(
    ("changes", "said"), [({"teachers": ["nobody"]}, "Nobody here is called nobody."), ({"whom": ""}, "Say who may")]
)
def test_what_is_not_understood_changes_nothing(pages, school, changes, said):
    answer = sent(pages, **changes)
    assert answer.status_code == 422 and said in answer.text
    assert school.account(account=IG).for_all and users(school) == []


def test_a_teacher_neither_sees_nor_decides(pages, school):
    assert pages("GET", AT).status_code == 403
    assert pages.send("/accounts/given", {"account": IG, "whom": "some"}).status_code == 403
    assert school.account(account=IG).for_all


def test_an_account_that_is_not_there(pages, school):
    assert pages("GET", "/accounts/given", "op").status_code == 404
    assert pages("GET", "/accounts/given?account=none", "op").status_code == 404
