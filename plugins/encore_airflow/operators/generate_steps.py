"""The bodies of generation's tasks: parse, one call, done. Each takes `{"request_id", "label"}`."""

from __future__ import annotations

import logging
import os
from typing import Any

log = logging.getLogger(__name__)


def write_content(request: dict[str, Any]) -> int:
    """Write all texts of one campaign; returns how many are new."""
    from encore import generation
    from encore_airflow import wiring

    using = wiring.settings()
    with wiring.store("airflow generate_campaign") as on:
        return generation.write_content(on, using, wiring.writer(using, on), request["request_id"], wiring.utcnow())


def draw_flyer(request: dict[str, Any]) -> int:
    """Draw the flyer's pictures and video; returns how many are new."""
    from encore import generation
    from encore_airflow import wiring

    # Encoding a video takes all cores; a post that is due goes first.
    os.setpriority(os.PRIO_PROCESS, 0, 10)
    using = wiring.settings()
    with wiring.store("airflow generate_campaign") as on:
        return generation.draw_flyer(on, using, wiring.media_store(using), request["request_id"], wiring.utcnow())


def plan_jobs(request: dict[str, Any]) -> list[str]:
    """Plan the posts if an approval is in force; returns what was left out, as sentences."""
    from encore import campaigns, generation
    from encore_airflow import wiring

    now = wiring.utcnow()
    with wiring.store("airflow generate_campaign") as on:
        campaign_id = on.generation_request(request_id=request["request_id"]).campaign_id
        planned = campaigns.plan_jobs(on, wiring.settings(), campaign_id, now)
        if planned is None:
            note = "The content stands; nothing is planned until it is approved."
        else:
            note = f"{len(planned.jobs)} posts planned."
        generation.finish(on, request["request_id"], "done", note, now)
    log.info(note)
    return list(planned.notes) if planned else []


def note_failure(context: Any) -> None:
    """A request whose task failed for good says so where the teacher looks."""
    from encore import generation
    from encore_airflow import wiring

    ti = context["ti"]
    if ti.map_index < 0:
        return
    # Not from the task's own arguments: it may have failed before they were rendered.
    request = ti.xcom_pull(task_ids="claim_requests")[ti.map_index]
    reason = f"{ti.task_id} failed: {context.get('exception')}"
    with wiring.store("airflow generate_campaign") as on:
        generation.finish(on, request["request_id"], "failed", reason, wiring.utcnow())
