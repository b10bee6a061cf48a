"""What can be found out about the school's apps at the platforms without a login, and what has to stand in each
platform's console, letter by letter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from encore.accounts.connected import Way
from encore.accounts.connecting import redirect_address
from encore.accounts.data_requests import Kind
from encore.errors import ConfigurationError, NotConnectedError
from encore.platforms.app_finding import AppFinding, Verdict, found
from encore.platforms.loading import load_login
from encore.settings import Settings

if TYPE_CHECKING:
    from encore.platforms.login import App

WITH_CALLBACKS = (Way.INSTAGRAM, Way.FACEBOOK)
NOT_TOLD = (found(Verdict.UNKNOWN, "app.reached"), found(Verdict.UNKNOWN, "app.in_console"))
"""What nobody finds out from here, said so that nobody believes it was looked at."""


@dataclass(frozen=True)
class CheckedApp:
    """`callbacks`: where the platform says that an account was taken away, or is to be forgotten."""

    way: Way
    conn_id: str
    findings: tuple[AppFinding, ...]
    redirect_uri: str
    callbacks: dict[Kind, str]


@dataclass(frozen=True)
class AppCheck:
    """`app_of`: the app that an Airflow connection holds. `seal`: as of a `LoginStore`. `site`: where people have the
    pages, without a slash at its end."""

    settings: Settings
    app_of: Callable[[str], App | None]
    seal: Callable[[str], str]
    site: str
    clock: Callable[[], datetime]

    def storage(self) -> AppFinding:
        try:
            self.seal("")
        except ConfigurationError as err:
            return AppFinding(Verdict.WRONG, err.said)
        return found(Verdict.WELL, "app.encrypted")

    def apps(self, *, ask: bool) -> tuple[CheckedApp, ...]:
        """`ask`: whether the platforms are asked too."""
        return tuple(self._checked(way, ask) for way in map(Way, self.settings.logins))

    def _checked(self, way: Way, ask: bool) -> CheckedApp:
        conn_id, address = self.settings.logins[way].app_conn_id, redirect_address(self.site, way)
        callbacks = {kind: callback_address(self.site, way, kind) for kind in Kind} if way in WITH_CALLBACKS else {}
        app = self.app_of(conn_id)
        if app is None:
            findings = (found(Verdict.ABSENT, "app.absent", connection=conn_id),)
        else:
            findings = (*_blanks(app, conn_id), *self._of_platform(way, app, address, ask))
        return CheckedApp(way, conn_id, findings, address, callbacks)

    def _of_platform(self, way: Way, app: App, address: str, ask: bool) -> tuple[AppFinding, ...]:
        login = load_login(way, self.settings, self.clock)
        about_address = login.address_rules.objection(address) or found(Verdict.WELL, "app.address_right")
        if not ask:
            return (about_address,)
        try:
            return about_address, login.check(app, address)
        except NotConnectedError as err:
            return about_address, found(Verdict.UNKNOWN, "app.not_reached", detail=err.said.values["detail"])


def callback_address(site: str, way: str, kind: Kind) -> str:
    return f"{site}/callbacks/{way}/{kind}"


def is_wrong(storage: AppFinding, apps: tuple[CheckedApp, ...]) -> bool:
    """Whether somebody has to do something; also where no app is there at all."""
    verdicts = [finding.verdict for app in apps for finding in app.findings]
    return Verdict.WRONG in (storage.verdict, *verdicts) or set(verdicts) <= {Verdict.ABSENT}


def _blanks(app: App, conn_id: str) -> tuple[AppFinding, ...]:
    """What no id and no secret has: it comes of copying."""
    parts = {"login": app.client_id, "password": app.client_secret}
    return tuple(
        found(Verdict.WRONG, "app.blank", part=part, connection=conn_id)
        for part, text in parts.items()
        if not text.isascii() or not text.isprintable() or " " in text
    )
