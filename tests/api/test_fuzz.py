"""The OpenAPI document against the app, with inputs that fit it and inputs that do not: never a 5xx, never an answer
that the document does not tell."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
import schemathesis
from app_world import World
from hypothesis import HealthCheck, Phase, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from encore_airflow.api.app import create_api

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
DOCUMENT = create_api(World(None).surroundings()).openapi()
CASES = [
    (mode, method.upper(), path)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
    for mode in GenerationMode
    # What takes no input has no wrong one either.
    if mode is GenerationMode.POSITIVE or "parameters" in operation or "requestBody" in operation
]


EXAMPLES = 5
"""Of each kind; the whole was once run with 200."""

TOKEN = {"Authorization": "Bearer owner"}


@pytest.fixture
def ids(concerts) -> dict[str, Any]:
    """Of a campaign that is there, so that not every request ends at a 404."""
    campaign_id = concerts.planned(platforms=["instagram"])
    concerts.write(campaign_id)
    asset = concerts.store.content_assets(campaign_id=campaign_id)[0]
    media = concerts.store.media_assets(campaign_id=campaign_id)[0]
    job = concerts.jobs(campaign_id)[0]
    return {
        "campaign_id": campaign_id,
        "asset_id": asset.asset_id,
        "media_id": media.media_id,
        "job_id": job.job_id,
    }


@pytest.mark.parametrize(("mode", "method", "path"), CASES)
def test_every_answer_is_one_of_the_document(api, ids, mode, method, path):
    document = schemathesis.openapi.from_asgi("/api/v1/openapi.json", api.client.app, headers=TOKEN)
    known = {name: value for name, value in ids.items() if f"{{{name}}}" in path}

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=document[path][method].as_strategy(generation_mode=mode))
    def fuzz(case: schemathesis.Case) -> None:
        # Starlette's mounts match no path with a line end: such a request never reaches the API.
        assume(not any(unquote(str(value)).count("\n") for value in (case.path_parameters or {}).values()))
        case.call_and_validate(headers=TOKEN, checks=CHECKS)
        if known:
            case.path_parameters = known
            case.call_and_validate(headers=TOKEN, checks=CHECKS)

    fuzz()
