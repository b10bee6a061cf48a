"""`smoke` and `accounts` against the look-alikes, as an operator types them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
from psycopg.conninfo import conninfo_to_dict

from encore.accounts import findings
from encore.accounts.configured import put_accounts
from encore.errors import MisconfiguredError
from encore.platforms.xiaohongshu.adapter import RISK
from encore.words.sentence import verbatim
from encore_airflow import cli, credentials

ROOT = Path(__file__).parents[2]


@pytest.fixture
def environment(dsn, settings, lookalike, tmp_path) -> dict[str, str]:
    """What an operator sets: settings, a login for each account, the database."""
    quick = {"settle_seconds": 1, "poll_seconds": [0.1]}
    overlay = {name: {"base_url": f"{lookalike.url}/{name}", **quick} for name in ("tiktok", "instagram")}
    (tmp_path / "settings.yaml").write_text(json.dumps({"platforms": overlay}), encoding="utf-8")
    database = conninfo_to_dict(dsn)
    logins = {"encore_db": {"conn_type": "postgres", "login": database["user"], "schema": database["dbname"]}}
    logins["encore_db"] |= {"host": database["host"], "port": int(database.get("port", 5432))}
    for account in settings.accounts:
        login, token = lookalike.login(account.account, account.platform)
        extra = {**login.secrets, "user_id": login.user_id}
        host = login.base_url if account.platform == "xiaohongshu" else ""
        logins[account.conn_id] = {"conn_type": "http", "password": token.access_token, "extra": extra, "host": host}
    named = {f"AIRFLOW_CONN_{name.upper()}": json.dumps(fields) for name, fields in logins.items()}
    return {"AIRFLOW_HOME": str(tmp_path / "airflow"), "ENCORE_CONFIG": str(tmp_path / "settings.yaml"), **named}


@dataclass(frozen=True)
class Done:
    status: int
    shown: str
    complained: str


@pytest.fixture
def encore(environment, monkeypatch, capsys):
    """Runs a command in this process, with Airflow's connections as that environment would give them."""

    def connection(conn_id):
        fields = json.loads(environment[f"AIRFLOW_CONN_{conn_id.upper()}"])
        given = {"port": None, "login": "", "password": "", "schema": "", "extra": {}, **fields}
        return SimpleNamespace(**{**given, "extra": json.dumps(given["extra"]), "extra_dejson": given["extra"]})

    monkeypatch.setattr(credentials, "connection", connection)
    monkeypatch.setattr(cli.signal, "signal", lambda *_: None)
    monkeypatch.setenv("ENCORE_CONFIG", environment["ENCORE_CONFIG"])

    def run(*words: str) -> Done:
        status = cli.main(list(words))
        shown = capsys.readouterr()
        return Done(status, shown.out, shown.err)

    return run


@pytest.mark.slow
def test_smoke_in_a_process_of_its_own(environment, lookalike, tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "encore_airflow", "smoke", "tiktok"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": f"{ROOT}/include:{ROOT}/plugins", **environment},
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0 and "login     works" in done.stdout, done.stderr
    assert f"sim-{lookalike.who}" not in done.stdout + done.stderr


def test_smoke_asks_and_posts_nothing(encore, lookalike):
    done = encore("smoke", "xiaohongshu")
    assert done.status == 0, done
    assert "login     works" in done.shown and "sample    is within every limit" in done.shown
    assert str(RISK) in done.shown
    assert requests.get(f"{lookalike.url}/_sim/feed", params={"account": lookalike.who}, timeout=5).json() == []


def test_smoke_posts_for_its_owner_alone_when_told_to(encore, lookalike):
    done = encore("smoke", "tiktok", "--post")
    assert done.status == 0 and "post      is there" in done.shown, done
    [post] = requests.get(f"{lookalike.url}/_sim/feed", params={"account": lookalike.who}, timeout=5).json()
    assert "SELF_ONLY" in json.dumps(post)


def test_smoke_posts_publicly_only_when_that_is_said(encore, lookalike):
    done = encore("smoke", "instagram", "--post")
    assert done.status == 1 and "no private posts" in done.shown


def test_smoke_says_in_one_line_what_is_wrong(encore, lookalike):
    lookalike.fault("tiktok", "creator_info", "token_invalid")
    done = encore("smoke", "tiktok")
    assert done.status == 1 and "[token_invalid" in done.shown and "Traceback" not in done.shown
    assert "no such account" in encore("smoke", "myspace").complained


def test_accounts_tell_health_pauses_findings_and_the_risk(encore, store, settings, now):
    put_accounts(store, settings, now)
    store.pause_account(account="instagram-school", until=now.replace(year=2126), reason="quota_exceeded")
    lost = MisconfiguredError(verbatim("The login is gone."), code="credentials_missing")
    findings.put_account_findings(store, findings.TOKEN, "tiktok-school", [lost], now)
    done = encore("accounts")
    assert done.status == 1, done.complained
    assert "until Sat, 23 Nov 2126, 12:00 UTC (quota_exceeded)" in done.shown
    assert "The login is gone. [credentials_missing]" in done.shown
    assert str(RISK) in done.shown
    done = encore("accounts", "--check", "--resume", "instagram-school")
    assert "instagram-school goes on." in done.shown and "worked as" in done.shown
    assert store.account(account="instagram-school").paused_until is None


def test_the_risk_is_said_where_the_channel_is_switched_on():
    for file in (ROOT / "include/encore/config.yaml", ROOT / "include/docs/platforms.md"):
        words = " ".join(file.read_text(encoding="utf-8").replace("\n    #", " ").split())
        assert str(RISK) in words, f"{file.name} does not say it"
