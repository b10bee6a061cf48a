"""What the local stack tells the simulator when it starts it: where logins may lead back to."""

from __future__ import annotations

import json

import pytest
import requests

from encore_airflow.commands.simulator import _switch
from encore_airflow.stack import simulated_world
from encore_simulator import running

DIALOGS = {
    "tiktok": (
        "tiktok/v2/auth/authorize/",
        {"client_key": "sim-client", "scope": "video.publish", "state": "s", "code_challenge_method": "S256"},
    ),
    "instagram": ("instagram/oauth/authorize", {"client_id": "sim-instagram-app", "scope": "instagram_business_basic"}),
    "facebook": ("facebook/v25.0/dialog/oauth", {"client_id": "sim-facebook-app", "scope": "instagram_basic"}),
}


@pytest.mark.parametrize("platform", DIALOGS)
@pytest.mark.parametrize("api_url", ["http://127.0.0.1:8080", "http://localhost:8080", "https://encore.example"])
def test_logins_lead_back_to_encore_by_either_name_of_the_machine(platform, api_url) -> None:
    told = dict(_switch(f"{name}={json.dumps(value)}") for name, value in simulated_world.switches(api_url).items())
    path, asked = DIALOGS[platform]
    asked |= {"response_type": "code", "code_challenge": "a" * 64}
    names = (api_url, api_url.replace("127.0.0.1", "localhost"), api_url.replace("localhost", "127.0.0.1"))
    with running(**told) as server:

        def answers(redirect_uri: str) -> int:
            url = f"{server.url}/{path}"
            return requests.get(url, params={**asked, "redirect_uri": redirect_uri}, timeout=5).status_code

        assert {answers(f"{name}/encore/accounts/callback/{platform}") for name in names} == {200}
        assert answers("http://127.0.0.1:9999/encore/accounts/callback/" + platform) == 400
