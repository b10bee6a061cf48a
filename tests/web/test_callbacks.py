"""What Meta posts when a person takes the app's access away or asks that it forget them, and the page on which that
person sees what became of it."""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import timedelta

import pytest
from campaign_fixtures import NOW
from pages_client import seen

from encore.accounts.configured import put_accounts
from encore.accounts.connected import NewAccount, Way, put_connected
from encore.accounts.data_requests import ACCOUNT_KNOWN, DataRequests, Kind
from encore.accounts.login_store import StoredLogin
from encore.platforms.instagram.signed_request import SignedRequest
from encore.platforms.login import App
from encore.publishing.ending import DISCONNECTED
from encore.upkeep.retention import duties
from encore_simulator.instagram.callbacks import signed_request

USER, PROFESSIONAL = "24000000000218471", "17841405793187218"
SECRETS = {"instagram": "the-instagram-secret-4711", "facebook": "the-facebook-secret-4711"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
ASKED_AT = NOW + timedelta(minutes=2)
GOES = ("username", "display_name", "profile_link", "scopes", "app_user_id", "access_ends_at", "health")


@pytest.fixture(autouse=True)
def apps(pages):
    world, before = pages.world, pages.world.apps
    world.apps = {f"encore_{name}_app": App("1234", secret) for name, secret in SECRETS.items()}
    world.now = ASKED_AT
    yield
    world.apps = before
    world.logins.kept.clear()
    world.logins.renewed.clear()


@pytest.fixture
def connect(pages, store):
    put_accounts(store, pages.world.settings, NOW)

    def put(way="instagram", username="school_music", external_id=PROFESSIONAL, app_user_id=USER, again=None, at=NOW):
        conn_id = f"encore_account_{way}_{username}_{at:%d%H%M}"
        pages.world.logins.kept[conn_id] = StoredLogin("", "IGAA-a-token", {})
        new = NewAccount(
            Way(way), Way(way).platform, None, conn_id, external_id, app_user_id, username, "School Music",
            "https://instagram.test/school_music", ("instagram_business_basic",), at + timedelta(days=90),
        )  # fmt: skip
        account = put_connected(store, pages.world.settings, new, again, "op", at)
        picture = {"content": b"jpeg", "content_type": "image/jpeg", "now": at}
        store.put_account_picture(account=account.account, **picture)
        pages.world.logins.renewed.add(account.account)
        store.note_token(account=account.account, token={"expires_at": None})
        return account

    return put


def signed(app="instagram", user_id=USER, at=ASKED_AT, **changes):
    return signed_request(user_id, changes.pop("secret", SECRETS[app]), at, **changes)


def post(pages, kind, text, app="instagram", **headers):
    """As Meta's servers do it: no cookie, and no word of a browser's."""
    return pages.client.post(f"/encore/callbacks/{app}/{kind}", data={"signed_request": text}, headers=headers)


def row(store, account):
    return store.account(account=account.account)


def data_requests(store):
    return store.connection.execute("SELECT * FROM data_request ORDER BY asked_at").fetchall()


def test_an_account_whose_owner_takes_the_access_away_is_given_up(pages, store, connect):
    account = connect()
    answer = post(pages, "deauthorize", signed())
    assert answer.status_code == 200, answer.text
    after = row(store, account)
    assert (after.disconnected_at, after.disconnected_by, after.pause_reason) == (ASKED_AT, "Meta", DISCONNECTED)
    assert after.disconnected_as == "connect.how_deauthorized" and after.active
    assert not pages.world.logins.kept and not pages.world.logins.renewed
    assert (after.username, after.external_id, after.app_user_id) == ("school_music", PROFESSIONAL, USER)
    assert store.account_picture(account=account.account)
    assert "took Encore's permission away" in pages.get("/accounts", "op")


def test_an_account_whose_owner_asks_for_it_is_forgotten(pages, store, connect):
    account = connect()
    answer = post(pages, "deletion", signed())
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/json"
    code = answer.json()["confirmation_code"]
    assert answer.json() == {"url": f"https://school.test/encore/data-deletion/{code}", "confirmation_code": code}
    after = row(store, account)
    assert after.disconnected_at and not any(getattr(after, name) for name in GOES)
    assert not store.account_picture(account=account.account) and not pages.world.logins.kept
    told = json.dumps(store.connection.execute("SELECT to_jsonb(a) FROM account a").fetchall(), default=str)
    assert PROFESSIONAL not in told and USER not in told and "School Music" not in told
    assert "that Encore forget this account" in pages.get("/accounts", "op")


def test_one_that_was_forgotten_is_known_again_and_nothing_else_is(pages, store, connect):
    account = connect()
    post(pages, "deletion", signed())
    assert store.account_of_external(platform="instagram", external_id=PROFESSIONAL).account == account.account
    known = row(store, account).external_id
    for other in (USER, known, known.removeprefix("sha256:"), "", PROFESSIONAL[:-1]):
        assert store.account_of_external(platform="tiktok", external_id=PROFESSIONAL) is None
        assert other == known or store.account_of_external(platform="instagram", external_id=other) is None
    again = connect(again=account.account, at=ASKED_AT + timedelta(hours=1))
    assert (again.account, again.external_id, again.disconnected_at) == (account.account, PROFESSIONAL, None)


def test_what_is_left_of_it_goes_once_nothing_could_be_posted_twice(pages, store, connect, concerts, planned):
    account, idle = connect(), connect(username="idle", external_id="17841405793187219", app_user_id=None)
    post(pages, "deletion", signed())
    post(pages, "deletion", signed(user_id="17841405793187219"))
    job = next(job for job in concerts.jobs(planned) if job.platform == "instagram")
    store.connection.execute("UPDATE publish_job SET account = %s WHERE job_id = %s", (account.account, job.job_id))
    concert = store.campaign(campaign_id=planned).concert_datetime

    def keep_house(now):
        for _ in duties(store, pages.world.media, pages.world.settings.retention, now)["account"]:
            pass

    keep_house(concert + ACCOUNT_KNOWN)
    assert row(store, account).external_id and row(store, idle).external_id is None
    keep_house(concert + ACCOUNT_KNOWN + timedelta(seconds=1))
    assert row(store, account).external_id is None


@pytest.mark.parametrize("kind", list(Kind))
def test_the_same_again_answers_the_same_and_changes_nothing(pages, store, connect, kind):
    account = connect()
    text = signed()
    first = post(pages, kind, text).json()
    # Meanwhile its owner has connected it again, and the same is sent once more.
    connect(again=account.account, at=ASKED_AT + timedelta(minutes=1))
    before = row(store, account)
    assert post(pages, kind, text).json() == first and row(store, account) == before
    assert before.disconnected_at is None and pages.world.logins.kept and len(data_requests(store)) == 1
    later = post(pages, kind, signed(at=ASKED_AT + timedelta(hours=1))).json()
    assert later["confirmation_code"] != first["confirmation_code"] and row(store, account).disconnected_at


@pytest.mark.parametrize("kind", list(Kind))
def test_one_that_comes_late_spares_what_was_connected_since(pages, store, connect, kind):
    account = connect(at=ASKED_AT)
    post(pages, kind, signed(at=ASKED_AT - timedelta(hours=1)))
    assert row(store, account).disconnected_at is None and pages.world.logins.kept
    assert row(store, account).username and store.account_picture(account=account.account)


@pytest.mark.parametrize("kind", list(Kind))
def test_clocks_may_differ_a_little(pages, store, connect, kind):
    account = connect(at=ASKED_AT)
    post(pages, kind, signed(at=ASKED_AT - timedelta(seconds=20)))
    assert row(store, account).disconnected_at


def test_one_that_does_not_say_when_it_was_made_is_carried_out_each_time(store, pages, connect):
    account = connect()
    requests = DataRequests(store, pages.world.logins, lambda: pages.world.now)
    first = requests.take(Kind.DELETION, "instagram", SignedRequest(USER, None))
    connect(again=account.account, at=ASKED_AT)
    assert row(store, account).disconnected_at is None
    again = requests.take(Kind.DELETION, "instagram", SignedRequest(USER, None))
    assert again.confirmation_code == first.confirmation_code and row(store, account).disconnected_at


def test_who_is_named_by_the_id_of_the_account_is_found_too(pages, store, connect):
    account = connect(app_user_id=None)
    post(pages, "deauthorize", signed(user_id=PROFESSIONAL))
    assert row(store, account).disconnected_at


def test_facebook_names_a_person_with_several_accounts(pages, store, connect):
    one = connect("facebook", "one", "17841405793180001")
    two = connect("facebook", "two", "17841405793180002")
    by_instagram = connect("instagram", "three", "17841405793180003")
    other = connect("facebook", "four", "17841405793180004", app_user_id="24000000000000009")
    post(pages, "deauthorize", signed("facebook"), app="facebook")
    gone = [row(store, account).disconnected_at is not None for account in (one, two, by_instagram, other)]
    assert gone == [True, True, False, False]


def test_what_a_login_has_found_is_forgotten_too(pages, store, connect):
    connect()
    named = [{"external_id": PROFESSIONAL, "app_user_id": USER, "username": "school_music", "name": "School Music"}]
    others = [{"external_id": "17841405793189999", "app_user_id": "1", "username": "other", "name": "Other"}]
    for attempt_id, found in (("a1", named), ("a2", others)):
        store.put_login_attempt(
            attempt_id=attempt_id, state_sha256=attempt_id, person="op", way="instagram", owner=None, renews=None,
            service=None, redirect_uri="", now=NOW, ends_at=NOW + timedelta(hours=1),
        )  # fmt: skip
        store.ask_login_attempt(
            attempt_id=attempt_id, found={"accounts": found}, ends_at=ASKED_AT + timedelta(hours=1)
        )  # fmt: skip
        pages.world.logins.kept[f"encore_login_{attempt_id}"] = StoredLogin("", "pending", {})
    post(pages, "deletion", signed())
    assert store.login_attempt(attempt_id="a1").found == {} and store.login_attempt(attempt_id="a1").settled_at
    assert store.login_attempt(attempt_id="a2").found["accounts"] == others
    assert set(pages.world.logins.kept) == {"encore_login_a2"}


@pytest.mark.parametrize("kind", list(Kind))
def test_who_is_unknown_is_answered_the_same(pages, store, connect, kind):
    account = connect()
    known, unknown = post(pages, kind, signed()), post(pages, kind, signed(user_id="24000000000099999"))
    assert (unknown.status_code, set(unknown.json())) == (known.status_code, set(known.json()))
    assert len(unknown.content) == len(known.content)
    assert row(store, account).disconnected_at and [entry.done_at for entry in data_requests(store)] == [ASKED_AT] * 2
    pages_seen = [seen(pages("GET", f"/data-deletion/{answer.json()['confirmation_code']}", None))
                  .replace(answer.json()["confirmation_code"], "") for answer in (known, unknown)]  # fmt: skip
    assert pages_seen[0] == pages_seen[1]


FORGED = {
    "another secret": lambda: signed(secret="another-secret"),
    "the other app's secret": lambda: signed(secret=SECRETS["facebook"]),
    "no algorithm": lambda: signed(algorithm="NONE"),
    "nothing": lambda: "",
    "too long": lambda: "x" * 50_000,
}


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("make", FORGED.values(), ids=FORGED)
def test_what_is_forged_changes_nothing_and_is_told_nothing(pages, store, connect, make, kind, caplog):
    account = connect()
    before, text = row(store, account), make()
    with caplog.at_level(logging.DEBUG):
        answer = post(pages, kind, text)
    assert answer.status_code == 400 and set(answer.json()) == {"error"}
    assert row(store, account) == before and not data_requests(store) and pages.world.logins.kept
    ours = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("httpx"))
    assert "not signed with the app's secret" in ours
    assert not any(part and part in ours for part in (text[:60], text.partition(".")[2][:60], USER, PROFESSIONAL))


def test_an_app_that_is_not_set_up_takes_nothing(pages, store, connect):
    account = connect()
    pages.world.apps = {}
    assert post(pages, "deauthorize", signed_request(USER, "", ASKED_AT)).status_code == 400
    assert row(store, account).disconnected_at is None


def test_only_the_two_apps_are_there(pages):
    for app in ("tiktok", "xiaohongshu", "Instagram", "x"):
        assert pages.client.post(f"/encore/callbacks/{app}/deletion", data={}).status_code == 404, app
    assert pages("GET", "/callbacks/instagram/deletion", None).status_code in (302, 405)


def test_it_comes_as_a_form_with_that_field_alone(pages, store, connect):
    account, text = connect(), signed()
    for sent in ({"json": {"signed_request": text}}, {"files": {"signed_request": (None, text)}},
                 {"content": f"signed_request={text}"}, {"params": {"signed_request": text}},
                 {"content": "&".join(["a=1"] * 50 + [f"signed_request={text}"]), "headers": FORM},
                 {"content": f"signed_request={text}".encode() + b"\xff", "headers": FORM}):  # fmt: skip
        assert pages.client.post("/encore/callbacks/instagram/deletion", **sent).status_code == 400, sent
    assert row(store, account).disconnected_at is None


def test_another_sites_page_may_post_it_but_only_what_meta_has_signed_counts(pages, store, connect):
    account = connect()
    cross = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example", "Cookie": "_token=admin"}
    assert post(pages, "deauthorize", signed(secret="guessed"), **cross).status_code == 400
    assert row(store, account).disconnected_at is None
    assert post(pages, "deauthorize", signed(), **cross).status_code == 200


def test_who_forges_too_often_waits_and_meta_does_not(pages, store, connect):
    account = connect()
    answers = [post(pages, "deletion", "forged") for _ in range(80)]
    assert answers[0].status_code == 400 and answers[-1].status_code == 429 and answers[-1].headers["retry-after"]
    assert post(pages, "deletion", signed()).status_code == 200 and row(store, account).disconnected_at


def test_a_body_that_is_too_large_is_refused(pages):
    assert post(pages, "deletion", "x" * 2_000_000).status_code == 413


def test_what_breaks_off_is_finished_by_the_next(pages, store, connect, monkeypatch):
    account = connect()

    def breaks(_):
        raise RuntimeError("Airflow's database went away")

    with monkeypatch.context() as broken:
        broken.setattr(pages.world.logins, "forget", breaks)
        assert post(pages, "deletion", signed()).status_code == 500
    [asked] = data_requests(store)
    assert asked.done_at is None and row(store, account).username and row(store, account).disconnected_at
    assert "Not done yet" in pages.get(f"/data-deletion/{asked.confirmation_code}", None)
    assert pages.world.logins.kept
    assert post(pages, "deauthorize", signed(user_id="24000000000099999")).status_code == 200
    assert not pages.world.logins.kept and not row(store, account).username
    assert store.data_request(confirmation_code=asked.confirmation_code).done_at == ASKED_AT


def test_without_the_database_it_is_not_answered_as_done(pages):
    pages.world.database_is_away = True
    assert post(pages, "deletion", signed()).status_code == 503


def test_anybody_with_the_code_sees_how_it_stands_and_nothing_else(pages, connect):
    connect()
    code = post(pages, "deletion", signed()).json()["confirmation_code"]
    page = pages.get(f"/data-deletion/{code}", None)
    assert "Encore should forget what it keeps of an account" in page and "Done Mon 23 Nov, 12:02" in page
    assert "Asked for Mon 23 Nov, 12:02" in page and code in page
    for hidden in ("school_music", "School Music", USER, PROFESSIONAL, hashlib.sha256(USER.encode()).hexdigest()):
        assert hidden not in pages("GET", f"/data-deletion/{code}", None).text
    chinese = pages("GET", f"/data-deletion/{code}", None, headers={"Accept-Language": "zh"})
    assert "关于您的数据的请求" in chinese.text and "已于" in chinese.text


def test_a_code_that_nobody_was_given_says_so(pages):
    answer = pages("GET", "/data-deletion/0000", None)
    assert answer.status_code == 404 and "no request with this confirmation code" in seen(answer)
    assert pages("GET", "/data-deletion/" + "0" * 41, None).status_code == 404


def test_nothing_of_it_stands_in_a_log(pages, connect, caplog):
    connect()
    text = signed()
    with caplog.at_level(logging.DEBUG):
        code = post(pages, "deletion", text).json()["confirmation_code"]
        pages("GET", f"/data-deletion/{code}", None)
    ours = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("httpx"))
    assert "/callbacks/instagram/deletion" in ours
    for hidden in (text, text.partition(".")[2], USER, PROFESSIONAL, code, SECRETS["instagram"]):
        assert hidden not in ours
