"""Media that people put in."""

from __future__ import annotations

from encore.domain.job import Platform
from encore_airflow.api.models.fields import Input, Output, Told, shown_as


class PutIn(Output):
    """One platform's version of the file, or, with no platform, what stands behind the flyer's text. `repaired`: it is
    not as it was given, and `done` says what was done to it."""

    platform: Platform | None
    media_id: str
    repaired: bool
    done: list[Told]


class Consent(Input):
    """Whether the consent of everybody shown is on file."""

    model_config = shown_as({"consent_on_file": True})

    consent_on_file: bool
