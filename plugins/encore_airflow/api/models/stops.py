"""What staff hold: the school, a platform or an account."""

from __future__ import annotations

from pydantic import Field

from encore.accounts.stopping import LONGEST_REASON, Scope
from encore_airflow.api.models.fields import Input, Instant, Output, shown_as


class NewStop(Input):
    """What is to be stopped, and why. `name`: the platform or the account; the school needs none."""

    model_config = shown_as({"scope": "platform", "name": "tiktok", "reason": "The app is under review."})

    scope: Scope
    name: str = Field("", max_length=80)
    reason: str = Field("", max_length=LONGEST_REASON)


class Stop(Output):
    """A stop; open until `ended_at` is there."""

    stop_id: int
    scope: Scope
    name: str
    reason: str
    stopped_at: Instant
    stopped_by: str
    ended_at: Instant | None
    ended_by: str | None
