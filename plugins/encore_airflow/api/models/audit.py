"""What happened to a campaign."""

from __future__ import annotations

from encore_airflow.api.models.campaigns import Approval
from encore_airflow.api.models.fields import Output
from encore_airflow.api.models.jobs import Event


class CampaignAudit(Output):
    """Its changes, as the database itself noted them, and its approvals with why each was voided."""

    events: list[Event]
    approvals: list[Approval]
