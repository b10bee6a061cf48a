"""Accounts as a teacher may know them: no login, no connection."""

from __future__ import annotations

from encore.accounts.connected import Origin
from encore.domain.job import Delivery, Platform
from encore.store import rows
from encore_airflow.api.models.fields import Instant, Output
from encore_airflow.api.models.jobs import Finding


class Account(Output):
    """A login on a platform. `owner` null: the school's. `origin`: of the settings, or connected by its owner.
    `username`: as the platform names it, "" where it has not. `disconnected_at`: since when its login is given up."""

    account: str
    platform: Platform
    owner: str | None
    origin: Origin
    username: str
    disconnected_at: Instant | None
    delivery: Delivery
    paused_until: Instant | None
    pause_reason: str | None
    checked_at: Instant | None
    findings: list[Finding]

    @classmethod
    def of(cls, row: rows.Account, findings: list[rows.OpenFinding]) -> Account:
        own = [Finding.of(found) for found in findings if found.account == row.account]
        username = row.username or row.health.get("state", {}).get("username") or ""
        return cls.model_validate({**row._asdict(), "username": username, "findings": own})
