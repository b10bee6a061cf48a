"""What a stack with the simulator is told about the world outside: settings and credentials.

Nothing here is a secret: the simulator accepts these tokens and nobody else does.
"""

from __future__ import annotations

from pathlib import Path

from encore.domain.json import Json

ACCOUNTS = {
    # account: (platform, whose in the simulator, owner; None for the school's own)
    "tiktok-school": ("tiktok", "school", None),
    "instagram-school": ("instagram", "school", None),
    "xiaohongshu-school": ("xiaohongshu", "school", None),
    "tiktok-anna": ("tiktok", "anna", "teacher-anna"),
    "instagram-anna": ("instagram", "anna", "teacher-anna"),
}

APPS = {
    # way: (id, secret) of the school's app
    "tiktok": ("sim-client", "sim-client-secret"),
    "instagram": ("sim-instagram-app", "sim-instagram-secret"),
    "facebook": ("sim-facebook-app", "sim-facebook-secret"),
}
FREE_SERVICE = "encore_xiaohongshu_free"
"""The connection of a service of Xiaohongshu's on which nobody is logged in."""


def settings(simulator_url: str, api_url: str, directory: Path, *, shown_at: str | None = None) -> Json:
    """Laid over Encore's packaged `config.yaml`; `directory` is where media and rejected rows go.

    `shown_at` is the simulator's address for a browser, where that differs from the one for our processes.
    """
    shown_at = shown_at or simulator_url
    return {
        "accounts": [
            {"account": account, "platform": platform, "conn_id": _conn_id(account), "owner": owner}
            for account, (platform, _, owner) in ACCOUNTS.items()
        ],
        "xiaohongshu_services": [FREE_SERVICE],
        "platforms": {
            "tiktok": {
                "base_url": f"{simulator_url}/tiktok",
                "post_url": f"{shown_at}/tiktok/@{{username}}/video/{{post_id}}",
            },
            "instagram": {"base_url": f"{simulator_url}/instagram"},
            "xiaohongshu": {"post_url": f"{shown_at}/xiaohongshu/explore/{{post_id}}"},
        },
        "logins": {
            "tiktok": {
                "authorize_url": f"{shown_at}/tiktok/v2/auth/authorize/",
                "base_url": f"{simulator_url}/tiktok",
            },
            "instagram": {
                "authorize_url": f"{shown_at}/instagram/oauth/authorize",
                "base_url": f"{simulator_url}/instagram",
                "token_url": f"{simulator_url}/instagram/oauth/access_token",
            },
            "facebook": {
                "authorize_url": f"{shown_at}/facebook/{{api_version}}/dialog/oauth",
                "base_url": f"{simulator_url}/facebook",
            },
        },
        "media": {"public_base_url": f"{api_url}/media", "directory": str(directory / "media")},
        "seeding": {"rejects_directory": str(directory / "rejects")},
    }


def switches(api_url: str) -> dict[str, list[str]]:
    """The simulator's switches to start with: where its logins may lead back to, by either name of this machine."""
    by_name = (api_url.replace("127.0.0.1", "localhost"), api_url.replace("localhost", "127.0.0.1"))
    addresses = dict.fromkeys((api_url, *by_name))
    return {
        f"{platform}_redirect_uris": [f"{address}/encore/accounts/callback/{platform}" for address in addresses]
        for platform in ("tiktok", "instagram", "facebook")
    }


def connections(simulator_url: str) -> dict[str, Json]:
    """An Airflow connection per simulated account and app, by `conn_id`, and of the free service, whose name is one
    that the simulator begins logged out (its switch xiaohongshu_free_prefix)."""
    accounts = {
        _conn_id(account): _login(platform, who, simulator_url) for account, (platform, who, _) in ACCOUNTS.items()
    }
    apps = {
        f"encore_{way}_app": {"conn_type": "http", "login": name, "password": secret}
        for way, (name, secret) in APPS.items()
    }
    return {**accounts, FREE_SERVICE: _login("xiaohongshu", "free-service", simulator_url), **apps}


def _conn_id(account: str) -> str:
    return f"encore_{account.replace('-', '_')}"


def _login(platform: str, who: str, simulator_url: str) -> Json:
    login: Json = {"conn_type": "http", "login": who, "password": f"sim-{who}"}
    match platform:
        case "tiktok":
            extra = {"client_key": "sim-client", "client_secret": "sim-client-secret", "refresh_token": f"simr-{who}-0"}
            return login | {"extra": extra}
        case "instagram":
            return login | {"extra": {"user_id": f"ig-{who}"}}
    return login | {"host": f"{simulator_url}/xiaohongshu/{who}"}
