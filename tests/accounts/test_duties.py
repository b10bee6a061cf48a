"""keep_house's tasks from end to end: settings, connections, look-alikes and database as in a deployment."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from psycopg.conninfo import conninfo_to_dict

from encore.domain.job import Platform
from encore_airflow import credentials
from encore_airflow.operators import house

LOGINS = ("tiktok", "instagram", "xiaohongshu")


@pytest.fixture
def deployed(dsn, concerts, settings, lookalike, tokens, tmp_path, monkeypatch):
    """A campaign planned for tomorrow on every platform, its media in the store, nothing checked yet."""
    overlay = {
        "platforms": {name: {"base_url": f"{lookalike.url}/{name}"} for name in ("tiktok", "instagram")},
        "media": {"directory": str(tmp_path / "media")},
    }
    (tmp_path / "settings.yaml").write_text(json.dumps(overlay), encoding="utf-8")
    monkeypatch.setenv("ENCORE_CONFIG", str(tmp_path / "settings.yaml"))
    database = conninfo_to_dict(dsn)
    known = {
        "encore_db": {"host": database["host"], "login": database["user"], "schema": database["dbname"]},
        **{f"encore_{name}_school": login_fields(lookalike, name) for name in LOGINS},
    }
    if "port" in database:
        known["encore_db"]["port"] = int(database["port"])
    blank = dict.fromkeys(("host", "port", "login", "password", "schema", "extra")) | {"extra_dejson": {}}
    monkeypatch.setattr(credentials, "connection", lambda conn_id: SimpleNamespace(**{**blank, **known[conn_id]}))
    monkeypatch.setattr(credentials, "VariableTokens", lambda: tokens)
    (tmp_path / "media").mkdir()
    for platform in Platform:
        for kind in ("image", "video"):
            (tmp_path / "media" / f"{platform}.{kind}").write_bytes(b"x" * 1000)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    moments = {"announcement": tomorrow, "reminder": "skip", "day_of": "skip"}
    return concerts.planned(datetime.now(UTC), timeline=moments)


def login_fields(lookalike, platform):
    login, token = lookalike.login("school", platform)
    host = login.base_url if platform == "xiaohongshu" else None
    extra = json.dumps({**login.secrets, "user_id": login.user_id})
    return {"password": token.access_token, "extra": extra, "host": host}


def test_the_duties_of_one_round(deployed, store, lookalike, tokens):
    assert house.renew_tokens() == 0
    assert sorted(tokens.values) == ["instagram-school", "tiktok-school"]
    done = house.check_ahead()
    assert (done["accounts"], done["jobs"]) == (3, 3)
    # There is no public address in these settings, and two of the platforms must fetch the picture.
    found = {(row.platform, row.code) for row in store.open_findings()}
    assert found == {("instagram", "media_not_reachable"), ("xiaohongshu", "media_not_reachable")}
    assert store.account(account="tiktok-school").health["state"]["username"]
    removed = house.forget_old_rows()
    assert {"claim", "media_address", "finding", "media_asset"} <= removed.keys() and not any(removed.values())
    for platform in LOGINS:
        assert not {"video_init", "create_container", "publish"} & set(lookalike.operations(platform))


def test_media_that_can_be_fetched_is_no_finding(deployed, store, tmp_path, monkeypatch):
    import threading
    from functools import partial
    from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

    class Everything(SimpleHTTPRequestHandler):
        """Has something at every address, as the media app has at one that was given out."""

        def do_HEAD(self):
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Everything, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    path = tmp_path / "settings.yaml"
    overlay = json.loads(path.read_text())
    overlay["media"]["public_base_url"] = f"http://127.0.0.1:{server.server_port}/media"
    path.write_text(json.dumps(overlay))
    try:
        house.check_ahead()
    finally:
        server.shutdown()
    assert store.open_findings() == []
