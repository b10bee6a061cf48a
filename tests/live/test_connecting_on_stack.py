"""Accounts connected on Airflow's own API server: their logins are in its encrypted store, and tasks post with them."""

from __future__ import annotations

import json

import pytest
import requests
from connecting_world import OverHttp, stored_logins

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(300)]

WAYS = {"tiktok": "tiktok", "instagram": "instagram", "facebook": "instagram"}


@pytest.fixture
def anna_connects(stack, staff):
    """Anna has accounts of the settings too; what she connects goes again afterwards."""
    over = OverHttp(stack)
    yield over.somebody
    for row in staff.store.accounts():
        if row.origin == "connected":
            over.pages.send(f"/accounts/{row.account}/remove", role=over.token("teacher-anna"))


@pytest.mark.parametrize("way", WAYS)
def test_a_login_lies_encrypted_in_airflow_and_goes_when_it_is_given_up(stack, staff, anna_connects, way):
    anna = anna_connects("teacher-anna", way, f"stored{way}x")
    anna.connects()
    (row,) = [row for row in staff.store.accounts() if row.username == anna.name]
    login = stored_logins(stack)[row.conn_id]
    assert login["password"] and login["password"] not in json.dumps(login["as_it_lies_there"])
    assert (row.health["state"]["username"] or anna.name) == anna.name, "it was asked at once"
    answer = anna.pages.send(f"/accounts/{row.account}/disconnect", role=anna.role)
    assert answer.status_code == 303
    assert row.conn_id not in stored_logins(stack)
    seen = {"Authorization": f"Bearer {login['password']}"}
    if way == "tiktok":
        asked = {"fields": "open_id"}
        after = requests.get(f"{stack.simulator_url}/tiktok/v2/user/info/", params=asked, headers=seen, timeout=10)
        assert after.status_code == 401, "the platform has ended it"


def test_what_nobody_keeps_leaves_no_connection(stack, anna_connects):
    before = set(stored_logins(stack))
    anna = anna_connects("teacher-anna", "tiktok", "droppedx")
    anna.found()
    assert len(set(stored_logins(stack)) - before) == 1
    anna.decides("drop")
    assert set(stored_logins(stack)) == before


def test_the_schools_own_connections_are_nobodys_left_over(stack, anna_connects):
    """Whatever they are called: what does not say when Encore wrote it was written by somebody else."""
    own = {
        "connection_id": "encore_account_of_the_school",
        "conn_type": "http",
        "password": "a-token-of-the-school-4711",
    }
    made = stack.api("POST", "/api/v2/connections", "admin", json=own)
    assert made.status_code == 201, made.text
    anna = anna_connects("teacher-anna", "tiktok", "looksx")
    anna.pages.get("/accounts", anna.role)
    assert stack.api("GET", f"/api/v2/connections/{own['connection_id']}", "admin").status_code == 200
    assert stack.api("DELETE", f"/api/v2/connections/{own['connection_id']}", "admin").status_code == 204
