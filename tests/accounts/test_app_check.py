"""What is found out about the school's apps without a login, asked of the look-alikes; by the command and by itself."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from cryptography.fernet import Fernet

from encore.accounts.app_check import NOT_TOLD, AppCheck, is_wrong
from encore.accounts.connecting import redirect_address
from encore.accounts.data_requests import Kind
from encore.errors import ConfigurationError
from encore.platforms.app_finding import AddressRules, Verdict
from encore.platforms.login import App
from encore.settings import load_settings
from encore.words.catalogue import languages
from encore.words.sentence import Words
from encore_airflow.web.app import create_pages
from encore_simulator import running

SITE = "https://school.test/encore"
APPS = {
    "tiktok": App("sim-client", "sim-client-secret-4711"),
    "instagram": App("sim-instagram-app", "sim-instagram-secret"),
    "facebook": App("sim-facebook-app", "sim-facebook-secret"),
}
ANOTHER = "another-key-of-nobodys-4711"
NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def consoles():
    """Look-alikes whose apps are those of `APPS`."""
    with running(tiktok_client_secret="sim-client-secret-4711") as started:
        yield started.url


def overlay(url):
    return {
        "logins": {
            "tiktok": {"base_url": f"{url}/tiktok"},
            "instagram": {"base_url": f"{url}/instagram", "token_url": f"{url}/instagram/oauth/access_token"},
            "facebook": {"base_url": f"{url}/facebook"},
        }
    }


@pytest.fixture
def checked(consoles, tmp_path):
    file = tmp_path / "settings.yaml"
    file.write_text(json.dumps(overlay(consoles)), encoding="utf-8")

    def check(apps=APPS, site=SITE, seal=len, ask=True, at=str(file)):
        known = {f"encore_{way}_app": app for way, app in apps.items()}
        of = AppCheck(load_settings(at), known.get, seal, site, lambda: NOW)
        return of.storage(), of.apps(ask=ask)

    return check


def said(findings):
    return [(finding.verdict, finding.said.key) for finding in findings]


def test_apps_that_are_right_are_well(checked):
    storage, apps = checked()
    assert storage.verdict is Verdict.WELL and not is_wrong(storage, apps)
    right = [(Verdict.WELL, "app.address_right"), (Verdict.WELL, "app.known")]
    assert {app.way: said(app.findings) for app in apps} == dict.fromkeys(APPS, right)


def test_each_app_comes_with_the_addresses_that_its_console_needs(checked):
    _, apps = checked()
    routes = {route.path for route in create_pages.__globals__["callbacks"].router.routes}
    for app in apps:
        assert app.redirect_uri == redirect_address(SITE, app.way) == f"{SITE}/accounts/callback/{app.way}"
        assert set(app.callbacks) == (set() if app.way == "tiktok" else set(Kind))
        for kind, address in app.callbacks.items():
            assert address == f"{SITE}/callbacks/{app.way}/{kind}" and f"/callbacks/{{app}}/{kind}" in routes


WRONG = {
    "tiktok": [("client_id", "app.wrong_pair"), ("client_secret", "app.wrong_pair")],
    "instagram": [("client_id", "app.wrong_instagram_id"), ("client_secret", "app.wrong_secret")],
    "facebook": [("client_id", "app.wrong_id"), ("client_secret", "app.wrong_secret")],
}


@pytest.mark.parametrize(("way", "part", "key"), [(way, *one) for way, parts in WRONG.items() for one in parts])
def test_a_wrong_id_or_secret_is_told(checked, way, part, key):
    given = {"client_id": APPS[way].client_id, "client_secret": APPS[way].client_secret, part: ANOTHER}
    storage, apps = checked({way: App(**given)})
    of = {app.way: said(app.findings)[-1] for app in apps}
    assert of.pop(way) == (Verdict.WRONG, key) and is_wrong(storage, apps)
    assert set(of.values()) == {(Verdict.ABSENT, "app.absent")}


@pytest.mark.parametrize(("way", "operation", "args"), [
    ("tiktok", "token", {"code": "server_error"}), ("instagram", "token", {"code": 2}),
    ("facebook", "token", {"code": 2}),
])  # fmt: skip
def test_an_answer_that_tells_nothing_is_not_taken_for_one(checked, consoles, way, operation, args):
    fault = {"platform": way, "operation": operation, "fault": "error", "times": 1, "args": args}
    added = requests.post(f"{consoles}/_sim/faults", json=fault, timeout=5)
    assert added.status_code == 201, added.text
    storage, apps = checked()
    of = {app.way: said(app.findings)[-1] for app in apps}
    assert of[way][0] is Verdict.UNKNOWN and not is_wrong(storage, apps)


def test_a_platform_that_does_not_answer_is_told_so(checked, tmp_path):
    file = tmp_path / "away.yaml"
    file.write_text(json.dumps(overlay("http://127.0.0.1:9")), encoding="utf-8")
    storage, apps = checked(at=str(file))
    assert [said(app.findings)[-1] for app in apps] == [(Verdict.UNKNOWN, "app.not_reached")] * 3
    assert not is_wrong(storage, apps)


def test_nobody_is_asked_who_need_not_be(checked, consoles):
    before = len(requests.get(f"{consoles}/_sim/requests", timeout=5).json())
    _, apps = checked(ask=False)
    assert [said(app.findings) for app in apps] == [[(Verdict.WELL, "app.address_right")]] * 3
    assert len(requests.get(f"{consoles}/_sim/requests", timeout=5).json()) == before


@pytest.mark.parametrize("secret", ["two words-4711", "curly“quotes”-4711", "a line\nend-4711"])
def test_what_copying_adds_is_found(checked, secret):
    storage, apps = checked({"facebook": App("1234 5", secret)}, ask=False)
    assert [key for _, key in said(apps[2].findings)] == ["app.blank", "app.blank", "app.address_right"]
    assert is_wrong(storage, apps) and secret not in " ".join(one.said.in_full for one in apps[2].findings)


def test_without_a_key_of_airflows_it_is_wrong(checked):
    def nothing(_):
        raise ConfigurationError("connect.not_encrypted")

    storage, apps = checked(seal=nothing)
    assert said([storage]) == [(Verdict.WRONG, "connect.not_encrypted")] and is_wrong(storage, apps)


def test_a_school_without_any_app_has_something_to_do(checked):
    assert is_wrong(*checked({}))
    assert not is_wrong(*checked({"tiktok": APPS["tiktok"]}))


ADDRESSES = [
    ("https://school.test/encore", None),
    ("https://school.test:8443/encore", None),
    ("http://school.test/encore", "app.address_no_https"),
    ("/encore", "app.address_no_https"),
    ("https://school.test/encore?x=1", "app.address_more"),
    ("https://school.test/encore#", "app.address_more"),
    ("https://192.0.2.7/encore", "app.address_number"),
    ("https://[2001:db8::1]/encore", "app.address_number"),
    ("http://127.0.0.1:8080/encore", "app.address_local"),
    ("http://localhost:8080/encore", "app.address_local"),
    ("http://[::1]:8080/encore", "app.address_local"),
    (f"https://school.test/{'x' * 491}", None),
    (f"https://school.test/{'x' * 492}", "app.address_long"),
]


@pytest.mark.parametrize(("address", "key"), ADDRESSES)
def test_the_rules_for_redirect_addresses(address, key):
    objection = AddressRules(under=512, named=True).objection(address)
    assert (objection and objection.said.key) == key
    assert not objection or objection.verdict is (Verdict.UNKNOWN if key == "app.address_local" else Verdict.WRONG)


def test_meta_takes_a_number_and_a_long_address(checked):
    _, apps = checked(site=f"https://192.0.2.7/{'x' * 500}", ask=False)
    assert [said(app.findings)[0][1] for app in apps] == ["app.address_long", "app.address_right", "app.address_right"]


def test_every_finding_is_a_sentence_in_each_language_and_says_what_to_do(checked):
    storage, apps = checked({"tiktok": App(ANOTHER, ANOTHER)}, site="http://school.test")
    every = [storage, *NOT_TOLD, *(finding for app in apps for finding in app.findings)]
    for language in languages():
        words = Words(language)
        assert all(words.told(one.said) and "{" not in words.in_full(one.said) for one in every)
        assert all(words.hint(one.said) for one in every if one.verdict is not Verdict.WELL)


def test_no_secret_is_shown_or_logged(checked, caplog):
    with caplog.at_level(logging.DEBUG):
        storage, apps = checked({way: App(app.client_id, ANOTHER) for way, app in APPS.items()})
    shown = " ".join(finding.said.in_full for app in apps for finding in (*app.findings, storage))
    assert ANOTHER not in shown + repr(apps) and ANOTHER not in "".join(
        record.getMessage() for record in caplog.records if record.name.startswith("encore")
    )


# The command -----------------------------------------------------------------------------------------------------


@pytest.fixture
def command(consoles, tmp_path):
    file = tmp_path / "settings.yaml"
    file.write_text(json.dumps(overlay(consoles) | {"notices": {"pages_url": SITE}}), encoding="utf-8")
    root = Path(__file__).parents[2]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "ENCORE"))}

    def run(*arguments, apps=APPS, key=None):
        connections = {
            f"AIRFLOW_CONN_ENCORE_{way.upper()}_APP": json.dumps(
                {"conn_type": "http", "login": app.client_id, "password": app.client_secret}
            )
            for way, app in apps.items()
        }
        key = Fernet.generate_key().decode() if key is None else key
        environment = inherited | connections | {
            "AIRFLOW_HOME": str(tmp_path / "airflow"), "AIRFLOW__CORE__FERNET_KEY": key, "ENCORE_CONFIG": str(file),
            "PYTHONPATH": f"{root / 'include'}:{root / 'plugins'}",
        }  # fmt: skip
        return subprocess.run(
            [sys.executable, "-m", "encore_airflow", "check-app", *arguments], env=environment, cwd=tmp_path,
            capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    return run


def test_the_command_says_it_line_by_line_and_ends_well(command):
    done = command()
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines() == [
        "well     Airflow keeps logins encrypted.",
        "tiktok (connection encore_tiktok_app)",
        "  well     The redirect address follows the platform's rules.",
        "  well     The platform knows the app, and takes its id and secret.",
        f"  copy     redirect     {SITE}/accounts/callback/tiktok",
        "instagram (connection encore_instagram_app)",
        "  well     The redirect address follows the platform's rules.",
        "  well     The platform knows the app, and takes its id and secret.",
        f"  copy     redirect     {SITE}/accounts/callback/instagram",
        f"  copy     deauthorize  {SITE}/callbacks/instagram/deauthorize",
        f"  copy     deletion     {SITE}/callbacks/instagram/deletion",
        "facebook (connection encore_facebook_app)",
        "  well     The redirect address follows the platform's rules.",
        "  well     The platform knows the app, and takes its id and secret.",
        f"  copy     redirect     {SITE}/accounts/callback/facebook",
        f"  copy     deauthorize  {SITE}/callbacks/facebook/deauthorize",
        f"  copy     deletion     {SITE}/callbacks/facebook/deletion",
        "unknown  Whether this site can be reached from the internet is not known from here. "
        "Open it on a phone that is not in the school's network.",
        "unknown  Which addresses, products and permissions stand in the platform's console, and what was reviewed "
        "there, no platform tells. Compare with the addresses here, letter by letter.",
    ]


def test_the_command_ends_with_1_where_something_is_wrong(command):
    done = command(apps={"instagram": App("sim-instagram-app", ANOTHER)})
    assert done.returncode == 1 and "wrong    The secret is not that of the app. Copy it" in done.stdout
    assert "absent   Not set up: the Airflow connection encore_tiktok_app" in done.stdout
    assert ANOTHER not in done.stdout + done.stderr


def test_the_command_finds_that_nothing_would_be_encrypted(command):
    done = command("--offline", key="")
    assert done.returncode == 1 and done.stdout.startswith("wrong "), done.stdout + done.stderr
    assert "knows the app" not in done.stdout
