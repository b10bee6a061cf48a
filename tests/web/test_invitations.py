"""Staff invite people, who come by a link; and the page on which they are seen."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from app_world import PASSWORD, MailKept
from pages_client import seen

from encore.campaigns.rebinding import rebind_marked
from encore.notices.mail import NotSentError

LONG = "long enough to be one"


def invite(pages, **fields):
    sent = {"full_name": "Mei Lin", "name": "", "mail": "", "role": "teacher", **fields}
    return pages.send("/people/invite", sent, "op")


def path_in(answer):
    [link] = re.findall(r'id="made-link"[^>]*>([^<]+)<', answer.text)
    return html.unescape(link).removeprefix("https://school.test/encore")


def come(pages, path, name="mei.lin", password=LONG):
    return pages.send(path, {"name": name, "password": password}, None)


def test_only_staff_see_people(pages):
    for method, path in (("GET", "/people"), ("POST", "/people/invite"), ("POST", "/people/withdraw"),
                         ("POST", "/people/new-password"), ("POST", "/people/back"), ("GET", "/people/leaves?name=op"),
                         ("POST", "/people/leaves")):  # fmt: skip
        answer = pages(method, path, "owner", **({"data": {"name": "op"}} if method == "POST" else {}))
        assert answer.status_code == 403 and "Only staff" in answer.text, path
    assert "/encore/people" not in pages("GET", "/").text and "/encore/people" in pages("GET", "/", "op").text
    assert pages.world.people.there["op"].active


def test_the_page_shows_who_there_is(pages):
    pages.world.people.set_active("teacher-anna", False)
    page = pages.get("/people", "op")
    assert "Li Wei" in page and "teacher-li" in page and "li@school.test" in page and "cannot sign in" in page
    assert PASSWORD not in page


def test_an_invitation_is_shown_once_and_used_once(pages, store):
    answer = invite(pages, role="teacher")
    path = path_in(answer)
    assert path.startswith("/invitation/") and "works once" in seen(answer)
    assert path.rpartition("/")[2] not in pages("GET", "/people", "op").text
    assert "Mei Lin" in pages.get("/people", "op")
    assert "This invitation is for Mei Lin" in pages.get(path, None)
    came = come(pages, path)
    assert (came.status_code, came.headers["location"]) == (303, "/encore/")
    assert "_token=of-mei.lin" in came.headers["set-cookie"]
    assert pages.world.people.there["mei.lin"][:4] == ("mei.lin", "Mei Lin", "", "teacher")
    again = come(pages, path, "another")
    assert again.status_code == 409 and "used already" in again.text and "another" not in pages.world.people.there
    assert "not yet here" not in pages.get("/people", "op")
    [row] = store.connection.execute("SELECT * FROM person_link").fetchall()
    assert path.rpartition("/")[2] not in str(row) and row.used_by == "mei.lin"


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [("mei.lin", "short", "at least 10"), ("mei.lin-and-more", "MEI.LIN-and-more", "this is your name"),
     ("", LONG, "user name has"), ("a b", LONG, "user name has"), ("x" * 65, LONG, "user name has"),
     ("mei.lin", " " * 12, "nothing at all"), ("mei.lin", "x" * 201, "at most 200"),
     ("Teacher-Li", LONG, "cannot be had")],
)  # fmt: skip
def test_what_is_no_name_or_no_password_is_told_and_the_link_stays(pages, name, password, said):
    path = path_in(invite(pages))
    answer = come(pages, path, name, password)
    assert answer.status_code == 422 and said in seen(answer) and password not in answer.text.replace(name, "")
    assert come(pages, path).status_code == 303


def test_who_chooses_a_name_gets_nobodys_campaigns_with_it(pages, concerts):
    concerts.put(teacher_id="teacher-wu")
    answer = come(pages, path_in(invite(pages)), "Teacher-Wu")
    assert answer.status_code == 422 and "cannot be had" in answer.text
    given = path_in(invite(pages, name="teacher-wu"))
    assert "readonly" in pages("GET", given, None).text
    assert come(pages, given, "somebody-else").status_code == 303
    assert "teacher-wu" in pages.world.people.there and "somebody-else" not in pages.world.people.there


def test_staff_come_as_staff_whatever_the_form_says(pages):
    come(pages, path_in(invite(pages, role="staff", name="new-op")))
    pages.send(path_in(invite(pages, name="new-teacher")), {"password": LONG, "role": "staff"}, None)
    there = pages.world.people.there
    assert (there["new-op"].role, there["new-teacher"].role) == ("staff", "teacher")


def test_an_invitation_ends_and_can_be_withdrawn(pages):
    ended, withdrawn = path_in(invite(pages)), path_in(invite(pages, full_name="Withdrawn"))
    page = pages("GET", "/people", "op").text
    [link] = re.findall(r'name="link" value="(\w+)"><button[^>]*Withdrawn', page)
    assert pages.send("/people/withdraw", {"link": link}, "op").status_code == 303
    assert "Withdrawn" not in pages.get("/people", "op")
    answer = come(pages, withdrawn)
    assert answer.status_code == 409 and "withdrawn" in answer.text
    pages.world.now += timedelta(days=7, seconds=1)
    answer = come(pages, ended)
    assert answer.status_code == 409 and "has ended" in answer.text and "mei.lin" not in pages.world.people.there
    assert "Invite them anew" in pages.get("/people", "op")


def test_a_second_invitation_of_a_name_ends_the_first(pages):
    first, second = path_in(invite(pages, name="mei.lin")), path_in(invite(pages, name="mei.lin"))
    assert come(pages, first).status_code == 409 and come(pages, second).status_code == 303


def test_what_airflow_did_not_store_leaves_the_link_as_it_was(pages):
    path = path_in(invite(pages))
    pages.world.people.fails = True
    assert come(pages, path).status_code == 409
    pages.world.people.fails = False
    assert come(pages, path).status_code == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"full_name": " "}, "Say who it is"), ({"name": "teacher-li"}, "cannot be had"),
     ({"name": "a b"}, "user name has"), ({"mail": "no address"}, "mail address"),
     ({"mail": "op@school.test"}, "already"), ({"role": "admin"}, "teacher or staff")],
)  # fmt: skip
def test_a_wrong_invitation_is_told_beside_what_was_typed(pages, fields, said):
    answer = invite(pages, **fields)
    assert answer.status_code == 422 and said in seen(answer) and "made-link" not in answer.text
    assert f'value="{fields.get("full_name", "Mei Lin")}"' in answer.text


def test_an_invitation_goes_by_mail_where_there_is_a_server(pages):
    pages.world.mail = MailKept()
    answer = invite(pages, mail="mei@school.test")
    [(to, letter)] = pages.world.mail.letters
    assert to == "mei@school.test" and letter.items[0][1].endswith(path_in(answer)) and "also sent" in seen(answer)
    come(pages, path_in(answer))
    assert pages.world.people.there["mei.lin"].mail == "mei@school.test"


def test_mail_that_is_refused_leaves_the_link_to_be_copied(pages):
    class Refusing(MailKept):
        def send(self, *_):
            raise NotSentError("notice.mail_unreached", reason="TimeoutError")

    pages.world.mail = Refusing()
    answer = invite(pages, mail="mei@school.test")
    assert answer.status_code == 200 and come(pages, path_in(answer)).status_code == 303


def test_staff_hand_out_a_link_to_a_new_password(pages):
    path = path_in(pages.send("/people/new-password", {"name": "teacher-anna"}, "op"))
    assert pages.send(path, {"password": LONG}, None).status_code == 303
    assert pages.world.people.passwords["teacher-anna"] == LONG
    assert pages.send("/people/new-password", {"name": "nobody"}, "op").status_code == 404


def test_staff_do_not_become_administrators(pages):
    there = pages.world.people.there
    there["admin"] = there["admin"]._replace(above_staff=True)
    for path, form in (("new-password", {}), ("leaves", {"posts": "hold"}), ("back", {})):
        answer = pages.send(f"/people/{path}", {"name": "admin", **form}, "op")
        assert answer.status_code == 403 and "by an administrator" in answer.text, path
    assert pages("GET", "/people/leaves?name=admin", "op").status_code == 403
    assert there["admin"].active and not pages.world.people.revoked
    listed = pages.get("/people", "op")
    assert 'value="admin"' not in listed and "name=admin" not in listed


def test_a_link_is_of_its_kind_alone(pages):
    invitation = path_in(invite(pages)).rpartition("/")[2]
    password = path_in(pages.send("/people/new-password", {"name": "teacher-li"}, "op")).rpartition("/")[2]
    assert pages("GET", f"/lost-password/{invitation}", None).status_code == 404
    assert come(pages, f"/invitation/{password}").status_code == 404


def test_where_airflow_keeps_people_elsewhere_the_page_says_so(pages):
    pages.world.people.keeps = False
    assert "in Airflow's settings" in pages.get("/people", "op")
    answer = invite(pages)
    assert answer.status_code == 422 and "nobody can be invited" in answer.text


# The school's accounts -----------------------------------------------------------------------------------------


@pytest.fixture
def given(concerts, store):
    """One account of the school's that is not for all, and one that is."""
    concerts.put()
    store.give_account(account="instagram-school", for_all=False, staff_approves=False)
    return "instagram-school"


def uses(store):
    return [(row.account, row.teacher, row.given_by) for row in store.connection.execute("SELECT * FROM account_use")]


def test_whoever_comes_may_use_what_the_invitation_gives(pages, store, given):
    form = pages.get("/people", "op")
    assert "Instagram · instagram-school" in form and "tiktok-school" not in form
    path = path_in(invite(pages, accounts=[given]))
    assert "may use instagram-school" in pages.get("/people", "op") and uses(store) == []
    come(pages, path)
    assert uses(store) == [(given, "mei.lin", "op")]
    assert given in {row.account for row in store.accounts_of_teacher(teacher_id="mei.lin")}


def test_a_link_that_breaks_off_gives_nothing(pages, store, given):
    path = path_in(invite(pages, accounts=[given]))
    pages.world.people.fails = True
    assert come(pages, path).status_code == 409 and uses(store) == []
    pages.world.people.fails = False
    come(pages, path)
    assert len(uses(store)) == 1
    assert come(pages, path, "another").status_code == 409 and len(uses(store)) == 1


def test_what_became_a_teachers_own_meanwhile_is_not_given(pages, store, given):
    path = path_in(invite(pages, accounts=[given]))
    store.connection.execute("UPDATE account SET owner = 'teacher-anna' WHERE account = %s", (given,))
    assert come(pages, path).status_code == 303 and uses(store) == []


@pytest.mark.parametrize("account", ["tiktok-school", "nobody"])
def test_what_is_for_all_or_not_there_is_not_to_be_ticked(pages, given, account):
    answer = invite(pages, accounts=[given, account])
    assert answer.status_code == 422 and "Look at the list again" in answer.text
    assert re.search(rf'value="{given}" checked', answer.text)


def test_concerts_made_before_they_came_go_through_it(pages, store, concerts, settings, given):
    campaign_id = concerts.approved(teacher_id="mei.lin")
    assert not [job for job in concerts.jobs(campaign_id) if job.account == given]
    come(pages, path_in(invite(pages, name="mei.lin", accounts=[given])))
    rebind_marked(store, settings, pages.world.now)
    assert [job for job in concerts.jobs(campaign_id) if job.account == given and job.state == "queued"]
