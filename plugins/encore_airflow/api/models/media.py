"""Media that people put in."""

from __future__ import annotations

from encore.domain.job import Platform
from encore_airflow.api.models.fields import Input, Output, shown_as


class PutIn(Output):
    """One platform's version of the file. `repaired`: it was turned, scaled or converted to what the platform takes."""

    platform: Platform
    media_id: str
    repaired: bool


class Consent(Input):
    """Whether the consent of everybody shown is on file."""

    model_config = shown_as({"consent_on_file": True})

    consent_on_file: bool
