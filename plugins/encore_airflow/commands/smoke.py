"""Try an account of a platform: ask, check a sample post, and post it only if told to."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from encore.platforms.contract import Credentials, PlatformAdapter
    from encore.settings import Settings
    from encore.store import rows
    from encore.store.store import Store
    from encore_airflow.wiring import Clock

SUMMARY = "check an account without posting, or post a sample privately with --post"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("platform", help="tiktok, instagram, xiaohongshu, or another of the settings")
    parser.add_argument("--account", help="one account (default: every account of the platform)")
    parser.add_argument("--post", action="store_true", help="post the sample, seen by the account's owner only")
    parser.add_argument(
        "--public", action="store_true", help="with --post: where the platform has no private posts, post it publicly"
    )
    parser.add_argument(
        "--address", default="", help="with --post: a public address of a JPEG, where the platform fetches the picture"
    )


def run(args: argparse.Namespace) -> int:
    from encore.accounts.configured import put_accounts
    from encore_airflow import credentials, wiring

    credentials.use_airflow_store()
    using = wiring.settings()
    problems = 0
    with wiring.store("smoke") as on:
        clock = wiring.clock(on)
        put_accounts(on, using, clock())
        for row in _accounts(on, args.platform, args.account):
            print(f"{row.account} (connection {row.conn_id})")
            problems += _try(args, using, on, clock, row)
    return 1 if problems else 0


def _accounts(on: Store, platform: str, account: str | None) -> list[rows.Account]:
    from encore.errors import RefusedError

    # One that is posted to by hand, or was disconnected, has no login to be tried.
    there = [row for row in on.accounts() if row.conn_id and row.disconnected_at is None]
    found = [row for row in there if row.platform == platform and account in (None, row.account)]
    if not found:
        known = [f"{row.platform} {row.account}" for row in there]
        raise RefusedError("settings.no_such_account", known=known, field="account")
    return found


def _try(args: argparse.Namespace, using: Settings, on: Store, clock: Clock, account: rows.Account) -> int:
    """The number of problems. Prints what was tried, one line each."""
    from encore.errors import PublishingError
    from encore.platforms.loading import load_adapter
    from encore_airflow import wiring

    channel = load_adapter(account.platform, using, clock)
    if channel.risk:
        _tell("mind", str(channel.risk))
    try:
        # Only a task can store a renewed token, so none is renewed here.
        login = wiring.logins(on).of(channel, account, renew=False)
        state = channel.probe(login)
    except PublishingError as err:
        _tell("login", f"{err} [{err.code}{f'; {err.detail}' if err.detail else ''}]")
        return 1
    _tell("login", f"works{f', as {state.username}' if state.username else ''}")
    if state.posts_left is not None:
        _tell("quota", f"{state.posts_left} posts left")
    if state.privacy_options:
        _tell("audience", ", ".join(state.privacy_options))
    for found in state.findings:
        _tell("finding", f"{found} [{found.code}]")
    return len(state.findings) + _sample(args, using, channel, login)


def _sample(args: argparse.Namespace, using: Settings, channel: PlatformAdapter, login: Credentials) -> int:
    from encore.accounts.sample_post import sample_post

    with tempfile.TemporaryDirectory(prefix="encore-smoke-") as folder:
        content, media = sample_post(
            channel.platform, using, Path(folder), channel.clock(), privacy=channel.private, address=args.address
        )
        problems = channel.validate(content, media)
        _tell("sample", " ".join(str(problem.said) for problem in problems) or "is within every limit")
        if problems or not args.post:
            return len(problems)
        if refusal := _refusal(args, channel, channel.fetches(media, login)):
            _tell("post", refusal)
            return 1
        result = channel.publish(content, media, login)
    if result.state != "success":
        _tell("post", f"{result.error_message} [{result.error_code}]")
        return 1
    where = result.external_url or result.external_post_id or "(the platform tells no address of it)"
    _tell("post", f"is there: {where}. Delete it in the app.")
    return 0


def _refusal(args: argparse.Namespace, channel: PlatformAdapter, fetches: bool) -> str:
    if channel.private is None and not args.public:
        return "not sent: this platform has no private posts. Add --public to post it for everybody."
    if fetches and not args.address:
        return "not sent: this platform fetches the picture. Give a public address of a JPEG with --address."
    return ""


def _tell(what: str, said: str) -> None:
    print(f"  {what:<9} {said}")
