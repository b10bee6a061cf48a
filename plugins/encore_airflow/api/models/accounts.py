"""Accounts as a teacher may know them: no login, no connection."""

from __future__ import annotations

from encore.domain.job import Delivery, Platform
from encore.settings import Settings
from encore.store import rows
from encore_airflow.api.models.fields import Instant, Output
from encore_airflow.api.models.jobs import Finding


class Account(Output):
    """A login on a platform. `owner` null: the school's, for every teacher without one of their own."""

    account: str
    platform: Platform
    owner: str | None
    delivery: Delivery
    paused_until: Instant | None
    pause_reason: str | None
    checked_at: Instant | None
    findings: list[Finding]

    @classmethod
    def of(cls, row: rows.Account, findings: list[rows.OpenFinding], settings: Settings) -> Account:
        own = [Finding.of(found) for found in findings if found.account == row.account]
        return cls.model_validate({**row._asdict(), "findings": own})
